"""Writes as values: what is to be done to a store, so that it can be carried to whoever does it."""

from dataclasses import dataclass

import pyoxigraph as ox

from kgapi.errors import OtherGraph
from kgapi.media import MediaType
from kgapi.store import datasets, rdf
from kgapi.store.embedded.view import Graph, View, absent, graph_of, named, told, with_functions
from kgapi.store.engine import ALWAYS, WHOLE, Condition, Dataset
from kgapi.store.targets import DEFAULT, targets
from kgapi.store.touches import Names, of_update


@dataclass(frozen=True, slots=True)
class Update:
    """A SPARQL update, all of its operations or none."""

    text: str
    dataset: Dataset = WHOLE

    def touches(self) -> Names:
        return of_update(self.text)

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
        return frozenset({self.name or DEFAULT})

    def carry_out(self, view: View) -> bool:
        graph = graph_of(self.name)
        triples = rdf.read(self.data, self.media_type, self.base)
        lines = "\n".join(f"{triple} ." for triple in triples)
        steps = [f"INSERT DATA {{ {lines if self.name is None else _block(graph, lines)} }}"]
        if self.name is not None:
            steps.insert(0, f"CREATE SILENT GRAPH {graph}")
        if self.replace:
            steps.insert(0, f"DROP SILENT {_ref(graph)}")
        _meet(view, graph, self.condition)
        is_new = not view.has(graph)
        # One update is one transaction: nobody ever sees a graph dropped but not yet filled.
        _update(view, " ;\n".join(steps))
        return is_new


@dataclass(frozen=True, slots=True)
class Patch:
    """A SPARQL update of one graph that is there."""

    name: str | None
    text: str
    condition: Condition

    def touches(self) -> Names:
        return frozenset({self.name or DEFAULT})

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
        return frozenset({self.name or DEFAULT})

    def carry_out(self, view: View) -> bool:
        graph = graph_of(self.name)
        _meet(view, graph, self.condition)
        if not view.has(graph):
            raise absent(self.name)
        _update(view, f"DROP {_ref(graph)}")
        return False


Write = Update | Store | Patch | Drop
"""``touches`` are the graphs that it may change, ``carry_out`` does it and says whether one is new."""


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
    return str(named(name))
