"""Which graphs writes may have touched, so that whoever follows a store need not read all of it.

A record of touches may name more than was changed, never less.
"""

import json
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from kgapi.errors import BadQuery
from kgapi.store import whole
from kgapi.store.targets import DEFAULT, targets

Names = frozenset[str] | None
"""Names of graphs, ``""`` for the default graph; None for any graph at all."""

_NAME = "touched"
# A log that is larger is cut to about half of it, in bytes.
_LARGEST = 8_000_000
_BLOCK = 65_536
# Touches that are kept in memory.
_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Touch:
    """The revision that a graph was last touched in, and when (ISO 8601, UTC)."""

    revision: str
    at: str


Touches = Mapping[str, Touch]
"""The graphs that were touched, by name."""


def now() -> str:
    """The present time as touches have it."""
    return written(datetime.now(UTC))


def written(moment: datetime) -> str:
    """A time with its zone as touches have it, so that an earlier one sorts before a later one."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def of_graph(name: str | None) -> Names:
    """One graph by its name, None for the default graph."""
    return frozenset({name or DEFAULT})


def of_update(text: str) -> Names:
    """The graphs that an update can change, as far as its text tells."""
    try:
        found = targets(text)
    except BadQuery:
        # Some engines read more than the standard has.
        return None
    names = frozenset(name for name in found if name is not None)
    return names if len(names) == len(found) else None


def store(revision: str) -> str:
    """The token of the store that a revision is one of."""
    return revision.rpartition("-")[0]


def number(revision: str) -> int:
    """The number of a revision among those of its store."""
    return int(revision.rpartition("-")[2])


def is_reached(wanted: str, revision: str) -> bool:
    """Whether a revision is one or comes after it; those of two stores never do."""
    return store(revision) == store(wanted) and number(revision) >= number(wanted)


@dataclass(frozen=True, slots=True)
class _Entry:
    revision: str
    at: str
    names: Names


def _gathered(entries: Iterable[_Entry], since: int, until: int) -> Touches | None:
    """The last touch of each graph between two revisions, from entries with the newest first.

    None where an entry does not say which graphs, or none is as old as the first revision.
    """
    found: dict[str, Touch] = {}
    for entry in entries:
        if number(entry.revision) <= since:
            return found
        if number(entry.revision) > until:
            continue
        if entry.names is None:
            return None
        for name in entry.names:
            found.setdefault(name, Touch(entry.revision, entry.at))
    return None


class Recent:
    """The last touches of a process's own writes, in memory; ``store`` begins their revisions."""

    def __init__(self, store: str) -> None:
        self._store = store
        self._entries = deque([_Entry(f"{store}-0", now(), frozenset())], maxlen=_KEPT)
        self._using = Lock()

    def add(self, revision: str, names: Names) -> None:
        with self._using:
            self._entries.append(_Entry(revision, now(), names))

    def since(self, revision: str, until: str) -> Touches | None:
        """What was touched after one revision and up to another; None where nobody knows."""
        if store(revision) != self._store:
            return None
        with self._using:
            entries = list(reversed(self._entries))
        return _gathered(entries, number(revision), number(until))


class Log:
    """The touches of a store folder: a line of JSON for each write, made before it is done.

    A line has the revision that the write will be published in, the time, and the graphs, or null
    for any. The log knows what came after the revision of its first line.
    """

    def __init__(self, folder: Path, revision: str) -> None:
        """A log to add to; ``revision`` is the present one, where a new log begins."""
        self._path = folder / _NAME
        if not self._path.exists():
            whole.replace(self._path, [_line(revision, frozenset())])
        self._file = self._open()
        if not _is_whole(self._path, revision):
            # It ended in the middle of a line, or something wrote to the store and not to the log.
            os.write(self._file, b"\n" + _line(revision, None))

    def add(self, revision: str, names: Names) -> None:
        """Note that a write comes next."""
        os.write(self._file, _line(revision, names))

    def keep(self) -> None:
        """Have it on disk, before the revision that it speaks of is."""
        os.fdatasync(self._file)
        if os.fstat(self._file).st_size > _LARGEST:
            self._shorten()

    def close(self) -> None:
        os.close(self._file)

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_APPEND)

    def _shorten(self) -> None:
        lines = self._path.read_bytes().splitlines(keepends=True)
        os.close(self._file)
        whole.replace(self._path, lines[len(lines) // 2 :])
        self._file = self._open()


def logged(folder: Path, revision: str, until: str) -> Touches | None:
    """What the log of a folder says was touched after one revision and up to another; None where
    it does not know."""
    # The revisions of a process that writes alone are those of others up to the plus.
    published = revision.partition("+")[0]
    if not is_reached(published, until):
        return None
    try:
        with (folder / _NAME).open("rb") as file:
            entries = map(_read, _backwards(file))
            return _gathered(entries, number(published), number(until))
    except (OSError, ValueError):
        # Without a log, or with one that was damaged, all graphs are looked at.
        return None


def _is_whole(path: Path, revision: str) -> bool:
    """Whether the last line of a log can be read, and is of this revision or a later one."""
    with path.open("rb") as file:
        try:
            return number(_read(next(_backwards(file))).revision) >= number(revision)
        except (StopIteration, ValueError):
            return False


def _line(revision: str, names: Names) -> bytes:
    told = [revision, now(), None if names is None else sorted(names)]
    return json.dumps(told).encode() + b"\n"


def _read(line: bytes) -> _Entry:
    revision, at, names = json.loads(line)
    return _Entry(revision, at, None if names is None else frozenset(names))


def _backwards(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file, the last one first."""
    place = file.seek(0, os.SEEK_END)
    rest = b""
    while place:
        size = min(_BLOCK, place)
        place = file.seek(place - size)
        rest, *lines = (file.read(size) + rest).split(b"\n")
        yield from (line for line in reversed(lines) if line)
    if rest:
        yield rest
