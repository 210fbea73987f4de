"""HTTP/1.1 as uvicorn speaks it, with bounds on a client: the size of a head, the time for it, silence."""

from asyncio import AbstractEventLoop, TimerHandle, Transport
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from kgapi.errors import BadRequest, HeadTooLarge, KgapiError, TooSlow
from kgapi.server.refusal import refusal

# Seconds for the head of a request, from its first byte (the first one: from the connection on).
HEAD_SECONDS = 10.0
# Bytes of a request's line and headers.
HEAD_BYTES = 65_536
# Seconds in which a client takes nothing of an answer that waits for it.
STALL_SECONDS = 30.0


class State(ServerState):
    """What the connections of a process share; while it is ``stopping``, every answer is the last one."""

    stopping = False


class GuardedProtocol(HttpToolsProtocol):
    """A connection."""

    server_state: State

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._in_head = False
        self._head_bytes = 0
        self._head_timer: TimerHandle | None = None
        self._stall_timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_no_head()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._head_bytes += len(data)
        super().data_received(data)
        if not self._in_head and not self._is_idle():
            self._expect_no_head()
        elif self._head_timer is None and self.timeout_keep_alive_task is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._too_slow)
        if self._in_head and self._head_bytes > HEAD_BYTES:
            self._refuse(HeadTooLarge(f"a request's head has at most {HEAD_BYTES:,} bytes here"))

    def on_message_begin(self) -> None:
        self._in_head = True
        super().on_message_begin()
        self.scope["extensions"] = {"kgapi.abort": self.transport.abort}  # type: ignore[dict-item]

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._head_bytes = 0
        super().on_headers_complete()
        # Behind an offer to upgrade, taken or not, the parser reads no further request.
        if self.server_state.stopping or self.parser.should_upgrade():
            self.cycle.keep_alive = False

    def send_400_response(self, msg: str) -> None:
        self._refuse(BadRequest("that is not a request as HTTP/1.1 (RFC 9112) has it"))

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stall_timer = self.loop.call_later(STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        if self._stall_timer:
            self._stall_timer.cancel()
            self._stall_timer = None
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        if self.transport.get_write_buffer_size():
            # What the client has not taken by now, it never will.
            self.transport.abort()
        else:
            self.transport.close()

    def shutdown(self) -> None:
        """Make the answer under way the last one, where its head can still say so.

        After a head that promised more, the client may be sending its next request already: that
        one is told.
        """
        if not self._is_idle() and not self.cycle.response_started:
            self.cycle.keep_alive = False

    def close_idle(self) -> None:
        """Close the connection unless a request is under way."""
        if self._is_idle() and not self._in_head:
            self.transport.close()

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _expect_no_head(self) -> None:
        if self._head_timer:
            self._head_timer.cancel()
            self._head_timer = None

    def _too_slow(self) -> None:
        if self._head_bytes:
            self._refuse(TooSlow(f"the head of a request has {HEAD_SECONDS:g} seconds to come"))
        else:
            self.transport.close()

    def _refuse(self, error: KgapiError) -> None:
        # In the middle of another answer there is no room for words.
        if self._is_idle() and not self.transport.is_closing():
            status, headers, body = refusal(error)
            lines = [name + b": " + value for name, value in headers]
            head = b"\r\n".join([*lines, b"connection: close"])
            self.transport.write(STATUS_LINE[status] + head + b"\r\n\r\n" + body)
        self.transport.close()
