"""Which changes somebody wants to hear of."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from kgapi.journal import Change, reads

Wanted = Mapping[str, Sequence[str]]
"""Values of which a fact must have one, for each dimension that is given; none is everything."""

EVERYTHING: Wanted = {}

# Behind the last change that a journal can have.
END = 2**63 - 1


def selected(
    connection: sqlite3.Connection, wanted: Wanted, after: int, limit: int, until: int = END
) -> list[Change]:
    """Up to ``limit`` changes behind ``after``, up to and with ``until``, by their numbers: all, or
    those of facts that are wanted, with those facts alone."""
    if not wanted:
        found = reads.after(connection, after, limit)
        return [change for change in found if change.seq <= until]
    chosen, values = _chosen(wanted)
    rows = connection.execute(
        f"WITH chosen AS ({chosen}), first AS"  # noqa: S608  # our own text
        " (SELECT DISTINCT seq FROM chosen ORDER BY seq LIMIT :limit)"
        " SELECT seq, place FROM chosen WHERE seq IN first ORDER BY seq, place",
        {**values, "after": after, "until": until, "limit": limit},
    )
    places = {
        int(seq): [int(place) for _, place in group]
        for seq, group in groupby(rows, key=lambda row: row[0])
    }
    return [
        replace(change, facts=[change.facts[place] for place in places[change.seq]])
        for change in reads.changes(connection, list(places))
    ]


def count(connection: sqlite3.Connection, wanted: Wanted, after: int) -> int:
    """How many such changes there are behind one."""
    if not wanted:
        return max(0, reads.last(connection) - after)
    chosen, values = _chosen(wanted)
    (number,) = connection.execute(
        f"SELECT count(DISTINCT seq) FROM ({chosen})",  # noqa: S608  # our own text
        {**values, "after": after, "until": END},
    ).fetchone()
    return int(number)


def last_before(connection: sqlite3.Connection, wanted: Wanted, until: int) -> int:
    """The number of the last change of such facts up to and with one; 0 where there is none."""
    chosen, values = _chosen(wanted) if wanted else (_OF_ANY_FACT, {})
    (number,) = connection.execute(
        f"SELECT max(seq) FROM ({chosen})",  # noqa: S608  # our own text
        {**values, "after": 0, "until": until},
    ).fetchone()
    return int(number or 0)


_OF_ANY_FACT = "SELECT seq FROM fact_change WHERE seq > :after AND seq <= :until"
_OF_TOPIC = """
SELECT id FROM topic WHERE dimension = :dimension{0} AND value IN (SELECT value FROM json_each(:values{0}))
"""
_AS_WELL = """
AND EXISTS (
    SELECT 1 FROM about AS other
    WHERE other.topic IN ({}) AND other.seq = about.seq AND other.place = about.place
)
"""


def _chosen(wanted: Wanted) -> tuple[str, dict[str, object]]:
    """SQL for the numbers of changes and the places of facts, behind :after up to :until."""
    topics, values = [], dict[str, object]()
    for number, (dimension, terms) in enumerate(sorted(wanted.items())):
        topics.append(_OF_TOPIC.format(number))
        values[f"dimension{number}"] = dimension
        values[f"values{number}"] = json.dumps(list(terms))
    others = "".join(map(_AS_WELL.format, topics[1:]))
    chosen = (
        f"SELECT DISTINCT seq, place FROM about WHERE topic IN ({topics[0]})"  # noqa: S608
        f" AND seq > :after AND seq <= :until {others}"
    )
    return chosen, values
