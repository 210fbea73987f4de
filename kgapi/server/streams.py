"""Streams of events that stay open: the application tells what there is, and is asked again later.

An answer in `text/event-stream` says in its header Last-Event-ID how far it got. It is held open on
the event loop, without a thread; each time that something changed, the application is asked, as the
client would ask it, for what comes after that, and what it says is sent on.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, cast

from kgapi import media
from kgapi.errors import Busy
from kgapi.server.refusal import refuse

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application, ASGIReceiveEvent, ASGISendEvent, HTTPScope, Scope
    from uvicorn._types import ASGIReceiveCallable as Receive
    from uvicorn._types import ASGISendCallable as Send
    from uvicorn._types import HTTPResponseStartEvent as Start

# Seconds between two looks at how far the journal is, and between two signs of life of a stream.
_LOOK, _HEARTBEAT = 0.1, 15.0
# Seconds before the application is asked again that could not answer.
_PAUSE = 1.0
_REACHED = b"last-event-id"
# Headers of a request that are about the first answer, or a body that has come.
_OF_THE_FIRST = {_REACHED, b"content-length", b"transfer-encoding"}
# A comment: what is read, and means nothing.
_ALIVE = b":\n\n"


class Streams:
    """An ASGI application before another, whose streams of events it keeps open, up to ``most``.

    ``position`` says how far the journal is, from a thread of this object's. When ``stopped`` is
    set, all streams end.
    """

    def __init__(
        self, app: "ASGI3Application", position: Callable[[], int], stopped: Event, most: int
    ) -> None:
        self._app = app
        self._position = position
        self._stopped = stopped
        self._most = most
        self._open = 0
        self._last = 0
        self._news = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "kgapi-streams")

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http" or not _may_stream(scope):
            await self._app(scope, receive, send)
            return
        begin = _Begin(send, has_room=self._open < self._most)
        await self._app(scope, receive, begin)
        if begin.reached is not None:
            await self._hold(scope, receive, send, begin.reached)

    async def _hold(self, scope: "HTTPScope", receive: "Receive", send: "Send", seq: int) -> None:
        """Keep a stream open until its client leaves, or the server stops."""
        self._open += 1
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        tasks = {
            asyncio.create_task(self._go_on(scope, send, seq)),
            asyncio.create_task(_until_gone(receive)),
        }
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            self._open -= 1
            if not self._open:
                self._looking.cancel()
                self._looking = None

    async def _look(self) -> None:
        """Tell every stream when the journal gets on, or the server is to stop."""
        loop = asyncio.get_running_loop()
        while True:
            last = await loop.run_in_executor(self._thread, self._position)
            if last != self._last or self._stopped.is_set():
                self._last = last
                self._news.set()
                self._news = asyncio.Event()
            await asyncio.sleep(_LOOK)

    async def _go_on(self, scope: "HTTPScope", send: "Send", seq: int) -> None:
        while not self._stopped.is_set():
            if self._last > seq:
                piece = _Piece(send)
                await self._app(_asking(scope, seq), _silence, piece)
                if piece.reached is None:
                    await asyncio.sleep(_PAUSE)
                seq = piece.reached or seq
            elif not await self._hears():
                await send({"type": "http.response.body", "body": _ALIVE, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _hears(self) -> bool:
        """Whether there is news within the time in which a stream has to give a sign of life."""
        try:
            async with asyncio.timeout(_HEARTBEAT):
                await self._news.wait()
        except TimeoutError:
            return False
        return True


class _Begin:
    """Sends an answer, and leaves it open where it is a stream; ``reached`` is how far that got."""

    def __init__(self, send: "Send", *, has_room: bool) -> None:
        self._send = send
        self._has_room = has_room
        self._is_refused = False
        self.reached: int | None = None

    async def __call__(self, message: "ASGISendEvent") -> None:
        if message["type"] == "http.response.start":
            reached = _reached(message)
            self._is_refused = reached is not None and not self._has_room
            if self._is_refused:
                await refuse(Busy("too many streams are open", retry_after=30), self._send)
                return
            self.reached = reached
            if reached is not None:
                message = {**message, "headers": _without_length(message)}
        elif message["type"] == "http.response.body" and self.reached is not None:
            message = {**message, "more_body": True}
        if not self._is_refused:
            await self._send(message)


class _Piece:
    """Sends the body of an answer as a further piece of a stream; ``reached`` is None for no answer."""

    def __init__(self, send: "Send") -> None:
        self._send = send
        self.reached: int | None = None

    async def __call__(self, message: "ASGISendEvent") -> None:
        if message["type"] == "http.response.start":
            self.reached = _reached(message)
        elif message["type"] == "http.response.body" and self.reached is not None:
            await self._send({**message, "more_body": True})


def _may_stream(scope: "HTTPScope") -> bool:
    """Whether the answer may be a stream; the application knows."""
    if scope["method"] != "GET" or scope["http_version"] == "1.0":
        return False
    wanted = media.EVENT_STREAM.type.encode()
    return b"format=" in scope["query_string"] or any(
        name == b"accept" and wanted in value for name, value in scope["headers"]
    )


def _reached(message: "Start") -> int | None:
    """How far an answer got; None for what is no stream."""
    found = {name.lower(): value for name, value in message.get("headers", [])}
    is_stream = found.get(b"content-type", b"").startswith(media.EVENT_STREAM.type.encode())
    return int(found[_REACHED]) if is_stream and message["status"] == 200 else None


def _without_length(message: "Start") -> list[tuple[bytes, bytes]]:
    headers = message.get("headers", [])
    return [(name, value) for name, value in headers if name.lower() != b"content-length"]


def _asking(scope: "HTTPScope", seq: int) -> "HTTPScope":
    """The same request, for what comes after a change."""
    others = [(name, value) for name, value in scope["headers"] if name not in _OF_THE_FIRST]
    asking = {**scope, "headers": [*others, (_REACHED, b"%d" % seq)]}
    return cast("HTTPScope", asking)


async def _silence() -> "ASGIReceiveEvent":
    """What comes of a client of which nothing more comes: it neither sends nor leaves."""
    never: asyncio.Future[ASGIReceiveEvent] = asyncio.get_running_loop().create_future()
    return await never


async def _until_gone(receive: "Receive") -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
