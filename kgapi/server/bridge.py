"""ASGI outside, WSGI inside: a request whose body has come whole is answered in a thread.

A body that comes slowly holds no thread, and one that is cut off never reaches the application.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from kgapi.errors import Busy, HttpVersion, KgapiError, TooLarge, TooSlow
from kgapi.server.answer import Answer, App, ClientGone
from kgapi.server.environ import environ
from kgapi.server.refusal import Headers, refuse
from kgapi.server.threads import Threads

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application, ASGIReceiveEvent, HTTPScope, Scope
    from uvicorn._types import ASGIReceiveCallable as Receive
    from uvicorn._types import ASGISendCallable as Send

logger = logging.getLogger(__name__)

_BODILESS = (204, 304)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What the bodies of requests may take.

    ``body`` and ``bodies`` are bytes, of one and of all that are on their way. A body has
    ``seconds`` to come, and one more for each ``rate`` bytes of it. ``old`` is how many bytes of an
    answer HTTP/1.0 gets, which has no way to send one as it is made.
    """

    body: int
    bodies: int
    seconds: float = 30.0
    rate: int = 16_384
    old: int = 8_000_000


class Bridge:
    """An ASGI application that runs a WSGI application in threads.

    ``mounted`` are ASGI applications that answer at paths of their own, to bodies that have come
    whole, too.
    """

    def __init__(
        self,
        app: App,
        threads: Threads,
        bounds: Bounds,
        mounted: "Mapping[str, ASGI3Application] | None" = None,
    ) -> None:
        self._app = app
        self._threads = threads
        self._bounds = bounds
        self._mounted = mounted or {}
        # Bytes of the bodies that are held.
        self._held = 0

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            raise ValueError(f"this is no server of {scope['type']}")
        body = bytearray()
        try:
            await self._gather(body, scope, receive)
        except _CutOff:
            return
        except KgapiError as error:
            # What still comes of the body is no request.
            await refuse(error, send, (b"connection", b"close"))
        else:
            if mounted := self._mounted.get(scope["path"]):
                await mounted(scope, _whole(bytes(body), receive), send)
            else:
                await self._answer(bytes(body), scope, receive, send)
        finally:
            self._held -= len(body)

    async def _gather(self, body: bytearray, scope: "HTTPScope", receive: "Receive") -> None:
        """Take the body as it comes. Raises TooLarge, TooSlow, Busy, and _CutOff."""
        declared = _declared(scope)
        if declared == 0:
            return
        self._check(declared or 0)
        began = asyncio.get_running_loop().time() + self._bounds.seconds
        try:
            async with asyncio.timeout_at(began) as limit:
                while await self._take(body, receive):
                    limit.reschedule(began + len(body) / self._bounds.rate)
        except TimeoutError:
            raise TooSlow("the body of the request took too long to come") from None

    async def _take(self, body: bytearray, receive: "Receive") -> bool:
        """Take what is there of a body; whether there is more."""
        message = await receive()
        if message["type"] != "http.request":
            raise _CutOff
        piece = message["body"]
        self._check(len(body) + len(piece))
        if self._held + len(piece) > self._bounds.bodies:
            raise Busy("too many bodies are on their way", retry_after=5)
        body += piece
        self._held += len(piece)
        return message["more_body"]

    def _check(self, size: int) -> None:
        limit = self._bounds.body
        if size > limit:
            raise TooLarge(f"a body has at most {limit:,} bytes here", limit=limit)

    async def _answer(
        self, body: bytes, scope: "HTTPScope", receive: "Receive", send: "Send"
    ) -> None:
        loop = asyncio.get_running_loop()
        watch = _Watch(loop, receive)
        answer = Answer(loop, watch.begin)
        watch.call = answer.leave
        try:
            self._threads.run(partial(answer.make, self._app, environ(scope, body)))
            await _deliver(answer, scope, send, watch, self._bounds.old)
        except ClientGone:
            return
        except KgapiError as error:
            await refuse(error, send)
        finally:
            watch.end()
            answer.leave()


def _whole(body: bytes, receive: "Receive") -> "Receive":
    """What gives a body that has come, and then what comes further."""
    given = False

    async def again() -> "ASGIReceiveEvent":
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


class _CutOff(Exception):
    """The client is gone before its request was whole."""


class _Watch:
    """Looks out for a client that leaves: uvicorn's ``send`` says nothing of it, ``receive`` does."""

    call: Callable[[], None]

    def __init__(self, loop: asyncio.AbstractEventLoop, receive: "Receive") -> None:
        self._loop = loop
        self._receive = receive
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        if self._task is None:
            self._task = self._loop.create_task(self._look())

    def end(self) -> None:
        if self._task:
            self._task.cancel()

    async def _look(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.call()


async def _deliver(
    answer: Answer, scope: "HTTPScope", send: "Send", watch: _Watch, old: int
) -> None:
    """Send an answer as it comes; one that fails before it has begun is raised as a KgapiError."""
    data, is_last = await answer.take()
    while scope["http_version"] == "1.0" and not is_last:
        more, is_last = await answer.take()
        data += more
        if len(data) > old:
            raise HttpVersion("this answer is sent as it is made: ask in HTTP/1.1")
    if answer.error:
        raise _told(answer.error, scope)
    await _send_head(answer, scope["method"], len(data) if is_last else None, send)
    if not is_last:
        watch.begin()
    while not is_last:
        await send({"type": "http.response.body", "body": data, "more_body": True})
        data, is_last = await answer.take()
    if answer.error:
        # Returning without the end breaks the connection, so that nobody takes it for the whole.
        _told(answer.error, scope)
        return
    await send({"type": "http.response.body", "body": data, "more_body": False})


def _told(error: BaseException, scope: "HTTPScope") -> KgapiError:
    """An error as one of ours; one of somebody else's is a bug and logged as such."""
    path = scope["path"]
    if isinstance(error, KgapiError):
        logger.warning("%s %s: %s", scope["method"], path, error)
        return error
    logger.error("%s %s failed", scope["method"], path, exc_info=error)
    return KgapiError("the server failed at this; its log says why")


async def _send_head(answer: Answer, method: str, size: int | None, send: "Send") -> None:
    headers = answer.headers
    if answer.status in _BODILESS:
        headers = [(name, value) for name, value in headers if name.lower() != b"content-length"]
    elif size is not None and method != "HEAD" and not _has_length(headers):
        headers.append((b"content-length", b"%d" % size))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})


def _has_length(headers: Headers) -> bool:
    return any(name.lower() == b"content-length" for name, _ in headers)


def _declared(scope: "HTTPScope") -> int | None:
    """The length of the body as declared; None where it comes in chunks."""
    declared = 0
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            return None
        if name == b"content-length":
            declared = int(value)
    return declared
