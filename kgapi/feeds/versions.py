"""Whether a change of what one graph tells makes, alters or ends a fact for the store as a whole."""

import sqlite3
from typing import Literal

from kgapi.feeds.notices import Notice

Event = Literal["created", "updated", "deleted"]


def event(connection: sqlite3.Connection, notice: Notice) -> Event:
    """What a notice means for its fact: another graph may have told it before, or tell it still."""
    if notice.fact.kind == "changed" or _is_told_elsewhere(connection, notice):
        return "updated"
    return "created" if notice.fact.kind == "added" else "deleted"


def _is_told_elsewhere(connection: sqlite3.Connection, notice: Notice) -> bool:
    """Whether, as of a change, another graph tells the fact, too."""
    (told,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM ("
        "SELECT fact_change.kind, max(fact_change.seq)"
        " FROM fact_change JOIN change ON change.seq = fact_change.seq"
        " WHERE fact = ? AND fact_change.seq <= ? AND graph != ? GROUP BY graph"
        ") WHERE kind != 'removed')",
        (notice.fact.fact, notice.change.seq, notice.change.graph),
    ).fetchone()
    return bool(told)
