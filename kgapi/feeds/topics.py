"""What changes are about: a projection of the journal, so that one need not look at each of them."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from kgapi.index import projection, schema
from kgapi.index.projection import Tag
from kgapi.journal import GraphChange, Projection
from kgapi.journal.changes import Triples, facts
from kgapi.journal.history import history

DIMENSIONS = ("entity", "country", "programme", "reason")
"""What one can want to hear of."""

_SCHEMA = Path(__file__).with_name("topics.sql")


class _About(NamedTuple):
    """That the fact at a place among those of a change has a topic."""

    dimension: str
    value: str
    seq: int
    place: int


def _create(connection: sqlite3.Connection) -> None:
    """Make the tables anew, with all that the journal has."""
    schema.make(connection, _SCHEMA)
    # Back through the changes of a graph (`kgapi.journal.history`).
    connection.execute("CREATE INDEX IF NOT EXISTS change_graph ON change (graph, seq)")
    for change in history(connection):
        _apply(connection, [change])


def _apply(connection: sqlite3.Connection, changes: Sequence[GraphChange]) -> None:
    # A change without a number is none: that is how projections are built from present graphs.
    found = [each for change in changes if change.seq for each in _topics(change)]
    connection.executemany(
        "INSERT OR IGNORE INTO topic (dimension, value) VALUES (?, ?)",
        sorted({(each.dimension, each.value) for each in found}),
    )
    connection.executemany(
        "INSERT INTO about SELECT id, ?3, ?4 FROM topic WHERE dimension = ?1 AND value = ?2",
        sorted(found),
    )


def _topics(change: GraphChange) -> Iterator[_About]:
    """What the facts of a change are about, or were before it."""
    places = {each.fact: place for place, each in enumerate(facts(change))}
    if places:
        for tag in _tags(change.before) | _tags(change.after):
            if tag.fact in places:
                yield _About(tag.dimension, tag.value, change.seq, places[tag.fact])


def _tags(triples: Triples) -> set[Tag]:
    return {
        row
        for _, row in projection.rows(triples)
        if isinstance(row, Tag) and row.dimension in DIMENSIONS
    }


_VERSION = schema.version(_SCHEMA, Path(__file__), Path(projection.__file__))

TOPICS = Projection("topics", _VERSION, _create, _apply)
"""What follows the journal: what each change of a fact is about."""
