"""From what a reader found to the article that is stored: one way for every format."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from mmap import mmap

from kgapi.errors import UnreadableArticle
from kgapi.news import dates, language
from kgapi.news.article import Article, Zone
from kgapi.news.zones import zones

LONGEST_LINE = 100_000  # characters; prose has paragraphs, dumps and minified data do not
LONGEST_HEADLINE = 120  # characters of a headline that is made from the first sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What the sender says beside the article. It wins over whatever the article itself says."""

    published: date | None = None
    headline: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a reader found: the text, and what the format states about it."""

    text: str
    headline: str | None = None
    published: date | None = None
    source: str | None = None
    source_title: str | None = None
    language: str | None = None
    retrieved: datetime | None = None


Content = bytes | mmap
"""What several articles lie in: bytes, or a file that is not read into memory as a whole."""


@dataclass(frozen=True, slots=True)
class Part:
    """One article of several in the same bytes: where it stands, what it is, and what is known of
    it from around it."""

    place: str
    media_type: str
    data: bytes
    charset: str | None = None
    source: str | None = None
    retrieved: datetime | None = None


def finish(draft: Draft, hints: Hints) -> Article:
    """The article of a draft; raises UnreadableArticle, saying why and how to mend it."""
    text = draft.text.replace("\r\n", "\n").replace("\r", "\n")
    _check_text(text)
    stated = _one_line("headline", hints.headline) or _one_line("headline", draft.headline)
    parts = zones(text, stated)
    if all(zone.kind in {"boilerplate", "dateline", "byline"} for zone in parts):
        raise UnreadableArticle(
            "The text holds nothing but boilerplate (links, notices, dates): send the story itself."
        )
    language.check(draft.language, _prose(text, parts))
    return Article(
        text=text,
        headline=stated or _headline(text, parts),
        published=hints.published or draft.published or dates.published(text, parts),
        zones=parts,
        source=_source(hints.source or draft.source),
        source_title=_one_line("source_title", draft.source_title),
        retrieved=draft.retrieved,
    )


def _check_text(text: str) -> None:
    if not text.strip():
        raise UnreadableArticle("The article is empty: send its text.")
    check_characters("text", text)
    if not any(character.isalpha() for character in text):
        raise UnreadableArticle("The text holds no word: send an article in English prose.")
    longest = max(map(len, text.split("\n")))
    if longest > LONGEST_LINE:
        raise UnreadableArticle(
            f"A line of the text has {longest} characters, more than the {LONGEST_LINE} that"
            " are read: send prose with a line break or a blank line between paragraphs."
        )


_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def check_characters(field: str, text: str) -> None:
    """Raise UnreadableArticle for characters that no XML, hence no result document, can carry."""
    if found := _UNSTORABLE.search(text):
        code = ord(found[0])
        kind = "half of a surrogate pair" if unicodedata.category(found[0]) == "Cs" else "control"
        raise UnreadableArticle(
            f"Character {found.start()} of the {field} is U+{code:04X} ({kind}), which is no"
            " text: send plain text without control characters, in UTF-8."
        )


def _one_line(field: str, value: str | None) -> str | None:
    """Metadata on one line; None where it says nothing."""
    check_characters(field, line := " ".join((value or "").split()))
    return line or None


def _prose(text: str, parts: tuple[Zone, ...]) -> str:
    """What the language is judged by: the body, or the whole text where there is none."""
    return "\n".join(text[z.start : z.end] for z in parts if z.kind == "body") or text


_SENTENCE = re.compile(
    r"""(?s).+?(?<!\b[A-Z])(?<!\b[DMS][rt])(?<!\bNo)[.!?]["'”’)]*(?=\s+["'“‘(]*[^\W\d_a-z]|\s*$)"""
)


def _headline(text: str, parts: tuple[Zone, ...]) -> str:
    """The headline zone, else the first sentence, cut between words where it is long."""
    for kind in ("headline", "body", "caption"):
        for zone in (zone for zone in parts if zone.kind == kind):
            written = text[zone.start : zone.end]
            if kind == "headline":
                return " ".join(written.split())
            sentence = found[0] if (found := _SENTENCE.match(written[:1000])) else written[:1000]
            return _shortened(" ".join(sentence.split()))
    raise AssertionError("an article has a headline, a body or a caption")


def _shortened(line: str) -> str:
    if len(line) <= LONGEST_HEADLINE:
        return line
    room = line[:LONGEST_HEADLINE]
    return (room.rsplit(" ", 1)[0] if " " in room else room[:-1]) + "…"


# What RFC 3987 lets stand in an http IRI without escapes, narrowed to hosts that have a name.
_URL = re.compile(
    r"""https?://[\w.-]+(:\d{1,5})?([/?](%[0-9A-Fa-f]{2}|[^\s%#<>"{}|\\^`\[\]])*)?"""
    r"""(\#(%[0-9A-Fa-f]{2}|[^\s%#<>"{}|\\^`\[\]])*)?"""
)


def is_url(value: str) -> bool:
    """True for an absolute http(s) IRI that can stand in a graph as it is."""
    return len(value) <= 2000 and bool(_URL.fullmatch(value)) and not _UNSTORABLE.search(value)


def _source(value: str | None) -> str | None:
    if value is None or is_url(value):
        return value
    raise UnreadableArticle(
        f"The source is not an absolute http(s) address: {value[:200]!r};"
        " send one such as https://news.example/2023/story, or leave it out."
    )
