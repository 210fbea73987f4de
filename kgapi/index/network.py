"""Sanctions as the index has them: what each fact is, who takes part in it, who tells it."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kgapi.index.selection import Query


class Act(NamedTuple):
    """A measure, or an act about sanctions: local names of terms, days in ISO 8601."""

    place: int
    iri: str
    label: str
    type: str
    action: str | None
    realis: str
    claimed: bool
    earliest: str | None
    latest: str | None
    dated: bool


def acts(
    connection: sqlite3.Connection, asked: Query, actions: Iterable[str], most: int
) -> list[Act]:
    """Up to ``most`` of the facts that are asked for: measures, and acts of these kinds."""
    found = connection.execute(
        "SELECT id, iri, label, type, action, realis, claimed, earliest, latest, dated"  # noqa: S608
        f" FROM ({asked.text}) JOIN fact ON id = fact"
        " WHERE action IS NULL OR action IN (SELECT value FROM json_each(:actions))"
        " ORDER BY id LIMIT :most",
        {**asked.values, "actions": json.dumps(sorted(actions)), "most": most},
    )
    return [
        act._replace(claimed=bool(act.claimed), dated=bool(act.dated))
        for act in map(Act._make, found)
    ]


def tags(
    connection: sqlite3.Connection, places: Sequence[int], dimensions: Sequence[str]
) -> Mapping[int, Mapping[str, Sequence[str]]]:
    """The values of some dimensions that facts have, by their places."""
    found = connection.execute(
        "SELECT fact, dimension, term.value FROM json_each(:places) AS place"
        " CROSS JOIN tag ON tag.fact = place.value CROSS JOIN term ON term.id = tag.term"
        " WHERE dimension IN (SELECT value FROM json_each(:dimensions))"
        " ORDER BY fact, dimension, term.value",
        {"places": json.dumps(places), "dimensions": json.dumps(dimensions)},
    )
    told: defaultdict[int, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for place, dimension, value in found:
        told[place][dimension].append(value)
    return told


def published(connection: sqlite3.Connection, articles: Iterable[str]) -> dict[str, str]:
    """The day of publication of some articles."""
    found = connection.execute(
        "SELECT iri, published FROM article WHERE iri IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(articles)),),
    )
    return {iri: day for iri, day in found if day}
