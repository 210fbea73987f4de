"""The contract of an Engine, on every engine: embedded, and real servers of several makes.

``plain`` is an `oxigraph serve` of which kgapi knows two addresses and nothing else: what any SPARQL
1.1 endpoint without a Graph Store Protocol is to it. ``kgapi`` is another kgapi, with a token.
"""

import csv
import io
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pyoxigraph as ox
import pytest

from kgapi import facts, media, pipeline, server
from kgapi.errors import (
    BadQuery,
    BadRequest,
    Conflict,
    FederationRefused,
    NotAcceptable,
    NotFound,
    OtherGraph,
    PreconditionFailed,
)
from kgapi.exports.formats import EXPORTS
from kgapi.graph.iris import Iris
from kgapi.index import INDEX
from kgapi.index.selection import Selection
from kgapi.journal import Journal
from kgapi.queries import listing
from kgapi.reference import files
from kgapi.settings import Settings
from kgapi.store import open_engine, rdf
from kgapi.store.engine import WHOLE, Condition, Dataset, Engine
from tests.conftest import TOKEN, Server
from tests.store import engines

A, B, C, D = (f"https://example.org/graph/{name}" for name in "abcd")
S, P = "<https://example.org/s>", "<https://example.org/p>"
ONE = f"{S} {P} <https://example.org/one> .\n".encode()
TWO = f'{S} {P} "zwei \u201c\u00a0\u201d"@de .\n'.encode()
FROM_S = "SELECT ?o { <https://example.org/s> ?p ?o } ORDER BY STR(?o)"
NAMED = "SELECT ?o { GRAPH ?g { <https://example.org/s> ?p ?o } } ORDER BY STR(?o)"

slow = pytest.mark.slow
ENGINES = [
    "memory",
    "disk",
    "oxigraph",
    "plain",
    pytest.param("kgapi", marks=slow),
    pytest.param("virtuoso", marks=slow),
]

NO_DEFAULT = "Virtuoso has no default graph that could be written: kgapi answers 501."
NO_EMPTY = "Virtuoso knows a graph by its triples: one without any is not there."
NO_EMPTY_PLAIN = "Without EmptyGraphs in its description, a graph without triples is not there."
DIFFERENCES = {
    ("virtuoso", "test_the_default_graph_is_always_there"): NO_DEFAULT,
    ("virtuoso", "test_the_default_graph_comes_in_every_format"): NO_DEFAULT,
    ("virtuoso", "test_an_update_may_write_the_default_graph"): NO_DEFAULT,
    ("virtuoso", "test_an_empty_graph_is_a_graph"): NO_EMPTY,
    ("plain", "test_an_empty_graph_is_a_graph"): NO_EMPTY_PLAIN,
    ("plain", "test_the_default_graph_is_the_union"): (
        "Where an endpoint has no parameter for the union, its default graph is what it is."
    ),
    ("virtuoso", "test_an_update_is_done_as_a_whole_or_not_at_all"): (
        "Virtuoso does not take back the operations before the one that fails."
    ),
    ("virtuoso", "test_blank_nodes_of_an_update"): "Virtuoso takes no blank nodes in INSERT DATA.",
    ("virtuoso", "test_values_of_one_number_and_several_types_are_kept_apart"): (
        "To Virtuoso true and 1 are one value, and a date is midnight of it."
    ),
}


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Settings]]:
    """The settings by which kgapi finds a running engine; started when first asked for."""
    held: dict[str, Settings] = {}
    with contextmanager(_running)() as start:

        def settings(name: str) -> Settings:
            if name not in held:
                held[name] = start(name, tmp_path_factory.mktemp(name))
            return held[name]

        yield settings


def _running() -> Iterator[Callable[[str, Path], Settings]]:
    with ExitStack() as stack:

        def start(name: str, folder: Path) -> Settings:
            if name in {"oxigraph", "plain"}:
                at = stack.enter_context(engines.oxigraph(folder)).address
                if name == "oxigraph":
                    return Settings(store=f"{at}query")
                return Settings(
                    store=f"{at}query", store_update_url=f"{at}update", store_dialect="generic"
                )
            if name == "virtuoso":
                at = stack.enter_context(engines.virtuoso(folder)).address
                # To delete a graph of 20,000 triples it takes up to a minute and a half.
                return Settings(store=at, store_user="dba", store_password="dba", store_timeout=240)
            server = Server(folder / "store", "--no-seeds", KGAPI_TOKEN=TOKEN)
            stack.callback(server.stop)
            at = server.address
            return Settings(store=f"{at}sparql", store_graphs_url=f"{at}graphs", store_token=TOKEN)

        yield start


