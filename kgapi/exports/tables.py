"""Tables as CSV (RFC 4180): lists in one cell, nothing where nothing is told."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO, TextIOWrapper
from typing import IO, Any

SEPARATOR = "|"
"""What stands between the values of one cell."""

Row = Mapping[str, Any]
"""Values by column."""


def text(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """A table with a header."""
    buffer = StringIO(newline="")
    _write(columns, rows, buffer)
    return buffer.getvalue()


def write(columns: Sequence[str], rows: Iterable[Row], sink: IO[bytes]) -> None:
    """The same into a binary file, in UTF-8, each row as it comes."""
    file = TextIOWrapper(sink, encoding="utf-8", newline="", write_through=True)
    _write(columns, rows, file)
    file.detach()


def _write(columns: Sequence[str], rows: Iterable[Row], file: IO[str]) -> None:
    table = csv.writer(file)
    table.writerow(columns)
    table.writerows([cell(row[name]) for name in columns] for row in rows)


def cell(value: Any) -> str:
    """A value as a cell has it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return SEPARATOR.join(map(str, value))
        case _:
            return str(value)
