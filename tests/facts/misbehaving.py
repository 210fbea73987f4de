"""A language model's server on loopback that does whatever a test tells it to, one way a request."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Hands each request to the next behaviour; the last one serves all that follow."""

    server: "Server"

    def do_POST(self) -> None:  # as http.server has it
        length = int(self.headers["Content-Length"])
        self.server.asked.append(json.loads(self.rfile.read(length)))
        self.server.headers.append(dict(self.headers))
        behaviours = self.server.behaviours
        behave = behaviours.pop(0) if len(behaviours) > 1 else behaviours[0]
        try:
            behave(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def do_GET(self) -> None:
        self.server.strayed += 1
        self.send_error(404)

    def log_message(self, *args: object) -> None:
        pass

    def answer(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """``asked`` are the requests, ``headers`` theirs; ``strayed`` counts what followed a redirect."""

    daemon_threads = True

    def __init__(self, *behaviours: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviours = list(behaviours)
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.strayed = 0
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has gone is what half of these tests are about."""


@contextmanager
def serving(*behaviours: Behaviour) -> Iterator[Server]:
    server = Server(*behaviours)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def completion(content: object) -> bytes:
    return json.dumps({"choices": [{"message": {"content": content}}]}).encode()


def says(content: str) -> Behaviour:
    return lambda handler: handler.answer(completion(content))


def tells(*facts: Any) -> Behaviour:
    return says(json.dumps({"facts": facts}))


def fails(status: int, **headers: str) -> Behaviour:
    return lambda handler: handler.answer(b"{}", status, **headers)


def hangs(handler: Handler) -> None:
    """Takes the question and never says a word."""
    handler.server.released.wait(20)


def drips_headers(handler: Handler) -> None:
    """A byte at a time, each in time, for ever."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.server.released.wait(0.05):
        handler.wfile.write(b"x")
        handler.wfile.flush()


def drips_body(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    while not handler.server.released.wait(0.05):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def guesses(handler: Handler) -> None:
    """Sees sanctions, meetings and losses in every line, of whoever stands there."""
    text = handler.server.asked[-1]["messages"][1]["content"].split("\n", 2)[2]
    told: list[dict[str, Any]] = []
    for line in text.split("\n"):
        words = line.split()
        names = [{"label": word.strip(".,"), "type": "Country"} for word in words[:1] + words[-1:]]
        about = {"quote": line, "time": "on Tuesday", "action": "impose"}
        told += (
            about | {"type": "SanctionsAction", "roles": {"actor": names[:1], "target": names[1:]}},
            {"type": "Meeting", "action": "meet", "quote": line, "roles": {"participant": names}},
            {
                "type": "Meeting",
                "action": "meet",
                "quote": line,
                "roles": {"participant": [{"label": " ".join(words[:2]), "type": "Organization"}]},
                "modality": "reported",
                "speaker": {"label": " ".join(words[:1]), "type": "Person"},
            },
        )
    handler.answer(completion(json.dumps({"facts": told})))


def breaks_off(handler: Handler) -> None:
    """Promises more than it sends."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')
    handler.close_connection = True


def pours(handler: Handler) -> None:
    """More than anybody should read."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    for _ in range(80):
        handler.wfile.write(b" " * 100_000)
