"""Where articles come from: files, folders of them, and standard input, one after another."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO

from kgapi import news
from kgapi.errors import KgapiError, TooLarge, UnreadableArticle
from kgapi.news.article import Article

STDIN = "-"
_LINES = (".jsonl", ".ndjson")
_ARCHIVES = (".warc", ".warc.gz")
SUFFIXES = (".txt", ".md", ".html", ".htm", ".json", *_LINES, *_ARCHIVES)
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """An article, or why there is none, and the file in which it was looked for."""

    file: str
    article: Article | KgapiError


def found(paths: Iterable[str], largest: int) -> Iterator[Found]:
    """Every article of these files and folders; one of more bytes than ``largest`` is refused."""
    for file in files(paths):
        for article in articles(file, largest):
            yield Found(file, article)


def files(paths: Iterable[str]) -> Iterator[str]:
    """The files that may hold articles, folders walked in order of their names.

    A folder at a time, so that never all names are in memory. One that cannot be listed stands
    for itself: whoever reads it learns why.
    """
    for path in paths:
        if Path(path).is_dir():
            yield from _below(path)
        else:
            yield path


def _below(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as listed:
            entries = sorted(listed, key=lambda entry: entry.name)
    except OSError:
        yield folder
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path)
        elif entry.name.lower().endswith(SUFFIXES) and entry.is_file():
            yield entry.path


def articles(file: str, largest: int) -> Iterator[Article | KgapiError]:
    """Every article that a file holds, in order; in place of one that cannot be read, why."""
    try:
        media_type = "text/plain" if file == STDIN else news.media_type_of(Path(file))
        with _content(file, media_type, largest) as content:
            yield from news.read_all(content, media_type)
    except KgapiError as error:
        yield error
    except OSError as error:
        yield UnreadableArticle(f"it cannot be read: {error.strerror}")


@contextmanager
def _content(file: str, media_type: str, largest: int) -> Iterator[news.Content]:
    with _opened(file) as stream:
        if media_type in news.SPLITTERS:
            # An archive may be larger than memory; an empty file cannot be mapped.
            size = os.fstat(stream.fileno()).st_size
            yield mmap(stream.fileno(), 0, access=ACCESS_READ) if size else stream.read()
            return
        data = stream.read(largest + 1)
        if len(data) > largest:
            raise TooLarge(f"an article has at most {largest:,} bytes here")
        yield data


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == STDIN:
        yield sys.stdin.buffer
        return
    with Path(file).open("rb") as stream:
        yield stream


def count(paths: Iterable[str]) -> int | None:
    """How many articles there are to be tried; None where only reading would tell."""
    total = 0
    for file in files(paths):
        if file.lower().endswith(_ARCHIVES):
            return None
        total += _lines_of(file) if file.lower().endswith(_LINES) else 1
    return total


def _lines_of(file: str) -> int:
    """The line ends of a file, and one more where the last line has none."""
    number, last = 0, b"\n"
    try:
        with Path(file).open("rb") as stream:
            while block := stream.read(_BLOCK):
                number, last = number + block.count(b"\n"), block[-1:]
    except OSError:
        return 1
    return number + (last != b"\n")


def are_many(paths: Iterable[str], limit: int) -> bool:
    """Whether there are more articles than ``limit``, as far as can be told without reading."""
    first = list(islice(files(paths), limit + 1))
    several = (file.lower().endswith((*_LINES, *_ARCHIVES)) for file in first)
    return len(first) > limit or any(several)
