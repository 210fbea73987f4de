"""Bytes to articles: one reader for each media type, one way from what it finds to an Article."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from kgapi.errors import KgapiError, UnreadableArticle, UnsupportedMediaType
from kgapi.news import markdown, plaintext, record, warc, webpage
from kgapi.news.article import Article
from kgapi.news.draft import Content, Draft, Hints, Part, finish

__all__ = [
    "READERS",
    "SPLITTERS",
    "Content",
    "Hints",
    "Reader",
    "Splitter",
    "media_type_of",
    "read",
    "read_all",
]

Reader = Callable[[bytes, str | None], Draft]
"""Bytes and their declared charset to what they say; raises UnreadableArticle."""

Splitter = Callable[[Content, str | None], Iterator[Part | UnreadableArticle]]
"""Bytes that hold several articles to each of them, or why it cannot be had."""

READERS: dict[str, Reader] = {
    "text/plain": plaintext.read,
    "text/html": webpage.read,
    "application/xhtml+xml": webpage.read,
    "text/markdown": markdown.read,
    "application/json": record.read,
    "application/ld+json": record.read,
}
SPLITTERS: dict[str, Splitter] = {
    "application/x-ndjson": record.lines,
    "application/jsonl": record.lines,
    "application/warc": warc.pages,
}
_SUFFIXES = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".jsonl": "application/jsonl",
    ".ndjson": "application/x-ndjson",
    ".warc": "application/warc",
    ".warc.gz": "application/warc",
}
_CHARSET = re.compile(r""";\s*charset\s*=\s*"?([^";\s]+)""", re.IGNORECASE)
NO_HINTS = Hints()


def read(data: bytes, media_type: str, *, hints: Hints = NO_HINTS) -> Article:
    """The article that some bytes hold. ``media_type`` may carry a charset (RFC 9110 section 8.3).

    Raises UnsupportedMediaType for a type that no reader knows, UnreadableArticle for bytes that
    hold no article or several.
    """
    articles = list(read_all(data, media_type, hints=hints))
    if len(articles) != 1:
        raise UnreadableArticle(
            f"There are {len(articles) or 'no'} articles where one is read: send one."
        )
    if isinstance(articles[0], KgapiError):
        raise articles[0]
    return articles[0]


def read_all(
    data: Content, media_type: str, *, hints: Hints = NO_HINTS
) -> Iterator[Article | KgapiError]:
    """Every article that some bytes hold, in order; in place of one that cannot be read, why.

    Raises UnsupportedMediaType at once for a type that no reader knows.
    """
    name, charset = _content_type(media_type)
    if name in SPLITTERS:
        return _read_parts(SPLITTERS[name](data, charset), hints)
    if name not in READERS:
        raise UnsupportedMediaType(
            f"Articles in {name[:100]!r} are not read: send one of {', '.join(_offered())}.",
            offered=_offered(),
        )
    return iter([_read_one(Part("", name, bytes(data), charset), hints)])


def media_type_of(path: Path) -> str:
    """The media type that a file's suffix stands for; raises UnsupportedMediaType."""
    suffixes = "".join(path.suffixes).lower()
    found = next((suffix for suffix in _SUFFIXES if suffixes.endswith(suffix)), None)
    if found is None:
        raise UnsupportedMediaType(
            f"{path.name} is not read: its name must end in one of {', '.join(sorted(_SUFFIXES))}.",
            offered=_offered(),
        )
    return _SUFFIXES[found]


def _read_one(part: Part, hints: Hints) -> Article | KgapiError:
    try:
        draft = READERS[part.media_type](part.data, part.charset)
        source = part.source or draft.source
        return finish(replace(draft, source=source, retrieved=part.retrieved), hints)
    except KgapiError as error:
        return error


def _read_parts(
    parts: Iterator[Part | UnreadableArticle], hints: Hints
) -> Iterator[Article | KgapiError]:
    for part in parts:
        outcome = part if isinstance(part, UnreadableArticle) else _read_one(part, hints)
        if isinstance(part, Part) and isinstance(outcome, KgapiError):
            extra = {"place": part.place, **outcome.extra}
            outcome = type(outcome)(f"In {part.place}: {outcome.detail}", **extra)
        yield outcome


def _content_type(media_type: str) -> tuple[str, str | None]:
    """Name and charset of a Content-Type value."""
    charset = _CHARSET.search(media_type)
    return media_type.partition(";")[0].strip().lower(), charset[1] if charset else None


def _offered() -> list[str]:
    return sorted([*READERS, *SPLITTERS])
