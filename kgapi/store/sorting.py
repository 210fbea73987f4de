"""Quads as sorted lines, whatever their number: sorted piece by piece on disk, then merged."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from heapq import merge
from itertools import chain
from tempfile import TemporaryFile
from typing import IO

import pyoxigraph as ox

# Lines that are sorted in memory: some 100 MB.
_PIECE = 500_000


def in_order(quads: Iterable[ox.Quad]) -> Iterator[bytes]:
    """The lines of N-Quads, sorted, with blank nodes named as RDFC-1.0 names them.

    Only quads with blank nodes decide those names, and only they are held in memory.
    """
    blank = ox.Dataset()
    lines = (_line(quad) for quad in _without_blank(quads, blank))
    yield from in_order_of_lines(chain(lines, _canonical(blank)))


def in_order_of_lines(lines: Iterable[bytes], piece: int = _PIECE) -> Iterator[bytes]:
    """Lines, sorted, with no more than ``piece`` of them in memory."""
    held: list[bytes] = []
    with ExitStack() as stack:
        files: list[IO[bytes]] = []
        for line in lines:
            held.append(line)
            if len(held) == piece:
                files.append(stack.enter_context(TemporaryFile()))
                files[-1].writelines(sorted(held))
                files[-1].seek(0)
                held = []
        yield from merge(*files, sorted(held))


def _without_blank(quads: Iterable[ox.Quad], blank: ox.Dataset) -> Iterator[ox.Quad]:
    for quad in quads:
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
            blank.add(quad)
        else:
            yield quad


def _canonical(blank: ox.Dataset) -> Iterator[bytes]:
    blank.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    yield from map(_line, blank)


def _line(quad: ox.Quad) -> bytes:
    return f"{quad} .\n".encode()
