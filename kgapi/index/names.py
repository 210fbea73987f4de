"""Entities by their names: whoever may be meant by a name, and whoever a name begins with."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from kgapi.matching.spelling import keys, latin
from kgapi.reference import ontology

# A key that more names than this share tells nothing: "bank" finds the banks by their other words.
_TELLING = 5_000
# What the very name is worth, in names that a key is shared by nobody else.
_SAME = 2.0
# Names that are weighed for the suggestions of one prefix.
_WEIGHED = 2_000


# Each entity by its best name: the label before others, the shorter ones before the longer.
_SUGGESTED = """
SELECT iri, type, label, name, facts FROM (
    SELECT entity.iri, entity.type, entity.label, name.name, coalesce(term.facts, 0) AS facts,
        name.folded >= :start AND name.folded < :end AS whole,
        row_number() OVER (
            PARTITION BY entity.id ORDER BY name.manner != 'label', length(name.name), name.name
        ) AS rank
    FROM (
        SELECT id FROM (
            SELECT id FROM name WHERE folded >= :start AND folded < :end LIMIT :weighed
        )
        UNION
        SELECT id FROM (
            SELECT rowid AS id FROM name_words WHERE name_words MATCH :words LIMIT :weighed
        )
    ) AS found
    JOIN name ON name.id = found.id
    JOIN entity ON entity.id = name.entity
    LEFT JOIN term ON term.dimension = 'entity' AND term.value = entity.iri
    WHERE name.manner NOT IN ('notation', 'alpha2', 'alpha3', 'currencyCode')
        AND (:types = '[]' OR entity.type IN (SELECT value FROM json_each(:types)))
)
WHERE rank = 1
ORDER BY NOT whole, facts DESC, length(label), label, iri
LIMIT :limit
"""


_CALLED = """
SELECT entity.type, entity.label, name.name
FROM entity LEFT JOIN name ON name.entity = entity.id AND name.manner NOT IN (
    'demonym', 'metonym', 'ambiguousName', 'notation', 'alpha2', 'alpha3', 'currencyCode'
)
WHERE entity.iri = ?
ORDER BY name.name
"""


class Candidate(NamedTuple):
    """An entity: IRI, local name of its class, its label, and all its names, the label first."""

    iri: str
    type: str
    label: str
    names: tuple[str, ...]


class Suggestion(NamedTuple):
    """An entity, the name by which it was found, and how many facts it takes part in."""

    iri: str
    type: str
    label: str
    name: str
    facts: int


def candidates(
    connection: sqlite3.Connection, name: str, types: Iterable[str] = (), limit: int = 50
) -> list[Candidate]:
    """The entities that a name may mean however it is spelt, the likeliest first.

    They share a key of ``kgapi.matching`` with it, and a rare key counts for more than one of many
    names. ``types`` are local names of classes, with all below them; none are all.
    """
    weights: defaultdict[str, float] = defaultdict(float)
    for iri in _named(connection, latin(name)):
        weights[iri] += _SAME
    for key in sorted(keys(name)):
        found = _of_key(connection, key)
        for iri in found:
            weights[iri] += 1 / len(found)
    wanted = below(types)
    likeliest = sorted(weights, key=lambda iri: (-weights[iri], iri))
    read = (entity(connection, iri) for iri in likeliest)
    return list(islice((one for one in read if one and _is_of(one, wanted)), limit))


def suggestions(
    connection: sqlite3.Connection, prefix: str, types: Iterable[str] = (), limit: int = 10
) -> list[Suggestion]:
    """The entities a word of whose name begins with the prefix, for lists to choose from.

    A name that begins with it comes first, and those with more facts before others. Case, accents
    and scripts do not matter; all words but the last are whole.
    """
    words = latin(prefix).split()
    if not words:
        return []
    start = " ".join(words)
    found = connection.execute(
        _SUGGESTED,
        {
            "start": start,
            "end": start + "\x7f",
            "words": " ".join(f'"{word}"' for word in words) + " *",
            "weighed": _WEIGHED,
            "types": json.dumps(below(types)),
            "limit": limit,
        },
    )
    return [Suggestion(*row) for row in found]


def below(types: Iterable[str]) -> Sequence[str]:
    """The classes that lie below some, these included, sorted."""
    known, wanted = ontology.shipped(), list(types)
    return sorted(name for name in known.classes if known.within(name, wanted))


def _is_of(one: Candidate, types: Sequence[str]) -> bool:
    return not types or one.type in types


def _of_key(connection: sqlite3.Connection, key: str) -> list[str]:
    """IRIs of the entities one of whose names has this key."""
    found = connection.execute(
        "SELECT DISTINCT iri FROM (SELECT name FROM name_key WHERE key = ? LIMIT ?) AS found"
        " JOIN name ON name.id = found.name JOIN entity ON entity.id = name.entity",
        (key, _TELLING),
    )
    return [iri for (iri,) in found]


def _named(connection: sqlite3.Connection, folded: str) -> list[str]:
    """IRIs of the entities that have this very name, folded."""
    found = connection.execute(
        "SELECT DISTINCT iri FROM name JOIN entity ON entity.id = name.entity"
        " WHERE folded = ? LIMIT ?",
        (folded, _TELLING),
    )
    return [iri for (iri,) in found]


def entity(connection: sqlite3.Connection, iri: str) -> Candidate | None:
    """An entity by its IRI, with its names; not with codes, nor with what means others as well."""
    found = connection.execute(_CALLED, (iri,)).fetchall()
    if not found:
        return None
    cls, label, _ = found[0]
    names = dict.fromkeys([label, *(name for _, _, name in found if name)])
    return Candidate(iri, cls, label, tuple(names))
