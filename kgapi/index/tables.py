"""The tables of the index: made, and brought from what graphs told before to what they tell now."""

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from kgapi.index import projection, schema
from kgapi.index.projection import Row
from kgapi.journal import GraphChange, Projection
from kgapi.matching.spelling import SOURCES, keys, latin

_SCHEMA = Path(__file__).with_name("schema.sql")
_DAY = re.compile(r"/(\d{4}-\d{2}-\d{2})-[^/]*$")
# A place is a day and a number below this, so that the facts of a day lie together.
_DAY_SIZE = 1 << 41

_Stored = tuple[Any, ...]


def create(connection: sqlite3.Connection) -> None:
    """Make the tables, empty, in the place of those that may be there."""
    schema.make(connection, _SCHEMA)


def apply(connection: sqlite3.Connection, changes: Sequence[GraphChange]) -> None:
    """Bring the tables from what graphs told before some changes to what they tell after them."""
    told = Counter[tuple[type[Row], Row]]()
    for change in changes:
        for triples, count in (change.after, told.update), (change.before, told.subtract):
            count(projection.rows(triples))
            count(projection.pointers(change.graph, triples))
    changed = {(kind, row): times for (kind, row), times in told.items() if times}
    ids = _Ids(connection)
    for kind, table in _TABLES.items():
        of_kind = sorted((row, times) for (of, row), times in changed.items() if of is kind)
        table.add(connection, [(table.stored(row, ids), times) for row, times in of_kind])
    # The first member of each of these is the fact, entity or article that it tells of.
    described = {row[0] for kind, row in changed if kind in _OF_FACTS}
    named = {row[0] for kind, row in changed if kind in _OF_ENTITIES}
    reported = {row[0] for kind, row in changed if kind is projection.Report}
    _settle_facts(connection, sorted(ids.fact(iri) for iri in described))
    _settle_entities(connection, sorted(ids.resource(iri) for iri in named))
    _settle_articles(connection, sorted(ids.resource(iri) for iri in reported))


_VERSION = schema.version(_SCHEMA, Path(__file__), Path(projection.__file__), *SOURCES)

INDEX = Projection("index", _VERSION, create, apply)
"""What follows the journal: facts, entities and words, to be found fast."""


class Size(NamedTuple):
    """How much the index holds."""

    facts: int
    entities: int
    names: int
    articles: int


def size(connection: sqlite3.Connection) -> Size:
    return Size(
        *connection.execute(
            "SELECT (SELECT count(*) FROM fact), (SELECT count(*) FROM entity),"
            " (SELECT count(*) FROM name),"
            " (SELECT count(*) FROM article)"
        ).fetchone()
    )


_RESOURCE = "SELECT id FROM resource WHERE iri = ?", "INSERT INTO resource (iri) VALUES (?)"
_TERM = (
    "SELECT id FROM term WHERE dimension = ? AND value = ?",
    "INSERT INTO term (dimension, value) VALUES (?, ?)",
)
_POINTING = (
    "SELECT id FROM pointing WHERE object = ? AND property = ?",
    "INSERT INTO pointing (object, property) VALUES (?, ?)",
)


