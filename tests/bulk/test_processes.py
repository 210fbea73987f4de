"""Reading in other processes, of which some are killed."""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator
from multiprocessing import resource_tracker

import pytest

from kgapi.bulk import processes
from kgapi.bulk.pool import Done, Here, Pool
from kgapi.bulk.processes import Processes
from kgapi.errors import BadSettings, PoolFailed, ReaderLost
from kgapi.pipeline import Ready
from kgapi.settings import Settings
from tests.bulk.conftest import asked_about, chunk, settings
from tests.facts.misbehaving import Handler, hangs, serving

PATIENCE = 60


@pytest.fixture(autouse=True)
def _nobody_stays() -> Iterator[None]:
    yield
    assert multiprocessing.active_children() == []


def kill(handler: Handler) -> None:
    """Every process that reads ends, without a word."""
    for child in multiprocessing.active_children():
        assert child.pid
        os.kill(child.pid, signal.SIGKILL)


def collected(pool: Pool) -> list[Done]:
    done: list[Done] = []
    ends = time.monotonic() + PATIENCE
    while pool.is_busy():
        assert time.monotonic() < ends
        done += pool.collect(0.2)
    return done


def outcomes(done: list[Done]) -> dict[str, type]:
    return {task.article.headline: type(outcome) for task, outcome in done}


def test_other_processes_read_what_this_one_would(quiet: Settings) -> None:
    first, second = chunk("One", "Two", "Three"), chunk("Four")
    with Here(quiet) as here:
        here.submit(first)
        wanted = here.collect(0)
        here.submit(second)
        wanted += here.collect(0)
        origin = here.origin
    with Processes(2, quiet) as pool:
        assert pool.origin == origin
        while not pool.has_room():
            pool.collect(0.2)
        pool.submit(first)
        while not pool.has_room():
            pool.collect(0.2)
        pool.submit(second)
        done = collected(pool)
    assert {task.iri: each for task, each in done} == {task.iri: each for task, each in wanted}
    assert all(isinstance(outcome, Ready) for _, outcome in done)


def test_nothing_else_is_lost_with_an_article_that_ends_its_reader(quiet: Settings) -> None:
    with serving(asked_about("Poison", kill)) as server, Processes(1, settings(server)) as pool:
        pool.submit(chunk("One", "Poison", "Two"))
        done = collected(pool)
        pool.submit(chunk("Three"))
        done += collected(pool)
        poisoned = [each for each in server.asked if "Poison" in each["messages"][1]["content"]]
    assert outcomes(done) == {"One": Ready, "Poison": ReaderLost, "Two": Ready, "Three": Ready}
    assert len(poisoned) == 2, "tried once more, then given up"
    assert len(done) == 4


@pytest.mark.slow
def test_a_reader_that_is_killed_once_costs_nothing(quiet: Settings) -> None:
    struck: list[str] = []

    def once(handler: Handler) -> None:
        if struck:
            handler.answer(b'{"choices": [{"message": {"content": "{\\"facts\\": []}"}}]}')
        else:
            struck.append("one")
            kill(handler)

    with serving(asked_about("Struck", once)) as server, Processes(1, settings(server)) as pool:
        pool.submit(chunk("One", "Struck"))
        assert outcomes(collected(pool)) == {"One": Ready, "Struck": Ready}


@pytest.mark.slow
def test_a_reader_that_ends_while_idle_is_replaced(quiet: Settings) -> None:
    with Processes(1, quiet) as pool:
        (child,) = multiprocessing.active_children()
        child.kill()
        child.join()
        pool.submit(chunk("One"))
        assert outcomes(collected(pool)) == {"One": Ready}


@pytest.mark.slow
def test_an_article_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_LONGEST", 3.0)
    with serving(asked_about("Endless", hangs)) as server, Processes(1, settings(server)) as pool:
        pool.submit(chunk("Endless"))
        assert outcomes(collected(pool)) == {"Endless": ReaderLost}


@pytest.mark.slow
def test_an_extractor_that_cannot_be_had_is_told_at_once() -> None:
    with pytest.raises(BadSettings, match="KGAPI_LLM_URL"), Processes(2, Settings(extractor="llm")):
        pass


@pytest.fixture
def _no_python() -> Iterator[None]:
    """A program that ends at once is started in the place of each Python."""
    # That of the tracker is not meant: it is started once, by whoever is the first.
    resource_tracker.ensure_running()
    multiprocessing.set_executable("/bin/false")
    yield
    multiprocessing.set_executable(sys.executable)


@pytest.mark.slow
@pytest.mark.usefixtures("_no_python")
def test_processes_that_end_at_once_are_not_started_for_ever(quiet: Settings) -> None:
    with pytest.raises(PoolFailed, match="end at once"), Processes(2, quiet):
        pass
