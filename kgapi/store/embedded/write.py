"""Writes as values: what is to be done to a store, so that it can be carried to whoever does it."""

from collections.abc import Iterable
from dataclasses import dataclass
from secrets import token_hex

import pyoxigraph as ox

from kgapi import media
from kgapi.errors import OtherGraph
from kgapi.media import MediaType
from kgapi.store import datasets, rdf
from kgapi.store.embedded.view import Graph, View, absent, graph_of, told, with_functions
from kgapi.store.engine import ALWAYS, WHOLE, Condition, Dataset
from kgapi.store.targets import DEFAULT, targets
from kgapi.store.touches import Names, of_graph


@dataclass(frozen=True, slots=True)
class Update:
    """A SPARQL update, all of its operations or none. ``names`` are the graphs that it may change:
    to find them takes as long as some updates, and whoever asks for the write has the time."""

    text: str
    dataset: Dataset
    names: Names

    def touches(self) -> Names:
        return self.names

    def carry_out(self, view: View) -> bool:
        text = self.text
        if self.dataset != WHOLE:
            default, others = self.dataset.default_graphs or (), self.dataset.named_graphs or ()
            text = datasets.using(text, map(_iri, default), map(_iri, others))
        _update(view, text)
        return False


@dataclass(frozen=True, slots=True)
class Store:
    """A document to put in the place of a graph, or to add to it; True where the graph is new."""

    name: str | None
    data: bytes
    media_type: MediaType
    base: str | None
    condition: Condition
    replace: bool

    def touches(self) -> Names:
        return of_graph(self.name)

    def carry_out(self, view: View) -> bool:
        graph = graph_of(self.name)
        steps = [f"DROP SILENT {_ref(graph)}"] if self.replace else []
        steps += _insert(graph, rdf.read(self.data, self.media_type, self.base))
        _meet(view, graph, self.condition)
        is_new = not view.has(graph)
        # One update is one transaction: nobody ever sees a graph dropped but not yet filled.
        _update(view, " ;\n".join(steps))
        return is_new


@dataclass(frozen=True, slots=True)
class Replace:
    """Named graphs to be replaced by N-Triples, or dropped where there are none.

    True where all that are put are new.
    """

    graphs: tuple[tuple[str, bytes | None], ...]

    def touches(self) -> Names:
        return frozenset(name for name, _ in self.graphs)

    def carry_out(self, view: View) -> bool:
        # The labels of the blank nodes of a document are good for that one alone.
        mark = token_hex(8)
        put = {
            rdf.named(name): None
            if data is None
            else [*rdf.read_apart(data, media.N_TRIPLES, f"{mark}{number}")]
            for number, (name, data) in enumerate(self.graphs)
        }
        there = {graph for graph in put if view.has(graph)}
        if not there and all(put.values()):
            # What is only added needs no update to be one transaction, and takes half of its time.
            with told(""):
                view.store.extend(
                    ox.Quad(triple.subject, triple.predicate, triple.object, graph)
                    for graph, triples in put.items()
                    for triple in triples or ()
                )
            return True
        # To drop what is not there takes Oxigraph a third of the time that it takes to fill it.
        steps = [f"DROP {_ref(graph)}" for graph in put if graph in there]
        for graph, triples in put.items():
            if triples is not None:
                steps += _insert(graph, triples)
        if steps:
            _update(view, " ;\n".join(steps))
        return not any(triples is not None for graph, triples in put.items() if graph in there)


@dataclass(frozen=True, slots=True)
class Patch:
    """A SPARQL update of one graph that is there."""

    name: str | None
    text: str
    condition: Condition

    def touches(self) -> Names:
        return of_graph(self.name)

    def carry_out(self, view: View) -> bool:
        graph = graph_of(self.name)
        if targets(self.text) - {self.name or DEFAULT}:
            where = self.name or "the default graph"
            raise OtherGraph(f"this may change another graph than {where}")
        if not view.has(graph):
            raise absent(self.name)
        _meet(view, graph, self.condition)
        _update(view, self.text)
        return False


@dataclass(frozen=True, slots=True)
class Drop:
    """A graph to be dropped, or the default graph to be emptied."""

    name: str | None
    condition: Condition

    def touches(self) -> Names:
        return of_graph(self.name)

    def carry_out(self, view: View) -> bool:
        graph = graph_of(self.name)
        _meet(view, graph, self.condition)
        if not view.has(graph):
            raise absent(self.name)
        _update(view, f"DROP {_ref(graph)}")
        return False


Write = Update | Store | Replace | Patch | Drop
"""``touches`` are the graphs that it may change, ``carry_out`` does it and says whether one is new."""


def _insert(graph: Graph, triples: Iterable[ox.Triple]) -> list[str]:
    """The operations that make a graph, where it is not there, and add to it."""
    lines = "\n".join(f"{triple} ." for triple in triples)
    if isinstance(graph, ox.DefaultGraph):
        return [f"INSERT DATA {{ {lines} }}"]
    return [f"CREATE SILENT GRAPH {graph}", f"INSERT DATA {{ {_block(graph, lines)} }}"]


def _update(view: View, text: str) -> None:
    with told(text):
        with_functions(lambda more: view.store.update(text, **more))


def _meet(view: View, graph: Graph, condition: Condition) -> None:
    if condition != ALWAYS:
        condition.meet(view.tag(graph))


def _block(graph: Graph, lines: str) -> str:
    return f"GRAPH {graph} {{\n{lines}\n}}"


def _ref(graph: Graph) -> str:
    return "DEFAULT" if isinstance(graph, ox.DefaultGraph) else f"GRAPH {graph}"


def _iri(name: str) -> str:
    return str(rdf.named(name))
