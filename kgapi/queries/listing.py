"""Lists of what the index finds: keys from the index, and what they stand for from the store."""

import sqlite3
from collections.abc import Sequence
from functools import partial

from kgapi.graph.vocab import ROLE_ORDER
from kgapi.index import Size, articles, entities, search, selection, size
from kgapi.index.selection import Selection
from kgapi.journal import Journal
from kgapi.queries import reads
from kgapi.queries.reads import ArticleRead, EntityRead, FactRead, Page, Reference
from kgapi.store.engine import Engine

# Properties of an entity that lead to the same thing elsewhere, or name it, are told apart from others.
_NAMING = {"label", "prefLabel", "altLabel", "hiddenLabel", "notation"}


def held(journal: Journal) -> Size | None:
    """How much the index of a store holds, at once; None before it has been made."""
    if journal.present() is None:
        return None
    with journal.reading() as connection:
        return size(connection)


def facts(
    engine: Engine, connection: sqlite3.Connection, wanted: Selection, after: str, limit: int
) -> Page[FactRead]:
    """Facts of a selection, by day and, within a day, in an order of no meaning that never changes."""
    found = keys(connection, wanted, after, limit)
    return found.holding(reads.facts_among(engine, [key.iri for key in found.items]))


def keys(
    connection: sqlite3.Connection, wanted: Selection, after: str, limit: int
) -> Page[selection.Key]:
    """The same facts by their keys alone."""
    asked = selection.query(connection, wanted)
    if asked is None:
        return Page([], 0, None)

    def listed(key: str | None, limit: int, *, back: bool = False) -> list[selection.Key]:
        place = int(key) if key else None
        return selection.keys(connection, asked, place, limit, back=back)

    total = selection.count(connection, asked)
    return reads.page(listed, lambda each: str(each.place), total, after, limit)


def shared(
    connection: sqlite3.Connection, wanted: Selection, dimensions: Sequence[str], most: int
) -> dict[str, list[selection.Shared]]:
    """What the facts of a selection have in common: up to ``most`` values of each dimension."""
    asked = selection.query(connection, wanted)
    if asked is None or not dimensions:
        return {dimension: [] for dimension in dimensions}
    found = selection.shared(connection, asked, dimensions)
    return {dimension: values[:most] for dimension, values in found.items()}


def found(
    connection: sqlite3.Connection,
    question: str,
    kinds: Sequence[str],
    wanted: Selection | None,
    after: str,
    limit: int,
) -> Page[search.Hit]:
    """What has all the words of a question, the best first.

    Where there is a selection, only its facts. Scores depend on everything that can be found, so
    what is written meanwhile may move something to another page.
    """
    words = search.words(question)
    asked = selection.query(connection, wanted) if wanted else None
    if words is None or (wanted and asked is None):
        return Page([], 0, None)
    searched = search.Search(connection, words, kinds, asked)
    places = searched.page(search.Found.read(after) if after else None, limit + 1)
    more = str(places[limit - 1]) if len(places) > limit else None
    return Page(search.hits(connection, words, places[:limit]), searched.count(), more)


def listed_articles(
    engine: Engine, connection: sqlite3.Connection, after: str, limit: int
) -> Page[ArticleRead]:
    """Articles in the order of their IRIs."""
    listed = partial(articles.page, connection)
    found = reads.page(listed, str, articles.count(connection), after, limit)
    facts = articles.facts(connection, found.items)
    return found.holding(reads.articles(engine, {iri: facts.get(iri, 0) for iri in found.items}))


def listed_entities(
    connection: sqlite3.Connection,
    types: Sequence[str],
    countries: Sequence[str],
    after: str,
    limit: int,
) -> Page[EntityRead]:
    """Entities that take part in facts, in the order of their IRIs."""
    listed = entities.Listed(connection, types, countries)
    found = reads.page(listed.page, lambda each: each.iri, listed.count(), after, limit)
    return found.holding([_counted(each) for each in found.items])


def neighbours(
    connection: sqlite3.Connection, iri: str, wanted: Selection, after: str, limit: int
) -> Page[EntityRead]:
    """The entities that take part in facts of a selection beside one, in the order of their IRIs."""
    asked = selection.query(connection, wanted)
    known = entities.neighbours(connection, iri, asked) if asked else []
    by_iri = {each.iri: _counted(each) for each in known}
    found = reads.cut(by_iri, after, limit)
    return found.holding([by_iri[key] for key in found.items])


def links(
    connection: sqlite3.Connection,
    iri: str,
    predicate: str,
    *,
    inward: bool,
    after: str,
    limit: int,
) -> Page[Reference]:
    """What a predicate leads to from an entity, or (``inward``) the facts and entities that it
    leads from. The label of what is not known here is empty."""
    if inward and predicate in ROLE_ORDER:
        as_role = Selection([(predicate, [iri])])
        found = keys(connection, as_role, after, limit)
        told = selection.told(connection, [key.place for key in found.items])
        return found.holding([Reference(each.iri, each.label, each.type) for each in told])
    ties = {each.iri: each for each in entities.linked(connection, iri, predicate, inward=inward)}
    cut = reads.cut(ties, after, limit)
    return cut.holding([_reference(ties[key]) for key in cut.items])


def entity(connection: sqlite3.Connection, iri: str) -> EntityRead | None:
    """What is known of an entity, and in how many facts it takes part; None for none."""
    found = entities.described(connection, iri)
    if found is None:
        return None
    properties: dict[str, list[str | Reference]] = {}
    for name in found.names:
        if name.manner not in _NAMING:
            properties.setdefault(name.manner, []).append(name.name)
    for tie in found.ties:
        if tie.predicate not in entities.SAME:
            told = _reference(tie) if tie.label else tie.iri
            properties.setdefault(tie.predicate, []).append(told)
    return EntityRead(
        id=iri,
        label=found.entity.label,
        type=found.entity.type,
        names=sorted({each.name for each in found.names if each.manner == "altLabel"}),
        same_as=sorted({each.iri for each in found.ties if each.predicate == "exactMatch"}),
        properties=dict(sorted(properties.items())),
        facts=found.entity.facts,
    )


def _counted(found: entities.Entity) -> EntityRead:
    return EntityRead(id=found.iri, label=found.label, type=found.type, facts=found.facts)


def _reference(tie: entities.Tie) -> Reference:
    return Reference(tie.iri, tie.label or "", tie.type or "")
