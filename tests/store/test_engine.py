"""The contract of an Engine. Every engine passes this one file."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kgapi import media
from kgapi.errors import (
    BadQuery,
    BadRequest,
    Conflict,
    NotAcceptable,
    NotFound,
    OtherGraph,
    PartnerFailed,
    PreconditionFailed,
    PreconditionRequired,
    StoreLocked,
)
from kgapi.store import rdf
from kgapi.store.embedded import EmbeddedEngine
from kgapi.store.engine import WHOLE, Condition, Dataset, Engine
from kgapi.store.guards import Guards

A, B = "https://example.org/graph/a", "https://example.org/graph/b"
ONE = b"<https://example.org/s> <https://example.org/p> <https://example.org/one> .\n"
TWO = '<https://example.org/s> <https://example.org/p> "zwei \u201c\u00a0\u201d"@de .\n'.encode()
ALL = "SELECT ?o { ?s ?p ?o } ORDER BY STR(?o)"


@pytest.fixture(params=["memory", "disk"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    engine = EmbeddedEngine(tmp_path / "store" if request.param == "disk" else None)
    yield engine
    engine.close()


def values(engine: Engine, text: str, dataset: Dataset = WHOLE) -> list[str]:
    answer = engine.query(text, media.always(media.RESULTS_JSON), dataset)
    assert answer.media_type is media.RESULTS_JSON
    return [row["o"]["value"] for row in json.loads(answer.read())["results"]["bindings"]]


def test_a_graph_that_is_put_can_be_read_and_is_told_to_be_new_once(engine: Engine) -> None:
    assert engine.put_graph(A, ONE, media.N_TRIPLES) is True
    assert engine.put_graph(A, ONE, media.N_TRIPLES) is False
    assert values(engine, ALL) == ["https://example.org/one"]
    assert list(engine.graphs()) == [A]


def test_putting_a_graph_replaces_it_and_leaves_others_alone(engine: Engine) -> None:
    engine.put_graph(A, ONE, media.N_TRIPLES)
    engine.put_graph(B, ONE, media.N_TRIPLES)
    engine.put_graph(A, TWO, media.N_TRIPLES)
    assert values(engine, f"SELECT ?o {{ GRAPH <{A}> {{ ?s ?p ?o }} }}") == ["zwei “\u00a0”"]
    assert values(engine, f"SELECT ?o {{ GRAPH <{B}> {{ ?s ?p ?o }} }}") == [
        "https://example.org/one"
    ]


def test_a_graph_that_cannot_be_read_leaves_the_old_one(engine: Engine) -> None:
    engine.put_graph(A, ONE, media.N_TRIPLES)
    with pytest.raises(BadRequest):
        engine.put_graph(A, TWO + b"<broken", media.N_TRIPLES)
    assert values(engine, ALL) == ["https://example.org/one"]


def test_deleting_a_graph_leaves_nothing_of_it(engine: Engine) -> None:
    engine.put_graph(A, ONE, media.N_TRIPLES)
    engine.delete_graph(A)
    with pytest.raises(NotFound):
        engine.delete_graph(B)
    assert list(engine.graphs()) == []
    assert values(engine, ALL) == []


def test_the_default_graph_is_the_union_and_the_dataset_can_be_chosen(engine: Engine) -> None:
    engine.put_graph(A, ONE, media.N_TRIPLES)
    engine.put_graph(B, TWO, media.N_TRIPLES)
    assert len(values(engine, ALL)) == 2
    assert values(engine, ALL, Dataset(default_graphs=[A])) == ["https://example.org/one"]
    inside = "SELECT ?o { GRAPH ?g { ?s ?p ?o } }"
    assert values(engine, inside, Dataset(named_graphs=[B])) == ["zwei “\u00a0”"]
    assert values(engine, inside, Dataset(default_graphs=[A])) == []


@pytest.mark.parametrize("offer", media.SOLUTIONS, ids=lambda offer: offer.name)
def test_solutions_and_truth_come_in_every_format(engine: Engine, offer: media.MediaType) -> None:
    engine.put_graph(A, ONE, media.N_TRIPLES)
    for text, word in ((ALL, b"https://example.org/one"), ("ASK { ?s ?p ?o }", b"true")):
        answer = engine.query(text, media.always(offer))
        assert answer.media_type is offer
        assert word in answer.read()


@pytest.mark.parametrize("offer", media.GRAPHS, ids=lambda offer: offer.name)
def test_graphs_come_in_every_format(engine: Engine, offer: media.MediaType) -> None:
    engine.put_graph(A, ONE, media.N_TRIPLES)
    for text in ("CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE <https://example.org/s>"):
        answer = engine.query(text, media.always(offer))
        assert answer.media_type is offer
        assert b"https://example.org/one" in answer.read().replace(b'one"', b'one"')


def test_a_malformed_query_is_refused_with_its_place(engine: Engine) -> None:
    with pytest.raises(BadQuery) as refused:
        engine.query("SELECT *\n{ ?s ?p }", media.always(media.RESULTS_JSON))
    assert refused.value.extra["line"] == 2
    assert refused.value.extra["column"] > 1


def test_an_update_is_no_query(engine: Engine) -> None:
    engine.put_graph(A, ONE, media.N_TRIPLES)
    with pytest.raises(BadQuery):
        engine.query("DROP ALL", media.always(media.RESULTS_JSON))
    assert len(values(engine, ALL)) == 1


def test_what_is_not_on_offer_is_refused(engine: Engine) -> None:
    with pytest.raises(NotAcceptable):
        engine.query(ALL, media.always(media.TURTLE))


def test_a_dump_in_lines_does_not_depend_on_the_order_of_writing(tmp_path: Path) -> None:
    dumps = []
    for order in ((A, B), (B, A)):
        engine = EmbeddedEngine()
        for name in order:
            engine.put_graph(name, ONE + TWO, media.N_TRIPLES)
        dumps.append(b"".join(engine.dump(media.N_QUADS)))
    assert dumps[0] == dumps[1]
    assert dumps[0].count(b"\n") == 4


def test_what_was_written_is_there_after_closing(tmp_path: Path) -> None:
    first = EmbeddedEngine(tmp_path / "store")
    first.put_graph(A, ONE, media.N_TRIPLES)
    first.close()
    second = EmbeddedEngine(tmp_path / "store")
    assert values(second, ALL) == ["https://example.org/one"]


def test_a_second_engine_on_the_same_folder_is_refused_in_words(tmp_path: Path) -> None:
    first = EmbeddedEngine(tmp_path / "store")
    with pytest.raises(StoreLocked, match="another process"):
        EmbeddedEngine(tmp_path / "store")
    first.close()


def test_readers_never_see_a_graph_half_replaced(engine: Engine) -> None:
    many = [
        b"".join(
            b"<https://example.org/s%d> <https://example.org/p> %d .\n" % (n, k) for n in range(200)
        ).replace(b" %d ." % k, b' "%d" .' % k)
        for k in (1, 2)
    ]
    engine.put_graph(A, many[0], media.N_TRIPLES)
    stop = threading.Event()
    seen: set[int] = set()

    def read() -> None:
        while not stop.is_set():
            seen.add(len(values(engine, ALL)))

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(20):
        engine.put_graph(A, many[turn % 2], media.N_TRIPLES)
    stop.set()
    reader.join(timeout=30)
    assert seen == {200}


def test_an_update_is_done_as_a_whole_or_not_at_all(engine: Engine) -> None:
    engine.put_graph(A, ONE, media.N_TRIPLES)
    with pytest.raises(Conflict):
        engine.update(f"INSERT DATA {{ GRAPH <{A}> {{ <a:s> <a:p> 1 }} }} ; DROP GRAPH <{B}>")
    assert values(engine, ALL) == ["https://example.org/one"]
    engine.update(f"INSERT DATA {{ GRAPH <{A}> {{ <a:s> <a:p> 1 }} }} ; CREATE GRAPH <{B}>")
    assert values(engine, ALL) == ["1", "https://example.org/one"]


def test_a_malformed_update_is_refused_with_its_place(engine: Engine) -> None:
    for text in ("INSERT DATA {\n ?s ?p ?o }", "SELECT *\n{}"):
        with pytest.raises(BadQuery) as refused:
            engine.update(text)
        assert refused.value.extra["line"] >= 1


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { ?s ?p ?o GRAPH ?g { ?s ?p ?o } }", 1),
        (f"DELETE WHERE {{ GRAPH <{A}> {{ ?s ?p ?o }} }}", 2),
        (f"DELETE WHERE {{ GRAPH <{B}> {{ ?s ?p ?o }} }}", 1),
    ],
)
def test_the_dataset_of_an_update_can_be_chosen(engine: Engine, text: str, left: int) -> None:
    for name in (A, B):
        engine.put_graph(name, ONE, media.N_TRIPLES)
    engine.update(text, Dataset(default_graphs=[A], named_graphs=[B]))
    inside = "SELECT ?o { GRAPH ?g { ?s ?p ?o } }"
    assert len(values(engine, inside)) == left


def test_two_datasets_in_one_update_are_refused(engine: Engine) -> None:
    for text in (
        f"WITH <{A}> DELETE {{ ?s ?p ?o }} WHERE {{}}",
        f"INSERT {{}} USING <{A}> WHERE {{}}",
        f"PREFIX : <{A}> INSERT {{}} USING:x WHERE {{}}",
        "DELETEWHERE { ?s ?p ?o }",
    ):
        with pytest.raises(BadQuery):
            engine.update(text, Dataset(default_graphs=[B]))


def test_concurrent_updates_lose_nothing(engine: Engine) -> None:
    engine.update("INSERT DATA { GRAPH <a:g> { <a:n> <a:v> 0 } }")

    def count() -> None:
        for _ in range(10):
            engine.update(
                "WITH <a:g> DELETE { ?s ?p ?o } INSERT { ?s ?p ?n }"
                " WHERE { ?s ?p ?o BIND(?o + 1 AS ?n) }"
            )

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert values(engine, "SELECT ?o { ?s ?p ?o }") == ["40"]


def test_the_union_is_of_all_graphs_and_strict_is_the_standard(tmp_path: Path) -> None:
    for union, expected in ((True, ["default", "named"]), (False, ["default"])):
        engine = EmbeddedEngine(union=union)
        engine.update('INSERT DATA { <a:s> <a:p> "default" GRAPH <a:g> { <a:s> <a:p> "named" } }')
        assert values(engine, ALL) == expected
        assert values(engine, ALL.replace("{", "FROM <a:g> {", 1)) == ["named"]


def test_an_unknown_function_is_an_error_value(engine: Engine) -> None:
    text = "SELECT (COALESCE(<a:f>(1), <a:g>(<a:f>()), 2) AS ?o) {}"
    assert values(engine, text) == ["2"]
    engine.update("INSERT { GRAPH <a:g> { <a:s> <a:p> ?x } } WHERE { BIND(<a:f>(1) AS ?x) }")
    assert values(engine, ALL) == []


@pytest.mark.parametrize("name", [A, None], ids=["named", "default"])
@pytest.mark.parametrize("offer", media.GRAPHS, ids=lambda offer: offer.name)
def test_a_graph_comes_in_every_format(
    engine: Engine, name: str | None, offer: media.MediaType
) -> None:
    engine.put_graph(name, ONE, media.N_TRIPLES)
    engine.post_graph(name, TWO, media.N_TRIPLES)
    answer = engine.get_graph(name, media.always(offer))
    assert answer.media_type is offer
    assert len(list(rdf.read(answer.read(), offer))) == 2


def test_a_tag_says_what_a_graph_holds(engine: Engine) -> None:
    def tag() -> str | None:
        return engine.get_graph(A, media.always(media.TURTLE)).tag

    engine.put_graph(A, ONE + TWO, media.N_TRIPLES)
    first = tag()
    engine.put_graph(B, ONE, media.N_TRIPLES)
    engine.put_graph(A, TWO + ONE, media.N_TRIPLES)
    assert tag() == first
    engine.put_graph(A, ONE, media.N_TRIPLES)
    assert tag() != first
    engine.post_graph(A, TWO, media.N_TRIPLES)
    assert tag() == first


def test_a_condition_that_does_not_hold_prevents_the_write(engine: Engine) -> None:
    engine.put_graph(A, ONE, media.N_TRIPLES)
    present = engine.get_graph(A, media.always(media.TURTLE)).tag
    assert present
    fresh, stale = Condition(frozenset({present})), Condition(frozenset({"another"}))
    absent = Condition(none_match=frozenset({"*"}))
    for write in (
        lambda: engine.put_graph(A, TWO, media.N_TRIPLES, condition=stale),
        lambda: engine.put_graph(A, TWO, media.N_TRIPLES, condition=absent),
        lambda: engine.post_graph(A, TWO, media.N_TRIPLES, condition=stale),
        lambda: engine.patch_graph(A, f"CLEAR GRAPH <{A}>", stale),
        lambda: engine.delete_graph(A, stale),
        lambda: engine.put_graph(B, TWO, media.N_TRIPLES, condition=fresh),
    ):
        with pytest.raises(PreconditionFailed):
            write()
    with pytest.raises(PreconditionRequired):
        engine.delete_graph(A, Condition(required=True))
    assert values(engine, ALL) == ["https://example.org/one"]
    engine.put_graph(A, TWO, media.N_TRIPLES, condition=fresh)
    engine.put_graph(B, TWO, media.N_TRIPLES, condition=absent)
    assert list(engine.graphs()) == [A, B]


def test_a_patch_keeps_to_its_graph(engine: Engine) -> None:
    with pytest.raises(NotFound):
        engine.patch_graph(A, f"CLEAR GRAPH <{A}>")
    engine.put_graph(A, ONE, media.N_TRIPLES)
    with pytest.raises(OtherGraph):
        engine.patch_graph(A, "CLEAR ALL")
    engine.patch_graph(
        A, f'WITH <{A}> DELETE {{ ?s ?p ?o }} INSERT {{ ?s ?p "x" }} WHERE {{ ?s ?p ?o }}'
    )
    assert values(engine, ALL) == ["x"]


def test_the_default_graph_is_always_there(engine: Engine) -> None:
    assert engine.put_graph(None, ONE, media.N_TRIPLES) is False
    engine.delete_graph(None)
    assert engine.get_graph(None, media.always(media.N_TRIPLES)).read() == b""
    for name in (A, "relative"):
        with pytest.raises((NotFound, BadRequest)):
            engine.get_graph(name, media.always(media.TURTLE))


def test_an_empty_graph_is_a_graph(engine: Engine) -> None:
    assert engine.put_graph(A, b"", media.TURTLE) is True
    assert list(engine.graphs()) == [A]
    assert engine.get_graph(A, media.always(media.N_TRIPLES)).read() == b""


def test_a_partner_that_does_not_answer_is_told(engine: Engine) -> None:
    guarded = EmbeddedEngine(guards=Guards(federation=["http://127.0.0.1:9/"]))
    with pytest.raises(PartnerFailed):
        guarded.query(
            "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
            media.always(media.RESULTS_JSON),
        )
    with pytest.raises(PartnerFailed):
        guarded.update("LOAD <http://127.0.0.1:9/>")


def test_answers_come_as_they_are_made_and_end_with_their_reader() -> None:
    engine = EmbeddedEngine()
    lines = b"".join(b"<a:s%d> <a:p> <a:o> .\n" % n for n in range(2_000))
    engine.put_graph(A, lines, media.N_TRIPLES)
    before = threading.active_count()
    # Four million rows: nobody could wait for the last before the first.
    answer = engine.query("SELECT * { ?a ?b ?c . ?d ?e ?f }", media.always(media.RESULTS_CSV))
    assert len(next(answer.body)) > 0
    assert threading.active_count() == before + 1
    del answer
    for _ in range(100):
        if threading.active_count() == before:
            break
        time.sleep(0.05)
    assert threading.active_count() == before
