"""Clients that put load on a server and say how it answered."""

import asyncio
import http.client
import json
import shutil
import socket
import statistics
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx

from bench import process
from bench.servers import Server

JSON = "application/sparql-results+json"
SCRIPT = Path(__file__).with_name("lookup.lua")
PIECE = 1 << 16
SLOWLY = 1 << 13  # bytes a tenth of a second


@dataclass(frozen=True, slots=True)
class Answered:
    """Lookups in a row: how many a second, milliseconds that half and 99 % of them took at most,
    microseconds of the server's CPU for each, and how many failed."""

    rate: float
    p50: float
    p99: float
    cpu: float
    failed: int


def has_wrk() -> bool:
    return shutil.which("wrk") is not None


def lookups(
    server: Server,
    queries: Path,
    run: str,
    connections: int,
    seconds: float,
    etag: str | None = None,
) -> Answered:
    """Ask the queries of a file one after another, on so many connections at once.

    ``run`` "same" asks the first alone, again and again; any other word makes each request's text
    one of its own. ``etag`` goes into If-None-Match. Where wrk is not installed, a client in
    Python asks, which is slower than the servers are.
    """
    before = process.cpu(server.pid)
    ask = _by_wrk if has_wrk() else _by_python
    told = ask(server, queries, run, connections, seconds, etag)
    spent = max(0.0, process.cpu(server.pid) - before)
    done = max(1, int(told["requests"]))
    return Answered(
        rate=told["requests"] / told["seconds"],
        # Nothing answered at all: as if it had taken the whole time.
        p50=told["p50"] or seconds * 1000,
        p99=told["p99"] or seconds * 1000,
        cpu=spent / done * 1e6,
        failed=int(told["failed"]),
    )


