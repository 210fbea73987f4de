"""A web process: uvicorn's protocol on the listening socket that it shares, and an end without a cut."""

import asyncio
import logging
import socket
from contextlib import suppress
from email.utils import formatdate
from typing import TYPE_CHECKING

import uvicorn
import uvloop

from kgapi.server.control import Control
from kgapi.server.protocol import GuardedProtocol, State

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application, ASGISendEvent, Scope
    from uvicorn._types import ASGIReceiveCallable as Receive
    from uvicorn._types import ASGISendCallable as Send

# Seconds that a connection without a request under way is kept.
_KEEP_ALIVE = 75
# Seconds for connections that are being made when the process is told to stop.
_LAST_CALL = 0.1
# Seconds from then on in which idle connections may still bring the request that is on its way.
_COURTESY = 1.0


def work(app: "ASGI3Application", listener: socket.socket, control: Control, grace: float) -> None:
    """Serve an ASGI application until told to stop.

    Then answers under way have ``grace`` seconds to leave.
    """
    # It warns of requests that cannot be read; errors of the application are ours to log.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_Worker(app, listener).serve(control, grace))


class _AsWritten(bytes):
    """A header's name that uvicorn does not write in small letters."""

    def lower(self) -> bytes:
        return self


# Names mean the same in all letters, but R's RCurl knows the charset of this one only.
_CONTENT_TYPE = _AsWritten(b"Content-Type")


def _spelled(app: "ASGI3Application") -> "ASGI3Application":
    """An application whose answers have the name of their media type in its usual letters."""

    async def spelled(scope: "Scope", receive: "Receive", send: "Send") -> None:
        async def send_spelled(message: "ASGISendEvent") -> None:
            if message["type"] == "http.response.start":
                headers = [
                    (_CONTENT_TYPE if name.lower() == b"content-type" else name, value)
                    for name, value in message.get("headers", [])
                ]
                message = {**message, "headers": headers}
            await send(message)

        await app(scope, receive, send_spelled)

    return spelled


class _Worker:
    def __init__(self, app: "ASGI3Application", listener: socket.socket) -> None:
        self._listener = listener
        self._state = State()
        self._config = uvicorn.Config(
            _spelled(app),
            http=GuardedProtocol,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE,
        )

    async def serve(self, control: Control, grace: float) -> None:
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        control.on_stop(lambda: loop.call_soon_threadsafe(stop.set))
        dating = loop.create_task(self._date())
        server = await loop.create_server(self._connection, sock=self._listener)
        control.ready()
        await stop.wait()
        self._announce()
        await self._accept_the_last(loop)
        server.close()
        await self._finish(loop, grace)
        dating.cancel()

    def _connection(self) -> GuardedProtocol:
        return GuardedProtocol(self._config, self._state, {})

    async def _date(self) -> None:
        """Keep the headers of every answer up to date (RFC 9110 section 6.6.1)."""
        while True:
            date = formatdate(usegmt=True).encode()
            self._state.default_headers = [(b"date", date), (b"server", b"kgapi")]
            await asyncio.sleep(1)

    def _announce(self) -> None:
        """From now on every answer says that it is the last one of its connection."""
        self._state.stopping = True
        for connection in self._connections():
            connection.shutdown()

    async def _accept_the_last(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take whoever stands in the queue: closing the socket would turn them away unheard."""
        await asyncio.sleep(_LAST_CALL)
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setblocking(False)
            with suppress(OSError):  # it may have left again
                await loop.connect_accepted_socket(self._connection, connection)

    async def _finish(self, loop: asyncio.AbstractEventLoop, grace: float) -> None:
        now = loop.time()
        idle_end, end = now + _COURTESY, now + grace
        while self._state.connections and loop.time() < end:
            if loop.time() >= idle_end:
                for connection in self._connections():
                    connection.close_idle()
            await asyncio.sleep(0.02)
        for connection in self._connections():
            connection.transport.abort()

    def _connections(self) -> list[GuardedProtocol]:
        return [each for each in self._state.connections if isinstance(each, GuardedProtocol)]
