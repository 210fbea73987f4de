"""What the journal tells: changes in their order, and where in that order a time or a revision is."""

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from kgapi.errors import BadRequest
from kgapi.journal import database
from kgapi.journal.changes import FactChange, Kind
from kgapi.journal.zstd import unpack
from kgapi.store.touches import written

_HEAD = "SELECT seq, store || '-' || number, at, graph, kind FROM change"
# Of SQLite.
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a graph: its number in the journal, the revision that it came with, the time
    (ISO 8601, UTC), the graph (``""``: the default graph), and what it does to facts."""

    seq: int
    revision: str
    at: str
    graph: str
    kind: Kind
    facts: Sequence[FactChange]


@dataclass(frozen=True, slots=True)
class Present:
    """Where the journal is: the mark of the store's state, and the number of its last change."""

    mark: str
    seq: int

    def __str__(self) -> str:
        return f"{self.mark}.{self.seq}"


def present(connection: sqlite3.Connection) -> Present | None:
    """Where the journal is; None before it has followed the store for the first time."""
    mark = database.told(connection, "mark")
    return None if mark is None else Present(mark, last(connection))


def last(connection: sqlite3.Connection) -> int:
    """The number of the last change, 0 before the first."""
    return _one(connection, "SELECT max(seq) FROM change") or 0


def latest(connection: sqlite3.Connection) -> str:
    """The time of the last change, "" before the first."""
    row = connection.execute("SELECT at FROM change ORDER BY seq DESC LIMIT 1").fetchone()
    return row[0] if row else ""


def changes(connection: sqlite3.Connection, seqs: Sequence[int]) -> list[Change]:
    """Changes by their numbers, in their order."""
    rows = connection.execute(
        f"{_HEAD} WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq",  # noqa: S608  # our own text
        (json.dumps(list(seqs)),),
    )
    return _with_facts(connection, rows.fetchall())


def after(connection: sqlite3.Connection, seq: int, limit: int) -> list[Change]:
    """Up to ``limit`` changes that come after one, by its number."""
    rows = connection.execute(f"{_HEAD} WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit))
    return _with_facts(connection, rows.fetchall())


def _with_facts(connection: sqlite3.Connection, found: Sequence[Any]) -> list[Change]:
    facts = _facts(connection, [row[0] for row in found])
    return [
        Change(seq, revision, at, graph, kind, facts.get(seq, ()))
        for seq, revision, at, graph, kind in found
    ]


def patches_after(connection: sqlite3.Connection, seq: int, limit: int) -> list[tuple[int, bytes]]:
    """Up to ``limit`` changes after one, by number, each as a transaction of RDF Patch."""
    rows = connection.execute(
        "SELECT seq, patch FROM change WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit)
    )
    return [(each, b"TX .\n" + unpack(patch) + b"TC .\n") for each, patch in rows]


def place(connection: sqlite3.Connection, since: str) -> int:
    """The number of the change after which what is new since then begins; 0: with the first.

    ``since`` is such a number, a revision, or a date or date-time of ISO 8601 (UTC where it does
    not say). Raises BadRequest for anything else, and for a revision of another store.
    """
    if since.isascii() and since.isdigit():
        return int(since) if len(since) < len(str(_LARGEST)) else _LARGEST
    moment = _moment(since)
    if moment is not None:
        earlier = "SELECT min(seq) - 1 FROM change WHERE at > ?"
        found = _one(connection, earlier, moment)
        return last(connection) if found is None else found
    return _place_of_revision(connection, since)


def _place_of_revision(connection: sqlite3.Connection, revision: str) -> int:
    mark = database.told(connection, "mark") or ""
    if revision == mark:
        return last(connection)
    store, _, number = revision.rpartition("-")
    known = "SELECT EXISTS (SELECT 1 FROM change WHERE store = ?)"
    is_known = mark.startswith(f"{store}-") or _one(connection, known, store)
    if not re.fullmatch("[0-9]{1,18}", number) or not is_known:
        raise BadRequest(
            "`since` is the number of a change, a revision of this store, or a date-time such as"
            f" 2026-11-24T12:00:00Z, not {revision!r}"
        )
    reached = "SELECT max(seq) FROM change WHERE store = ? AND number <= ?"
    return _one(connection, reached, store, int(number)) or 0


def _moment(text: str) -> str | None:
    """A date or date-time as the journal writes times; None for what is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return written(zoned)
    except OverflowError:
        return None


def _facts(
    connection: sqlite3.Connection, seqs: Sequence[int]
) -> Mapping[int, Sequence[FactChange]]:
    rows = connection.execute(
        "SELECT seq, fact, kind, label, type FROM fact_change"
        " WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq, fact",
        (json.dumps(list(seqs)),),
    )
    return {
        seq: [FactChange(*row[1:]) for row in group]
        for seq, group in groupby(rows, key=lambda row: int(row[0]))
    }


def _one(connection: sqlite3.Connection, text: str, *values: object) -> int | None:
    found: int | None = connection.execute(text, values).fetchone()[0]
    return found
