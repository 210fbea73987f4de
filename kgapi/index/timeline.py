"""Facts in the order of their time, as far as it is known."""

import sqlite3
from typing import NamedTuple

from kgapi.index.selection import Query


class Point(NamedTuple):
    """A fact on a line of time: points are in the order of their keys."""

    key: str
    iri: str


# What has no first day stands at its last, and what has no last day behind all that have one.
_KEY = (
    "coalesce(earliest, latest, '') || ' ' || coalesce(latest, '9999-12-31')"
    " || ' ' || printf('%016d', id)"
)


def points(
    connection: sqlite3.Connection,
    asked: Query,
    key: str | None,
    limit: int,
    *,
    back: bool = False,
) -> list[Point]:
    """Up to ``limit`` facts behind a key, by first and then by last day, or ``back`` from it, that
    included; None: from the end."""
    order = "DESC" if back else ""
    behind = "" if key is None else f"WHERE key {'<=' if back else '>'} :key"
    found = connection.execute(
        f"SELECT key, iri FROM (SELECT {_KEY} AS key, iri FROM ({asked.text})"  # noqa: S608
        f" JOIN fact ON id = fact) {behind} ORDER BY key {order} LIMIT :limit",
        {**asked.values, "key": key, "limit": limit},
    )
    return [Point(*row) for row in found]
