"""The one process that writes: a group of writes becomes a revision, and only then they are answered.

What was not published never happened: a write that takes too long ends this process, and whatever
took its place begins at the last revision. The others of its group are sent again by their clients,
and the names of writes that were published, kept with each revision, see to it that none is done
twice.
"""

import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import NoReturn

from kgapi.errors import DeadlinePassed, KgapiError, OverMemory, StoreUnavailable
from kgapi.store.embedded.checkpoints import Held
from kgapi.store.embedded.limits import STACK, resident
from kgapi.store.embedded.view import View
from kgapi.store.embedded.write import Write

# Seconds that the name of a write is remembered: its client asks again much sooner.
_REMEMBERED = 60.0
# Seconds of work and number of writes after which a group is published.
_GROUP_TIME, _GROUP_SIZE = 0.1, 64
_LOOK = 0.02
# Status of the process's end where it was for the best.
_ON_PURPOSE = 3


@dataclass(frozen=True, slots=True)
class Request:
    """A write by name; ``attempt`` counts how often it has been sent before."""

    name: str
    attempt: int
    write: Write
    deadline: float


@dataclass(slots=True)
class _Job:
    request: Request
    client: Connection
    ends: float = float("inf")


class Writer:
    """Carries out what clients send over a listening Unix socket, in the order it comes."""

    def __init__(self, held: Held, listening: socket.socket, *, memory: int) -> None:
        self._held = held
        # Writes follow the standard's dataset, whatever queries see.
        self._view = View(held.store, union=False)
        self._listening = listening
        self._memory = memory
        self._done: dict[str, tuple[float, bool]] = {
            name: (when, is_new) for name, (when, is_new) in self._held.notes.items()
        }
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._running: _Job | None = None

    def run(self, ready: Callable[[], object]) -> NoReturn:
        """Work until this process ends; ``ready`` is called when the first write may come."""
        threading.stack_size(STACK)
        threading.Thread(target=self._work, daemon=True).start()
        threading.stack_size(0)
        threading.Thread(target=self._watch, daemon=True).start()
        ready()
        while True:
            client, _ = self._listening.accept()
            threading.Thread(target=self._hear, args=(client,), daemon=True).start()

    def stop(self) -> None:
        """Do what has been sent so far, then let go of the store and end the process."""
        self._jobs.put(None)

    def _hear(self, client: socket.socket) -> None:
        connection = Connection(client.detach())
        with suppress(EOFError, OSError):
            self._jobs.put(_Job(connection.recv(), connection))

    def _work(self) -> NoReturn:
        try:
            while True:
                self._group()
        except BaseException as error:
            print(f"kgapi: the writer begins again: {error}", file=sys.stderr, flush=True)
            os._exit(_ON_PURPOSE)

    def _group(self) -> None:
        answers = [self._do(self._next())]
        ends = time.monotonic() + _GROUP_TIME
        # What was there when a writer ended goes alone: whatever ends writers takes nobody along.
        alone = answers[0][0].request.attempt > 0
        while not alone and len(answers) < _GROUP_SIZE and time.monotonic() < ends:
            if self._jobs.empty():
                break
            answers.append(self._do(self._next()))
        if any(job.request.name in self._done for job, _ in answers):
            self._publish()
        for job, answer in answers:
            with suppress(OSError):
                job.client.send(answer)
            job.client.close()

    def _next(self) -> _Job:
        job = self._jobs.get()
        if job is None:
            del self._view
            self._held.close()
            os._exit(0)
        return job

    def _do(self, job: _Job) -> tuple[_Job, bool | KgapiError]:
        name = job.request.name
        if name in self._done:
            return job, self._done[name][1]
        job.ends = time.monotonic() + job.request.deadline
        self._running = job
        self._held.touch(job.request.write.touches())
        try:
            is_new = job.request.write.carry_out(self._view)
        except StoreUnavailable as error:
            # Whatever ails it, the last revision is sound.
            self._end(job, error)
        except KgapiError as error:
            return job, error
        finally:
            self._running = None
        self._done[name] = (time.time(), is_new)
        return job, is_new

    def _publish(self) -> None:
        since = time.time() - _REMEMBERED
        self._done = {name: done for name, done in self._done.items() if done[0] > since}
        self._held.publish(self._done)

    def _watch(self) -> NoReturn:
        while True:
            time.sleep(_LOOK)
            job = self._running
            if job and time.monotonic() > job.ends:
                limit = job.request.deadline
                self._end(job, DeadlinePassed(f"the write was ended after {limit:g} seconds"))
            if job and resident() > self._memory:
                self._end(job, OverMemory(f"the write was ended at {self._memory >> 20:,} MB"))

    def _end(self, job: _Job, error: KgapiError) -> NoReturn:
        with suppress(OSError):
            job.client.send(error)
        os._exit(_ON_PURPOSE)
