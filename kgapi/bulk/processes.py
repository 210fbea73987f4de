"""Reading in several processes of this machine, of which any may end at any time."""

import signal
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Self

from kgapi.bulk.pool import Chunk, Done
from kgapi.bulk.reading import Reading, told
from kgapi.errors import KgapiError, PoolFailed
from kgapi.graph.review import Origin
from kgapi.settings import Settings

# A process of its own from the start: it inherits neither the store nor the pipes of the others.
_CONTEXT = get_context("spawn")
# Seconds that an article may take, and processes that may end before they have begun.
_LONGEST, _STILLBORN = 600.0, 3


@dataclass(slots=True, eq=False)
class _Reader:
    """A process, our end of its pipe, and what it reads since when."""

    process: SpawnProcess
    pipe: Connection
    has_begun: bool = False
    chunk: Chunk | None = None
    since: float = field(default_factory=time.monotonic)

    @property
    def is_idle(self) -> bool:
        return self.has_begun and self.chunk is None

    @property
    def is_late(self) -> bool:
        articles = len(self.chunk.tasks) if self.chunk else 1
        return not self.is_idle and time.monotonic() - self.since > _LONGEST * articles

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


class Processes:
    """Reads in so many processes. See the Pool protocol.

    Each has one chunk at a time, so that none ever waits to be heard while it is sent to. One that
    ends is replaced, and what it read is tried once more; one that takes too long is ended.
    """

    def __init__(self, number: int, settings: Settings) -> None:
        self._number, self._settings = number, settings
        self._readers: list[_Reader] = []
        self._again: deque[Chunk] = deque()
        self._done: list[Done] = []
        self._stillborn = 0
        self.origin = Origin("", "")

    def __enter__(self) -> Self:
        try:
            for _ in range(self._number):
                self._readers.append(_start(self._settings))
            while not any(reader.has_begun for reader in self._readers):
                self._hear(1.0)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for reader in self._readers:
            reader.end()
        self._readers = []

    def has_room(self) -> bool:
        return not self._again and any(reader.is_idle for reader in self._readers)

    def is_busy(self) -> bool:
        return bool(self._done or self._again or any(reader.chunk for reader in self._readers))

    def submit(self, chunk: Chunk) -> None:
        self._again.append(chunk)
        self._hand_out()

    def collect(self, seconds: float) -> list[Done]:
        if not self._done:
            self._hear(seconds)
        self._hand_out()
        done, self._done = self._done, []
        return done

    def _hand_out(self) -> None:
        for reader in self._readers:
            if not self._again:
                return
            # One that has just ended is noticed when its pipe is read.
            with suppress(OSError):
                if reader.is_idle:
                    reader.pipe.send(self._again[0].articles)
                    reader.chunk, reader.since = self._again.popleft(), time.monotonic()

    def _hear(self, seconds: float) -> None:
        by_pipe = {reader.pipe: reader for reader in self._readers}
        for pipe in wait(by_pipe, seconds):
            reader = by_pipe[pipe]  # type: ignore[index]  # no other kinds were waited for
            try:
                self._take(reader, reader.pipe.recv())
            except (EOFError, OSError):
                self._bury(reader)
        for reader in self._readers:
            if reader.is_late:
                reader.process.kill()

    def _take(self, reader: _Reader, told: object) -> None:
        match told:
            case Origin():
                self.origin, reader.has_begun, self._stillborn = told, True, 0
            case KgapiError():
                raise told
            case list() if reader.chunk:
                self._done += reader.chunk.done(told)
                reader.chunk = None

    def _bury(self, reader: _Reader) -> None:
        reader.process.join(1.0)
        why = f"its process ended with status {reader.process.exitcode}"
        if not reader.has_begun:
            self._stillborn += 1
            if self._stillborn >= _STILLBORN:
                raise PoolFailed(f"processes that should read articles end at once: {why}")
        if reader.chunk:
            self._again += reader.chunk.again()
            self._done += reader.chunk.lost(why)
        reader.end()
        self._readers[self._readers.index(reader)] = _start(self._settings)


def _start(settings: Settings) -> _Reader:
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=_read, args=(theirs, settings), daemon=True)
    try:
        # It would take away the shield below, where it is not there yet.
        resource_tracker.ensure_running()
        with _without_interrupts():
            process.start()
    except OSError as error:
        raise PoolFailed(f"no process can be started: {error}") from None
    finally:
        theirs.close()
    return _Reader(process, ours)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """A process that is started here never hears of Ctrl-C: whoever started it ends it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _read(pipe: Connection, settings: Settings) -> None:
    """What a process does: say who it is, then answer each list of articles with the outcomes."""
    # Where the other end is gone, there is nobody left to work for.
    with suppress(EOFError, OSError):
        try:
            reading = Reading(settings)
        except Exception as error:
            pipe.send(told(error))
            return
        pipe.send(reading.origin)
        while True:
            pipe.send(reading.read(pipe.recv()))
