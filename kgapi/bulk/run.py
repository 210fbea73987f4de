"""Many articles from their files to the store: what is there is passed over, all else is read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from kgapi import pipeline
from kgapi.bulk.pool import Chunk, Done, Pool, Task
from kgapi.bulk.sources import Found
from kgapi.errors import KgapiError, StoreUnavailable
from kgapi.graph.iris import Iris, article_key
from kgapi.news.article import Article
from kgapi.pipeline import Policy, Ready
from kgapi.queries import reads
from kgapi.store.engine import Engine

# Articles of a chunk: enough for the parser to take several at a time, few to be lost.
_CHUNK = 4
# Characters after which a chunk is not added to.
_ENOUGH = 200_000
# Seconds in which somebody who waits gets to look about.
_LOOK = 0.5


@dataclass(frozen=True, slots=True)
class Record:
    """What became of an article: ``state`` is new, replaced, skipped or failed."""

    file: str
    state: str
    article: str | None = None
    facts: int = 0
    waiting: int = 0
    warnings: tuple[str, ...] = ()
    problem: KgapiError | None = None


def run(
    found: Iterable[Found],
    pool: Pool,
    engine: Engine,
    iris: Iris,
    policy: Policy,
    *,
    again: bool = False,
    is_over: Callable[[], bool] = lambda: False,
) -> Iterator[Record]:
    """Read and store articles, and tell what became of each, in the order in which it did.

    Passes over what the store has read with the same reading already, unless ``again``, and what
    was found before in this run. Whatever has been told is stored; when ``is_over`` becomes true,
    nothing more is. Raises StoreUnavailable and PoolFailed.
    """
    door = _Door(engine, iris, pipeline.reading(pool.origin, policy), again=again)
    chunk: list[Task] = []
    for each in found:
        if is_over():
            return
        came = door.let_in(each)
        if isinstance(came, Record):
            yield came
            continue
        chunk.append(came)
        if len(chunk) == _CHUNK or sum(len(task.article.text) for task in chunk) > _ENOUGH:
            yield from _handed(Chunk(tuple(chunk)), pool, door, is_over)
            chunk = []
    if chunk:
        yield from _handed(Chunk(tuple(chunk)), pool, door, is_over)
    while pool.is_busy() and not is_over():
        yield from door.store(pool.collect(_LOOK))


def _handed(
    chunk: Chunk, pool: Pool, door: "_Door", is_over: Callable[[], bool]
) -> Iterator[Record]:
    """Hand a chunk to whoever has time; only then store what was done meanwhile."""
    done = pool.collect(0)
    while not pool.has_room() and not is_over():
        yield from door.store(done)
        done = pool.collect(_LOOK)
    if not is_over():
        pool.submit(chunk)
    yield from door.store(done)


class _Door:
    """Between a run and the store: who needs not come in, and what is taken down of the others."""

    def __init__(self, engine: Engine, iris: Iris, reading: str, *, again: bool) -> None:
        self._engine, self._iris, self._reading, self._again = engine, iris, reading, again
        # Articles that are being read; where all are read again, also those that have been.
        self._met: set[str] = set()

    def let_in(self, found: Found) -> Task | Record:
        """The article as a task, or at once what becomes of it."""
        if isinstance(found.article, KgapiError):
            return Record(found.file, "failed", problem=found.article)
        try:
            article = pipeline.dated(found.article)
        except KgapiError as error:
            return Record(found.file, "failed", problem=error)
        iri, known = str(self._iris.article(article)), self._known(article)
        if iri in self._met or (known == (article.digest, self._reading) and not self._again):
            return Record(found.file, "skipped", iri)
        self._met.add(iri)
        return Task(found.file, iri, article, known is None)

    def _known(self, article: Article) -> tuple[str, str | None] | None:
        graph = self._iris.article_graph(article_key(article))
        return reads.reading(self._engine, graph, str(self._iris.article(article)))

    def store(self, done: Sequence[Done]) -> Iterator[Record]:
        """Store what has been read, together, and tell of each."""
        if not self._again:
            self._met -= {task.iri for task, _ in done}
        yield from self._stored([(task, each) for task, each in done if isinstance(each, Ready)])
        for task, outcome in done:
            if isinstance(outcome, KgapiError):
                yield Record(task.file, "failed", task.iri, problem=outcome)

    def _stored(self, done: Sequence[tuple[Task, Ready]]) -> Iterator[Record]:
        if not done:
            return
        try:
            stored = pipeline.store([ready for _, ready in done], self._engine, self._iris)
        except StoreUnavailable:
            raise
        except KgapiError as error:
            if len(done) == 1:
                yield Record(done[0][0].file, "failed", done[0][0].iri, problem=error)
                return
            # One that the store does not take keeps no other out.
            for each in done:
                yield from self._stored([each])
        else:
            yield from (_record(task, each) for (task, _), each in zip(done, stored, strict=True))


def _record(task: Task, stored: Ready) -> Record:
    return Record(
        task.file,
        "new" if task.is_new else "replaced",
        task.iri,
        len(stored.extraction.facts),
        len(stored.waiting),
        stored.extraction.warnings,
    )
