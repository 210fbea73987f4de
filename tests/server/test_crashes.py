"""Processes are killed at random while others write: no acknowledged write is lost, none is half there."""

import os
import random
import signal
import subprocess
import threading
import time
from contextlib import suppress
from itertools import count
from pathlib import Path

import httpx
import pytest

from tests.conftest import TOKEN, Server
from tests.server.conftest import WRITER

KILLS, WRITERS = 50, 3
BACK = 2.0
N_TRIPLES = {"Content-Type": "application/n-triples"}
# Two triples that mean nothing without each other.
PAIR = b"<a:s> <a:left> <a:o> .\n<a:s> <a:right> <a:o> .\n"
HALVES = "SELECT ?g { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g HAVING (COUNT(*) != 2)"


@pytest.mark.slow
def test_fifty_kills_lose_no_acknowledged_write_and_leave_no_half_one(tmp_path: Path) -> None:
    chance = random.Random(20)
    with Server(tmp_path / "store", "--no-seeds", KGAPI_TOKEN=TOKEN) as server:
        stop = threading.Event()
        acknowledged: list[str] = []
        writers = [
            threading.Thread(target=write, args=(server.address, number, stop, acknowledged))
            for number in range(WRITERS)
        ]
        for writer in writers:
            writer.start()
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.05, 0.4))
            with suppress(ProcessLookupError):
                os.kill(chance.choice(children(server)), signal.SIGKILL)
            assert time_until_back(server.address) < BACK
        stop.set()
        for writer in writers:
            writer.join(60)
        # A killed web process may have taken a kept connection with it.
        with httpx.Client(base_url=server.address, timeout=60) as http:
            named = "SELECT DISTINCT ?g { GRAPH ?g { ?s <a:left> ?o } }"
            present = rows(http, named)
            halves = [name for name in rows(http, HALVES) if name.startswith("urn:x-pair:")]
        assert len(acknowledged) > KILLS
        assert set(acknowledged) <= set(present)
        assert halves == []


def write(address: str, number: int, stop: threading.Event, acknowledged: list[str]) -> None:
    """Put graph after graph, on a connection of its own each, noting those that were told to be there."""
    for turn in count():
        if stop.is_set():
            return
        name = f"urn:x-pair:{number}-{turn}"
        with suppress(httpx.TransportError):
            answer = httpx.put(
                f"{address}graphs",
                params={"graph": name},
                content=PAIR,
                headers=WRITER | N_TRIPLES,
                timeout=60,
            )
            if answer.is_success:
                acknowledged.append(name)


def time_until_back(address: str) -> float:
    """Seconds until a request is answered as it should be, at most ten."""
    began = time.monotonic()
    while time.monotonic() - began < 10:
        with suppress(httpx.TransportError):
            if httpx.get(f"{address}healthz", timeout=10).is_success:
                break
        time.sleep(0.01)
    return time.monotonic() - began


def children(server: Server) -> list[int]:
    """The web processes, the readers and the writer."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(server.process.pid)], capture_output=True, text=True
    )
    return [int(pid) for pid in found.stdout.split()]


def rows(http: httpx.Client, query: str) -> list[str]:
    answer = http.get("sparql", params={"query": query, "format": "csv"})
    assert answer.status_code == 200, answer.text
    return answer.text.split()[1:]
