"""The real server around an application that does what it is told.

``python -m tests.server.small FOLDER`` serves it. The store's revision is what
the file ``revision`` in the folder says.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

from kgapi.errors import DeadlinePassed
from kgapi.server.bridge import Bounds, Bridge
from kgapi.server.cache import Cache
from kgapi.server.control import Control
from kgapi.server.listener import address_of, listen
from kgapi.server.supervisor import Role, Supervisor
from kgapi.server.threads import Threads
from kgapi.server.worker import work

THREADS = 4
BODY_SECONDS = 1.0


class App:
    """Answers each path in a way of its own, and counts calls and closes."""

    def __init__(self, revision: Callable[[], str]) -> None:
        self.revision = revision
        self.calls = count(1)
        self.closed = 0

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        call = next(self.calls)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        headers = [("Content-Type", "text/plain"), ("Vary", "Accept")]
        match environ["PATH_INFO"]:
            case "/tagged":
                headers.append(("ETag", f'W/"{self.revision()}.text"'))
                body = [f"call {call} for {environ.get('HTTP_ACCEPT')}".encode()]
            case "/varied":
                headers += [("ETag", f'W/"{self.revision()}.text"'), ("Vary", "Cookie")]
                body = [b"call %d" % call]
            case "/private":
                headers += [("ETag", f'W/"{self.revision()}.t"'), ("Cache-Control", "private")]
                body = [b"call %d" % call]
            case "/old":
                headers.append(("ETag", 'W/"before.text"'))
                body = [b"call %d" % call]
            case "/big":
                headers.append(("ETag", f'W/"{self.revision()}.text"'))
                body = [b"%09d" % call] * 30_000
            case "/environ":
                shown = {k: v for k, v in environ.items() if isinstance(v, str)}
                body = [json.dumps(shown).encode()]
            case "/body":
                body = [b"%d bytes: %b" % (length, environ["wsgi.input"].read()[:100])]
            case "/closed":
                body = [b"%d" % self.closed]
            case "/bug":
                raise LookupError("a bug before the head")
            case "/empty":
                start("204 No Content", [("Content-Length", "0")])
                return []
            case path:
                start("200 OK", headers)
                return Closing(self, pieces(path))
        start("200 OK", headers)
        return body


class Closing:
    """Chunks that count their being closed."""

    def __init__(self, app: App, chunks: Iterator[bytes]) -> None:
        self._app = app
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        self._app.closed += 1


def pieces(path: str) -> Iterator[bytes]:
    match path:
        case "/slow":
            yield b"first "
            time.sleep(1)
            yield b"last"
        case "/endless":
            while True:
                yield b"x" * 10_000
        case "/fails-early":
            yield b"x" * 100
            raise DeadlinePassed("that took too long")
        case "/fails-late":
            yield b"x" * 100_000
            time.sleep(0.2)
            raise DeadlinePassed("that took too long")
        case "/bug-late":
            yield b"x" * 100_000
            time.sleep(0.2)
            raise LookupError("a bug behind the head")


def web(listener: Any, folder: Path, control: Control) -> None:
    def revision() -> str:
        return (folder / "revision").read_text()

    app = ProxyFix(App(revision), x_for=1, x_proto=1, x_host=1, x_prefix=1)
    bounds = Bounds(body=100_000, bodies=250_000, seconds=BODY_SECONDS, rate=100_000)
    bridge = Bridge(app, Threads(THREADS), bounds)
    work(Cache(bridge, revision, 100_000, forwarded=True), listener, control, 5)


def main(folder: Path) -> None:
    def tell(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    with listen("127.0.0.1", 0) as listener:
        address = address_of(listener, "127.0.0.1")
        role = Role("web", 1, partial(web, listener, folder), listens=True)
        Supervisor([role], listener, tell).run(lambda: tell(f"ready at {address}"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
