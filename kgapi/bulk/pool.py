"""Whoever reads articles: the seam, and reading them here and now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from kgapi.bulk.reading import Outcome, Reading
from kgapi.errors import ReaderLost
from kgapi.graph.review import Origin
from kgapi.news.article import Article
from kgapi.settings import Settings


@dataclass(frozen=True, slots=True)
class Task:
    """An article that is to be read, its IRI, the file it was found in, and whether the store
    has none like it."""

    file: str
    iri: str
    article: Article
    is_new: bool


Done = tuple[Task, Outcome]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Articles that are read in one go, and for which time."""

    tasks: tuple[Task, ...]
    attempt: int = 1

    @property
    def articles(self) -> list[Article]:
        return [task.article for task in self.tasks]

    def done(self, outcomes: Sequence[Outcome]) -> list[Done]:
        return list(zip(self.tasks, outcomes, strict=True))

    def again(self) -> list["Chunk"]:
        """What to try once more when whoever read it is lost: each article alone, so that the one
        that ends its reader takes nobody along."""
        return [Chunk((task,), 2) for task in self.tasks] if self.attempt == 1 else []

    def lost(self, why: str) -> list[Done]:
        """How it ends when nothing is to be tried any more."""
        error = ReaderLost(f"whoever read it was lost twice: {why}")
        return [] if self.attempt == 1 else [(task, error) for task in self.tasks]


class Pool(Protocol):
    """Reads chunks, in whatever order. It holds no more of them than it has readers for.

    Entering it raises BadSettings for an extractor that cannot be had and PoolFailed where there
    is nobody to read; leaving it drops what is under way.
    """

    @property
    def origin(self) -> Origin:
        """Of which extractor the facts are."""
        ...

    def has_room(self) -> bool:
        """Whether a chunk would be begun at once."""
        ...

    def is_busy(self) -> bool:
        """Whether anything that was submitted has not been collected."""
        ...

    def submit(self, chunk: Chunk) -> None:
        """Begin to read; only where there is room."""
        ...

    def collect(self, seconds: float) -> list[Done]:
        """What is done by now; waits so long for something to be. Raises PoolFailed."""
        ...


class Here:
    """Reads in this process, one chunk after another. See the Pool protocol."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._done: list[Done] = []

    def __enter__(self) -> Self:
        self._reading = Reading(self._settings)
        return self

    def __exit__(self, *_: object) -> None:
        self._done.clear()

    @property
    def origin(self) -> Origin:
        return self._reading.origin

    def has_room(self) -> bool:
        return not self._done

    def is_busy(self) -> bool:
        return bool(self._done)

    def submit(self, chunk: Chunk) -> None:
        self._done = chunk.done(self._reading.read(chunk.articles))

    def collect(self, seconds: float) -> list[Done]:
        done, self._done = self._done, []
        return done
