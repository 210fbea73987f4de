"""A process that answers queries, one at a time, and ends itself when one takes too much.

Nothing can stop Oxigraph in the middle of its work but the end of its process. So a query that may
take long is answered by a process that has nothing else to lose: it looks at itself while it works,
says what went wrong and ends. Whoever asked closes the connection to end it early.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, NoReturn, cast

from kgapi import media
from kgapi.errors import DeadlinePassed, KgapiError, NotAcceptable, OverMemory
from kgapi.media import MediaType
from kgapi.store.embedded.checkpoints import Snapshots
from kgapi.store.embedded.limits import STACK, resident
from kgapi.store.engine import Dataset

# Seconds between two looks at a query that is being answered.
_LOOK = 0.02
# A query that takes longer than this gives way to those that take less; the process is not used again.
_LONG, _NICE = 0.1, 10
# A client that takes nothing for so long is gone, in seconds.
_STALLED = 60.0
# Bytes that an answer begins with, and those that it goes on with.
_FIRST, _CHUNK = 8_192, 65_536


@dataclass(frozen=True, slots=True)
class Ask:
    """A query for a reader: with its choice of each kind of representation, or why there is none."""

    text: str
    dataset: Dataset
    solutions: MediaType | NotAcceptable
    graphs: MediaType | NotAcceptable
    deadline: float

    def choose(self, offered: Sequence[MediaType]) -> MediaType:
        choice = self.graphs if media.TURTLE in offered else self.solutions
        if isinstance(choice, NotAcceptable):
            raise choice
        return choice


@dataclass(frozen=True, slots=True)
class Begin:
    """The first piece of an answer."""

    media_type: MediaType
    data: bytes


@dataclass(frozen=True, slots=True)
class End:
    """No more to come. Where ``again`` is false, the process has had its day."""

    again: bool


class _Work:
    """The query that is being answered, as the watching thread sees it."""

    def __init__(self, deadline: float) -> None:
        self._began = time.monotonic()
        self._ends = self._began + deadline
        self.deadline = deadline
        self.waits_since: float | None = None
        self.is_long = False

    @property
    def age(self) -> float:
        return time.monotonic() - self._began

    @property
    def is_late(self) -> bool:
        return self.waits_since is None and time.monotonic() > self._ends

    @property
    def is_stalled(self) -> bool:
        since = self.waits_since
        return since is not None and time.monotonic() - since > _STALLED

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """While the client takes what it is given, the query's own time stands still."""
        self.waits_since = began = time.monotonic()
        yield
        self._ends += time.monotonic() - began
        self.waits_since = None


class Reader:
    """Answers what comes over a connection, from the present revision of a store folder."""

    def __init__(self, asked: socket.socket, folder: Path, *, union: bool, memory: int) -> None:
        self._socket = asked
        self._connection = Connection(asked.fileno())
        self._snapshots = Snapshots(folder, union=union)
        self._memory = memory
        self._saying = threading.Lock()
        self._begun = threading.Event()
        self._work: _Work | None = None
        self._thread = 0

    def run(self) -> NoReturn:
        """Answer until the other side is gone."""
        threading.stack_size(STACK)
        threading.Thread(target=self._answer_all, daemon=True).start()
        while True:
            self._begun.wait()
            if work := self._work:
                self._look(work)
            time.sleep(_LOOK)

    def _look(self, work: _Work) -> None:
        if self._is_left() or work.is_stalled:
            os._exit(0)
        if work.is_late:
            self._give_up(DeadlinePassed(f"the query was ended after {work.deadline:g} seconds"))
        if resident() > self._memory:
            self._give_up(OverMemory(f"the query was ended at {self._memory >> 20:,} MB"))
        if work.age > _LONG and not work.is_long:
            work.is_long = True
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._thread, _NICE)

    def _is_left(self) -> bool:
        try:
            return self._socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _give_up(self, error: KgapiError) -> NoReturn:
        # Where the lock is held, the client is being told something and will see the end.
        if self._saying.acquire(timeout=_LOOK):
            with suppress(OSError):
                self._connection.send(error)
        os._exit(0)

    def _answer_all(self) -> NoReturn:
        self._thread = threading.get_native_id()
        try:
            while True:
                ask: Ask = self._connection.recv()
                self._work = work = _Work(ask.deadline)
                self._begun.set()
                self._answer(ask, work)
        except (EOFError, OSError):
            os._exit(0)

    def _answer(self, ask: Ask, work: _Work) -> None:
        sink = _Sink(self, work)
        last: KgapiError | Begin | bytes
        try:
            view = self._snapshots.fresh().view
            view.solve(ask.text, ask.choose, ask.dataset, sink.begin)
            last = sink.piece()
        except KgapiError as error:
            last = error
        self._begun.clear()
        self._work = None
        again = not work.is_long
        with self._saying:
            self._connection.send((last, End(again)))
        if not again:
            os._exit(0)

    def say(self, piece: Begin | bytes, work: _Work) -> None:
        with self._saying, work.waiting():
            self._connection.send(piece)


class _Sink:
    """What an answer is written to: small ones go whole, others in pieces as they are made."""

    def __init__(self, reader: Reader, work: _Work) -> None:
        self._reader, self._work = reader, work
        self._media_type: MediaType | None = None
        self._parts: list[bytes] = []
        self._size, self._limit = 0, _FIRST

    def begin(self, media_type: MediaType) -> IO[bytes]:
        self._media_type = media_type
        return cast(IO[bytes], self)

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self._size += len(data)
        if self._size > self._limit:
            self._reader.say(self.piece(), self._work)
            self._limit = _CHUNK
        return len(data)

    def flush(self) -> None:
        """What is held back goes with the next piece."""

    def piece(self) -> Begin | bytes:
        """What has been written and not been said yet."""
        data = b"".join(self._parts)
        self._parts, self._size = [], 0
        if self._media_type is None:
            return data
        begin, self._media_type = Begin(self._media_type, data), None
        return begin