@pytest.fixture
def settings(name: str, address: Callable[[str], Settings], tmp_path: Path) -> Settings:
    own = {"memory": ":memory:", "disk": str(tmp_path / "store")}
    return Settings(store=own[name]) if name in own else address(name)


@pytest.fixture(params=ENGINES)
def name(request: pytest.FixtureRequest) -> str:
    test = request.node.originalname
    if why := DIFFERENCES.get((request.param, test)):
        request.applymarker(pytest.mark.xfail(reason=why, strict=True))
    return str(request.param)


@pytest.fixture
def engine(name: str, settings: Settings) -> Iterator[Engine]:
    with closing(open_engine(settings)) as engine:
        for graph in list(engine.graphs()):
            engine.delete_graph(graph)
        if name != "virtuoso":
            engine.delete_graph(None)
        yield engine


def values(engine: Engine, text: str, dataset: Dataset = WHOLE) -> list[str]:
    answer = engine.query(text, media.always(media.RESULTS_JSON), dataset)
    assert answer.media_type is media.RESULTS_JSON
    return [row["o"]["value"] for row in json.loads(answer.read())["results"]["bindings"]]


def triples(engine: Engine, graph: str) -> set[ox.Triple]:
    answer = engine.get_graph(graph, media.always(media.N_TRIPLES))
    return set(rdf.read(answer.read(), media.N_TRIPLES))


def isomorphic(one: set[ox.Triple], other: set[ox.Triple]) -> bool:
    return ox.Dataset(map(_quad, one)) == ox.Dataset(map(_quad, other)) or _canonical(
        one
    ) == _canonical(other)


def _canonical(graph: set[ox.Triple]) -> ox.Dataset:
    dataset = ox.Dataset(map(_quad, graph))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def _quad(triple: ox.Triple) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object)


def test_a_graph_that_is_put_can_be_read_and_is_told_to_be_new_once(engine: Engine) -> None:
    assert engine.put_graph(A, ONE, media.N_TRIPLES) is True
    assert engine.put_graph(A, ONE, media.N_TRIPLES) is False
    assert engine.post_graph(B, ONE, media.N_TRIPLES) is True
    assert engine.post_graph(B, TWO, media.N_TRIPLES) is False
    assert list(engine.graphs()) == [A, B]
    assert len(triples(engine, A)) == 1
    assert len(triples(engine, B)) == 2


def test_putting_a_graph_replaces_it_and_leaves_others_alone(engine: Engine) -> None:
    engine.put_graph(A, ONE, media.N_TRIPLES)
    engine.put_graph(B, ONE, media.N_TRIPLES)
    engine.put_graph(A, TWO, media.N_TRIPLES)
    assert triples(engine, A) == set(rdf.read(TWO, media.N_TRIPLES))
    assert triples(engine, B) == set(rdf.read(ONE, media.N_TRIPLES))


def test_several_graphs_are_put_and_dropped_together(engine: Engine) -> None:
    blank = f"_:b {P} _:c .\n".encode()
    many = b"".join(f'<https://example.org/{n}> {P} "{"x" * 90}" .\n'.encode() for n in range(3000))
    engine.put_graph(C, ONE, media.N_TRIPLES)
    assert engine.put_graphs({A: ONE + blank, B: many, C: None, D: None})
    assert not engine.put_graphs({B: TWO, A: TWO + blank})
    assert list(engine.graphs()) == [A, B]
    for graph, lines in ((A, 2), (B, 1)):
        assert engine.get_graph(graph, media.always(media.N_TRIPLES)).read().count(b"\n") == lines
    assert values(engine, NAMED) == ["zwei \u201c\u00a0\u201d"] * 2


def test_several_graphs_of_which_one_cannot_be_read_change_nothing(engine: Engine) -> None:
    engine.put_graph(A, ONE, media.N_TRIPLES)
    with pytest.raises(BadRequest):
        engine.put_graphs({A: TWO, B: b"<https://example.org/s> nonsense ."})
    with pytest.raises(BadRequest):
        engine.put_graphs({A: TWO, "no IRI": TWO})
    assert list(engine.graphs()) == [A]
    assert values(engine, NAMED) == ["https://example.org/one"]


