"""The server under test: where its doors are, and how to put data behind them."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.conformance.documents import JSON, Solutions, read
from tests.conformance.manifest import Data, Source
from tests.conformance.matching import Table
from tests.conftest import TOKEN, Server

QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"


@dataclass
class Target:
    """A SPARQL 1.1 server by the URLs of its doors; ``name`` says which exclusions are its own."""

    name: str
    http: httpx.Client
    query: str
    update: str
    graphs: str
    token: str = ""
    _held: Data | None = None

    @property
    def key(self) -> dict[str, str]:
        """The header that writing needs."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def ask(self, text: str, accept: str = JSON) -> httpx.Response:
        """Query via POST directly (SPARQL 1.1 Protocol section 2.1.3)."""
        headers = {"Content-Type": QUERY, "Accept": accept}
        return self.http.post(self.query, content=text.encode(), headers=headers)

    def change(self, text: str) -> httpx.Response:
        """Update via POST directly (SPARQL 1.1 Protocol section 2.2.2)."""
        self._held = None
        headers = {"Content-Type": UPDATE, **self.key}
        return self.http.post(self.update, content=text.encode(), headers=headers)

    def clear(self) -> None:
        """Leave the server without any data."""
        answer = self.change("DROP ALL")
        assert answer.is_success, answer.text
        self._held = Data()

    def hold(self, data: Data) -> None:
        """Leave the server with this dataset and nothing else. Free of charge where it has it."""
        if data == self._held:
            return
        self.clear()
        self._held = None
        for place, source in enumerate(data.default):
            self._load("POST" if place else "PUT", {"default": ""}, source)
        for name, source in data.named:
            self._load("PUT", {"graph": name}, source)
        self._held = data

    def quads(self) -> Table:
        """The whole dataset as rows of (graph or None, subject, predicate, object)."""
        answer = self.ask("SELECT ?g ?s ?p ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }")
        assert answer.status_code == 200, answer.text
        found = read(answer.content, JSON)
        assert isinstance(found, Solutions)
        return list({tuple(row.get(name) for name in "gspo") for row in found.rows})

    def _load(self, method: str, graph: dict[str, str], source: Source) -> None:
        headers = {"Content-Type": source.media_type, **self.key}
        content = source.with_base.encode()
        answer = self.http.request(
            method, self.graphs, params=graph, content=content, headers=headers
        )
        assert answer.is_success, f"{source.path}: {answer.status_code} {answer.text}"


@contextmanager
def kgapi(store: Path, **settings: str) -> Iterator[Target]:
    """A ``kgapi serve`` of our own on an empty store, with these settings."""
    server = Server(store, "--no-seeds", KGAPI_TOKEN=TOKEN, **settings)
    door = f"{server.address}sparql"
    try:
        with httpx.Client(timeout=60) as http:
            yield Target("kgapi", http, door, door, f"{server.address}graphs", TOKEN)
    finally:
        status = server.stop()
    assert status == 0, "".join(server.told)


@contextmanager
def oxigraph(binary: str) -> Iterator[Target]:
    """An ``oxigraph serve`` of our own, in memory."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        bind = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [binary, "serve", "--bind", bind, "--cors"], stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr
        assert bind in process.stderr.readline(), "oxigraph did not start"
        address = f"http://{bind}"
        with httpx.Client(timeout=60) as http:
            yield Target(
                "oxigraph", http, f"{address}/query", f"{address}/update", f"{address}/store"
            )
    finally:
        process.terminate()
        process.communicate(timeout=10)


@contextmanager
def other(query: str, update: str | None, graphs: str | None, token: str) -> Iterator[Target]:
    """A server that somebody else runs. It must be empty: the tests delete whatever it holds."""
    graphs = graphs or str(httpx.URL(query).join("graphs"))
    with httpx.Client(timeout=60) as http:
        target = Target("other", http, query, update or query, graphs, token)
        assert not target.quads(), f"{query} holds data, and these tests would delete it"
        yield target
