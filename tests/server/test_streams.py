"""Streams of events from a real server: held open without threads, resumed, bounded, ended in order."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import TOKEN, Server
from tests.server.wire import connected, read_to_the_end

KEY = {"Authorization": f"Bearer {TOKEN}"}
STREAM = {"Accept": "text/event-stream"}
IRAN = "The United States imposed sanctions on Iran on 3 March 2026."
CUBA = "The United States imposed sanctions on Cuba over human rights abuses."
# More streams than threads.
SETTINGS = {
    "KGAPI_TOKEN": TOKEN,
    "KGAPI_WORKERS": "1",
    "KGAPI_THREADS": "2",
    "KGAPI_STREAMS": "6",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("streams") / "store", "--no-seeds", **SETTINGS) as server:
        yield server.ready()
    assert server.process.returncode == 0


class Events:
    """The events of a stream, as they come (HTML Standard section 9.2.6)."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.last_id = ""

    def next(self) -> dict[str, Any]:
        """The data of the next event. Raises StopIteration where the stream ends."""
        data = ""
        while True:
            name, _, value = next(self._lines).partition(": ")
            if name == "id":
                self.last_id = value
            elif name == "data":
                data += value
            elif not name and data:
                found: dict[str, Any] = json.loads(data)
                return found


@contextmanager
def opened(server: Server, query: str = "", **headers: str) -> Iterator[Events]:
    with server.http.stream(
        "GET", f"v1/changes{query}", headers={**STREAM, **headers}, timeout=20
    ) as answer:
        assert answer.status_code == 200
        assert "content-length" not in answer.headers
        yield Events(answer.iter_lines())


def send(server: Server, text: str) -> dict[str, Any]:
    headers = {**KEY, "Content-Type": "text/plain"}
    answer = server.http.post("v1/articles?published=2026-03-04", content=text, headers=headers)
    answer.raise_for_status()
    told: dict[str, Any] = answer.json()
    return told


def test_what_is_written_comes_without_being_asked_for(server: Server) -> None:
    with opened(server) as events, opened(server, "?country=country/cu") as on_cuba:
        told = send(server, IRAN)
        event = events.next()
        assert event["article"] == told["article"]["id"]
        assert [each["iri"] for each in event["added"]] == [each["id"] for each in told["facts"]]
        assert events.last_id == str(event["seq"])
        other = send(server, CUBA)
        assert events.next()["article"] == other["article"]["id"]
        # This one has not been told of Iran.
        assert on_cuba.next()["article"] == other["article"]["id"]


def test_a_stream_goes_on_where_it_broke_off(server: Server) -> None:
    with opened(server) as events:
        send(server, f"{IRAN} Some noticed.")
        known = events.next()["seq"]
    missed = [send(server, f"{IRAN} {number} noticed.") for number in (2, 3)]
    with opened(server, **{"Last-Event-ID": str(known)}) as events:
        assert [events.next()["article"] for _ in missed] == [
            each["article"]["id"] for each in missed
        ]
        latest = send(server, f"{IRAN} Everybody noticed.")
        assert events.next()["article"] == latest["article"]["id"]


def test_streams_hold_no_thread_and_are_so_many_at_most(server: Server) -> None:
    with ExitStack() as stack:
        streams = [stack.enter_context(opened(server)) for _ in range(6)]
        refused = server.http.get("v1/changes", headers=STREAM)
        assert refused.status_code == 503
        assert refused.headers["Retry-After"]
        told = send(server, f"{CUBA} Six were watching.")
        for events in streams:
            assert events.next()["article"] == told["article"]["id"]
    for _ in range(100):
        with server.http.stream("GET", "v1/changes", headers=STREAM) as answer:
            if answer.status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError("the streams of clients that are gone are still counted")


def test_an_old_client_gets_what_there_is(server: Server) -> None:
    told = send(server, f"{CUBA} Few were listening.")
    with connected(server.address, timeout=10) as connection:
        asked = "GET /v1/changes?since=0 HTTP/1.0\r\nAccept: text/event-stream\r\n\r\n"
        connection.sendall(asked.encode())
        # HTTP/1.0 has no way to hold an answer open: it ends by itself.
        assert told["article"]["id"] in read_to_the_end(connection).decode()
    # HEAD has no body to stream, and a form that is none is answered whole.
    assert server.http.head("v1/changes", headers=STREAM).status_code == 200
    assert server.http.get("v1/changes?format=json").json()["items"]


@pytest.mark.slow
def test_a_silent_stream_gives_signs_of_life(server: Server) -> None:
    with server.http.stream("GET", "v1/changes", headers=STREAM, timeout=25) as answer:
        assert any(line == ":" for line in answer.iter_lines())


def test_streams_end_whole_when_the_server_stops(tmp_path: Path) -> None:
    with Server(tmp_path / "store", "--no-seeds", **SETTINGS) as server:
        server.ready()
        with httpx.stream("GET", f"{server.address}v1/changes", headers=STREAM) as answer:
            lines = answer.iter_lines()
            assert next(lines).startswith("retry:")
            began = time.monotonic()
            server.process.terminate()
            # Without an end that is told, this would raise.
            assert any(line.startswith("id:") for line in lines)
        assert server.stop() == 0
        assert time.monotonic() - began < 15