def _by_wrk(
    server: Server, queries: Path, run: str, connections: int, seconds: float, etag: str | None
) -> Mapping[str, float]:
    options = ["-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "60s"]
    arguments = [server.query_path, str(queries), run, JSON, *([etag] if etag else [])]
    done = subprocess.run(
        ["wrk", *options, "-s", str(SCRIPT), server.address, "--", *arguments],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        # wrk measures nothing where nobody listens any more.
        return {"requests": 0, "seconds": seconds, "p50": 0, "p99": 0, "failed": connections}
    told: Mapping[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def _by_python(
    server: Server, queries: Path, run: str, connections: int, seconds: float, etag: str | None
) -> Mapping[str, float]:
    texts = queries.read_text(encoding="ascii").splitlines()
    headers = {"Accept": JSON, **({"If-None-Match": etag} if etag else {})}
    numbers = count()
    took: list[float] = []
    failed = 0

    def url() -> str:
        if run == "same":
            return f"{server.query_url}?query={texts[0]}"
        number = next(numbers)
        return f"{server.query_url}?query={texts[number % len(texts)]}%20%23{run}.{number}"

    async def ask(client: httpx.AsyncClient, end: float) -> None:
        nonlocal failed
        while (began := time.monotonic()) < end:
            try:
                failed += (await client.get(url())).status_code >= 400
            except httpx.HTTPError:
                failed += 1
            took.append(time.monotonic() - began)

    async def all_of_them() -> None:
        limits = httpx.Limits(max_connections=connections)
        async with httpx.AsyncClient(headers=headers, limits=limits, timeout=60) as client:
            end = time.monotonic() + seconds
            await asyncio.gather(*(ask(client, end) for _ in range(connections)))

    began = time.monotonic()
    asyncio.run(all_of_them())
    held = statistics.quantiles(took, n=100) if len(took) > 1 else [0.0] * 99
    return {
        "requests": len(took),
        "seconds": time.monotonic() - began,
        "p50": held[49] * 1000,
        "p99": held[98] * 1000,
        "failed": failed,
    }


def etag(server: Server, queries: Path) -> str | None:
    """The ETag of the first lookup, where the server answers 304 to it; else None."""
    with queries.open(encoding="ascii") as file:
        url = f"{server.query_url}?query={file.readline().strip()}"
    tag = httpx.get(url, headers={"Accept": JSON}, timeout=60).headers.get("ETag")
    if not tag:
        return None
    again = httpx.get(url, headers={"Accept": JSON, "If-None-Match": tag}, timeout=60)
    return str(tag) if again.status_code == 304 else None


@dataclass(frozen=True, slots=True)
class Streamed:
    """An answer read to its end: seconds to the first byte and to the last, and how many bytes."""

    first: float
    seconds: float
    size: int


def stream(server: Server, query: str) -> Streamed:
    """Read a long answer as fast as it comes. Raises HTTPException where it breaks off."""
    began = time.monotonic()
    with _asked(server, query, JSON) as response:
        if response.status != 200:
            raise http.client.HTTPException(f"{server.name}: {response.status} {response.read()!r}")
        size = len(response.read(1))
        first = time.monotonic() - began
        while piece := response.read(PIECE):
            size += len(piece)
    return Streamed(first, time.monotonic() - began, size)


@contextmanager
def _asked(server: Server, query: str, accept: str) -> Iterator[http.client.HTTPResponse]:
    connection = _connection(server)
    path = f"{server.query_path}?{urlencode({'query': query})}"
    try:
        connection.request("GET", path, headers={"Accept": accept})
        yield connection.getresponse()
    finally:
        connection.close()


def _connection(server: Server) -> http.client.HTTPConnection:
    parts = urlsplit(server.address)
    assert parts.hostname
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=300)


def post_graph(client: httpx.Client, server: Server, name: str, n_triples: bytes) -> float:
    """Add a graph by the Graph Store Protocol; how many milliseconds until it was acknowledged."""
    began = time.monotonic()
    headers = {"Content-Type": "application/n-triples", **server.headers}
    answer = client.post(
        server.graph_url, params={"graph": name}, content=n_triples, headers=headers
    )
    answer.raise_for_status()
    return (time.monotonic() - began) * 1000


def milliseconds_until_true(client: httpx.Client, server: Server, ask: str) -> float:
    """Ask again and again until the answer is true; how long that took."""
    began = time.monotonic()
    while time.monotonic() - began < 60:
        answer = client.get(server.query_url, params={"query": ask}, headers={"Accept": JSON})
        if answer.is_success and answer.json()["boolean"]:
            return (time.monotonic() - began) * 1000
    raise TimeoutError(f"{server.name} does not show within a minute what it acknowledged")


class Writer:
    """One client that writes graph after graph until it is told to stop."""

    def __init__(self, server: Server, graphs: Iterator[tuple[str, bytes]]) -> None:
        self.took: list[float] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._write, args=(server, graphs))

    def _write(self, server: Server, graphs: Iterator[tuple[str, bytes]]) -> None:
        with httpx.Client(timeout=60) as client:
            while not self._over.is_set():
                self.took.append(post_graph(client, server, *next(graphs)))

    def __enter__(self) -> "Writer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


class Hostile:
    """Clients that each ask the same query for ever, and read the answer as slowly as they are told."""

    def __init__(self, server: Server, queries: Mapping[str, bool]) -> None:
        """``queries`` says of each whether its client reads slowly."""
        self.answers: Counter[str] = Counter()
        self._over = threading.Event()
        self._open: dict[str, http.client.HTTPConnection] = {}
        self._threads = [
            threading.Thread(target=partial(self._ask, server, query, slowly=slowly), daemon=True)
            for query, slowly in queries.items()
        ]

    def _ask(self, server: Server, query: str, *, slowly: bool) -> None:
        while not self._over.is_set():
            self._open[query] = connection = _connection(server)
            try:
                self.answers[self._answer(connection, server, query, slowly=slowly)] += 1
            except (OSError, http.client.HTTPException):
                self.answers["left" if self._over.is_set() else "broken off"] += 1
            finally:
                connection.close()
            self._over.wait(0.1)

    def _answer(
        self, connection: http.client.HTTPConnection, server: Server, query: str, *, slowly: bool
    ) -> str:
        path = f"{server.query_path}?{urlencode({'query': query})}"
        connection.request("GET", path, headers={"Accept": "*/*"})
        response = connection.getresponse()
        while response.read(SLOWLY if slowly else PIECE):
            if slowly:
                self._over.wait(0.1)
        return str(response.status)

    def __enter__(self) -> "Hostile":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for connection in self._open.values():
            # Wakes the thread that waits for an answer, and tells the server that it left.
            with suppress(OSError, AttributeError):
                connection.sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(30)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of them lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
