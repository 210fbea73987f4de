"""The contract of an Engine. Every engine passes this one file."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kgapi import media
from kgapi.errors import BadQuery, BadRequest, NotAcceptable, NotFound, StoreLocked
from kgapi.store.embedded import EmbeddedEngine
from kgapi.store.engine import WHOLE, Dataset, Engine

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
