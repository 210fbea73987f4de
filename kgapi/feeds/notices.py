"""A notice of each fact that changed, with the words of the article."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

import pyoxigraph as ox

from kgapi.index import projection
from kgapi.index.projection import Passage, Report
from kgapi.journal import Change, FactChange
from kgapi.journal.changes import Triples
from kgapi.journal.history import change as graph_change


@dataclass(frozen=True, slots=True)
class Notice:
    """That a fact is told, told otherwise, or no longer told by an article, where it is by one.

    ``sentences`` are the passages that say so, ``headline`` and ``source`` are the article's, ""
    where it has none; ``triples`` is what the graph tells of the fact itself, or told at last.
    """

    change: Change
    fact: FactChange
    sentences: Sequence[str]
    headline: str
    source: str
    triples: Triples

    @property
    def id(self) -> str:
        """The same for the same notice, in whatever feed it is."""
        name = f"{self.change.revision} {self.change.seq} {self.change.graph} {self.fact.fact}"
        return uuid5(NAMESPACE_URL, name).urn


def notices(connection: sqlite3.Connection, changes: Iterable[Change]) -> list[Notice]:
    """Notices of the facts of changes, in their order."""
    return [
        notice for change in changes if change.facts for notice in _of_change(connection, change)
    ]


def _of_change(connection: sqlite3.Connection, change: Change) -> list[Notice]:
    found = graph_change(connection, change.seq)
    graphs = {
        is_gone: _Graph(found.before if is_gone else found.after)
        for is_gone in {fact.kind == "removed" for fact in change.facts}
    }
    return [graphs[fact.kind == "removed"].notice(change, fact) for fact in change.facts]


class _Graph:
    """What a graph says of facts and of its article."""

    def __init__(self, triples: Triples) -> None:
        rows = [row for _, row in projection.rows(triples)]
        self._passages = _by_fact(row for row in rows if isinstance(row, Passage))
        self._report = min((row for row in rows if isinstance(row, Report)), default=None)
        self._triples = _by_subject(triples)

    def notice(self, change: Change, fact: FactChange) -> Notice:
        report = self._report
        return Notice(
            change=change,
            fact=fact,
            sentences=self._passages.get(fact.fact, ()),
            headline=report.headline if report else "",
            source=report.source if report else "",
            triples=self._triples.get(f"<{fact.fact}>", frozenset()),
        )


def _by_fact(passages: Iterable[Passage]) -> Mapping[str, Sequence[str]]:
    """The words of passages by fact, in the order of the text."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for passage in sorted(passages, key=lambda each: (each.fact, each.start, each.text)):
        if passage.text not in found[passage.fact]:
            found[passage.fact].append(passage.text)
    return found


def _by_subject(triples: Triples) -> Mapping[str, Triples]:
    found: defaultdict[str, set[ox.Triple]] = defaultdict(set)
    for triple in triples:
        found[str(triple.subject)].add(triple)
    return {subject: frozenset(about) for subject, about in found.items()}
