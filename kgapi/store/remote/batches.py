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


def is_one(lines: list[str]) -> bool:
    """Whether lines of N-Triples make a single batch."""
    return sum(map(len, lines)) <= _SIZE


def replacing(name: str, lines: list[str] | None) -> str:
    """An update that replaces a graph by lines of N-Triples, or drops it where there are none."""
    graph = ox.NamedNode(name)
    steps = [f"DROP SILENT GRAPH {graph}"]
    if lines is not None:
        steps += [f"CREATE SILENT GRAPH {graph}", insert(name, lines)]
    return " ; ".join(steps)


def packed(updates: Iterable[str]) -> Iterator[str]:
    """Updates in the same order, and in as few requests as their size allows."""
    held: list[str] = []
    for update in updates:
        if held and sum(map(len, held)) + len(update) > _SIZE:
            yield " ;\n".join(held)
            held = []
        held.append(update)
    if held:
        yield " ;\n".join(held)


def insert(name: str | None, lines: Iterable[str]) -> str:
    """An update that adds lines of N-Triples to a graph.

    Not INSERT DATA: not every engine takes blank nodes there.
    """
    block = "".join(lines)
    within = block if name is None else f"GRAPH {ox.NamedNode(name)} {{\n{block}}}"
    return f"INSERT {{ {within} }} WHERE {{}}"
