"""What a store holds, counted: triples, things, classes, properties, links to elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from threading import Lock
from time import monotonic

from kgapi.queries.query import Iri, house, rows
from kgapi.store.engine import Engine

# How long counts are good for, in seconds, where an engine cannot tell whether they still are.
_KEEP = 60.0


@dataclass(frozen=True, slots=True)
class Part:
    """A graph, a class or a property (by its IRI), how much there is of it, and the IRI of one."""

    iri: str
    triples: int = 0
    entities: int = 0
    example: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """Triples of a property that say that things here are things in another place."""

    property: str
    place: str
    triples: int


@dataclass(frozen=True, slots=True)
class Counts:
    """A triple counts once for each named graph that it is in. Days are ISO 8601, None for none."""

    triples: int
    entities: int
    subjects: int
    objects: int
    graphs: Sequence[Part]
    classes: Sequence[Part]
    properties: Sequence[Part]
    links: Sequence[Links]
    first: str | None
    last: str | None


_NOTHING = Counts(0, 0, 0, 0, (), (), (), (), None, None)


def counted(engine: Engine, start: str) -> Counts:
    """The counts of a store as it is; ``start`` is how the IRIs of its entities begin."""
    (sums,) = rows(engine, house("dataset-counts").bind(start=start))
    (days,) = rows(engine, house("dataset-days").bind())
    graphs = [Iri(row["graph"]) for row in rows(engine, house("house-graphs").bind())]
    return Counts(
        **sums,
        graphs=[
            Part(row["graph"], row["triples"])
            for row in rows(engine, house("dataset-graphs").bind(graphs=graphs))
        ],
        classes=[
            Part(row["class"], entities=row["entities"], example=row["example"])
            for row in rows(engine, house("dataset-classes").bind())
        ],
        properties=[
            Part(row["property"], row["triples"], row["subjects"])
            for row in rows(engine, house("dataset-properties").bind())
        ],
        links=[Links(**row) for row in rows(engine, house("dataset-links").bind())],
        first=days.get("first"),
        last=days.get("last"),
    )


class Census:
    """Counts that are kept as long as the store is as it was when they were taken."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        # One counts while the others wait for what it finds.
        self._counting = Lock()
        self._kept: tuple[str | None, float, Counts] = (None, -inf, _NOTHING)

    def of(self, engine: Engine, start: str) -> Counts:
        """The counts of a store, new where it has changed or, untold, may have for a minute."""
        with self._counting:
            before, at, counts = self._kept
            revision, now = engine.revision(), self._now()
            if revision != before or (revision is None and now - at >= _KEEP):
                counts = counted(engine, start)
                self._kept = revision, now, counts
            return counts
