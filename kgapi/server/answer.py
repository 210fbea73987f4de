"""An answer on its way from the thread that makes it to the event loop that sends it."""

from asyncio import AbstractEventLoop, Future
from collections.abc import Callable, Iterable
from threading import Condition, Lock
from types import TracebackType
from typing import Any

Environ = dict[str, Any]
App = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]

# An answer that is done within this many seconds and bytes leaves whole, with its length.
PATIENCE = 0.01
WHOLE = 8_192
# Bytes that may wait for a slow client before the thread that makes them waits too.
AHEAD = 262_144


class ClientGone(Exception):
    """Nobody reads the answer any more."""


class Answer:
    """The status, the headers and the chunks of a WSGI application's answer (PEP 3333).

    ``make`` is called in a thread; ``take`` and ``leave`` on the event loop, and there ``on_slow``
    is called where an answer takes longer than most.
    """

    def __init__(self, loop: AbstractEventLoop, on_slow: Callable[[], None]) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.error: BaseException | None = None
        self.gone = False
        self._loop = loop
        self._on_slow = on_slow
        self._room = Condition(Lock())
        self._chunks: list[bytes] = []
        self._size = 0
        # The size at which the loop is woken.
        self._due = WHOLE
        self._is_woken = self._is_over = False
        self._waiter: Future[None] | None = None

    def make(self, app: App, environ: Environ) -> None:
        """Run an application to the end of its answer, and close it."""
        if self.gone:
            return
        try:
            chunks = app(environ, self._start)
            try:
                for chunk in chunks:
                    self._put(chunk)
            finally:
                if close := getattr(chunks, "close", None):
                    close()
        except ClientGone:
            return
        except BaseException as error:  # whatever it is, the loop is the one to deal with it
            self.error = error
        self._end()

    async def take(self) -> tuple[bytes, bool]:
        """(the bytes that are there, whether they are the last).

        Waits for some; the first time, also for a while for the last. ``error`` says whether they
        are the last because the application failed. Raises ClientGone after ``leave``.
        """
        if not self._is_ready():
            ticking = self._loop.call_later(PATIENCE, self._tick) if self._due == WHOLE else None
            try:
                await self._wait()
            finally:
                if ticking:
                    ticking.cancel()
        with self._room:
            chunks, self._chunks = self._chunks, []
            self._size, self._due = 0, 1
            self._is_woken = False
            self._room.notify()
            if self.gone:
                raise ClientGone
            return b"".join(chunks), self._is_over

    def leave(self) -> None:
        """The client is gone: ``take`` waits no more, and the application ends at its next chunk."""
        with self._room:
            self.gone = True
            self._room.notify()
        self._wake()

    def _start(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], None]:
        self.status = int(status[:3])
        self.headers = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in headers]
        return self._put

    def _put(self, chunk: bytes) -> None:
        with self._room:
            if self.gone:
                raise ClientGone
            self._chunks.append(chunk)
            self._size += len(chunk)
            wakes = self._size >= self._due and not self._is_woken
            self._is_woken |= wakes
        if wakes:
            self._call(self._wake)
        if self._size > AHEAD:
            with self._room:
                self._room.wait_for(lambda: self.gone or self._size <= AHEAD)

    def _end(self) -> None:
        with self._room:
            self._is_over = True
            wakes = not self._is_woken
        if wakes:
            self._call(self._wake)

    def _call(self, what: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(what)
        except RuntimeError:  # the loop is closed: the process is about to end
            self.gone = True

    def _is_ready(self) -> bool:
        return self._is_over or self._size >= self._due or self.gone

    async def _wait(self) -> None:
        while not self._is_ready():
            self._waiter = self._loop.create_future()
            await self._waiter

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    def _tick(self) -> None:
        """It takes longer: what is there leaves now, and the rest as it comes."""
        self._due = 1
        self._on_slow()
        self._wake()
