"""Reading on the machines of a Dask cluster, by the address of its scheduler."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import replace
from logging import CRITICAL, getLogger, root
from typing import Any, Self

from kgapi import __version__
from kgapi.bulk.pool import Chunk, Done
from kgapi.bulk.reading import Outcome, reading
from kgapi.errors import BadSettings, KgapiError, PoolFailed
from kgapi.graph.review import Origin
from kgapi.news.article import Article
from kgapi.settings import Settings

# Seconds until a scheduler has answered, and until somebody there has loaded the extractor.
_REACH, _BEGIN = 10, 120
# Chunks for each thread of the cluster: one that is read, and one that lies ready.
_AHEAD = 2


class Cluster:
    """Reads on the workers of a Dask scheduler. See the Pool protocol.

    A worker needs the same kgapi and nothing of the store. Dask hands on what a lost worker had,
    and gives up what has ended several workers; that is tried once more here.
    """

    def __init__(self, address: str, settings: Settings) -> None:
        self._address, self._settings = address, _without_store(settings)
        self._running: dict[Any, Chunk] = {}
        self._again: deque[Chunk] = deque()
        self.origin = Origin("", "")

    def __enter__(self) -> Self:
        self._dask = _distributed()
        try:
            self._client = self._dask.Client(self._address, timeout=_REACH)
        except (OSError, ValueError) as error:
            raise PoolFailed(f"there is no Dask scheduler at {self._address}: {error}") from None
        try:
            self.origin = self._begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._running.clear()
        with suppress(TimeoutError, OSError):
            self._client.close(timeout=_REACH)

    def has_room(self) -> bool:
        with self._reached():
            return not self._again and len(self._running) < self._room()

    def is_busy(self) -> bool:
        return bool(self._again or self._running)

    def submit(self, chunk: Chunk) -> None:
        with self._reached():
            future = self._client.submit(_read, self._settings, chunk.articles, pure=False)
        self._running[future] = chunk

    def collect(self, seconds: float) -> list[Done]:
        while self._again:
            self.submit(self._again.popleft())
        if self._running:
            with self._reached(), suppress(TimeoutError):
                self._dask.wait(list(self._running), seconds, return_when="FIRST_COMPLETED")
        ended = [future for future in self._running if future.done()]
        return [each for future in ended for each in self._taken(future)]

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError:
            raise
        except (CancelledError, OSError):
            # Nobody here takes work back: that happens only where the scheduler goes.
            raise PoolFailed(f"the Dask scheduler at {self._address} is gone") from None

    def _taken(self, future: Any) -> list[Done]:
        chunk = self._running.pop(future)
        if future.status == "finished":
            with self._reached():
                return chunk.done(future.result())
        why = str(future.exception()) if future.status == "error" else future.status
        self._again += chunk.again()
        return chunk.lost(why)

    def _room(self) -> int:
        threads: int = sum(self._client.nthreads().values())
        return _AHEAD * max(1, threads)

    def _begin(self) -> Origin:
        try:
            with self._reached():
                told = self._client.submit(_who, self._settings, pure=False).result(_BEGIN)
        except TimeoutError:
            raise PoolFailed(
                f"no worker of {self._address} has begun in {_BEGIN} seconds"
            ) from None
        if isinstance(told, KgapiError):
            raise told
        origin: Origin = told[0]
        version: str = told[1]
        if version != __version__:
            raise PoolFailed(f"the workers have kgapi {version}, and this is {__version__}")
        return origin


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise BadSettings(
            "a scheduler is asked with the package distributed: pip install 'kgapi[dask]'"
        ) from None
    # What befalls it is told by our own errors, in one line.
    for name in list(root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            getLogger(name).setLevel(CRITICAL)
    return distributed


def _without_store(settings: Settings) -> Settings:
    """The settings without what opens the store, or the server: no other machine needs it."""
    return replace(
        settings, store=":memory:", store_user="", store_password="", store_token="", token=""
    )


def _who(settings: Settings) -> tuple[Origin, str] | KgapiError:
    try:
        return reading(settings).origin, __version__
    except KgapiError as error:
        return error


def _read(settings: Settings, articles: list[Article]) -> list[Outcome]:
    return reading(settings).read(articles)
