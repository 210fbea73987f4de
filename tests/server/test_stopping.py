"""Nothing that was taken on is lost: not by a stop under load, and as little as can be by a crash."""

import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.conftest import TOKEN, Server
from tests.server.conftest import MANY, TRIPLES, WRITER, fill
from tests.server.wire import connected, read_answer, read_to_the_end, request, without_chunks

BACK = 2.0
TURTLE = WRITER | {"Content-Type": "text/turtle"}


class Load:
    """Clients that ask without a pause until they are refused, and count what went wrong."""

    def __init__(self, address: str, client: Callable[["Load"], None], number: int) -> None:
        self.address = address
        self.answered = 0
        self.cut: list[str] = []
        self._threads = [threading.Thread(target=self._run, args=[client]) for _ in range(number)]
        for thread in self._threads:
            thread.start()

    def _run(self, client: Callable[["Load"], None]) -> None:
        try:
            while True:
                client(self)
        except ConnectionRefusedError:
            return
        except (OSError, EOFError) as error:
            self.cut.append(repr(error))

    def wait(self) -> None:
        for thread in self._threads:
            thread.join(timeout=30)
            assert not thread.is_alive()


def one_connection_each(load: Load) -> None:
    with connected(load.address) as connection:
        connection.sendall(request("GET /nothing", "Connection: close"))
        assert read_answer(connection)[0] == 404
        load.answered += 1


def as_long_as_it_is_kept(load: Load) -> None:
    with connected(load.address) as connection:
        while True:
            connection.sendall(request("GET /nothing"))
            status, headers, _ = read_answer(connection)
            assert status == 404
            load.answered += 1
            if headers.get("connection") == "close":
                return


@contextmanager
def started(folder: Path, **settings: str) -> Iterator[Server]:
    with Server(folder / "store", "--no-seeds", KGAPI_TOKEN=TOKEN, **settings) as server:
        yield server


@pytest.mark.slow
def test_a_stop_under_load_cuts_nobody_off(tmp_path: Path) -> None:
    with started(tmp_path) as server:
        loads = [
            Load(server.address, client, 4)
            for client in (one_connection_each, as_long_as_it_is_kept)
        ]
        time.sleep(1)
        assert server.stop() == 0
        for load in loads:
            load.wait()
            assert load.cut == []
            assert load.answered > 20


@pytest.mark.slow
def test_a_stop_lets_a_long_answer_end_and_takes_the_request_on_its_way(tmp_path: Path) -> None:
    with started(tmp_path) as server:
        fill(server)
        with connected(server.address) as long, connected(server.address) as idle:
            long.sendall(request("GET /sparql?query=" + MANY.replace(" ", "+")))
            found = long.recv(1000)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            idle.sendall(request("GET /nothing"))
            status, headers, _ = read_answer(idle)
            assert (status, headers["connection"]) == (404, "close")
            found += read_to_the_end(long)
        assert len(json.loads(without_chunks(found))["results"]["bindings"]) == TRIPLES
        assert server.stop() == 0


@pytest.mark.slow
def test_a_client_that_never_reads_delays_a_stop_for_the_grace_only(tmp_path: Path) -> None:
    with started(tmp_path, KGAPI_GRACE="2") as server:
        fill(server)
        with connected(server.address) as connection:
            query = "SELECT+*+{GRAPH+?g+{?s+?p+?o.?t+?q+?u}}"
            connection.sendall(request(f"GET /sparql?query={query}"))
            connection.recv(100)
            began = time.monotonic()
            assert server.stop() == 0
            assert 2 <= time.monotonic() - began < 6


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_stops_at_once(number: signal.Signals, tmp_path: Path) -> None:
    with started(tmp_path) as server:
        began = time.monotonic()
        server.process.send_signal(number)
        assert server.process.wait(timeout=10) == 0
        assert time.monotonic() - began < 2


@pytest.mark.slow
def test_whoever_is_killed_comes_back_with_all_that_was_written(tmp_path: Path) -> None:
    with started(tmp_path) as server:
        fill(server)
        killed = children(server)
        assert len(killed) >= 3
        for pid in killed:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        began = time.monotonic()
        while not ask_for(server, "/graphs?default"):
            assert time.monotonic() - began < BACK
            time.sleep(0.02)
        query = f"SELECT (COUNT(*) AS ?n) {MANY.partition('*')[2]}"
        counted = server.http.get("sparql", params={"query": query, "format": "csv"})
        assert counted.text.split() == ["n", str(TRIPLES)]
        assert server.http.put("graphs?default", content="", headers=TURTLE).status_code == 204
        tasks = Path(f"/proc/{server.process.pid}/task")
        if tasks.exists():
            assert len(list(tasks.iterdir())) == 1, "it forks, so it has one thread"
        _and_dies_with_its_supervisor(server)
    told = "".join(server.told)
    for role in ("web", "writer"):
        assert re.search(rf"the {role} process \d+ was killed by signal 9; another takes", told)


def _and_dies_with_its_supervisor(server: Server) -> None:
    left = children(server)
    server.process.kill()
    server.process.wait()
    end = time.monotonic() + BACK
    while any(map(is_alive, left)):
        assert time.monotonic() < end
        time.sleep(0.02)


def children(server: Server) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(server.process.pid)], capture_output=True, text=True
    )
    return [int(pid) for pid in found.stdout.split()]


def is_alive(pid: int) -> bool:
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return found.stdout.strip()[:1] not in {"", "Z"}


def ask_for(server: Server, path: str) -> int | None:
    try:
        with connected(server.address) as connection:
            connection.sendall(request(f"GET {path}", *[f"{k}: {v}" for k, v in WRITER.items()]))
            return read_answer(connection)[0]
    except (OSError, EOFError):
        return None
