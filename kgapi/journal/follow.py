"""Bringing the journal to the present state of the store, and with it what is made of the journal."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import islice

import pyoxigraph as ox

from kgapi.journal import database
from kgapi.journal.changes import GraphChange, Triples, facts
from kgapi.journal.zstd import pack, unpack
from kgapi.store.engine import Engine, State
from kgapi.store.touches import Touch, now

Apply = Callable[[sqlite3.Connection, Sequence[GraphChange]], None]
"""Brings a projection from what was before some changes to what is after them.

It may be called several times for one transaction, and neither begins nor ends one. It has no
business with the engine, which may be held meanwhile.
"""

# Graphs that are compared and applied at a time.
_BATCH = 200


def nothing(connection: sqlite3.Connection, changes: Sequence[GraphChange]) -> None:
    """No projection."""


def follow(
    engine: Engine, connection: sqlite3.Connection, apply: Apply = nothing, *, recount: bool = False
) -> int:
    """Bring the database to the present state of the store; the number of graphs that changed.

    Reads the graphs that were touched since the last time, or all where nobody knows which. With
    ``recount``, those too whose size differs from what it was, for stores that others write to.
    All of it is one transaction, changes in the order of the touches.
    """
    number = 0
    with database.transaction(connection):
        known = database.mark(connection)
        with engine.state(known) as state:
            if state.mark == known and not recount:
                return 0
            touched = _touched(connection, state, recount=recount)
            for batch in _batches(_changes(connection, state, touched)):
                for touch, change in batch:
                    _record(connection, touch, change)
                apply(connection, [change for _, change in batch])
                number += len(batch)
            database.set_mark(connection, state.mark)
    return number


def graphs(connection: sqlite3.Connection) -> Iterator[tuple[str, Triples]]:
    """Every graph as the journal has it, by name, to build a projection from."""
    for name, content in connection.execute("SELECT name, content FROM graph ORDER BY name"):
        yield name, _triples(content)


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
    return sorted(touched.items(), key=lambda item: (item[1].at, item[0]))


def _sizes(connection: sqlite3.Connection) -> dict[str, int]:
    return dict(connection.execute("SELECT name, size FROM graph"))


def _batches(
    changes: Iterator[tuple[Touch, GraphChange]],
) -> Iterable[list[tuple[Touch, GraphChange]]]:
    return iter(lambda: list(islice(changes, _BATCH)), [])


def _changes(
    connection: sqlite3.Connection, state: State, touched: Iterable[tuple[str, Touch]]
) -> Iterator[tuple[Touch, GraphChange]]:
    """The graphs that are not as they were; each is kept as it is now."""
    for name, touch in touched:
        after = frozenset(state.triples(name))
        content = "".join(sorted(f"{triple} .\n" for triple in after)).encode()
        digest = sha256(content).digest()
        row = connection.execute(
            "SELECT digest, content FROM graph WHERE name = ?", (name,)
        ).fetchone()
        if (row[0] if row else None) == (digest if after else None):
            continue
        _keep(connection, name, digest, len(after), content)
        yield touch, GraphChange(name, _triples(row[1]) if row else frozenset(), after)


def _keep(
    connection: sqlite3.Connection, name: str, digest: bytes, size: int, content: bytes
) -> None:
    if size:
        row = (name, digest, size, pack(content))
        connection.execute("INSERT OR REPLACE INTO graph VALUES (?, ?, ?, ?)", row)
    else:
        connection.execute("DELETE FROM graph WHERE name = ?", (name,))


def _record(connection: sqlite3.Connection, touch: Touch, change: GraphChange) -> None:
    seq = connection.execute(
        "INSERT INTO change (revision, at, graph, kind, patch) VALUES (?, ?, ?, ?, ?)",
        (touch.revision, touch.at, change.graph, change.kind, pack(change.patch())),
    ).lastrowid
    connection.executemany(
        "INSERT INTO fact_change VALUES (?, ?, ?, ?, ?)",
        [(seq, each.fact, each.kind, each.label, each.type) for each in facts(change)],
    )


def _triples(content: bytes) -> Triples:
    quads = ox.parse(unpack(content), ox.RdfFormat.N_TRIPLES)
    return frozenset(quad.triple for quad in quads)
