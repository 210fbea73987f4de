"""The process that serves nothing: it forks the others, replaces those that die, and ends them in order.

It has one thread and no store, and imports everything before it forks, so that a new child has its
memory at once and shares it. Between it and each child lies a socket pair with lines of text:

- from a child: ``ready``, ``failed WHY``, ``spawn ROLE``, ``kill PID``;
- to a child: ``stop``, and in answer to ``spawn`` either ``child PID`` with a socket, or ``none``.

The end of that socket is the end of the other side, however it came about.
"""

import gc
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import NoReturn

from kgapi.errors import KgapiError
from kgapi.server.control import Control, Lines
from kgapi.server.listener import last_call

Tell = Callable[[str], None]

# Seconds before a role is tried again that died before it was ready: doubled each time.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0


@dataclass(frozen=True, slots=True)
class Role:
    """What a child process is for.

    ``count`` of them run at any time; 0 is on demand, one for each ``Control.spawn``. ``main`` is
    the life of the child: it calls ``ready`` once it can do its work, and returns when told to
    stop. ``listens`` says that it takes connections; ``patience`` is how many seconds it has
    between being told to stop and being killed.
    """

    name: str
    count: int
    main: Callable[[Control], None]
    listens: bool = False
    patience: float = 10.0


@dataclass(slots=True, eq=False)
class _Child:
    role: Role
    pid: int
    control: socket.socket
    owner: "_Child | None"
    lines: Lines = field(default_factory=Lines)
    ready: bool = False

    def say(self, line: str, *fds: int) -> None:
        # Where it is dead already, the end of its socket tells us next.
        with suppress(OSError):
            socket.send_fds(self.control, [line.encode() + b"\n"], fds)


