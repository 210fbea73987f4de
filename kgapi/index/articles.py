"""Articles in the order of their IRIs, the latest, and how many facts each states."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Headline(NamedTuple):
    """An article in a line, and its day of publication."""

    iri: str
    headline: str
    published: str


def count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM article").fetchone()[0])


def page(
    connection: sqlite3.Connection, key: str | None, limit: int, *, back: bool = False
) -> list[str]:
    """Up to ``limit`` articles behind an IRI, or ``back`` from it, that included; None: from the end."""
    text = {
        False: "SELECT iri FROM article WHERE iri > ? ORDER BY iri LIMIT ?",
        True: "SELECT iri FROM article WHERE iri <= ? ORDER BY iri DESC LIMIT ?",
    }[back]
    # No IRI has a letter behind ~.
    begin = ("~" if back else "") if key is None else key
    return [iri for (iri,) in connection.execute(text, (begin, limit))]


def facts(connection: sqlite3.Connection, articles: Sequence[str]) -> Mapping[str, int]:
    """How many facts each of some articles states; those that state none are left out."""
    found = connection.execute(
        "SELECT value, facts FROM term WHERE dimension = 'article' AND facts > 0"
        " AND value IN (SELECT value FROM json_each(?))",
        (json.dumps(articles),),
    )
    return dict(found.fetchall())


def latest(connection: sqlite3.Connection, limit: int) -> list[Headline]:
    """Up to ``limit`` articles, the latest first."""
    # CROSS has SQLite keep the order: the articles in theirs.
    found = connection.execute(
        "SELECT iri, title, published FROM article"
        " CROSS JOIN document ON kind = 'article' AND ref = article.id"
        " ORDER BY published DESC, iri LIMIT ?",
        (limit,),
    )
    return [Headline(*row) for row in found]
