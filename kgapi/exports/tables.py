"""Tables as CSV (RFC 4180): lists in one cell, nothing where nothing is told."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

SEPARATOR = "|"
"""What stands between the values of one cell."""


def text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table with a header."""
    buffer = StringIO(newline="")
    table = csv.writer(buffer)
    table.writerow(columns)
    table.writerows([cell(value) for value in row] for row in rows)
    return buffer.getvalue()


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