class Supervisor:
    """Runs roles. They start in their order, each when all before it are ready, and stop in reverse.

    ``listener`` is the listening socket that roles which listen share by inheritance.
    """

    def __init__(self, roles: Sequence[Role], listener: socket.socket, tell: Tell) -> None:
        self._roles = roles
        self._listener = listener
        self._tell = tell
        self._children: dict[int, _Child] = {}
        self._selector = selectors.DefaultSelector()
        self._signals, self._wakeup = socket.socketpair()
        self._begun = self._stopping = False
        self._failure: str | None = None
        self._pauses = {role.name: 0.0 for role in roles}
        self._due = {role.name: 0.0 for role in roles}

    def run(self, on_ready: Callable[[], None]) -> None:
        """Run until SIGTERM or SIGINT; ``on_ready`` is called when every role is ready at first.

        Raises KgapiError where a role cannot begin, when all others have ended.
        """
        self._watch_signals()
        # What is there now is shared with the children; a collection would copy its pages.
        gc.collect()
        gc.freeze()
        try:
            while not self._stopping:
                self._replace()
                self._begin(on_ready)
                self._hear(self._next_due())
        finally:
            self._stop()
        if self._failure:
            raise KgapiError(self._failure)

    def _begin(self, on_ready: Callable[[], None]) -> None:
        if not self._begun and all(map(self._is_complete, self._roles)):
            self._begun = True
            on_ready()

    def _replace(self) -> None:
        """Fork what lacks."""
        for role in self._roles:
            while len(self._of(role)) < role.count and self._due[role.name] <= time.monotonic():
                if self._fork(role) is None:
                    self._put_off(role)
            if not self._begun and not self._is_complete(role):
                return

    def _of(self, role: Role) -> list[_Child]:
        return [child for child in self._children.values() if child.role is role]

    def _is_complete(self, role: Role) -> bool:
        return sum(child.ready for child in self._of(role)) >= role.count

    def _put_off(self, role: Role) -> None:
        pause = min(_LONGEST_PAUSE, 2 * self._pauses[role.name] or _FIRST_PAUSE)
        self._pauses[role.name] = pause
        self._due[role.name] = time.monotonic() + pause

    def _next_due(self) -> float | None:
        """Seconds until a role that lacks a child is due; None where none lacks any."""
        due = (
            [self._due[role.name] for role in self._roles if len(self._of(role)) < role.count]
            if self._begun
            else []
        )
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _fork(
        self,
        role: Role,
        owner: _Child | None = None,
        pair: tuple[socket.socket, socket.socket] | None = None,
    ) -> _Child | None:
        """A new child; None where the system has no room for one.

        One that is spawned for an ``owner`` takes the second socket of the ``pair``.
        """
        ours, theirs = socket.socketpair()
        try:
            pid = os.fork()
        except OSError as error:
            self._tell(f"cannot start the {role.name} process: {error.strerror}")
            ours.close()
            theirs.close()
            return None
        if pid == 0:
            ours.close()
            if pair:
                # Else it would never see the end of the other side.
                pair[0].close()
            self._live(role, Control(theirs, pair[1] if pair else None))
        theirs.close()
        child = _Child(role, pid, ours, owner)
        self._children[pid] = child
        self._selector.register(ours, selectors.EVENT_READ, child)
        return child

    def _live(self, role: Role, control: Control) -> NoReturn:
        """The child's life."""
        status = 1
        try:
            self._forget(role)
            control.watch()
            role.main(control)
            status = 0
        except KgapiError as error:
            control.fail(str(error))
        except BaseException:
            traceback.print_exc()
        finally:
            with suppress(OSError):
                sys.stderr.flush()
            os._exit(status)

    def _forget(self, role: Role) -> None:
        """Let go, in a new child, of what is the supervisor's alone."""
        # A terminal's Ctrl-C and a service manager's SIGTERM reach every process of the group: the
        # supervisor alone decides who ends when.
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self._selector.close()
        self._signals.close()
        self._wakeup.close()
        for child in self._children.values():
            child.control.close()
        # Whoever holds the listening socket without accepting keeps connections waiting in vain.
        if not role.listens:
            self._listener.close()

    def _hear(self, timeout: float | None) -> None:
        for key, _ in self._selector.select(timeout):
            if key.data is None:
                self._signals.recv(64)
            elif key.data.pid in self._children:
                self._hear_child(key.data)

    def _hear_child(self, child: _Child) -> None:
        try:
            data = child.control.recv(4096)
        except OSError:
            data = b""
        if not data:
            self._bury(child)
        for line in child.lines.feed(data):
            self._obey(child, *line.split(" ", 1))

    def _obey(self, child: _Child, order: str, what: str = "") -> None:
        match order:
            case "ready":
                child.ready = True
                self._pauses[child.role.name] = 0.0
            case "failed" if self._begun:
                self._tell(f"the {child.role.name} process cannot start: {what}")
            case "failed":
                self._failure = self._failure or what
            case "spawn":
                self._spawn(child, what)
            case "kill":
                self._kill(self._children.get(int(what)), child)

    def _spawn(self, owner: _Child, name: str) -> None:
        role = next(role for role in self._roles if role.name == name)
        near, far = socket.socketpair()
        with closing(near), closing(far):
            child = None if self._stopping else self._fork(role, owner, (near, far))
            if child:
                owner.say(f"child {child.pid}", near.fileno())
            else:
                owner.say("none")

    def _kill(self, child: _Child | None, owner: _Child) -> None:
        """Kill a child for the one that it was spawned for. It may be gone already."""
        if child and child.owner is owner:
            # Not reaped yet, so that its number is nobody else's.
            os.kill(child.pid, signal.SIGKILL)

    def _bury(self, child: _Child) -> None:
        self._selector.unregister(child.control)
        child.control.close()
        _, status = os.waitpid(child.pid, 0)
        del self._children[child.pid]
        for other in list(self._children.values()):
            self._kill(other, child)
        if child.role.count and not self._stopping:
            self._mourn(child, os.waitstatus_to_exitcode(status))

    def _mourn(self, child: _Child, status: int) -> None:
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        if self._begun:
            self._tell(f"the {child.role.name} process {child.pid} {how}; another takes its place")
            if not child.ready:
                self._put_off(child.role)
        else:
            self._failure = self._failure or f"the {child.role.name} process {how} as it began"
            self._stopping = True

    def _watch_signals(self) -> None:
        self._wakeup.setblocking(False)
        signal.set_wakeup_fd(self._wakeup.fileno(), warn_on_full_buffer=False)
        self._selector.register(self._signals, selectors.EVENT_READ, None)
        signal.signal(signal.SIGINT, self._told_to_stop)
        signal.signal(signal.SIGTERM, self._told_to_stop)

    def _told_to_stop(self, signum: int, frame: FrameType | None) -> None:
        # Whoever presses Ctrl-C twice means it; a service manager may well say things twice.
        if self._stopping and signum == signal.SIGINT:
            self._kill_all()
        self._stopping = True

    def _kill_all(self) -> None:
        for child in self._children.values():
            os.kill(child.pid, signal.SIGKILL)

    def _stop(self) -> None:
        """End the roles in reverse order, each when nobody is left of those after it."""
        self._stopping = True
        self._refuse_connections()
        for role in reversed(self._roles):
            for child in self._of(role):
                child.say("stop")
            end = time.monotonic() + role.patience
            while self._of(role):
                if time.monotonic() >= end:
                    for child in self._of(role):
                        os.kill(child.pid, signal.SIGKILL)
                self._hear(max(0.1, end - time.monotonic()))
        # All is done: being told once more to stop shall not change the exit status.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _refuse_connections(self) -> None:
        last_call(self._listener)
        self._listener.close()
