"""What is refused before the engine sees it, and what is not."""

import time
from contextlib import suppress
from functools import partial

import pytest

from kgapi import media
from kgapi.errors import BadQuery, BadRequest, FederationRefused, QueryTooComplex, TooLarge
from kgapi.store import rdf
from kgapi.store.embedded import EmbeddedEngine
from kgapi.store.guards import Guards
from kgapi.store.targets import targets
from kgapi.store.tokens import tokens

N = 5_000
JSON = media.always(media.RESULTS_JSON)

HOSTILE = {
    "groups": "ASK " + "{" * N + "}" * N,
    "parentheses": "ASK { FILTER(" + "(" * N + "1" + ")" * N + ") }",
    "blank nodes": "ASK { ?s ?p " + "[ ?p " * N + "]" * N + " }",
    "triple terms": "ASK { ?s ?p " + "<<( ?s ?p " * N + " }",
    "sub-selects": "SELECT * {" + "{ SELECT * {" * N + "}}" * N + "}",
    "optional": "ASK { " + "OPTIONAL { ?a ?b ?c } " * N + "}",
    "union": "ASK { {} " + "UNION {} " * N + "}",
    "minus": "ASK { " + "MINUS { ?a ?b ?c } " * N + "}",
    "filters": "ASK { " + "FILTER(true) " * N + "}",
    "exists": "ASK { " + "FILTER EXISTS {} " * N + "}",
    "not": "ASK { FILTER(" + "!" * N + "true) }",
    "plus": "ASK { FILTER(" + "1+" * N + "1) }",
    "or": "ASK { FILTER(" + "true||" * N + "true) }",
    "hidden in what looks like an IRI": "ASK { FILTER(?a<f" + "(" * N + "1" + ")" * N + "&&?c>1) }",
    "triple patterns": "ASK { " + "?a ?b ?c . " * N + "}",
    "objects": "ASK { ?a ?b " + "?c , " * N + "?d }",
    "predicates": "ASK { ?a " + "?b ?c ; " * N + "?d ?e }",
    "path": "ASK { ?a <a:p>" + "/<a:p>" * N + " ?b }",
    "values": "ASK { VALUES ?x { " + "1 " * 3 * N + "} }",
    "values of two": "ASK { VALUES (?x ?y) { " + "(1 2) " * 3 * N + "} }",
    "collection": "ASK { ?a ?b (" + "1 " * 300 + ") }",
    "collection of collections": "ASK { ?a ?b (" + "(true) " * 300 + ") }",
    "in": "ASK { FILTER(1 IN (" + "1, " * 3 * N + "1)) }",
    "where of an update": "DELETE { ?a ?b ?c } WHERE { " + "?a ?b ?c . " * N + "}",
    "delete where": "DELETE WHERE { " + "?a ?b ?c . " * N + "}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_would_take_the_process_down_is_refused(text: str) -> None:
    engine = EmbeddedEngine()
    ask = engine.update if text.startswith("DELETE") else partial(engine.query, choose=JSON)
    with pytest.raises(QueryTooComplex, match="here"):
        ask(text)


@pytest.mark.parametrize(
    "text",
    [
        "a.b-" * 100_000,
        '"\\' * 100_000,
        '\\"""\n' * 100_000,
        "<a" * 100_000,
        "'" * 300_001,
        "?" * 300_000,
        "a:b." * 100_000,
        "@a-" * 100_000,
        "#\n" * 100_000,
    ],
    ids=lambda text: repr(text[:5]),
)
def test_no_text_takes_long_to_look_at(text: str) -> None:
    begun = time.thread_time()
    with suppress(BadQuery):
        assert all(token.text for token in tokens(text))
    assert time.thread_time() - begun < 5


def test_ordinary_requests_pass() -> None:
    engine = EmbeddedEngine()
    triples = "".join(f"<a:s{n}> <a:p> -{n} ; <a:q> ( 1 2 ) . " for n in range(N))
    engine.update(f"INSERT DATA {{ GRAPH <a:g> {{ {triples} }} }}")
    text = f"ASK {{ ?s <a:p> -77 FILTER(?s IN ({', '.join(f'<a:s{n}>' for n in range(500))})) }}"
    assert b"true" in engine.query(text, JSON).read()


def test_a_limit_is_a_setting() -> None:
    engine = EmbeddedEngine(guards=Guards(depth=2, size=100))
    engine.query("ASK { { } }", JSON)
    with pytest.raises(QueryTooComplex, match="more than 2 levels"):
        engine.query("ASK { { { } } }", JSON)
    with pytest.raises(TooLarge):
        engine.query("ASK {}" + "é" * 50, JSON)


ABROAD = [
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { service silent <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { SERVICE <http://2130706433/> { ?s ?p ?o } }",
    "SELECT * { SERVICE <http://[::ffff:127.0.0.1]/> { ?s ?p ?o } }",
    "SELECT * { SERVICE <http\\u003A//127.0.0.1/> { ?s ?p ?o } }",
    "SELECT * { SERVICE ?where { ?s ?p ?o } }",
    "BASE <http://127.0.0.1:9/> SELECT * { SERVICE <x> { ?s ?p ?o } }",
    "PREFIX x: <http://127.0.0.1:9/> SELECT * { SERVICE x:y { ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:9/> SELECT * { SERVICE:y { ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:9/> SELECT * { SERVICESILENT:y { ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { ?s ?p 1SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "SELECT * { # \n SERVICE # <http://allowed.example/data/>\n <http://127.0.0.1:9/> {} }",
    "PREFIX ok: <http://allowed.example/data/> SELECT * { ?s ok: <http://127.0.0.1:9/> ."
    " SERVICE <http://127.0.0.1:9/> {} }",
    "SELECT * { SERVICE <http://allowed.example/data/../secret> {} }",
    "SELECT * { SERVICE <http://allowed.example/data/%2E%2e/secret> {} }",
    "SELECT * { SERVICE <http://allowed.example.org/data/> {} }",
    "SELECT * { SERVICE <http://user@allowed.example/data/> {} }",
]
LOADS = [
    "LOAD <http://127.0.0.1:9/>",
    "LOAD SILENT <http://127.0.0.1:9/> INTO GRAPH <a:g>",
    "LOADSILENT<http://127.0.0.1:9/>",
    "PREFIX : <http://127.0.0.1:9/> LOAD:x",
    "INSERT DATA { <a:a> <a:b> 1 } ; LOAD <HTTP://127.0.0.1:9/>",
    "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
]


@pytest.mark.parametrize("text", ABROAD)
def test_no_spelling_of_service_reaches_what_is_not_allowed(text: str) -> None:
    engine = EmbeddedEngine(guards=Guards(federation=["http://allowed.example/data/"]))
    with pytest.raises(FederationRefused):
        engine.query(text, JSON)


@pytest.mark.parametrize("text", LOADS)
def test_no_spelling_of_load_reaches_what_is_not_allowed(text: str) -> None:
    engine = EmbeddedEngine(guards=Guards(federation=["http://allowed.example/data/"]))
    with pytest.raises(FederationRefused):
        engine.update(text)
    assert engine.query("ASK { ?s ?p ?o }", JSON).read().endswith(b"false}")


def test_service_and_load_in_strings_comments_and_names_are_none() -> None:
    engine = EmbeddedEngine()
    text = (
        'PREFIX service: <a:> SELECT * { ?s service:load "SERVICE <http://127.0.0.1/>" '
        "# LOAD <http://127.0.0.1/>\n }"
    )
    assert engine.query(text, JSON).read()


def test_what_is_malformed_besides_is_told_so_first() -> None:
    engine = EmbeddedEngine()
    with pytest.raises(BadQuery):
        engine.query("SELECT * { SERVICE <http://127.0.0.1:9/> }", JSON)
    with pytest.raises(BadQuery):
        engine.update("LOAD <http://127.0.0.1:9/> INTO")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_rdf_xml_with_entities_is_refused(encoding: str) -> None:
    data = '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><r>&b;</r>'.encode(encoding)
    with pytest.raises(BadRequest, match="entities"):
        list(rdf.read(data, media.RDF_XML))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INSERT DATA { <a:a> <a:b> 1 }", {""}),
        ("INSERT DATA { GRAPH <a:g> { <a:a> <a:b> 1 } }", {"a:g"}),
        ("PREFIX a: <a:> DELETE DATA { GRAPH a:g { a:a a:b 1 } a:a a:b 2 }", {"", "a:g"}),
        ("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }", {None}),
        ("WITH <a:g> DELETE { ?s ?p ?o } INSERT { GRAPH <a:h> {} } WHERE {}", {"a:g", "a:h"}),
        ("INSERT { ?s ?p ?o } USING <a:u> WHERE { GRAPH <a:w> { ?s ?p ?o } }", {""}),
        ("CLEAR SILENT GRAPH <a:g> ; DROP DEFAULT", {"a:g", ""}),
        ("CLEAR ALL", {None}),
        ("DROP NAMED", {None}),
        ("COPY <a:f> TO <a:t>", {"a:t"}),
        ("MOVE SILENT GRAPH <a:f> TO DEFAULT", {"a:f", ""}),
        ("LOAD <a:x> INTO GRAPH <a:g>", {"a:g"}),
        ("LOAD <a:x>", {""}),
        ("INSERT DATA { <a:a> <a:b> trueGRAPH:g { <a:a> <a:b> 1 } }", {"", None}),
        ("", set()),
    ],
)
def test_the_graphs_that_an_update_can_change(text: str, expected: set[str | None]) -> None:
    assert targets(text) == expected
