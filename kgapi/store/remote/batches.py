"""A graph as several updates, where an engine has no Graph Store Protocol."""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

# Characters of an update. Written in a form it grows up to three times, and servers have limits.
_SIZE = 300_000


def of(lines: Iterable[str]) -> Iterator[list[str]]:
    """Lines of N-Triples in batches; one at least, and all that have blank nodes in the first.

    A blank node is another one in each update, so what speaks of it must stay together.
    """
    plain: list[str] = []
    batch: list[str] = []
    for line in lines:
        (batch if line.startswith("_:") or "> _:" in line else plain).append(line)
    size = sum(map(len, batch))
    for line in plain:
        if size + len(line) > _SIZE and batch:
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    yield batch


def insert(name: str | None, lines: Iterable[str]) -> str:
    """An update that adds lines of N-Triples to a graph.

    Not INSERT DATA: not every engine takes blank nodes there.
    """
    block = "".join(lines)
    within = block if name is None else f"GRAPH {ox.NamedNode(name)} {{\n{block}}}"
    return f"INSERT {{ {within} }} WHERE {{}}"
