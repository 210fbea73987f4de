"""Graphs as they were: every change with what it made of what, out of patches alone."""

import sqlite3
from collections.abc import Iterator
from itertools import groupby

from kgapi.journal.changes import GraphChange, Triples, parsed
from kgapi.journal.zstd import unpack


def history(connection: sqlite3.Connection) -> Iterator[GraphChange]:
    """Every change of every graph, graph by graph."""
    rows = connection.execute("SELECT graph, seq, patch FROM change ORDER BY graph, seq")
    for graph, changes in groupby(rows, key=lambda row: str(row[0])):
        before: Triples = frozenset()
        for _, seq, patch in changes:
            gone, come = _rows(patch)
            after = before - gone | come
            yield GraphChange(graph, before, after, seq)
            before = after


def change(connection: sqlite3.Connection, seq: int) -> GraphChange:
    """The change of a number that the journal has, with what it made of what.

    It is told from what the graph is now, back through what became of it since.
    """
    (graph,) = connection.execute("SELECT graph FROM change WHERE seq = ?", (seq,)).fetchone()
    before = after = _present(connection, graph)
    patches = connection.execute(
        "SELECT patch FROM change WHERE graph = ? AND seq >= ? ORDER BY seq DESC", (graph, seq)
    )
    for (patch,) in patches:
        gone, come = _rows(patch)
        before, after = before - come | gone, before
    return GraphChange(graph, before, after, seq)


def _present(connection: sqlite3.Connection, graph: str) -> Triples:
    row = connection.execute("SELECT content FROM graph WHERE name = ?", (graph,)).fetchone()
    return parsed(unpack(row[0])) if row else frozenset()


def _rows(patch: bytes) -> tuple[Triples, Triples]:
    """What goes and what comes with a patch as ``GraphChange.patch`` writes it."""
    lines = unpack(patch).split(b"\n")
    return _triples(lines, b"D "), _triples(lines, b"A ")


def _triples(lines: list[bytes], code: bytes) -> Triples:
    rows = b"\n".join(line.removeprefix(code) for line in lines if line.startswith(code))
    return parsed(rows)
