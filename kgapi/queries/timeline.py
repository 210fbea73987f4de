"""When facts happened, as honestly as articles tell it, in the order of time."""

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import replace

from kgapi.index import selection
from kgapi.index.selection import Selection
from kgapi.index.timeline import Point, points
from kgapi.queries import reads
from kgapi.queries.reads import FactRead, Page
from kgapi.store.engine import Engine

Time = Mapping[str, str | None]

_PRECISIONS = {4: "year", 7: "month", 10: "day"}
_TOLD = ("date", "begin", "end")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


def page(
    engine: Engine, connection: sqlite3.Connection, wanted: Selection, after: str, limit: int
) -> Page[FactRead]:
    """Facts of a selection by their first and then by their last day.

    Where the first is not known, by the last. Those of which no time is told (``dated`` in the
    selection keeps them apart) come by the day of the article that tells them.
    """
    asked = selection.query(connection, wanted)
    if asked is None:
        return Page([], 0, None)

    def listed(key: str | None, limit: int, *, back: bool = False) -> list[Point]:
        return points(connection, asked, key, limit, back=back)

    total = selection.count(connection, asked)
    found = reads.page(listed, lambda point: point.key, total, after, limit)
    facts = reads.facts_among(engine, [point.iri for point in found.items])
    return found.holding([placed(fact) for fact in facts])


def count(connection: sqlite3.Connection, wanted: Selection) -> int:
    """How many facts a selection has."""
    asked = selection.query(connection, wanted)
    return selection.count(connection, asked) if asked else 0


def placed(fact: FactRead) -> FactRead:
    """The fact, its time with ``precision`` and ``relative_to``."""
    told = {"precision": precision(fact.time), "relative_to": relative_to(fact)}
    return replace(fact, time={**fact.time, **told})


def is_dated(time: Time) -> bool:
    """Whether a time is told: else what bounds there are, are those of the article's day."""
    bounded = time["earliest"] and time["latest"]
    return bool(bounded or time["text"] or any(time[name] for name in _TOLD))


def precision(time: Time) -> str | None:
    """``day``, ``month`` or ``year``, as the time is told; None where it is told by bounds alone."""
    told = next((time[name] for name in _TOLD if time[name]), None)
    return _PRECISIONS.get(len(told)) if told else None


def relative_to(fact: FactRead) -> str | None:
    """The day of the article from which the time is counted.

    That is where the words do not name their year ("on Thursday"), or nothing is told, so that the
    only bound is that day itself.
    """
    words = fact.time["text"] or ""
    if _YEAR.search(words) or (is_dated(fact.time) and not words):
        return None
    saying = (
        each.published
        for each in fact.statements
        if any(words in evidence.text for evidence in each.evidence)
    )
    return next(saying, fact.statements[0].published if fact.statements else None)
