"""Who points at what: the subjects of triples by property and object, in the order of their IRIs."""

import sqlite3


def totals(connection: sqlite3.Connection, iri: str) -> dict[str, int]:
    """By which properties others point at a thing, and how many do by each, in their order."""
    found = connection.execute(
        "SELECT property, subjects FROM pointing WHERE object = ? AND subjects > 0"
        " ORDER BY property",
        (iri,),
    )
    return dict(found.fetchall())


def page(
    connection: sqlite3.Connection, iri: str, predicate: str, after: str, limit: int
) -> list[str]:
    """Up to ``limit`` of those who point at a thing by a property, behind an IRI."""
    found = connection.execute(
        "SELECT subject FROM pointing JOIN pointer ON pointing = id"
        " WHERE object = ? AND property = ? AND subject > ? ORDER BY subject LIMIT ?",
        (iri, predicate, after, limit),
    )
    return [subject for (subject,) in found]
