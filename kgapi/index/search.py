"""Full-text search: words and "phrases" in labels, evidence, names, headlines and texts."""

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from kgapi.index import selection
from kgapi.index.projection import Passage
from kgapi.index.tables import passages

# Whatever is longer is no question, but a text.
_MOST_WORDS = 32
# Characters around a hit in a long text, and the most stretches of it that are shown.
_AROUND, _STRETCHES = 80, 3
# They stand before and behind each hit while it is looked for, and in no text for interchange.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
# What a hit in the title is worth, in hits in the body.
_TITLE = 3.0

_PART = re.compile(r'"([^"]*)"?|([^\s"]+)')


class Span(NamedTuple):
    """Offsets in Unicode code points, the end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Snippet:
    """Words in which something was found: what they are (label, name, evidence, headline or text),
    where they stand (article and offset in its text, where they are of one), and the hits in them."""

    part: str
    text: str
    hits: Sequence[Span]
    article: str | None = None
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: ``kind`` is fact, entity or article; the better it fits, the higher the score."""

    kind: str
    iri: str
    label: str
    type: str
    score: float
    snippets: Sequence[Snippet]


class Found(NamedTuple):
    """A document by its place in the order of what was found, the best first."""

    score: float
    document: int

    @classmethod
    def read(cls, key: str) -> "Found":
        score, _, document = key.partition(" ")
        return cls(float(score), int(document))

    def __str__(self) -> str:
        return f"{self.score!r} {self.document}"


def words(text: str) -> str | None:
    """A question as FTS5 has it: all words, in any order, and what is quoted as a phrase.

    Whatever else is in it means nothing; None where no word is left.
    """
    normal = unicodedata.normalize("NFC", text)
    parts = (quoted or plain for quoted, plain in _PART.findall(normal))
    phrases = [
        kept for part in parts if (kept := " ".join(re.findall(r"\w+", part.replace("_", " "))))
    ]
    return " ".join(f'"{phrase}"' for phrase in phrases[:_MOST_WORDS]) or None


@dataclass(frozen=True, slots=True)
class Search:
    """What has all the words, of some kinds; facts only, of a selection, where there is one."""

    connection: sqlite3.Connection
    words: str
    kinds: Sequence[str]
    facts: selection.Query | None = None

    def count(self) -> int:
        found = self.connection.execute(f"SELECT count(*) {self._found()}", self._values())
        return int(found.fetchone()[0])

    def page(self, after: Found | None, limit: int) -> list[Found]:
        """Up to ``limit`` documents behind one, the best first."""
        behind = "WHERE (score, id) > (:score, :document)" if after else ""
        text = (
            "SELECT score, id FROM ("  # noqa: S608
            f" SELECT bm25(search, {_TITLE}, 1.0) AS score, document.id {self._found()}"
            f") {behind} ORDER BY score, id LIMIT :limit"
        )
        values = {**self._values(), "limit": limit} | (after._asdict() if after else {})
        return [Found(*row) for row in self.connection.execute(text, values)]

    def _found(self) -> str:
        kinds = ", ".join(f":kind{number}" for number in range(len(self.kinds)))
        chosen = f"AND kind = 'fact' AND ref IN ({self.facts.text})" if self.facts else ""
        return (
            "FROM search JOIN document ON document.id = search.rowid"
            f" WHERE search MATCH :words AND kind IN ({kinds}) {chosen}"
        )

    def _values(self) -> dict[str, Any]:
        kinds = {f"kind{number}": kind for number, kind in enumerate(self.kinds)}
        return {"words": self.words, **kinds, **(self.facts.values if self.facts else {})}


def hits(connection: sqlite3.Connection, words: str, found: Sequence[Found]) -> list[Hit]:
    """What was found, with the words in which it was."""
    return [_hit(connection, words, each) for each in found]


def _hit(connection: sqlite3.Connection, words: str, found: Found) -> Hit:
    kind, ref, title, body, marked_title, marked_body = connection.execute(
        "SELECT kind, ref, document.title, document.body,"
        " highlight(search, 0, :open, :close), highlight(search, 1, :open, :close)"
        " FROM search JOIN document ON document.id = search.rowid"
        " WHERE search MATCH :words AND search.rowid = :document",
        {"words": words, "document": found.document, "open": _OPEN, "close": _CLOSE},
    ).fetchone()
    iri, cls = connection.execute(_WHAT[kind], (ref,)).fetchone()
    in_title, in_body = spans(title, marked_title), spans(body, marked_body)
    match kind:
        case "fact":
            shown = Snippet("label", title, in_title)
            others = _evidence(passages(connection, ref), in_body)
        case "entity":
            shown = Snippet("label", title, in_title)
            others = _names(body.split("\n"), in_body)
        case _:
            shown = Snippet("headline", title, in_title, iri)
            others = _text(iri, body, in_body)
    snippets = [*([shown] if in_title else []), *others]
    return Hit(kind, iri, title, cls, round(-found.score, 3), snippets)


_WHAT = {
    "fact": "SELECT iri, type FROM fact WHERE id = ?",
    "entity": "SELECT iri, type FROM entity WHERE id = ?",
    "article": "SELECT iri, 'Article' FROM resource WHERE id = ?",
}


def spans(text: str, marked: str) -> list[Span]:
    """Where the hits are in a text, given the same text with marks around them."""
    found: list[Span] = []
    at = start = 0
    for sign in marked:
        if at < len(text) and text[at] == sign:
            at += 1
        elif sign == _OPEN:
            start = at
        else:
            found.append(Span(start, at))
    return found


def _by_line(lines: Iterable[str], found: Sequence[Span]) -> Iterator[list[Span]]:
    """The hits in a body, by its lines, counted from the begin of each."""
    at = 0
    for line in lines:
        end = at + len(line)
        yield _within(found, at, end)
        at = end + 1


def _within(found: Sequence[Span], start: int, end: int) -> list[Span]:
    """The hits in a stretch, counted from its begin."""
    return [
        Span(max(hit.start, start) - start, min(hit.end, end) - start)
        for hit in found
        if hit.start < end and hit.end > start
    ]


def _evidence(told: Sequence[Passage], found: Sequence[Span]) -> Iterator[Snippet]:
    for passage, within in zip(told, _by_line((each.text for each in told), found), strict=True):
        # Where it is the label that has the words, the evidence is shown nevertheless.
        if within or not found:
            yield Snippet("evidence", passage.text, within, passage.article, passage.start)


def _names(names: Sequence[str], found: Sequence[Span]) -> Iterator[Snippet]:
    for name, within in zip(names, _by_line(names, found), strict=True):
        if within:
            yield Snippet("name", name, within)


def _text(article: str, body: str, found: Sequence[Span]) -> Iterator[Snippet]:
    for start, end in _stretches(body, found):
        yield Snippet("text", body[start:end], _within(found, start, end), article, start)


def _stretches(text: str, found: Sequence[Span]) -> list[Span]:
    """The first stretches of a text with hits in them, cut between words."""
    wide: list[Span] = []
    for hit in found:
        start, end = _cut(text, hit.start - _AROUND, -1), _cut(text, hit.end + _AROUND, 1)
        if wide and start <= wide[-1].end:
            wide[-1] = Span(wide[-1].start, end)
        elif len(wide) < _STRETCHES:
            wide.append(Span(start, end))
    return wide


def _cut(text: str, at: int, step: int) -> int:
    """The next place from here, or the last before it, at which no word is cut."""
    while 0 < at < len(text) and not (text[at - 1].isspace() or text[at].isspace()):
        at += step
    return min(max(at, 0), len(text))