class _Ids:
    """The numbers by which tables speak of facts and other things, given where there are none yet."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.fact = cache(partial(_fact_id, connection))
        self.resource = cache(partial(_id, connection, *_RESOURCE))
        self.term = cache(partial(_id, connection, *_TERM))
        self.pointing = cache(partial(_id, connection, *_POINTING))


def _id(connection: sqlite3.Connection, find: str, make: str, *known: str) -> int:
    found = connection.execute(find, known).fetchone()
    return int(found[0]) if found else connection.execute(make, known).lastrowid or 0


def _fact_id(connection: sqlite3.Connection, iri: str) -> int:
    found = connection.execute("SELECT id FROM fact WHERE iri = ?", (iri,)).fetchone()
    if found:
        return int(found[0])
    place = place_of(iri)
    # Two facts of one day hardly ever have the same number; the later one takes the next.
    while connection.execute("SELECT 1 FROM fact WHERE id = ?", (place,)).fetchone():
        place += 1
    connection.execute("INSERT INTO fact (id, iri) VALUES (?, ?)", (place, iri))
    return place


def place_of(iri: str) -> int:
    """Where a fact stands in the order of facts: by the day in its IRI, those without one first.

    It depends on nothing else, so that a fact never moves and a list made anew has the same order.
    """
    number = int.from_bytes(sha256(iri.encode()).digest()[:5])
    return _day(iri) * _DAY_SIZE + number


def _day(iri: str) -> int:
    found = _DAY.search(iri)
    try:
        return date.fromisoformat(found[1]).toordinal() if found else 0
    except ValueError:
        return 0


@dataclass(frozen=True, slots=True)
class _Table:
    """A table that adds up rows of one kind; ``stored`` is how it keeps one."""

    name: str
    columns: tuple[str, ...]
    stored: Callable[[Any, _Ids], _Stored]

    def add(self, connection: sqlite3.Connection, changed: Iterable[tuple[_Stored, int]]) -> None:
        """Let rows be told so many times more, or less; what nobody tells is gone."""
        more: list[_Stored] = []
        less: list[_Stored] = []
        for row, times in changed:
            (more if times > 0 else less).append((*row, times))
        # The names are those of our own tables.
        key = " AND ".join(f"{column} = ?" for column in self.columns)
        columns, values = ", ".join(self.columns), "?, " * len(self.columns)
        connection.executemany(
            f"INSERT INTO {self.name} ({columns}, times) VALUES ({values}?)"  # noqa: S608
            " ON CONFLICT DO UPDATE SET times = times + excluded.times",
            more,
        )
        connection.executemany(
            f"UPDATE {self.name} SET times = times + ? WHERE {key}",  # noqa: S608
            [(row[-1], *row[:-1]) for row in less],
        )
        connection.executemany(
            f"DELETE FROM {self.name} WHERE {key} AND times <= 0",  # noqa: S608
            [row[:-1] for row in less],
        )


_TABLES: Mapping[type[Row], _Table] = {
    projection.Telling: _Table(
        "telling",
        projection.Telling._fields,
        lambda row, ids: (ids.fact(row.fact), *row[1:]),
    ),
    projection.Statement: _Table(
        "statement",
        projection.Statement._fields,
        lambda row, ids: (ids.fact(row.fact), row.iri, ids.resource(row.article), *row[3:]),
    ),
    projection.Passage: _Table(
        "passage",
        projection.Passage._fields,
        lambda row, ids: (ids.fact(row.fact), ids.resource(row.article), *row[2:]),
    ),
    projection.Tag: _Table(
        "tag",
        ("term", "fact"),
        lambda row, ids: (ids.term(row.dimension, row.value), ids.fact(row.fact)),
    ),
    projection.Kind: _Table(
        "kind", projection.Kind._fields, lambda row, ids: (ids.resource(row.entity), row.type)
    ),
    projection.Name: _Table(
        "name",
        (*projection.Name._fields, "folded"),
        lambda row, ids: (ids.resource(row.entity), *row[1:], latin(row.name)),
    ),
    projection.Link: _Table(
        "link",
        projection.Link._fields,
        lambda row, ids: (ids.resource(row.subject), row.predicate, ids.resource(row.object)),
    ),
    projection.Report: _Table(
        "report",
        projection.Report._fields,
        lambda row, ids: (ids.resource(row.article), *row[1:]),
    ),
    projection.Pointer: _Table(
        "pointer",
        ("pointing", "subject"),
        lambda row, ids: (ids.pointing(row.object, row.property), row.subject),
    ),
}
_OF_FACTS = {projection.Telling, projection.Statement, projection.Passage}
_OF_ENTITIES = {projection.Kind, projection.Name}


# Where graphs tell a fact otherwise, whoever states it outright is believed, and of the rest the
# least, as answers show it.
_SETTLED = """
UPDATE fact SET (type, label, action, realis, claimed, since, until, earliest, latest, dated) = (
    SELECT min(type), min(label), nullif(min(action), ''), min(realis), claimed,
        min(nullif(since, '')), min(nullif(until, '')),
        min(nullif(earliest, '')), min(nullif(latest, '')), max(dated)
    FROM telling
    WHERE fact = :id AND claimed = (SELECT min(claimed) FROM telling WHERE fact = :id)
), confidence = (SELECT max(confidence) FROM statement WHERE fact = :id)
WHERE id = :id
"""
_DOCUMENT = """
INSERT INTO document (kind, ref, title, body) VALUES (?, ?, ?, ?)
ON CONFLICT (kind, ref) DO UPDATE SET title = excluded.title, body = excluded.body
WHERE title != excluded.title OR body != excluded.body
"""


def _settle_facts(connection: sqlite3.Connection, facts: Sequence[int]) -> None:
    for fact in facts:
        if connection.execute("SELECT 1 FROM telling WHERE fact = ?", (fact,)).fetchone():
            connection.execute(_SETTLED, {"id": fact})
            (label,) = connection.execute("SELECT label FROM fact WHERE id = ?", (fact,)).fetchone()
            words = "\n".join(each.text for each in passages(connection, fact))
            connection.execute(_DOCUMENT, ("fact", fact, label, words))
        else:
            connection.execute("DELETE FROM fact WHERE id = ?", (fact,))
            _forget(connection, "fact", fact)


def passages(connection: sqlite3.Connection, fact: int) -> list[projection.Passage]:
    """The words of articles that say a fact, in the order in which its document has them."""
    found = connection.execute(
        "SELECT fact.iri, resource.iri, start, stop, text FROM passage"
        " JOIN fact ON fact.id = passage.fact JOIN resource ON resource.id = article"
        " WHERE passage.fact = ? ORDER BY resource.iri, start, stop, text",
        (fact,),
    )
    return [projection.Passage(*row) for row in found]


def _settle_entities(connection: sqlite3.Connection, entities: Sequence[int]) -> None:
    for entity in entities:
        (cls,) = connection.execute(
            "SELECT min(type) FROM kind WHERE entity = ?", (entity,)
        ).fetchone()
        names = connection.execute(
            "SELECT DISTINCT name FROM name WHERE entity = ?"
            " ORDER BY manner NOT IN ('label', 'prefLabel'), language != 'en', name",
            (entity,),
        ).fetchall()
        _give_keys(connection, entity)
        if cls and names:
            known = list(dict.fromkeys(name for (name,) in names))
            connection.execute(
                "INSERT OR REPLACE INTO entity (id, iri, type, label)"
                " SELECT id, iri, ?, ? FROM resource WHERE id = ?",
                (cls, known[0], entity),
            )
            connection.execute(_DOCUMENT, ("entity", entity, known[0], "\n".join(known[1:])))
        else:
            connection.execute("DELETE FROM entity WHERE id = ?", (entity,))
            _forget(connection, "entity", entity)


def _give_keys(connection: sqlite3.Connection, entity: int) -> None:
    """Keys for the names of an entity that have none yet."""
    fresh = connection.execute(
        "SELECT id, name FROM name WHERE entity = ?"
        " AND NOT EXISTS (SELECT 1 FROM name_key WHERE name_key.name = name.id)",
        (entity,),
    ).fetchall()
    connection.executemany(
        "INSERT INTO name_key (key, name) VALUES (?, ?)",
        [(key, number) for number, name in fresh for key in sorted(keys(name))],
    )


def _settle_articles(connection: sqlite3.Connection, articles: Sequence[int]) -> None:
    for article in articles:
        headline, published, body = connection.execute(
            "SELECT min(headline), min(published), max(body) FROM report WHERE article = ?",
            (article,),
        ).fetchone()
        if headline is None:
            connection.execute("DELETE FROM article WHERE id = ?", (article,))
            _forget(connection, "article", article)
        else:
            connection.execute(
                "INSERT OR REPLACE INTO article (id, iri, published)"
                " SELECT id, iri, ? FROM resource WHERE id = ?",
                (published, article),
            )
            connection.execute(_DOCUMENT, ("article", article, headline, body))


def _forget(connection: sqlite3.Connection, kind: str, ref: int) -> None:
    connection.execute("DELETE FROM document WHERE kind = ? AND ref = ?", (kind, ref))
