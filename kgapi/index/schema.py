"""The schema of a projection: SQL in a file, of which its tables are made, and their version."""

import re
import sqlite3
from hashlib import sha256
from pathlib import Path

_MADE = re.compile(r"^CREATE (?:VIRTUAL )?TABLE (\w+)", re.MULTILINE)


def make(connection: sqlite3.Connection, schema: Path) -> None:
    """Make the tables of a schema, empty, in the place of those that may be there.

    All of it is part of the transaction at hand.
    """
    text = schema.read_text(encoding="utf-8")
    for table in _MADE.findall(text):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    # Not executescript, which would end the transaction.
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def version(*sources: Path) -> str:
    """What is another one where the files that decide which rows graphs make are others, or this one."""
    read = (path.read_bytes() for path in (Path(__file__), *sources))
    return sha256(b"\n".join(read)).hexdigest()[:16]
