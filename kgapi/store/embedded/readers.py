"""The readers of a web process: who gets one, and how an answer comes from it."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from socket import socket
from threading import Condition, Thread
from typing import Self, cast

from kgapi import media
from kgapi.errors import Busy, KgapiError, NotAcceptable, StoreUnavailable, TooMany
from kgapi.media import Choose, MediaType
from kgapi.store.embedded.reader import Ask, Begin, End
from kgapi.store.engine import Answer, Dataset

Spawn = Callable[[], socket]
"""Makes a process that runs a Reader and gives this end of the connection to it."""

# Seconds that a query waits for a reader before it is sent away, and those after which it may come back.
_PATIENCE, _COME_BACK = 2.0, 2


class Readers:
    """A fixed number of reader processes, each replaced when it ends.

    One client gets at most half of them at a time.
    """

    def __init__(self, spawn: Spawn, size: int) -> None:
        self._spawn = spawn
        self._size = size
        self._share = max(1, size // 2)
        self._changed = Condition()
        self._idle: list[Connection] = []
        self._busy = Counter[str]()
        self._fill(size)

    def query(
        self, text: str, choose: Choose, dataset: Dataset, deadline: float, client: str
    ) -> Answer:
        """Answer a query from a reader; what goes wrong in it is raised here."""
        ask = Ask(
            text,
            dataset,
            _choice(choose, media.SOLUTIONS),
            _choice(choose, media.GRAPHS),
            deadline,
        )
        began = time.monotonic()
        try:
            return self._begin(ask, client)
        except _ReaderEnded:
            # It was killed from outside, by the kernel say; nothing has been answered yet.
            left = deadline - (time.monotonic() - began)
            return self._begin(replace(ask, deadline=left), client)

    def _begin(self, ask: Ask, client: str) -> Answer:
        rows = _Rows(self, self._take(client), client)
        try:
            return rows.begin(ask)
        except BaseException:
            rows.close()
            raise

    def _take(self, client: str) -> Connection:
        while True:
            reader = self._next(client)
            # An idle reader says nothing: one that can be read from has ended.
            if not reader.poll():
                return reader
            self.release(reader, client, again=False)

    def _next(self, client: str) -> Connection:
        ends = time.monotonic() + _PATIENCE
        with self._changed:
            while True:
                has_share = client and self._busy[client] >= self._share
                if self._idle and not has_share:
                    self._busy[client] += 1
                    return self._idle.pop()
                if not self._changed.wait(ends - time.monotonic()):
                    raise _sent_away(self._share if has_share else None)

    def release(self, reader: Connection, client: str, *, again: bool) -> None:
        """Take a reader back; one that is not to be used again is replaced."""
        with self._changed:
            self._busy[client] -= 1
            if not self._busy[client]:
                del self._busy[client]
            if again:
                self._idle.append(reader)
            self._changed.notify_all()
        if not again:
            reader.close()
            self._fill(1)

    def _fill(self, number: int) -> None:
        Thread(target=self._spawn_some, args=(number,), daemon=True, name="kgapi-readers").start()

    def _spawn_some(self, number: int) -> None:
        for _ in range(number):
            try:
                reader = Connection(self._spawned().detach())
            except OSError:
                # Nobody is left to make one: this process is about to end, too.
                return
            with self._changed:
                self._idle.append(reader)
                self._changed.notify()

    def _spawned(self) -> socket:
        while True:
            try:
                return self._spawn()
            except Busy:
                # No room for another process at the moment.
                time.sleep(_PATIENCE)


class _ReaderEnded(StoreUnavailable):
    """A reader that ended without a word."""


class _Rows:
    """The body of an answer that a reader gives. Closing it early ends the reader."""

    def __init__(self, readers: Readers, reader: Connection, client: str) -> None:
        self._readers, self._reader, self._client = readers, reader, client
        self._first: bytes | None = None
        self._is_open = True

    def begin(self, ask: Ask) -> Answer:
        try:
            self._reader.send(ask)
        except OSError:
            raise _ended() from None
        begin = self._receive()
        if not isinstance(begin, Begin):
            raise _ended()
        self._first = begin.data
        return Answer(begin.media_type, self)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        first, self._first = self._first, None
        if first is not None:
            return first
        if not self._is_open:
            raise StopIteration
        return cast(bytes, self._receive())

    def close(self) -> None:
        """Take no more."""
        self._first = None
        self._leave(again=False)

    def __del__(self) -> None:
        self._leave(again=False)

    def _receive(self) -> Begin | bytes:
        piece: Begin | bytes | KgapiError | tuple[Begin | bytes | KgapiError, End]
        try:
            piece = self._reader.recv()
        except (EOFError, OSError):
            self._leave(again=False)
            raise _ended() from None
        if isinstance(piece, tuple):
            piece, end = piece
            self._leave(again=end.again)
        if isinstance(piece, KgapiError):
            self._leave(again=False)
            raise piece
        return piece

    def _leave(self, *, again: bool) -> None:
        if self._is_open:
            self._is_open = False
            self._readers.release(self._reader, self._client, again=again)


def _choice(choose: Choose, offered: tuple[MediaType, ...]) -> MediaType | NotAcceptable:
    try:
        return choose(offered)
    except NotAcceptable as error:
        return error


def _sent_away(share: int | None) -> Busy:
    if share is None:
        return Busy("all readers are at work", retry_after=_COME_BACK)
    return TooMany(f"one client has at most {share} long queries at a time", retry_after=_COME_BACK)


def _ended() -> _ReaderEnded:
    return _ReaderEnded("the process that worked on the answer ended before it was done")