def test_a_graph_that_cannot_be_read_leaves_the_old_one(engine: Engine) -> None:
    engine.put_graph(A, ONE, media.N_TRIPLES)
    with pytest.raises(BadRequest):
        engine.put_graph(A, TWO + b"<broken", media.N_TRIPLES)
    assert triples(engine, A) == set(rdf.read(ONE, media.N_TRIPLES))


def test_relative_iris_of_a_graph_are_relative_to_its_base(engine: Engine) -> None:
    engine.put_graph(A, b"<x> <#y> <z> .", media.TURTLE, "https://example.org/base/")
    (triple,) = triples(engine, A)
    assert str(triple.subject) == "<https://example.org/base/x>"


def test_deleting_a_graph_leaves_nothing_of_it(engine: Engine) -> None:
    engine.put_graph(A, ONE, media.N_TRIPLES)
    engine.delete_graph(A)
    for graph in (A, B):
        with pytest.raises(NotFound):
            engine.delete_graph(graph)
        with pytest.raises(NotFound):
            engine.get_graph(graph, media.always(media.TURTLE))
    assert list(engine.graphs()) == []
    assert values(engine, NAMED) == []


def test_the_default_graph_is_the_union(engine: Engine) -> None:
    engine.put_graph(A, ONE, media.N_TRIPLES)
    engine.put_graph(B, TWO, media.N_TRIPLES)
    assert values(engine, FROM_S) == ["https://example.org/one", "zwei “\u00a0”"]
    assert values(engine, FROM_S.replace("{", f"FROM <{B}> {{", 1)) == ["zwei “\u00a0”"]


def test_the_dataset_of_a_query_can_be_chosen(engine: Engine) -> None:
    engine.put_graph(A, ONE, media.N_TRIPLES)
    engine.put_graph(B, TWO, media.N_TRIPLES)
    one, two = ["https://example.org/one"], ["zwei “\u00a0”"]
    assert values(engine, FROM_S, Dataset(default_graphs=[A])) == one
    assert values(engine, FROM_S, Dataset(default_graphs=[A, B])) == one + two
    assert values(engine, NAMED, Dataset(named_graphs=[B])) == two
    assert values(engine, NAMED, Dataset(default_graphs=[A])) == []
    assert values(engine, FROM_S, Dataset(named_graphs=[A])) == []
    assert values(engine, NAMED, Dataset(default_graphs=[A], named_graphs=[B])) == two
    with pytest.raises(BadRequest):
        values(engine, FROM_S, Dataset(default_graphs=["no IRI"]))


@pytest.mark.parametrize("offer", media.SOLUTIONS, ids=lambda offer: offer.name)
def test_solutions_and_truth_come_in_every_format(engine: Engine, offer: media.MediaType) -> None:
    engine.put_graph(A, ONE + TWO, media.N_TRIPLES)
    answer = engine.query(NAMED, media.always(offer))
    assert answer.media_type is offer
    assert _column(answer.read(), offer) == ["https://example.org/one", "zwei “\u00a0”"]
    for text, expected in (
        (f"ASK {{ GRAPH <{A}> {{ ?s ?p ?o }} }}", b"true"),
        ("ASK { FILTER(false) }", b"false"),
    ):
        answer = engine.query(text, media.always(offer))
        assert answer.media_type is offer
        assert expected in answer.read()


def _column(data: bytes, offer: media.MediaType) -> list[str]:
    if offer is media.RESULTS_CSV:
        header, *rows = csv.reader(io.StringIO(data.decode()))
        assert header == ["o"]
        return [row[0] for row in rows]
    found = ox.parse_query_results(data, format=rdf.RESULTS[offer])
    assert isinstance(found, ox.QuerySolutions)
    return [str(row["o"].value) for row in found]


@pytest.mark.parametrize("offer", media.GRAPHS, ids=lambda offer: offer.name)
def test_graphs_come_in_every_format(engine: Engine, offer: media.MediaType) -> None:
    engine.put_graph(A, ONE + TWO, media.N_TRIPLES)
    wanted = set(rdf.read(ONE + TWO, media.N_TRIPLES))
    construct = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{A}> {{ ?s ?p ?o }} }}"
    for answer in (
        engine.query(construct, media.always(offer)),
        engine.get_graph(A, media.always(offer)),
    ):
        assert answer.media_type is offer
        assert set(rdf.read(answer.read(), offer)) == wanted
    answer = engine.query(f"DESCRIBE {S} FROM <{A}>", media.always(offer))
    assert set(rdf.read(answer.read(), offer)) == wanted


