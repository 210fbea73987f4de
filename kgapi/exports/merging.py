"""Records that come in parts, from one graph after another, brought together on disk."""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from kgapi.store.sorting import in_order_of_lines

# Parts that are sorted in memory: some 50 MB of them.
_PIECE = 50_000

Part = tuple[str, Any]
"""A key, and something of what has that key, as JSON can hold it."""


def together(parts: Iterable[Part]) -> Iterator[tuple[str, list[Any]]]:
    """Each key in order with its different parts, in an order that depends on nothing but them."""
    lines = in_order_of_lines((_line(key, part) for key, part in parts), _PIECE)
    for key, group in groupby(lines, lambda line: line.partition(b"\t")[0]):
        different = dict.fromkeys(line.partition(b"\t")[2] for line in group)
        yield json.loads(key), [json.loads(part) for part in different]


def _line(key: str, part: Any) -> bytes:
    # In JSON neither a tab nor the end of a line stands as such.
    return f"{json.dumps(key)}\t{json.dumps(part, sort_keys=True)}\n".encode()
