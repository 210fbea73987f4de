"""What the embedded engine has beyond the contract that every engine keeps (test_contract.py)."""

import json
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kgapi import media
from kgapi.errors import (
    PartnerFailed,
    StoreLocked,
    StoreUnavailable,
)
from kgapi.store.embedded import EmbeddedEngine
from kgapi.store.engine import WHOLE, Dataset, Engine
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


def test_a_disk_without_room_is_told_and_what_was_there_stays(tmp_path: Path) -> None:
    with closing(EmbeddedEngine(tmp_path / "store")) as engine:
        engine.put_graphs({A: ONE})
    long = "".join(f'<a:s> <a:p> "{n} {"long" * 1000}" .\n' for n in range(200)).encode()
    engine = EmbeddedEngine(tmp_path / "store")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        for put in (engine.put_graphs, lambda graphs: engine.put_graph(B, graphs[B], media.TURTLE)):
            with pytest.raises(StoreUnavailable):
                put({B: long})
        assert list(engine.graphs()) == [A]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    engine.close()
    with closing(EmbeddedEngine(tmp_path / "store")) as engine:
        assert list(engine.graphs()) == [A]


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