def test_a_malformed_query_is_refused_with_its_place(engine: Engine) -> None:
    with pytest.raises(BadQuery) as refused:
        engine.query("SELECT *\n{ ?s ?p }", media.always(media.RESULTS_JSON))
    assert refused.value.extra["line"] == 2
    assert refused.value.extra["column"] > 1


def test_an_update_is_no_query_and_a_query_no_update(engine: Engine) -> None:
    engine.put_graph(A, ONE, media.N_TRIPLES)
    for text in ("DROP ALL", f"DROP GRAPH <{A}>", "INSERT DATA {}", "DEFINE get:soft 1 ASK {}"):
        with pytest.raises(BadQuery):
            engine.query(text, media.always(media.RESULTS_JSON))
    with pytest.raises(BadQuery):
        engine.update("SELECT * {}")
    assert list(engine.graphs()) == [A]


def test_what_is_not_on_offer_is_refused(engine: Engine) -> None:
    with pytest.raises(NotAcceptable):
        engine.query(NAMED, media.always(media.TURTLE))
    engine.put_graph(A, ONE, media.N_TRIPLES)
    with pytest.raises(NotAcceptable):
        engine.get_graph(A, media.always(media.RESULTS_CSV))


def test_nobody_is_sent_abroad(engine: Engine) -> None:
    with pytest.raises(FederationRefused):
        engine.query(
            "SELECT * { SERVICE <http://127.0.0.1:9/> {} }", media.always(media.RESULTS_JSON)
        )
    with pytest.raises(FederationRefused):
        engine.update(f"LOAD <http://127.0.0.1:9/> INTO GRAPH <{A}>")


def test_an_update_is_done_as_a_whole_or_not_at_all(engine: Engine) -> None:
    engine.put_graph(A, ONE, media.N_TRIPLES)
    with pytest.raises(Conflict):
        engine.update(f"INSERT DATA {{ GRAPH <{A}> {{ {S} {P} 5 }} }} ; DROP GRAPH <{B}>")
    assert values(engine, NAMED) == ["https://example.org/one"]


def test_an_update_that_presumes_another_state_is_a_conflict(engine: Engine) -> None:
    with pytest.raises(Conflict):
        engine.update(f"DROP GRAPH <{B}>")
    engine.update(f"DROP SILENT GRAPH <{B}>")


def test_an_update_changes_what_it_says(engine: Engine) -> None:
    engine.put_graph(A, ONE, media.N_TRIPLES)
    engine.update(
        f'INSERT DATA {{ GRAPH <{B}> {{ {S} {P} "ü" }} }} ; DELETE WHERE {{ GRAPH <{A}> {{ ?s ?p ?o }} }}'
    )
    assert values(engine, NAMED) == ["ü"]
    engine.update(f'WITH <{B}> DELETE {{ ?s ?p ?o }} INSERT {{ ?s ?p "x" }} WHERE {{ ?s ?p ?o }}')
    assert values(engine, NAMED) == ["x"]


def test_an_update_may_write_the_default_graph(engine: Engine) -> None:
    engine.update(f"INSERT DATA {{ {S} {P} 5 }}")
    answer = engine.get_graph(None, media.always(media.N_TRIPLES))
    assert len(list(rdf.read(answer.read(), media.N_TRIPLES))) == 1


def test_a_malformed_update_is_refused_and_changes_nothing(engine: Engine) -> None:
    engine.put_graph(A, ONE, media.N_TRIPLES)
    for text in ("INSERT DATA {\n ?s ?p ?o }", f"DROP GRAPH <{A}> ; DROP", "bad"):
        with pytest.raises(BadQuery):
            engine.update(text)
    assert list(engine.graphs()) == [A]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { ?s ?p ?o GRAPH ?g { ?s ?p ?o } }", [A]),
        (f"DELETE WHERE {{ GRAPH <{A}> {{ ?s ?p ?o }} }}", [A, B]),
        (f"DELETE WHERE {{ GRAPH <{B}> {{ ?s ?p ?o }} }}", [A]),
    ],
)
def test_the_dataset_of_an_update_can_be_chosen(engine: Engine, text: str, left: list[str]) -> None:
    for graph in (A, B):
        engine.put_graph(graph, ONE, media.N_TRIPLES)
    engine.update(text, Dataset(default_graphs=[A], named_graphs=[B]))
    inside = "SELECT DISTINCT ?o { GRAPH ?o { <https://example.org/s> ?p ?x } } ORDER BY STR(?o)"
    assert values(engine, inside) == left


