"""Tables as CSV (RFC 4180): lists in one cell, nothing where nothing is told."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO, TextIOWrapper
from typing import IO, Any, TextIO

SEPARATOR = "|"
"""What stands between the values of one cell."""


Rows = Iterable[Mapping[str, Any]]


def write(sink: IO[bytes], columns: Sequence[str], rows: Rows) -> None:
    """Write these columns of the rows with a header, in UTF-8, row by row as they come."""
    text = TextIOWrapper(sink, encoding="utf-8", newline="", write_through=True)
    _write(text, columns, rows)
    text.detach()


def text(columns: Sequence[str], rows: Rows) -> str:
    """The same as a text."""
    buffer = StringIO(newline="")
    _write(buffer, columns, rows)
    return buffer.getvalue()


def _write(text: TextIO, columns: Sequence[str], rows: Rows) -> None:
    table = csv.writer(text)
    table.writerow(columns)
    table.writerows([cell(row[column]) for column in columns] for row in rows)


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
