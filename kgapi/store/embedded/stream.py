"""Bytes as they are made: a thread writes them, whoever iterates takes them, and little lies between."""

import traceback
from collections import deque
from collections.abc import Callable
from queue import Empty, Queue
from threading import Event, Thread
from typing import IO, Self, cast

# Chunks that may wait for a slow reader; Oxigraph writes 8 KiB at a time.
_WAITING = 16
# Bytes without which a stream has not begun. Where an error comes first, Oxigraph still hands over
# the few that it had ready.
_BEGUN = 4_096


class Stream:
    """An iterator over what ``write`` writes into the binary file it is given, while it writes.

    ``write`` runs in a thread of its own from beginning to end. An error of its before the first
    few thousand bytes is raised at once, a later one behind the chunks before it. Closing the
    stream ends the thread as soon as it writes again.
    """

    def __init__(self, write: Callable[[IO[bytes]], object]) -> None:
        self._sink = _Sink()
        Thread(target=_run, args=(write, self._sink), daemon=True, name="kgapi-stream").start()
        self._begin = deque[bytes]()
        while sum(map(len, self._begin)) < _BEGUN and (chunk := self._take()) is not None:
            self._begin.append(chunk)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        chunk = self._begin.popleft() if self._begin else self._take()
        if chunk is None:
            raise StopIteration
        return chunk

    def close(self) -> None:
        """Take no more."""
        self._begin.clear()
        self._sink.leave()

    def __del__(self) -> None:
        self._sink.leave()

    def _take(self) -> bytes | None:
        if self._sink.gone.is_set():
            return None
        chunk = self._sink.chunks.get()
        if isinstance(chunk, BaseException):
            self._sink.leave()
            raise chunk
        if chunk is None:
            self._sink.leave()
        return chunk


class _Sink:
    """The end that is written to: as much of a binary file as serialisers use."""

    def __init__(self) -> None:
        self.chunks: Queue[bytes | BaseException | None] = Queue(_WAITING)
        self.gone = Event()

    def write(self, data: bytes) -> int:
        """Hand over a chunk, waiting while enough of them wait already.

        Raises BrokenPipeError when nobody reads any more, which ends the writer.
        """
        if self.gone.is_set():
            raise BrokenPipeError("the reader is gone")
        if data:
            self.chunks.put(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Every chunk is on its way already."""

    def leave(self) -> None:
        """Nobody reads any more: whoever waits in ``write`` goes on, and fails the next time."""
        self.gone.set()
        try:
            while True:
                self.chunks.get_nowait()
        except Empty:
            pass


def _run(write: Callable[[IO[bytes]], object], sink: _Sink) -> None:
    end: BaseException | None = None
    try:
        write(cast(IO[bytes], sink))
    except BaseException as error:  # whatever it is, the reader is the one to hear of it
        end = error
        _forget(error)
    if not sink.gone.is_set():
        sink.chunks.put(end)


def _forget(error: BaseException | None) -> None:
    """Let go of what the frames of an error hold: Oxigraph's results may not leave their thread."""
    while error:
        traceback.clear_frames(error.__traceback__)
        error = error.__context__