def test_two_datasets_in_one_update_are_refused(engine: Engine) -> None:
    for text in (
        f"WITH <{A}> DELETE {{ ?s ?p ?o }} WHERE {{}}",
        f"INSERT {{}} USING <{A}> WHERE {{}}",
        "DELETEWHERE { ?s ?p ?o }",
    ):
        with pytest.raises(BadQuery):
            engine.update(text, Dataset(default_graphs=[B]))


def test_concurrent_updates_lose_nothing(engine: Engine) -> None:
    engine.update(f"INSERT DATA {{ GRAPH <{A}> {{ {S} {P} 0 }} }}")

    def count() -> None:
        for _ in range(5):
            engine.update(
                f"WITH <{A}> DELETE {{ ?s ?p ?o }} INSERT {{ ?s ?p ?n }}"
                " WHERE { ?s ?p ?o BIND(?o + 1 AS ?n) }"
            )

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert values(engine, NAMED) == ["20"]


@pytest.mark.parametrize("offer", media.GRAPHS, ids=lambda offer: offer.name)
def test_the_default_graph_comes_in_every_format(engine: Engine, offer: media.MediaType) -> None:
    engine.put_graph(None, ONE, media.N_TRIPLES)
    engine.post_graph(None, TWO, media.N_TRIPLES)
    answer = engine.get_graph(None, media.always(offer))
    assert answer.media_type is offer
    assert len(list(rdf.read(answer.read(), offer))) == 2


def test_the_default_graph_is_always_there(engine: Engine) -> None:
    assert engine.put_graph(None, ONE, media.N_TRIPLES) is False
    engine.delete_graph(None)
    assert engine.get_graph(None, media.always(media.N_TRIPLES)).read() == b""


def test_an_empty_graph_is_a_graph(engine: Engine) -> None:
    assert engine.put_graph(A, b"", media.TURTLE) is True
    assert list(engine.graphs()) == [A]
    assert engine.get_graph(A, media.always(media.N_TRIPLES)).read() == b""


def test_a_name_is_an_absolute_iri(engine: Engine) -> None:
    for graph in ("relative", "https://example.org/> } ; DROP ALL #"):
        with pytest.raises(BadRequest):
            engine.get_graph(graph, media.always(media.TURTLE))
        with pytest.raises(BadRequest):
            engine.put_graph(graph, ONE, media.N_TRIPLES)


def test_a_tag_says_what_a_graph_holds(engine: Engine) -> None:
    def tag() -> str | None:
        return engine.get_graph(A, media.always(media.TURTLE)).tag

    engine.put_graph(A, ONE + TWO, media.N_TRIPLES)
    assert tag() == rdf.digest(rdf.read(TWO + ONE, media.N_TRIPLES))
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
    tag = engine.get_graph(A, media.always(media.TURTLE)).tag or ""
    never = Condition(match=frozenset({"another"}))
    for write in (
        lambda: engine.put_graph(A, TWO, media.N_TRIPLES, condition=never),
        lambda: engine.post_graph(A, TWO, media.N_TRIPLES, condition=never),
        lambda: engine.patch_graph(A, f"CLEAR GRAPH <{A}>", never),
        lambda: engine.delete_graph(A, never),
        lambda: engine.put_graph(B, TWO, media.N_TRIPLES, condition=never),
        lambda: engine.put_graph(
            A, TWO, media.N_TRIPLES, condition=Condition(none_match=frozenset({"*"}))
        ),
    ):
        with pytest.raises(PreconditionFailed):
            write()
    assert values(engine, NAMED) == ["https://example.org/one"]
    engine.put_graph(A, TWO, media.N_TRIPLES, condition=Condition(match=frozenset({tag})))
    assert values(engine, NAMED) == ["zwei “\u00a0”"]


