"""A real HTTP server on loopback that takes webhooks, or does not."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any


@dataclass(frozen=True)
class Delivery:
    """What came: its path, its headers by their names in small letters, its body."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)["data"]
        return found


@dataclass
class Receiver:
    """Answers with ``status``, and keeps what comes."""

    url: str = ""
    port: int = 0
    status: int = 204
    came: list[Delivery] = field(default_factory=list)
    _news: Condition = field(default_factory=Condition)

    def take(self, delivery: Delivery) -> int:
        with self._news:
            self.came.append(delivery)
            self._news.notify_all()
            return self.status

    def wait(self, number: int, seconds: float = 30) -> list[Delivery]:
        """What came, once it is that much."""
        with self._news:
            enough = self._news.wait_for(lambda: len(self.came) >= number, seconds)
            assert enough, f"{len(self.came)} of {number} came in {seconds} s"
            return list(self.came)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver while it is up."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(receiver.take(Delivery(self.path, headers, body)))
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Tests have their own words."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.port = server.server_address[1]
        receiver.url = f"http://127.0.0.1:{receiver.port}/hook"
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
