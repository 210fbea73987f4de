"""A store that several processes share: what is told to be written is there, and nothing runs on."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from kgapi import media
from kgapi.errors import (
    BadQuery,
    BadRequest,
    Conflict,
    DeadlinePassed,
    NotAcceptable,
    OverMemory,
    StoreLocked,
    TooMany,
)
from kgapi.store.embedded import EmbeddedEngine
from kgapi.store.embedded.lookups import is_lookup
from tests.store.processes import Served, served, ticks
from tests.store.test_engine import ONE, TWO, A, B, values

JSON = media.always(media.RESULTS_JSON)
CSV = media.always(media.RESULTS_CSV)
# A thousand things: the cross product of three patterns would take a day.
MANY = b"".join(b"<a:s%d> <a:p> <a:o%d> .\n" % (n, n) for n in range(1_000))
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
HOG = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("many") / "store", readers=4) as running:
        running.engine.put_graph(A, MANY, media.N_TRIPLES)
        yield running


def test_everybody_reads_their_own_writes_in_every_process(tmp_path: Path) -> None:
    with served(tmp_path / "store") as running:
        engine = running.engine
        for turn in range(10):
            engine.put_graph(A, b'<a:s> <a:p> "%d" .' % turn, media.N_TRIPLES)
            assert values(engine, "SELECT ?o { ?s ?p ?o }") == [str(turn)]
            answer = engine.query("SELECT ?o { ?s ?p ?o }", CSV, deadline=10)
            assert answer.read() == b"o\r\n%d\r\n" % turn


def test_the_revision_changes_with_each_write_and_with_nothing_else(tmp_path: Path) -> None:
    with served(tmp_path / "store") as running:
        engine = running.engine
        first = engine.revision()
        values(engine, "SELECT ?o { ?s ?p ?o }")
        assert engine.revision() == first
        engine.put_graph(A, ONE, media.N_TRIPLES)
        assert engine.revision() != first


def test_what_was_written_is_there_after_all_processes_are_killed(tmp_path: Path) -> None:
    with served(tmp_path / "store") as running:
        running.engine.put_graph(A, ONE, media.N_TRIPLES)
    alone = EmbeddedEngine(tmp_path / "store")
    assert values(alone, "SELECT ?o { ?s ?p ?o }") == ["https://example.org/one"]
    alone.put_graph(B, TWO, media.N_TRIPLES)
    alone.close()
    with served(tmp_path / "store") as running:
        assert list(running.engine.graphs()) == [A, B]
        with pytest.raises(StoreLocked):
            EmbeddedEngine(tmp_path / "store")


def test_a_failing_write_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with served(tmp_path / "store") as running:
        before = running.engine.revision()
        with pytest.raises(Conflict):
            running.engine.update(f"INSERT DATA {{ <a:s> <a:p> 1 }} ; DROP GRAPH <{B}>")
        assert running.engine.revision() == before
        with pytest.raises(BadQuery):
            running.engine.update("INSERT DATA { ?s ?p ?o }")


def test_an_update_that_runs_away_is_ended_and_others_are_done_once(tmp_path: Path) -> None:
    with served(tmp_path / "store") as running:
        engine = running.engine
        engine.put_graph(A, MANY, media.N_TRIPLES)
        engine.update("INSERT DATA { GRAPH <a:g> { <a:n> <a:v> 0 } }")
        told: list[BaseException] = []

        def run_away() -> None:
            try:
                engine.update(
                    "INSERT { GRAPH <a:x> { ?a ?b ?n } } WHERE { { SELECT ?a ?b ?n { GRAPH ?i"
                    " { ?a ?b ?c } GRAPH ?j { ?d ?e ?f } GRAPH ?k { ?g ?h ?n } } } }",
                    deadline=1,
                )
            except DeadlinePassed as error:
                told.append(error)

        runaway = threading.Thread(target=run_away)
        began = time.monotonic()
        runaway.start()
        writers = [threading.Thread(target=increment, args=(engine,)) for _ in range(4)]
        for each in writers:
            each.start()
        for each in (runaway, *writers):
            each.join(30)
        assert len(told) == 1
        assert time.monotonic() - began < 10
        assert values(engine, "SELECT ?o { <a:n> ?p ?o }") == ["4"]
        assert "a:x" not in list(engine.graphs())


def increment(engine: object) -> None:
    engine.update(  # type: ignore[attr-defined]
        "WITH <a:g> DELETE { ?s ?p ?o } INSERT { ?s ?p ?n } WHERE { ?s ?p ?o BIND(?o + 1 AS ?n) }"
    )


@pytest.mark.slow
def test_writers_that_are_killed_lose_no_write_and_do_none_twice(tmp_path: Path) -> None:
    with served(tmp_path / "store") as running:
        engine = running.engine
        engine.update("INSERT DATA { GRAPH <a:g> { <a:n> <a:v> 0 } }")
        ends = time.monotonic() + 3
        acknowledged: list[int] = []

        def count() -> None:
            while time.monotonic() < ends:
                increment(engine)
                acknowledged.append(1)

        threads = [threading.Thread(target=count) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(4):
            time.sleep(0.5)
            running.kill_writer()
        for thread in threads:
            thread.join(30)
        assert values(engine, "SELECT ?o { <a:n> ?p ?o }") == [str(len(acknowledged))]
        assert acknowledged


@pytest.mark.parametrize(
    "text",
    [
        RUNAWAY,
        "SELECT ?a { ?a (<a:p>/^<a:p>|!<a:q>|^!<a:q>)* ?b . ?c ?d ?e . ?f ?g ?h } ORDER BY ?a ?b",
    ],
)
def test_a_query_that_runs_away_is_ended_in_time_and_frees_the_cpu(many: Served, text: str) -> None:
    began = time.monotonic()
    with pytest.raises(DeadlinePassed):
        many.engine.query(text, JSON, deadline=0.5)
    assert time.monotonic() - began < 1.5
    assert not many.busy()
    assert many.engine.query("SELECT * { ?s ?p ?o } LIMIT 1", JSON, deadline=5).read()


def test_a_query_that_takes_too_much_memory_is_ended(tmp_path: Path) -> None:
    with served(tmp_path / "store", memory=300 << 20) as running:
        running.engine.put_graph(A, MANY, media.N_TRIPLES)
        with pytest.raises(OverMemory):
            running.engine.query(HOG, JSON, deadline=60)
        assert not running.busy()


def test_a_client_that_leaves_ends_the_query(many: Served) -> None:
    answer = many.engine.query("SELECT * { ?a ?b ?c . ?d ?e ?f }", CSV, deadline=60)
    assert next(answer.body)
    answer.body.close()  # type: ignore[attr-defined]
    time.sleep(0.3)
    assert not many.busy()


def test_readers_that_are_killed_take_no_answer_with_them(tmp_path: Path) -> None:
    with served(tmp_path / "store") as running:
        assert running.engine.query("ASK {}", JSON, deadline=9).read()
        for reader in list(running.readers):
            reader.kill()
            reader.join(10)
        assert running.engine.query("SELECT (1 AS ?x) {}", CSV, deadline=9).read()


def test_a_query_whose_reader_is_killed_is_asked_once_more(tmp_path: Path) -> None:
    with served(tmp_path / "store") as running:
        running.engine.put_graph(A, MANY, media.N_TRIPLES)
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(running.engine.query, RUNAWAY, JSON, deadline=3)
            first = at_work(running)
            first.kill()
            first.join(10)
            assert at_work(running) is not first
            with pytest.raises(DeadlinePassed):
                answer.result(30)


def at_work(running: Served) -> BaseProcess:
    """The reader that is answering a query."""
    for _ in range(50):
        for reader in list(running.readers):
            if reader.is_alive() and ticks(reader.pid or 0):
                return reader
    raise AssertionError("no reader is at work")


def test_one_client_does_not_get_all_readers(many: Served) -> None:
    text = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
    held = [many.engine.query(text, CSV, deadline=60, client="one") for _ in range(2)]
    with pytest.raises(TooMany) as refused:
        many.engine.query(text, CSV, deadline=60, client="one")
    assert refused.value.extra["retry_after"] > 0
    assert many.engine.query("SELECT (1 AS ?x) {}", CSV, deadline=9, client="two").read()
    for answer in held:
        answer.body.close()  # type: ignore[attr-defined]


def test_a_long_answer_comes_as_it_is_made_and_whole(many: Served) -> None:
    text = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"
    pieces = list(many.engine.query(text, CSV, deadline=60).body)
    assert len(pieces[0]) < 20_000
    assert max(map(len, pieces)) < 200_000
    assert b"".join(pieces).count(b"\n") == 20_001


def test_what_a_reader_finds_wrong_is_told_as_ever(many: Served) -> None:
    with pytest.raises(BadQuery) as refused:
        many.engine.query("SELECT *\n{ ?s ?p }", JSON, deadline=5)
    assert refused.value.extra["line"] == 2
    with pytest.raises(NotAcceptable):
        many.engine.query("SELECT * {}", media.always(media.TURTLE), deadline=5)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?p ?o WHERE { <a:s> ?p ?o }",
        "PREFIX : <a:> SELECT * { ?s :p :o . } LIMIT 5",
        "ASK { <a:s> a <a:t> }",
        "SELECT DISTINCT ?o { GRAPH ?g { <a:s> <a:p> ?o } }",
    ],
)
def test_a_lookup_is_known_by_its_one_pattern(text: str) -> None:
    assert is_lookup(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o }",
        "SELECT * { <a:s> ?p ?o . <a:t> ?q ?r }",
        "SELECT * { <a:s> ?p ?o ; ?q ?r }",
        "SELECT * { <a:s> (<a:p>/<a:p>)* ?o }",
        "SELECT * { <a:s> ?p ?o FILTER(?o > 1) }",
        "SELECT (COUNT(*) AS ?n) { <a:s> ?p ?o }",
        "SELECT * { <a:s> ?p ?o } OFFSET 1000000",
        "SELECT * { ?s ?p <a:o> } ORDER BY ?s",
        "SELECT * { SERVICE <a:s> { <a:s> ?p ?o } }",
        "SELECT ?o { <a:s> ?p ?o } VALUES ?o { 1 }",
        "CONSTRUCT WHERE { <a:s> ?p ?o }",
    ],
)
def test_what_could_take_long_is_no_lookup(text: str) -> None:
    assert not is_lookup(text)


def test_entities_are_refused_in_the_process_that_writes_too(many: Served) -> None:
    bomb = (
        b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="x:">'
        b'<rdf:Description rdf:about="x:s"><x:p>&b;</x:p></rdf:Description></rdf:RDF>'
    )
    with pytest.raises(BadRequest, match="entities"):
        many.engine.put_graph(B, bomb, media.RDF_XML)
    assert B not in list(many.engine.graphs())