def test_a_patch_keeps_to_its_graph(engine: Engine) -> None:
    with pytest.raises(NotFound):
        engine.patch_graph(A, f"CLEAR GRAPH <{A}>")
    engine.put_graph(A, ONE, media.N_TRIPLES)
    with pytest.raises(OtherGraph):
        engine.patch_graph(A, "CLEAR ALL")
    engine.patch_graph(
        A, f'WITH <{A}> DELETE {{ ?s ?p ?o }} INSERT {{ ?s ?p "x" }} WHERE {{ ?s ?p ?o }}'
    )
    assert values(engine, NAMED) == ["x"]


STRANGE = "\u00e9\u0301 \U0001f600 \u200f\u05d0 \u4e2d \\ \" ' \t \n \r <&> ]]> $x ?y %41 +".strip()


def test_any_text_comes_back_as_it_was(engine: Engine) -> None:
    iri = ox.NamedNode("https://example.org/\u00fc/\u4e2d?a=b&c=%20#\u00e9")
    written = {
        ox.Triple(iri, ox.NamedNode("https://example.org/p"), ox.Literal(STRANGE)),
        ox.Triple(iri, ox.NamedNode("https://example.org/p"), ox.Literal(STRANGE, language="fr")),
        ox.Triple(iri, ox.NamedNode("https://example.org/q"), iri),
    }
    engine.put_graph(A, rdf.serialized(written, media.TURTLE), media.TURTLE)
    assert triples(engine, A) == written
    same = f"FILTER(?o = {ox.Literal(STRANGE)})"
    ask = f"SELECT ?o {{ GRAPH ?g {{ {iri} <https://example.org/p> ?o {same} }} }}"
    assert values(engine, ask) == [STRANGE]
    for offer in (media.RESULTS_XML, media.RESULTS_TSV, media.RESULTS_CSV):
        assert _column(engine.query(ask, media.always(offer)).read(), offer) == [STRANGE]


def test_values_of_one_number_and_several_types_are_kept_apart(engine: Engine) -> None:
    engine.put_graph(
        A,
        f'{S} {P} 1, true, "2020-01-01"^^<http://www.w3.org/2001/XMLSchema#date>,'
        f' "2020-01-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .'.encode(),
        media.TURTLE,
    )
    assert len(triples(engine, A)) == 4


def test_blank_nodes_stay_what_they_are(engine: Engine) -> None:
    data = f"_:a {P} _:b . _:b {P} _:c . _:c {P} _:a . {S} {P} _:b . _:d {P} [] .".encode()
    engine.put_graph(A, data, media.TURTLE)
    engine.post_graph(A, f'_:a {P} "another" .'.encode(), media.TURTLE)
    wanted = set(rdf.read(data + f'_:z {P} "another" .'.encode(), media.TURTLE))
    assert isomorphic(triples(engine, A), wanted)
    for offer in media.SOLUTIONS:
        text = f"SELECT ?o {{ GRAPH <{A}> {{ ?o {P} ?x }} }}"
        assert len(_column(engine.query(text, media.always(offer)).read(), offer)) == 6
    assert b"".join(engine.dump(media.N_QUADS)).count(b"_:c14n") == 10


def test_blank_nodes_of_an_update(engine: Engine) -> None:
    engine.update(f"INSERT DATA {{ GRAPH <{A}> {{ _:a {P} _:a }} }}")
    (triple,) = triples(engine, A)
    assert triple.subject == triple.object


def many(number: int) -> bytes:
    return (
        b"".join(
            b'<https://example.org/s%d> <https://example.org/p> "number %d \xc3\xa9" .\n'
            % (each, each)
            for each in range(number)
        )
        + f"_:x {P} _:y .\n_:y {P} _:x .\n".encode()
    )


@pytest.mark.slow
def test_a_large_graph_goes_in_and_comes_out_whole(engine: Engine) -> None:
    data = many(20_000)
    engine.put_graph(A, ONE, media.N_TRIPLES)
    assert engine.put_graph(A, data, media.N_TRIPLES) is False
    found = triples(engine, A)
    assert len(found) == 20_002
    assert isomorphic(found, set(rdf.read(data, media.N_TRIPLES)))
    assert values(engine, f"SELECT (COUNT(*) AS ?o) {{ GRAPH <{A}> {{ ?s ?p ?o }} }}") == ["20002"]
    assert list(engine.graphs()) == [A]
    engine.post_graph(A, ONE, media.N_TRIPLES)
    assert len(triples(engine, A)) == 20_003


