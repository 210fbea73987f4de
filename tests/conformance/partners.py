"""Other people's SPARQL endpoints, on loopback: what SERVICE and LOAD of the suites reach."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store

from tests.conformance.documents import JSON, TURTLE
from tests.conformance.manifest import Source

_ABSENT = "/absent/"


class Partners:
    """One HTTP server; each path is an endpoint with its own data, empty unless given some.

    A GET without a query answers an empty Turtle document. Nothing is found below ``/absent/``.
    """

    def __init__(self) -> None:
        self.stores: dict[str, Store] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.stores))
        self.address = f"http://127.0.0.1:{self.server.server_port}/"

    def host(self, services: Mapping[str, Source], text: str) -> dict[str, str]:
        """Serve these endpoints' data; where each endpoint that the text names is now found."""
        names = dict.fromkeys(
            [*services, *re.findall(r"(?:SERVICE(?: SILENT)?|LOAD) <(\w+://[^>]+)>", text)]
        )
        self.stores.clear()
        found = {}
        for name in names:
            folder = "/" if name in services or "faraway" in name else _ABSENT
            path = folder + urlsplit(name).netloc
            found[name] = self.address.rstrip("/") + path
            if name in services:
                self.stores[path] = Store()
                source = services[name]
                self.stores[path].load(source.text, RdfFormat.TURTLE, base_iri=source.iri)
        return found


@contextmanager
def partners() -> Iterator[Partners]:
    """Partners for as long as the block runs."""
    them = Partners()
    thread = Thread(target=them.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield them
    finally:
        them.server.shutdown()
        them.server.server_close()
        thread.join()


def _handler(stores: Mapping[str, Store]) -> type[BaseHTTPRequestHandler]:
    class Endpoint(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query).get("query")
            if query:
                self._query(query[0])
            elif self.path.startswith(_ABSENT):
                self._send(404, "text/plain", b"there is no such document")
            else:
                self._send(200, TURTLE, b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8")
            form = self.headers.get_content_type() == "application/x-www-form-urlencoded"
            self._query(parse_qs(body)["query"][0] if form else body)

        def _query(self, text: str) -> None:
            path = urlsplit(self.path).path
            if self.path.startswith(_ABSENT):
                self._send(404, "text/plain", b"there is no such endpoint")
                return
            solutions = stores.get(path, Store()).query(text)
            assert isinstance(solutions, QuerySolutions)
            self._send(200, JSON, solutions.serialize(format=QueryResultsFormat.JSON) or b"")

        def _send(self, status: int, media_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Tests are quiet."""

    return Endpoint
