"""Answers to requests that have a name, kept so that the same request again is answered the same.

They are in a SQLite file of their own, which all web processes share: who begins first has the
name, and until it is done, others are told so.
"""

import json
import shutil
import sqlite3
import tempfile
import time
import weakref
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kgapi.errors import KeyReused, StillUnderWay, StoreUnavailable

FILE = "answers.sqlite"
# Seconds after which somebody who has not answered never will: longer than any request may take.
_ABANDONED = 600.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    since REAL NOT NULL,
    status INTEGER,
    headers TEXT,
    body BLOB
)
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was given."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes


class Answers:
    """Answers by the keys of their requests: ``most`` of them at most, each for some ``hours``.

    Without a folder, they last as long as this object.
    """

    def __init__(self, folder: Path | None = None, hours: float = 24, most: int = 10_000) -> None:
        self._folder = folder or _temporary(self)
        self._hours = hours
        self._most = most

    def begin(self, key: str, request: str) -> Kept | None:
        """The answer to a request with this key; None where it is to be worked out now.

        ``request`` is a digest of all that was asked. Raises KeyReused where it is another with the
        same key, StillUnderWay where somebody is working it out.
        """
        with self._written() as connection:
            self._forget(connection)
            found = connection.execute(
                "SELECT request, status, headers, body FROM answer WHERE key = ?", (key,)
            ).fetchone()
            if found is None:
                row = (key, request, time.time())
                connection.execute("INSERT INTO answer (key, request, since) VALUES (?, ?, ?)", row)
                return None
        before, status, headers, body = found
        if before != request:
            raise KeyReused("another request had this Idempotency-Key: take a new one for this")
        if status is None:
            raise StillUnderWay("the first request with this Idempotency-Key is not answered yet")
        told = [(name, value) for name, value in json.loads(headers)]
        return Kept(status, told, zlib.decompress(body))

    def keep(self, key: str, answer: Kept) -> None:
        """Keep the answer to what has begun."""
        row = (answer.status, json.dumps(answer.headers), zlib.compress(answer.body), key)
        with self._written() as connection:
            connection.execute(
                "UPDATE answer SET status = ?, headers = ?, body = ? WHERE key = ?", row
            )

    def drop(self, key: str) -> None:
        """Let the same be tried again: it came to nothing."""
        with self._written() as connection:
            connection.execute("DELETE FROM answer WHERE key = ?", (key,))

    def _forget(self, connection: sqlite3.Connection) -> None:
        """Make room: what is old goes, and the oldest of what is too much."""
        now = time.time()
        connection.execute(
            "DELETE FROM answer WHERE since < ? OR (status IS NULL AND since < ?)",
            (now - self._hours * 3_600, now - _ABANDONED),
        )
        connection.execute(
            "DELETE FROM answer WHERE key IN (SELECT key FROM answer WHERE status IS NOT NULL"
            " ORDER BY since DESC LIMIT -1 OFFSET ?)",
            (self._most - 1,),
        )

    @contextmanager
    def _written(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction of its own. Raises StoreUnavailable."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            opened = sqlite3.connect(self._folder / FILE, timeout=30, isolation_level=None)
            with closing(opened) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(_SCHEMA)
                yield connection
                connection.execute("COMMIT")
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailable(f"the answers to be kept cannot be written: {error}") from None


def _temporary(owner: object) -> Path:
    """A folder that goes with its owner."""
    folder = Path(tempfile.mkdtemp(prefix="kgapi-answers-"))
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    return folder