def test_answers_that_nobody_reads_to_the_end_hold_nothing_up(engine: Engine, name: str) -> None:
    engine.put_graph(A, many(5_000), media.N_TRIPLES)
    text = f"SELECT * {{ GRAPH <{A}> {{ ?s ?p ?o }} }}"
    # Virtuoso 7.2 keeps each of its few threads busy for a while after its reader has gone.
    for turn in range(5 if name == "virtuoso" else 100):
        body = engine.query(
            text, media.always(media.RESULTS_CSV if turn % 2 else media.RESULTS_JSON)
        ).body
        assert next(body)
        if turn % 3:
            body.close()  # type: ignore[attr-defined]
    assert len(values(engine, f"SELECT ?o {{ GRAPH <{A}> {{ ?s ?p ?o }} }}")) == 5_002


def test_a_dump_is_the_same_from_every_engine(engine: Engine) -> None:
    blank = f"_:m {P} _:n .".encode()
    for graph in (B, A):
        engine.put_graph(graph, ONE + TWO + blank, media.TURTLE)
    with closing(open_engine(Settings(store=":memory:"))) as embedded:
        for graph in (A, B):
            embedded.put_graph(graph, blank + TWO + ONE, media.TURTLE)
        wanted = b"".join(embedded.dump(media.N_QUADS))
    assert b"".join(engine.dump(media.N_QUADS)) == wanted
    trig = ox.parse(b"".join(engine.dump(media.TRIG)), ox.RdfFormat.TRIG)
    assert len(list(trig)) == 6


def test_contents_are_every_graph_in_the_order_of_their_names(engine: Engine) -> None:
    for graph in (B, A):
        engine.put_graph(graph, TWO + ONE, media.TURTLE)
    found = [
        (name, sorted(f"{triple} .\n".encode() for triple in triples))
        for name, triples in engine.contents()
    ]
    named = [(name, triples) for name, triples in found if name is not None]
    assert named == [(A, sorted([ONE, TWO])), (B, sorted([ONE, TWO]))]
    assert found == [(None, []), *named]


def test_an_export_is_the_same_from_every_engine(engine: Engine) -> None:
    blank = f"_:m {P} _:n . _:n {P} _:m .".encode()
    with closing(open_engine(Settings(store=":memory:"))) as embedded:
        for graph, data in ((A, blank + ONE), (B, TWO + blank)):
            engine.put_graph(graph, data, media.TURTLE)
            embedded.put_graph(graph, data, media.TURTLE)
        wanted = _exported(embedded)
    assert wanted.count(b"_:") == 8
    assert _exported(engine) == wanted


def _exported(engine: Engine) -> bytes:
    file = io.BytesIO()
    EXPORTS["dataset.trig"].write(engine, Iris(Settings().base), file)
    return file.getvalue()


@pytest.mark.slow
def test_articles_go_in_and_every_question_has_its_answer(
    engine: Engine, name: str, settings: Settings
) -> None:
    pipeline.prepare(engine, Iris(settings.base))
    pipeline.prepare(engine, Iris(settings.base))
    for graph in list(engine.graphs()):
        engine.delete_graph(graph)
    extractor = facts.extractor(settings.extractor)
    server.prepare(engine, settings, extractor, seeds=True, tell=lambda line: None)
    assert len(list(engine.graphs())) == 22
    union = name != "plain"
    for path in sorted(files.ontology("questions").glob("*.rq")):
        text = path.read_text("utf-8")
        if not union and "GRAPH" not in text:
            continue
        answer = engine.query(text, media.always(media.RESULTS_CSV)).read().decode()
        assert _rows(answer) == _rows(path.with_suffix(".csv").read_text("utf-8")), path.stem
    journal = Journal(engine, None, [INDEX])
    journal.current(patience=60)
    with journal.reading() as connection:
        page = listing.facts(engine, connection, Selection(), "", 10)
        entity = listing.entity(connection, f"{settings.base}id/country/ru")
    journal.close()
    assert page.total > 200
    assert all(each.statements for each in page.items)
    assert entity
    assert entity.label == "Russia"
    assert entity.facts


def _rows(text: str) -> list[list[str]]:
    return [
        [", ".join(sorted(cell.split(", "))) for cell in row]
        for row in csv.reader(io.StringIO(text))
    ]
