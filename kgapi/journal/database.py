"""The SQLite database of the journal, and of the projections that follow with it."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kgapi.errors import StoreUnavailable

FILE = "index.sqlite"
# Seconds that a write waits for another: whoever follows a large store for the first time takes long.
_PATIENCE = 600.0

# Errors of whoever asks, not of the database or its disk.
_OURS = {
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_RANGE,
}

# Of the tables of the journal; another version cannot be used.
_VERSION = 1
_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE graph (
    name TEXT PRIMARY KEY,
    digest BLOB NOT NULL,
    size INTEGER NOT NULL,
    content BLOB NOT NULL
);
CREATE TABLE change (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    store TEXT NOT NULL,
    number INTEGER NOT NULL,
    at TEXT NOT NULL,
    graph TEXT NOT NULL,
    kind TEXT NOT NULL,
    patch BLOB NOT NULL
);
CREATE INDEX change_at ON change (at);
CREATE INDEX change_revision ON change (store, number);
CREATE TABLE fact_change (
    seq INTEGER NOT NULL REFERENCES change (seq),
    fact TEXT NOT NULL,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    type TEXT NOT NULL,
    PRIMARY KEY (seq, fact)
) WITHOUT ROWID;
CREATE INDEX fact_change_fact ON fact_change (fact, seq);
"""


def connect(folder: Path) -> sqlite3.Connection:
    """The database of a folder, made where it is not there. Raises StoreUnavailable.

    The connection is in autocommit mode, and one thread at a time may use it, whichever it is.
    """
    make(folder)
    # SQLite does not wait where two make a database of this mode at once.
    with usable(folder), _alone(folder):
        connection = sqlite3.connect(
            folder / FILE, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode = WAL")
        # What is lost with the machine's power is followed again.
        connection.execute("PRAGMA synchronous = NORMAL")
        _make(connection, folder)
    return connection


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


@contextmanager
def usable(folder: Path) -> Iterator[None]:
    """What can be wrong with a database, or the disk that it is on, as StoreUnavailable."""
    try:
        yield
    except sqlite3.Error as error:
        # The module's own errors have no code of SQLite's.
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in _OURS:
            raise
        raise unusable(folder, error) from None


def make(folder: Path) -> None:
    """Make the folder of a database, where it is not there. Raises StoreUnavailable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unusable(folder, error) from None


def unusable(folder: Path, why: object) -> StoreUnavailable:
    return StoreUnavailable(
        f"the index in {folder} cannot be used: {why}. Where it is damaged, or another version of"
        " kgapi made it, remove the folder: it is made anew"
    )


def _make(connection: sqlite3.Connection, folder: Path) -> None:
    """Make the tables of a new database. Raises StoreUnavailable for one of another version."""
    if _version(connection) == _VERSION:
        return
    with transaction(connection):
        if _version(connection) == 0:
            for statement in _SCHEMA.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_VERSION}")
    if _version(connection) != _VERSION:
        raise unusable(folder, "its tables are of another version")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


@contextmanager
def transaction(connection: sqlite3.Connection, begin: str = "IMMEDIATE") -> Iterator[None]:
    """All of what is done within, or nothing."""
    connection.execute(f"BEGIN {begin}")
    try:
        yield
    except BaseException:
        # Where the disk is full, SQLite has done it already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def told(connection: sqlite3.Connection, name: str) -> str | None:
    """What the database says of itself: ``mark`` is that of the store's state that it is at, the
    name of a projection is the version of its tables. None where it says nothing."""
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return row and str(row[0])


def tell(connection: sqlite3.Connection, name: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))
