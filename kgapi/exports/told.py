"""What of a store is told: every graph but those of proposals, in one order whatever the engine."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain, islice

import pyoxigraph as ox

from kgapi import media
from kgapi.graph.iris import Iris
from kgapi.graph.vocab import SAN
from kgapi.store import rdf
from kgapi.store.embedded import EmbeddedEngine
from kgapi.store.engine import Engine
from kgapi.store.sorting import in_order_of_lines

# Triples that are sorted in memory; those of larger graphs are sorted on disk.
_PIECE = 100_000
_STATES = ox.NamedNode(SAN.states)

Graph = tuple[str | None, Iterator[ox.Triple]]
"""A graph by its name, None for the default graph, and its triples."""


def graphs(engine: Engine, iris: Iris) -> Iterator[Graph]:
    """The graphs that are told, by name, the triples of each in order.

    Left out are the graphs of what waits for a decision, and those of decisions that told nothing.
    Blank nodes are named anew, those of each graph apart from those of all others.
    """
    for number, (name, triples) in enumerate(_told(engine, iris)):
        yield name, _in_order(triples, number)


def _told(engine: Engine, iris: Iris) -> Iterator[Graph]:
    about_articles = str(iris.graph("article/"))
    for name, triples in engine.contents():
        if name is None or not name.startswith(about_articles):
            yield name, triples
        elif _is_told(name, held := list(triples)):
            yield name, iter(held)


def _is_told(name: str, triples: Iterable[ox.Triple]) -> bool:
    """Whether a graph about an article tells anything of it, and does not only propose."""
    if "/decision/" in name:
        return any(triple.predicate == _STATES for triple in triples)
    return not name.endswith("/review")


def _in_order(triples: Iterator[ox.Triple], number: int) -> Iterator[ox.Triple]:
    named = rdf.labelled(triples, number)
    piece = list(islice(named, _PIECE))
    if len(piece) < _PIECE:
        yield from sorted(piece, key=str)
    else:
        lines = (f"{triple} .\n".encode() for triple in chain(piece, named))
        for line in in_order_of_lines(lines, _PIECE):
            yield from (quad.triple for quad in ox.parse(line, ox.RdfFormat.N_TRIPLES))


def stores(engine: Engine, iris: Iris) -> Iterator[tuple[str, Engine]]:
    """Each named graph that is told, alone in a small store of its own that queries can be asked of.

    A graph holds all that its facts need: labels, articles, passages. The store is good until the
    next one.
    """
    for name, triples in graphs(engine, iris):
        if name is not None:
            with closing(EmbeddedEngine()) as small:
                small.put_graph(name, rdf.serialized(triples, media.N_TRIPLES), media.N_TRIPLES)
                yield name, small
