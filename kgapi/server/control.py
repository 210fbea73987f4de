"""A child process's line to its supervisor."""

import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event, Lock, Thread

from kgapi.errors import Busy


@dataclass(slots=True)
class Lines:
    """Lines of text out of bytes that come in pieces."""

    rest: bytes = b""

    def feed(self, data: bytes) -> Iterator[str]:
        *whole, self.rest = (self.rest + data).split(b"\n")
        return iter([line.decode() for line in whole])


@dataclass(frozen=True, slots=True)
class Spawned:
    """A process that was started for us, and our end of the socket to it."""

    pid: int
    connection: socket.socket
    _kill: Callable[[int], None] = field(repr=False)

    def kill(self) -> None:
        """End it at once, whatever it is doing; its end of the socket closes with it."""
        self._kill(self.pid)


class Control:
    """What a role's ``main`` gets. ``connection`` is the socket to whoever had it spawned.

    When the supervisor dies, this process ends at once.
    """

    def __init__(self, line: socket.socket, connection: socket.socket | None = None) -> None:
        self.connection = connection
        self.stopped = Event()
        self._line = line
        self._on_stop: list[Callable[[], object]] = []
        self._sending, self._spawning = Lock(), Lock()
        self._answers: SimpleQueue[tuple[int, socket.socket] | None] = SimpleQueue()

    def ready(self) -> None:
        """Say that this process can do its work from now on."""
        self._say("ready")

    def fail(self, why: str) -> None:
        """Say why this process cannot do its work; it ends next."""
        self._say(f"failed {' '.join(why.split())}")

    def on_stop(self, call: Callable[[], object]) -> None:
        """Have ``call`` called, in a thread of this object's, when this process is to end."""
        self._on_stop.append(call)
        if self.stopped.is_set():
            call()

    def spawn(self, role: str) -> Spawned:
        """A new process of a role on demand. Any thread may ask.

        It is killed when this process dies. Raises Busy where the system has no room for it or the
        server is about to stop.
        """
        with self._spawning:
            self._say(f"spawn {role}")
            answer = self._answers.get()
        if answer is None:
            raise Busy("the server cannot start another process at the moment", retry_after=1)
        return Spawned(*answer, lambda pid: self._say(f"kill {pid}"))

    def watch(self) -> None:
        """Begin to listen to the supervisor."""
        Thread(target=self._listen, daemon=True, name="kgapi-control").start()

    def _say(self, line: str) -> None:
        with self._sending:
            self._line.sendall(line.encode() + b"\n")

    def _listen(self) -> None:
        lines = Lines()
        sockets: list[int] = []
        while True:
            try:
                data, fds, _, _ = socket.recv_fds(self._line, 4096, 16)
            except OSError:
                data, fds = b"", []
            if not data:
                os._exit(1)
            sockets += fds
            for line in lines.feed(data):
                self._obey(line, sockets)

    def _obey(self, line: str, sockets: list[int]) -> None:
        match line.split():
            case ["stop"]:
                self.stopped.set()
                for call in self._on_stop:
                    call()
            case ["child", pid]:
                self._answers.put((int(pid), socket.socket(fileno=sockets.pop(0))))
            case ["none"]:
                self._answers.put(None)
