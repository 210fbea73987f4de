"""An index over made-up news: a store in memory, the journal, and the tables that follow it."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench import generate
from kgapi import journal, media, pipeline
from kgapi.graph.iris import Iris
from kgapi.index import INDEX
from kgapi.store.embedded import EmbeddedEngine

ARTICLES = 12

Follow = Callable[[], int]


@pytest.fixture(scope="package")
def news() -> list[tuple[str, bytes]]:
    """Graphs of articles, by name, as N-Triples."""
    return [generate.graph(number) for number in range(ARTICLES)]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = journal.connect(tmp_path)
    yield connection
    connection.close()


@pytest.fixture
def follow(engine: EmbeddedEngine, connection: sqlite3.Connection) -> Follow:
    return lambda: journal.follow(engine, connection, [INDEX])


@pytest.fixture(scope="package")
def full(
    tmp_path_factory: pytest.TempPathFactory, news: list[tuple[str, bytes]]
) -> Iterator[sqlite3.Connection]:
    """The index of all the news and the reference data, for tests that only read."""
    engine = EmbeddedEngine()
    pipeline.prepare(engine, Iris(generate.BASE))
    for name, data in news:
        engine.put_graph(name, data, media.N_TRIPLES)
    connection = journal.connect(tmp_path_factory.mktemp("index"))
    journal.follow(engine, connection, [INDEX])
    yield connection
    connection.close()
    engine.close()
