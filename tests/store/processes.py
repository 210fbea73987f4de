"""A store served by real processes, without a web server around it: a writer and readers."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

from kgapi.store.embedded.checkpoints import Held
from kgapi.store.embedded.reader import Reader
from kgapi.store.embedded.readers import Readers
from kgapi.store.embedded.served import ServedEngine
from kgapi.store.embedded.writer import Writer

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["kgapi.store.embedded"])
MEMORY = 1 << 30


def _write(folder: Path, listening: socket.socket, memory: int, ready: socket.socket) -> None:
    Writer(Held(folder), listening, memory=memory).run(lambda: ready.send(b"r"))


def _read(folder: Path, asked: socket.socket, memory: int) -> None:
    Reader(asked, folder, union=True, memory=memory).run()


class Served:
    """The processes of a store folder; the writer is replaced when it ends, as a supervisor does."""

    def __init__(self, folder: Path, *, memory: int = MEMORY, readers: int = 2) -> None:
        self._folder, self._memory = folder, memory
        self._home = TemporaryDirectory(prefix="kgapi-")
        self.address = f"{self._home.name}/writer"
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(self.address)
        self._listening.listen(128)
        self._stopping = False
        self.readers: list[BaseProcess] = []
        self.writer = self._start_writer()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()
        self.engine = ServedEngine(folder, self.address, Readers(self._spawn, readers))

    def kill_writer(self) -> None:
        # The last one may be dead and the next not there yet.
        with suppress(ProcessLookupError):
            os.kill(self.writer.pid or 0, signal.SIGKILL)

    def busy(self) -> bool:
        """Whether a reader is at work now."""
        return any(reader.is_alive() and ticks(reader.pid or 0) for reader in self.readers)

    def stop(self) -> None:
        self._stopping = True
        for process in (self.writer, *self.readers):
            process.kill()
            process.join(10)
        self._keeper.join(10)
        self._listening.close()
        self._home.cleanup()

    def _start_writer(self) -> BaseProcess:
        ours, theirs = socket.socketpair()
        process = _CONTEXT.Process(
            target=_write, args=(self._folder, self._listening, self._memory, theirs), daemon=True
        )
        with ours, theirs:
            process.start()
            ours.settimeout(30)
            assert ours.recv(1) == b"r"
        return process

    def _keep(self) -> None:
        while not self._stopping:
            self.writer.join(0.02)
            if self.writer.exitcode is not None and not self._stopping:
                self.writer = self._start_writer()

    def _spawn(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        process = _CONTEXT.Process(
            target=_read, args=(self._folder, theirs, self._memory), daemon=True
        )
        process.start()
        theirs.close()
        self.readers.append(process)
        return ours


def ticks(pid: int) -> int:
    """Clock ticks of CPU time that a process takes within a fifth of a second."""

    def spent() -> int:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    try:
        before = spent()
        threading.Event().wait(0.2)
        return spent() - before
    except OSError:
        return 0


@contextmanager
def served(folder: Path, *, memory: int = MEMORY, readers: int = 2) -> Iterator[Served]:
    running = Served(folder, memory=memory, readers=readers)
    try:
        yield running
    finally:
        running.stop()
