"""Bringing the journal to the present state of the store, and with it what is made of the journal."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from typing import TypeVar

from kgapi.journal import database, reads
from kgapi.journal.changes import GraphChange, Triples, facts, parsed
from kgapi.journal.zstd import pack, unpack
from kgapi.store.engine import Engine, State
from kgapi.store.touches import Touch, now, number, store


@dataclass(frozen=True, slots=True)
class Projection:
    """Tables of the same database that are made of the graphs, and follow them.

    ``create`` makes its tables, empty, in the place of those that may be there; ``apply`` brings
    them from what was before some changes to what is after them. Both are part of a transaction,
    which they neither begin nor end, and have no business with the engine, which may be held
    meanwhile. Where ``version`` is another one than the last time, the tables are made anew.
    """

    name: str
    version: str
    create: Callable[[sqlite3.Connection], None]
    apply: Callable[[sqlite3.Connection, Sequence[GraphChange]], None]


T = TypeVar("T")

# Graphs that are compared and applied at a time.
_BATCH = 200


def follow(
    engine: Engine,
    connection: sqlite3.Connection,
    projections: Sequence[Projection] = (),
    *,
    recount: bool = False,
    anew: bool = False,
) -> int:
    """Bring the database to the present state of the store; the number of graphs that changed.

    Reads the graphs that were touched since the last time, or all where nobody knows which. With
    ``recount``, those too whose size differs from what it was, for stores that others write to.
    With ``anew``, the projections are made anew whatever their version. All of it is one
    transaction, changes in the order of the touches.
    """
    with database.transaction(connection):
        for projection in projections:
            if anew or database.told(connection, projection.name) != projection.version:
                rebuild(connection, projection)
        known = database.told(connection, "mark")
        with engine.state(known) as state:
            if state.mark == known and not recount:
                return 0
            changes = _changes(connection, state, _touched(connection, state, recount=recount))
            found = sum(_take(connection, projections, batch) for batch in _batches(changes))
        database.tell(connection, "mark", state.mark)
    return found


def _take(
    connection: sqlite3.Connection,
    projections: Sequence[Projection],
    batch: Sequence[tuple[Touch, GraphChange]],
) -> int:
    changes = [_record(connection, touch, change) for touch, change in batch]
    for projection in projections:
        projection.apply(connection, changes)
    return len(batch)


def rebuild(connection: sqlite3.Connection, projection: Projection) -> None:
    """Make the tables of a projection anew, from the graphs as the journal has them."""
    projection.create(connection)
    begun = (GraphChange(name, frozenset(), triples) for name, triples in graphs(connection))
    for batch in _batches(begun):
        projection.apply(connection, batch)
    database.tell(connection, projection.name, projection.version)


def graphs(connection: sqlite3.Connection) -> Iterator[tuple[str, Triples]]:
    """Every graph as the journal has it, by name, to build a projection from."""
    for name, content in connection.execute("SELECT name, content FROM graph ORDER BY name"):
        yield name, parsed(unpack(content))


def _touched(
    connection: sqlite3.Connection, state: State, *, recount: bool
) -> Sequence[tuple[str, Touch]]:
    """The graphs to look at, the one that was touched first in front."""
    present = Touch(state.mark, now())
    if state.touched is None:
        names = {*state.names(), *_sizes(connection)}
        return [(name, present) for name in sorted(names)]
    touched = dict(state.touched)
    if recount and state.sizes:
        differing = dict(state.sizes().items() ^ _sizes(connection).items())
        touched |= dict.fromkeys(differing.keys() - touched.keys(), present)
    return sorted(touched.items(), key=lambda item: (number(item[1].revision), item[1].at, item[0]))


def _sizes(connection: sqlite3.Connection) -> dict[str, int]:
    return dict(connection.execute("SELECT name, size FROM graph"))


def _batches(items: Iterator[T]) -> Iterable[list[T]]:
    return iter(lambda: list(islice(items, _BATCH)), [])


def _changes(
    connection: sqlite3.Connection, state: State, touched: Iterable[tuple[str, Touch]]
) -> Iterator[tuple[Touch, GraphChange]]:
    """The graphs that are not as they were; each is kept as it is now."""
    for name, touch in touched:
        after = list(state.triples(name))
        content = "".join(sorted(f"{triple} .\n" for triple in after)).encode()
        digest = sha256(content).digest()
        row = connection.execute(
            "SELECT digest, content FROM graph WHERE name = ?", (name,)
        ).fetchone()
        if (row[0] if row else None) == (digest if after else None):
            continue
        _keep(connection, name, digest, len(after), content)
        before = parsed(unpack(row[1])) if row else frozenset()
        yield touch, GraphChange(name, before, frozenset(after))


def _keep(
    connection: sqlite3.Connection, name: str, digest: bytes, size: int, content: bytes
) -> None:
    if size:
        row = (name, digest, size, pack(content))
        connection.execute("INSERT OR REPLACE INTO graph VALUES (?, ?, ?, ?)", row)
    else:
        connection.execute("DELETE FROM graph WHERE name = ?", (name,))


def _record(connection: sqlite3.Connection, touch: Touch, change: GraphChange) -> GraphChange:
    """The change as the journal has it from now on, by its number."""
    # Later is never earlier, whatever becomes of the clock: readers go by the time.
    at = max(touch.at, reads.latest(connection))
    seq = connection.execute(
        "INSERT INTO change (store, number, at, graph, kind, patch) VALUES (?, ?, ?, ?, ?, ?)",
        (
            store(touch.revision),
            number(touch.revision),
            at,
            change.graph,
            change.kind,
            pack(change.patch()),
        ),
    ).lastrowid
    connection.executemany(
        "INSERT INTO fact_change VALUES (?, ?, ?, ?, ?)",
        [(seq, each.fact, each.kind, each.label, each.type) for each in facts(change)],
    )
    return replace(change, seq=seq or 0)
