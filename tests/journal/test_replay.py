"""Whoever carries out all changes from the first one on has the store, whatever was written to it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import pytest

from kgapi.journal import Journal
from kgapi.settings import Settings
from kgapi.store import open_engine
from kgapi.store.embedded import EmbeddedEngine
from kgapi.store.engine import Engine
from tests.journal.writes import canonical, everything, held, write
from tests.store import engines
from tests.store.processes import served

SEEDS = range(6)


def write_and_compare(engine: Engine, journal: Journal, seed: int, writes: int) -> None:
    """Some writes between two looks; the journal sees no more than what was touched."""
    random = Random(seed)
    for number in range(writes):
        write(random, engine)
        if random.random() < 0.4 or number == writes - 1:
            assert canonical(everything(journal)) == held(engine), f"write {number}"


@pytest.mark.parametrize("seed", SEEDS)
def test_replay_of_a_store_in_memory(engine: EmbeddedEngine, tmp_path: Path, seed: int) -> None:
    with closing(Journal(engine, tmp_path)) as journal:
        write_and_compare(engine, journal, seed, 60)


@pytest.mark.parametrize("seed", [0, 1])
def test_replay_of_a_folder_through_several_processes_lives(tmp_path: Path, seed: int) -> None:
    for life in range(3):
        with (
            closing(EmbeddedEngine(tmp_path / "store")) as engine,
            closing(Journal(engine, tmp_path / "index")) as journal,
        ):
            write_and_compare(engine, journal, seed * 10 + life, 12)
            # What is written and not followed is found by the next one.
            write(Random(life), engine)


@pytest.mark.slow
def test_replay_of_a_folder_that_is_served(tmp_path: Path) -> None:
    with (
        served(tmp_path / "store") as running,
        closing(Journal(running.engine, tmp_path / "index")) as journal,
    ):
        write_and_compare(running.engine, journal, 1, 25)
        running.kill_writer()
        write_and_compare(running.engine, journal, 2, 10)


@contextmanager
def remote(address: str) -> Iterator[Engine]:
    with closing(open_engine(Settings(store=f"{address}query"))) as engine:
        yield engine


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_replay_of_a_remote_store(tmp_path: Path, seed: int) -> None:
    with (
        engines.oxigraph(tmp_path) as server,
        remote(server.address) as engine,
        closing(Journal(engine, tmp_path / "index")) as journal,
    ):
        write_and_compare(engine, journal, seed, 30)


@pytest.mark.slow
def test_what_others_write_to_a_remote_store_is_found_by_its_size(tmp_path: Path) -> None:
    with (
        engines.oxigraph(tmp_path) as server,
        remote(server.address) as engine,
        remote(server.address) as other,
        closing(Journal(engine, tmp_path / "index")) as journal,
    ):
        write_and_compare(engine, journal, 3, 10)
        other.update("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1, 2 } <urn:s> <urn:p> 3 }")
        assert journal.follow() == 0
        assert journal.follow(recount=True) == 2
        assert canonical(everything(journal)) == held(engine)
        other.update("DROP GRAPH <urn:g>")
        assert journal.follow(recount=True) == 1
        assert journal.follow(recount=True) == 0
        assert canonical(everything(journal)) == held(engine)
