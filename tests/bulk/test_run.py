"""From files to the store: what is there is passed over, what has been told is stored."""

import json
import random
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kgapi import bulk, media, pipeline
from kgapi.bulk import Here, Record, sources
from kgapi.bulk.pool import Done
from kgapi.errors import BadRequest, StoreUnavailable
from kgapi.graph.iris import Iris
from kgapi.graph.review import Decision
from kgapi.pipeline import Policy, Ready
from kgapi.queries import reads
from kgapi.queries.query import rows
from kgapi.settings import Settings
from kgapi.store import open_engine
from kgapi.store.embedded import EmbeddedEngine
from kgapi.store.engine import Engine
from tests.bulk.conftest import asked_about, settings, text
from tests.facts.misbehaving import completion, serving
from tests.store import engines

VISIT = {
    "type": "Visit",
    "action": "visit",
    "quote": "The United States imposed sanctions on Iran",
    "roles": {
        "actor": [{"label": "United States", "type": "Country"}],
        "place": [{"label": "Iran", "type": "Country"}],
    },
}


def run(
    paths: Path, settings: Settings, engine: Engine, iris: Iris, **options: Any
) -> list[Record]:
    with Here(settings) as pool:
        found = sources.found([str(paths)], settings.max_article)
        return list(bulk.run(found, pool, engine, iris, Policy.of(settings), **options))


def states(records: list[Record]) -> list[str]:
    return [record.state for record in records]


def content(engine: Engine) -> list[bytes]:
    return list(engine.dump(media.N_QUADS))


def test_what_is_there_is_passed_over_unless_something_is_other(
    folder: Path, quiet: Settings, engine: EmbeddedEngine, iris: Iris
) -> None:
    assert states(run(folder, quiet, engine, iris)) == ["new"] * 5
    before = content(engine)
    assert states(run(folder, quiet, engine, iris)) == ["skipped"] * 5
    (folder / "c.txt").write_text(text("News of c, corrected"), encoding="utf-8")
    assert Counter(states(run(folder, quiet, engine, iris))) == {"skipped": 4, "new": 1}
    (folder / "c.txt").write_text(text("News of c"), encoding="utf-8")
    assert states(run(folder, quiet, engine, iris, again=True)) == ["replaced"] * 5
    assert set(before) < set(content(engine))
    for other in (
        replace(quiet, keep_text=False),
        replace(quiet, review_below=0.7),
        replace(quiet, llm_model="another"),
        replace(quiet, llm_confidence=0.3),
    ):
        assert states(run(folder / "a.txt", other, engine, iris)) == ["replaced"]
        assert states(run(folder / "a.txt", other, engine, iris)) == ["skipped"]


def test_an_article_that_is_dropped_from_the_store_is_read_again(
    folder: Path, quiet: Settings, engine: EmbeddedEngine, iris: Iris
) -> None:
    first, *_ = run(folder, quiet, engine, iris)
    assert first.article
    key = first.article.rpartition("/")[2]
    engine.delete_graph(iris.article_graph(key))
    assert Counter(states(run(folder, quiet, engine, iris))) == {"skipped": 4, "new": 1}


@pytest.mark.parametrize("again", [False, True])
def test_of_copies_the_first_is_taken(
    folder: Path, quiet: Settings, engine: EmbeddedEngine, iris: Iris, again: bool
) -> None:
    copies = [
        {"text": text("Wire"), "published": "2018-05-09", "source": f"https://{n}.example/"}
        for n in range(12)
    ]
    file = folder / "copies.jsonl"
    file.write_text("\n".join(map(json.dumps, copies)), encoding="utf-8")
    told = run(file, quiet, engine, iris, again=again)
    assert Counter(states(told)) == {"new": 1, "skipped": 11}
    (taken,) = {record.article for record in told}
    assert taken
    article = reads.article(engine, taken)
    assert article
    assert article.source == "https://0.example/"


def articles_in(engine: Engine) -> int:
    query = "SELECT DISTINCT ?a { GRAPH ?g { ?a a <https://w3id.org/kgapi/sanctions#Article> } }"
    return len(list(rows(engine, query)))


def test_what_cannot_be_taken_keeps_no_other_out(
    folder: Path, quiet: Settings, engine: EmbeddedEngine, iris: Iris
) -> None:
    undated = text("News of b").replace("8 May 2018\n\n", "")
    (folder / "b.txt").write_text(undated, encoding="utf-8")
    (folder / "d.txt").write_bytes(b"")
    told = {Path(record.file).stem: record for record in run(folder, quiet, engine, iris)}
    assert {name: record.state for name, record in told.items()} == {
        "a": "new", "b": "failed", "c": "new", "d": "failed", "e": "new",
    }  # fmt: skip
    assert told["b"].problem
    assert "published" in told["b"].problem.detail
    assert articles_in(engine) == 3


