"""Which facts are wanted: pages of them in their order, how many there are, and what they have in common."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

# The list that every fact is in.
_ALL = (("in", ("facts",)),)
# What a measure is while it is not in force, whatever its days.
_NOT_IN_FORCE = ("suspended", "expired", "lifted", "threatened")


@dataclass(frozen=True, slots=True)
class Selection:
    """Facts that meet every condition.

    ``terms`` are dimensions with values of which a fact must have one: ``in`` the list (events,
    measures, effects or claims), ``type`` its class, ``target``, ``sender``, ``speaker``,
    ``country``, ``entity`` or a role IRIs, ``reason`` and the like concepts by local name.
    ``confidence`` is the least that one of its statements has. It may have happened within the
    days ``since`` to ``until``; a measure is ``in_force`` on a day. ``words`` are looked up in the
    label and the evidence. ``dated`` is whether a time is told of it. ``near`` are first and last
    day of those that its time, or else the day of its article, must touch.
    """

    terms: Sequence[tuple[str, Sequence[str]]] = ()
    claimed: bool | None = None
    confidence: float | None = None
    since: date | None = None
    until: date | None = None
    in_force: date | None = None
    words: str | None = None
    dated: bool | None = None
    near: tuple[date, date] | None = None


class Key(NamedTuple):
    """A fact by its place in the order of facts, and its IRI."""

    place: int
    iri: str


class Told(NamedTuple):
    """A fact or an entity in a line."""

    iri: str
    label: str
    type: str


class Shared(NamedTuple):
    """A value of a dimension: how many of the facts have it, and its label where it is an entity."""

    value: str
    label: str | None
    facts: int


class Query(NamedTuple):
    """SQL that selects ``fact`` from ``tag``, once for each of the terms to begin with; ``where``
    holds for each of them. ``known`` is how many facts there are, where that is known at once;
    ``is_all`` whether it is every fact."""

    terms: tuple[int, ...]
    where: str
    values: Mapping[str, Any]
    known: int | None
    is_all: bool

    @property
    def text(self) -> str:
        """SQL for all of them."""
        return _facts(self)


def query(connection: sqlite3.Connection, selection: Selection) -> Query | None:
    """How to find the facts of a selection; None where there can be none."""
    groups = [_terms(connection, *each) for each in selection.terms or _ALL]
    if not all(groups):
        return None
    begin, *others = sorted(groups, key=lambda group: sum(facts for _, facts in group))
    values: dict[str, Any] = {}
    conditions = []
    for number, group in enumerate(others):
        values[f"group{number}"] = json.dumps([term for term, _ in group])
        conditions.append(_IN_GROUP.format(number))
    for condition, value in _conditions(selection):
        conditions.append(condition)
        values |= value
    known = begin[0][1] if len(begin) == 1 and not conditions else None
    return Query(
        tuple(term for term, _ in begin),
        " AND ".join(conditions) or "TRUE",
        values,
        known,
        is_all=known is not None and not selection.terms,
    )


def _terms(
    connection: sqlite3.Connection, dimension: str, wanted: Iterable[str]
) -> list[tuple[int, int]]:
    """The numbers of terms, and how many facts each has."""
    found = connection.execute(
        "SELECT id, facts FROM term WHERE dimension = ? AND facts > 0"
        " AND value IN (SELECT value FROM json_each(?)) ORDER BY id",
        (dimension, json.dumps(list(wanted))),
    )
    return found.fetchall()


def _conditions(selection: Selection) -> Iterable[tuple[str, dict[str, Any]]]:
    if selection.claimed is not None:
        yield "fact.claimed = :claimed", {"claimed": selection.claimed}
    if selection.confidence is not None:
        yield "fact.confidence >= :confidence", {"confidence": selection.confidence}
    if selection.since is not None:
        yield (
            "(fact.latest IS NULL OR fact.latest >= :since)",
            {"since": selection.since.isoformat()},
        )
    if selection.until is not None:
        yield (
            "(fact.earliest IS NULL OR fact.earliest <= :until)",
            {"until": selection.until.isoformat()},
        )
    if selection.in_force is not None:
        yield (
            _IN_FORCE,
            {
                "day": selection.in_force.isoformat(),
                "not_in_force": json.dumps(_NOT_IN_FORCE),
            },
        )
    if selection.dated is not None:
        yield "fact.dated = :dated", {"dated": selection.dated}
    if selection.near is not None:
        begin, end = selection.near
        yield _NEAR, {"near_begin": begin.isoformat(), "near_end": end.isoformat()}
    if selection.words is not None:
        yield _HAS_WORDS, {"words": selection.words}


_IN_GROUP = """
EXISTS (
    SELECT 1 FROM tag AS other
    WHERE other.fact = tag.fact AND other.term IN (SELECT value FROM json_each(:group{}))
)
"""
_IN_FORCE = """
fact.realis = 'actual' AND (fact.since IS NULL OR fact.since <= :day)
AND (fact.until IS NULL OR fact.until >= :day)
AND NOT EXISTS (
    SELECT 1 FROM tag AS standing JOIN term ON term.id = standing.term
    WHERE standing.fact = fact.id AND dimension = 'status'
        AND value IN (SELECT value FROM json_each(:not_in_force))
)
"""
# Where one bound is open, the other is all there is to go by.
_NEAR = """
coalesce(fact.latest, fact.earliest) >= :near_begin
AND coalesce(fact.earliest, fact.latest) <= :near_end
"""
_HAS_WORDS = """
tag.fact IN (
    SELECT ref FROM search JOIN document ON document.id = search.rowid
    WHERE search MATCH :words AND kind = 'fact'
)
"""


def _facts(asked: Query, further: str = "", order: str = "") -> str:
    """SQL for the facts; ``further`` and ``order`` hold for each list that they are taken from."""
    # Each list is in order and cut by itself: whatever their number, no more is read than a page.
    lists = (
        "SELECT * FROM (SELECT tag.fact FROM tag JOIN fact ON fact.id = tag.fact"  # noqa: S608
        f" WHERE tag.term = {int(term)} AND {asked.where} {further} {order})"
        for term in asked.terms
    )
    return f"{' UNION '.join(lists)} {order}"


def keys(
    connection: sqlite3.Connection,
    asked: Query,
    place: int | None,
    limit: int,
    *,
    back: bool = False,
) -> list[Key]:
    """Up to ``limit`` facts behind a place, in order, or ``back`` from it, that included; None:
    from the end."""
    order = "DESC" if back else ""
    behind = "" if place is None else f"AND tag.fact {'<=' if back else '>'} :place"
    chosen = _facts(asked, behind, f"ORDER BY fact {order} LIMIT :limit")
    found = connection.execute(
        f"SELECT id, iri FROM ({chosen}) JOIN fact ON id = fact ORDER BY id {order}",  # noqa: S608
        {**asked.values, "place": place, "limit": limit},
    )
    return [Key(*row) for row in found]


def count(connection: sqlite3.Connection, asked: Query) -> int:
    """How many facts there are."""
    if asked.known is not None:
        return asked.known
    text = f"SELECT count(*) FROM ({asked.text})"  # noqa: S608
    (number,) = connection.execute(text, asked.values).fetchone()
    return int(number)


def shared(
    connection: sqlite3.Connection, asked: Query, dimensions: Sequence[str]
) -> dict[str, list[Shared]]:
    """The values of some dimensions that the facts have, those of the most facts first."""
    chosen = _OF_ALL if asked.is_all else _OF_SOME.format(asked.text)
    found = connection.execute(
        f"SELECT dimension, value, label, number FROM ({chosen})"  # noqa: S608
        " LEFT JOIN entity ON entity.iri = value ORDER BY number DESC, value",
        {**asked.values, "dimensions": json.dumps(dimensions)},
    )
    told: dict[str, list[Shared]] = {dimension: [] for dimension in dimensions}
    for dimension, *rest in found:
        told[dimension].append(Shared(*rest))
    return told


_OF_ALL = """
SELECT dimension, value, facts AS number FROM term
WHERE dimension IN (SELECT value FROM json_each(:dimensions)) AND facts > 0
"""
# The facts first, then their tags: CROSS has SQLite keep that order.
_OF_SOME = """
SELECT dimension, term.value, count(*) AS number
FROM ({}) AS chosen CROSS JOIN tag ON tag.fact = chosen.fact CROSS JOIN term ON term.id = tag.term
WHERE dimension IN (SELECT value FROM json_each(:dimensions)) GROUP BY term.id
"""


def told(connection: sqlite3.Connection, places: Sequence[int]) -> list[Told]:
    """Facts by their places, in their order."""
    found = connection.execute(
        "SELECT iri, label, type FROM fact WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(places),),
    )
    return [Told(*row) for row in found]
