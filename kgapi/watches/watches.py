"""Watches and how far each has been told, in a SQLite file beside the journal."""

import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kgapi.errors import StoreUnavailable, TooManyWatches
from kgapi.feeds import Wanted
from kgapi.journal import transaction
from kgapi.store.touches import now

FILE = "watches.sqlite"
ACTIVE, GIVEN_UP = "active", "given up"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS watch (
    id TEXT PRIMARY KEY,
    created TEXT NOT NULL,
    wanted TEXT NOT NULL,
    url TEXT,
    secret TEXT,
    reached INTEGER NOT NULL,
    state TEXT NOT NULL,
    failures INTEGER NOT NULL,
    next_try REAL NOT NULL,
    delivered TEXT,
    error TEXT
)
"""
_COLUMNS = "id, created, wanted, url, secret, reached, state, failures, next_try, delivered, error"


@dataclass(frozen=True, slots=True)
class Watch:
    """What somebody wants to hear of; ``url`` and ``secret`` where a webhook is to tell them.

    ``reached`` is the number of the last change that it is done with, ``failures`` how often the
    next one was tried in vain, ``next_try`` when that is tried again in seconds since the epoch,
    ``delivered`` when one was taken for the last time, and ``error`` why one was not.
    """

    id: str
    created: str
    wanted: Wanted
    url: str | None
    secret: str | None
    reached: int
    state: str = ACTIVE
    failures: int = 0
    next_try: float = 0.0
    delivered: str | None = None
    error: str | None = None


class Watches:
    """The watches in a folder, ``most`` of them at most."""

    def __init__(self, folder: Path, most: int) -> None:
        self._folder = folder
        self._most = most

    def add(self, wanted: Wanted, url: str | None, secret: str | None, reached: int) -> Watch:
        """A new watch that is done with the changes so far. Raises TooManyWatches."""
        watch = Watch(secrets.token_urlsafe(16), now(), wanted, url, secret, reached)
        with self._opened() as connection, transaction(connection):
            (number,) = connection.execute("SELECT count(*) FROM watch").fetchone()
            if number >= self._most:
                raise TooManyWatches(f"there are {number:,} watches already", limit=self._most)
            connection.execute(
                f"INSERT INTO watch ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, NULL, NULL)",  # noqa: S608
                (watch.id, watch.created, json.dumps(wanted), url, secret, reached, ACTIVE),
            )
        return watch

    def get(self, key: str) -> Watch | None:
        return next(iter(self._where("id = ?", key)), None)

    def all(self) -> list[Watch]:
        """Every watch, the oldest first."""
        return self._where("TRUE")

    def due(self, last: int, at: float) -> list[Watch]:
        """Those with a webhook that has something to tell of, perhaps, up to the last change."""
        due = f"url IS NOT NULL AND state = '{ACTIVE}' AND reached < ? AND next_try <= ?"
        return self._where(due, last, at)

    def remove(self, key: str) -> bool:
        """Whether there was one."""
        with self._opened() as connection:
            return connection.execute("DELETE FROM watch WHERE id = ?", (key,)).rowcount > 0

    def passed(self, key: str, seq: int) -> None:
        """There is nothing to tell up to a change."""
        self._set(key, reached=seq)

    def delivered(self, key: str, seq: int) -> None:
        """A change was taken."""
        self._set(key, reached=seq, failures=0, next_try=0.0, delivered=now(), error=None)

    def failed(self, key: str, failures: int, next_try: float, error: str) -> None:
        """A change was not taken, which is tried again."""
        self._set(key, failures=failures, next_try=next_try, error=error)

    def given_up(self, key: str, failures: int, error: str) -> None:
        """Nothing more is tried."""
        self._set(key, state=GIVEN_UP, failures=failures, error=error)

    def _set(self, key: str, **values: object) -> None:
        columns = ", ".join(f"{name} = ?" for name in values)
        with self._opened() as connection:
            # The names are those of our own columns.
            connection.execute(
                f"UPDATE watch SET {columns} WHERE id = ?",  # noqa: S608
                (*values.values(), key),
            )

    def _where(self, condition: str, *values: object) -> list[Watch]:
        with self._opened() as connection:
            found = connection.execute(
                f"SELECT {_COLUMNS} FROM watch WHERE {condition} ORDER BY created, id",  # noqa: S608
                values,
            )
            return [_watch(*row) for row in found]

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """Raises StoreUnavailable."""
        path = self._folder / FILE
        try:
            if not path.exists():
                # Secrets are in it.
                path.touch(mode=0o600)
            with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute(_SCHEMA)
                yield connection
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailable(f"the watches in {path} cannot be used: {error}") from None


def _watch(key: str, created: str, wanted: str, *rest: object) -> Watch:
    read: Mapping[str, list[str]] = json.loads(wanted)
    return Watch(key, created, read, *rest)  # type: ignore[arg-type]  # as the columns have them