def test_a_graph_that_the_store_refuses_keeps_no_other_out(
    folder: Path, quiet: Settings, engine: EmbeddedEngine, iris: Iris
) -> None:
    with Spoiling(quiet) as pool:
        found = sources.found([str(folder)], quiet.max_article)
        told = list(bulk.run(found, pool, engine, iris, Policy.of(quiet)))
    refused = [record for record in told if record.state == "failed"]
    assert [Path(record.file).name for record in refused] == ["b.txt"]
    assert isinstance(refused[0].problem, BadRequest)
    assert articles_in(engine) == 4


class Spoiling(Here):
    """What it reads of b is no RDF."""

    def collect(self, seconds: float) -> list[Done]:
        return [
            (task, replace(outcome, told=b"<nonsense"))
            if isinstance(outcome, Ready) and task.file.endswith("b.txt")
            else (task, outcome)
            for task, outcome in super().collect(seconds)
        ]


def test_a_store_that_fails_ends_the_run(
    folder: Path, quiet: Settings, iris: Iris, tmp_path: Path
) -> None:
    with engines.oxigraph(tmp_path) as server:
        engine = open_engine(Settings(store=f"{server.address}query"))
        server.process.kill()
        server.process.wait()
        with closing(engine), pytest.raises(StoreUnavailable):
            run(folder, quiet, engine, iris)


def stops_after(number: int) -> tuple[Callable[[], bool], list[Record]]:
    told: list[Record] = []
    return lambda: len(told) >= number, told


@pytest.mark.parametrize("number", range(1, 6))
def test_whatever_was_told_is_stored_and_the_rest_follows(
    number: int, folder: Path, quiet: Settings, iris: Iris
) -> None:
    whole, broken = EmbeddedEngine(), EmbeddedEngine()
    run(folder, quiet, whole, iris)
    is_over, told = stops_after(number)
    with Here(quiet) as pool:
        found = sources.found([str(folder)], quiet.max_article)
        for record in bulk.run(found, pool, broken, iris, Policy.of(quiet), is_over=is_over):
            told.append(record)
            assert record.article
            assert reads.article(broken, record.article)
    later = run(folder, quiet, broken, iris)
    assert Counter(states(later))["skipped"] == articles_in(broken) - states(later).count("new")
    assert content(broken) == content(whole)


def test_what_was_decided_stays_decided(folder: Path, engine: EmbeddedEngine, iris: Iris) -> None:
    def tells_of_a_visit(handler: Any) -> None:
        handler.answer(completion(json.dumps({"facts": [VISIT]})))

    with serving(asked_about("News of", tells_of_a_visit)) as server:
        here = replace(settings(server), review_below=0.5)
        told = run(folder, here, engine, iris)
        assert [(record.facts, record.waiting) for record in told] == [(1, 1)] * 5
        accepted, rejected, *_ = reads.proposals(engine, "", 10).items
        for proposal, verdict in ((accepted, "accept"), (rejected, "reject")):
            decision = Decision(verdict, "Ada", None, datetime(2024, 1, 1, tzinfo=UTC))
            pipeline.decide(proposal.id, decision, engine, iris)
        again = run(folder, here, engine, iris, again=True)
        assert sorted(record.waiting for record in again) == [0, 0, 1, 1, 1]
        assert len(reads.proposals(engine, "", 10).items) == 3
        sure = replace(here, review_below=0.0)
        run(folder, sure, engine, iris)
    facts = [fact for graph in engine.graphs() for fact in reads.facts_of_graph(engine, graph)]
    told_in = {each.article.iri for fact in facts for each in fact.statements}
    assert len(told_in) == 4
    assert rejected.article.iri not in told_in
    assert not any(str(graph).endswith("/review") for graph in engine.graphs())


def test_articles_in_any_order_and_company_make_the_same_store(
    folder: Path, quiet: Settings, iris: Iris
) -> None:
    stores = []
    for seed in range(3):
        engine = EmbeddedEngine()
        paths = list(sources.files([str(folder)]))
        random.Random(seed).shuffle(paths)
        for path in paths[:2]:
            run(Path(path), quiet, engine, iris)
        run(folder, quiet, engine, iris)
        stores.append(content(engine))
    assert stores[0] == stores[1] == stores[2]
