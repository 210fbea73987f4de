"""The article: a text that is never changed, and what is known about it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of an article's text and the part it plays.

    ``kind`` is a concept of the zone scheme: caption, headline, dateline, byline, body or
    boilerplate. Offsets are Unicode code points of the stored text, end exclusive.
    """

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Article:
    """A news article as it is stored.

    ``text`` is what evidence points into: code points, newlines as ``\\n``, otherwise as it came.
    ``zones`` cover its paragraphs in reading order. ``published`` is None where neither the
    sender nor the text says; such an article can be read but not stored. ``retrieved`` is when
    an archive got it from its source. An article that comes out of a store without its text has
    the digest that was taken of it.
    """

    text: str
    headline: str
    published: date | None
    zones: tuple[Zone, ...]
    language: str = "en"
    source: str | None = None
    source_title: str | None = None
    retrieved: datetime | None = None
    kept_digest: str | None = None

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the text in UTF-8, as 64 hexadecimal digits."""
        return self.kept_digest or sha256(self.text.encode()).hexdigest()

    def read(self, *kinds: str) -> Iterator[Zone]:
        """The zones of these kinds, in reading order."""
        return (zone for zone in self.zones if zone.kind in kinds)


_BLANK = re.compile(r"\n\s*\n")


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of the paragraphs of a text: runs between blank lines, without outer white space."""
    start = 0
    for end, after in [*(found.span() for found in _BLANK.finditer(text)), (len(text), 0)]:
        paragraph = text[start:end]
        if inner := paragraph.strip():
            lead = len(paragraph) - len(paragraph.lstrip())
            yield start + lead, start + lead + len(inner)
        start = after
