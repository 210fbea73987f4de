"""Entities: lists of them, what is said of one, and who is in facts with it."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from kgapi.index import selection
from kgapi.index.names import below
from kgapi.index.selection import Told

# Predicates that tie an entity to the same thing elsewhere.
SAME = ("exactMatch", "closeMatch", "sameAs")


class Entity(NamedTuple):
    """An entity, and the number of facts in which it takes part."""

    iri: str
    type: str
    label: str
    facts: int


class Named(NamedTuple):
    """A name or code, and the local name of the property that gives it."""

    manner: str
    name: str


class Tie(NamedTuple):
    """What a property leads to: label and class are None for what is no entity here."""

    predicate: str
    iri: str
    label: str | None
    type: str | None


@dataclass(frozen=True, slots=True)
class Described:
    """All that is known of an entity besides its facts."""

    entity: Entity
    names: Sequence[Named]
    ties: Sequence[Tie]


class Group(NamedTuple):
    """How many things a predicate leads to, or (``inward``) come from."""

    predicate: str
    inward: bool
    total: int


_ENTITY = """
SELECT entity.iri, type, label, coalesce(facts, 0) FROM entity
LEFT JOIN term ON dimension = 'entity' AND value = entity.iri
"""
# CROSS has SQLite keep the order: the terms in theirs, or the entities of a class in theirs.
_ANY = """
FROM term CROSS JOIN entity ON entity.iri = value WHERE dimension = 'entity' AND facts > 0
"""
_OF_TYPES = """
FROM entity CROSS JOIN term ON dimension = 'entity' AND value = entity.iri WHERE facts > 0
"""
_COUNT = "SELECT count(*) FROM term WHERE dimension = 'entity' AND facts > 0"
_OF_COUNTRIES = """
(entity.iri IN (SELECT value FROM json_each(:countries)) OR EXISTS (
    SELECT 1 FROM link JOIN resource ON resource.id = object
    WHERE subject = entity.id AND predicate IN ('country', 'postIn')
        AND resource.iri IN (SELECT value FROM json_each(:countries))
))
"""


def described(connection: sqlite3.Connection, iri: str) -> Described | None:
    """What is known of an entity; None where nobody tells of it."""
    found = connection.execute(f"{_ENTITY} WHERE entity.iri = ?", (iri,)).fetchone()
    if found is None:
        return None
    names = connection.execute(
        "SELECT DISTINCT manner, name FROM name JOIN entity ON entity.id = entity"
        " WHERE iri = ? ORDER BY manner, name",
        (iri,),
    )
    ties = connection.execute(
        "SELECT predicate, object.iri, other.label, other.type FROM entity AS one"
        " JOIN link ON subject = one.id JOIN resource AS object ON object.id = link.object"
        " LEFT JOIN entity AS other ON other.id = link.object"
        " WHERE one.iri = ? ORDER BY predicate, object.iri",
        (iri,),
    )
    return Described(Entity(*found), [Named(*row) for row in names], [Tie(*row) for row in ties])


class Listed:
    """Entities that take part in facts, in the order of their IRIs.

    ``types`` are classes, with all below them, ``countries`` IRIs; none are all.
    """

    def __init__(
        self, connection: sqlite3.Connection, types: Iterable[str], countries: Sequence[str]
    ) -> None:
        self._connection = connection
        wanted = {f"type{number}": cls for number, cls in enumerate(below(types))}
        self._values: dict[str, Any] = {**wanted, "countries": json.dumps(countries)}
        self._typed = bool(wanted)
        self._conditions = [
            *([f"type IN ({', '.join(f':{name}' for name in wanted)})"] if wanted else []),
            *([_OF_COUNTRIES] if countries else []),
        ]

    def count(self) -> int:
        if self._conditions:
            return int(self._asked("count(*)", self._conditions).fetchone()[0])
        return int(self._connection.execute(_COUNT).fetchone()[0])

    def page(self, key: str | None, limit: int, *, back: bool = False) -> list[Entity]:
        """Up to ``limit`` of them behind an IRI, or ``back`` from it, that included; None: from the
        end."""
        column = "entity.iri" if self._typed else "value"
        behind = [] if key is None else [f"{column} {'<=' if back else '>'} :key"]
        found = self._asked(
            "entity.iri, type, label, facts",
            [*self._conditions, *behind],
            f"ORDER BY {column} {'DESC' if back else ''} LIMIT :limit",
            key=key,
            limit=limit,
        )
        return [Entity(*row) for row in found]

    def _asked(
        self, columns: str, conditions: Sequence[str], order: str = "", **values: Any
    ) -> sqlite3.Cursor:
        source = _OF_TYPES if self._typed else _ANY
        text = " ".join(
            [f"SELECT {columns} {source}", *(f"AND {one}" for one in conditions), order]
        )
        return self._connection.execute(text, {**self._values, **values})


def among(connection: sqlite3.Connection, iris: Iterable[str]) -> dict[str, Told]:
    """Those of some things that are entities, each in a line, by IRI."""
    found = connection.execute(
        "SELECT iri, label, type FROM entity WHERE iri IN (SELECT value FROM json_each(?))"
        " ORDER BY iri",
        (json.dumps(list(iris)),),
    )
    return {told.iri: told for told in map(Told._make, found)}


def neighbours(connection: sqlite3.Connection, iri: str, asked: selection.Query) -> list[Entity]:
    """The entities that take part in some facts beside one, by IRI, with the number of those facts."""
    found = selection.shared(connection, asked, ["entity"])["entity"]
    known = {each.value: each for each in found if each.value != iri}
    return [
        Entity(each.iri, each.type, each.label, known[each.iri].facts)
        for each in among(connection, known).values()
    ]


def groups(connection: sqlite3.Connection, iri: str, roles: Sequence[str]) -> list[Group]:
    """The predicates by which an entity is linked, with what else is known and (inward) with facts."""
    values = {"iri": iri, "roles": json.dumps(roles)}
    outward = connection.execute(
        "SELECT predicate, FALSE, count(*) FROM link JOIN resource ON resource.id = subject"
        " WHERE iri = :iri GROUP BY predicate",
        values,
    )
    inward = connection.execute(
        "SELECT predicate, TRUE, count(*) FROM link JOIN resource ON resource.id = object"
        " WHERE iri = :iri GROUP BY predicate UNION ALL "
        "SELECT dimension, TRUE, facts FROM term WHERE value = :iri AND facts > 0"
        " AND dimension IN (SELECT value FROM json_each(:roles))",
        values,
    )
    found = [*outward, *inward]
    return [Group(name, bool(way), total) for name, way, total in sorted(found)]


def linked(connection: sqlite3.Connection, iri: str, predicate: str, *, inward: bool) -> list[Tie]:
    """What a predicate leads to from an entity, or whatever leads to it by that, by IRI."""
    near, far = ("object", "subject") if inward else ("subject", "object")
    found = connection.execute(
        f"SELECT predicate, there.iri, entity.label, entity.type FROM link"  # noqa: S608
        f" JOIN resource AS here ON here.id = {near} JOIN resource AS there ON there.id = {far}"
        f" LEFT JOIN entity ON entity.id = {far} WHERE here.iri = ? AND predicate = ?"
        " ORDER BY there.iri",
        (iri, predicate),
    )
    return [Tie(*row) for row in found]
