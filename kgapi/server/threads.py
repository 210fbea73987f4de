"""Threads that run one job after another, so many at a time and no more."""

import threading
from collections.abc import Callable
from queue import SimpleQueue

from kgapi.errors import Busy

# Oxigraph's evaluation recurses as deep as a query nests; what is not used costs no memory.
_STACK = 64 * 2**20
# Jobs that may wait, for each thread.
_WAITING = 64


class Threads:
    """``count`` threads and a queue before them."""

    def __init__(self, count: int) -> None:
        self._jobs: SimpleQueue[Callable[[], object]] = SimpleQueue()
        self._most = _WAITING * count
        before = threading.stack_size(_STACK)
        for number in range(count):
            name = f"kgapi-{number}"
            threading.Thread(target=self._work, daemon=True, name=name).start()
        threading.stack_size(before)

    def run(self, job: Callable[[], object]) -> None:
        """Have a job done, which raises nothing. Raises Busy where too many wait already."""
        if self._jobs.qsize() >= self._most:
            raise Busy("too many requests wait already", retry_after=1)
        self._jobs.put(job)

    def _work(self) -> None:
        while True:
            self._jobs.get()()
