"""What changes, as values: the content of a graph before and after, and what that does to facts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import pyoxigraph as ox
from rdflib.namespace import RDF, RDFS

from kgapi.graph.vocab import SAN

Kind = Literal["added", "changed", "removed"]
Triples = frozenset[ox.Triple]

_STATES = ox.NamedNode(SAN.states)
_EVIDENCE = ox.NamedNode(SAN.evidence)
_CLAIMED_TYPE = ox.NamedNode(SAN.claimedType)
_TYPE = ox.NamedNode(RDF.type)
_LABEL = ox.NamedNode(RDFS.label)


@dataclass(frozen=True, slots=True)
class GraphChange:
    """A graph by name (``""``: the default graph) with its triples before and after.

    A graph without triples is none at all. ``seq`` is the number of the change in the journal; 0
    where a projection is built anew from what graphs are now.
    """

    graph: str
    before: Triples
    after: Triples
    seq: int = 0

    @property
    def kind(self) -> Kind:
        if not self.before:
            return "added"
        return "changed" if self.after else "removed"

    def patch(self) -> bytes:
        """The change as rows of RDF Patch, sorted: what goes, then what comes."""
        name = f" <{self.graph}>" if self.graph else ""
        rows = {"D": self.before - self.after, "A": self.after - self.before}
        lines = (
            f"{code} {line}\n"
            for code, triples in rows.items()
            for line in sorted(f"{triple}{name} ." for triple in triples)
        )
        return "".join(lines).encode()


@dataclass(frozen=True, slots=True)
class FactChange:
    """What a change of a graph does to a fact that the graph tells: IRI, and label and class (local
    name) as they were last told."""

    fact: str
    kind: Kind
    label: str
    type: str


def parsed(rows: bytes) -> Triples:
    """The triples that rows of N-Triples, or the N-Quads of one graph, are."""
    return frozenset(quad.triple for quad in ox.parse(rows, ox.RdfFormat.N_QUADS))


def facts(change: GraphChange) -> list[FactChange]:
    """The facts that a graph begins to tell, tells otherwise, or tells no longer, by IRI.

    A fact is told otherwise where its triples differ, those of its statements, or their evidence.
    """
    before, after = _told(change.before), _told(change.after)
    return [
        _fact_change(fact, before.get(fact, frozenset()), after.get(fact, frozenset()))
        for fact in sorted(before.keys() | after.keys())
        if before.get(fact) != after.get(fact)
    ]


def _fact_change(fact: str, before: Triples, after: Triples) -> FactChange:
    kind: Kind = GraphChange("", before, after).kind
    described = {
        triple.predicate: triple.object
        for triple in sorted(after or before, key=str)
        if triple.subject == ox.NamedNode(fact)
    }
    cls = described.get(_CLAIMED_TYPE) or described.get(_TYPE)
    label = described.get(_LABEL)
    return FactChange(fact, kind, _text(label), _text(cls).rpartition("#")[2])


def _text(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else ""


def _told(triples: Triples) -> Mapping[str, Triples]:
    """The facts that a graph tells, by IRI: whatever it says of each of them."""
    about = _by_subject(triples)
    told: dict[str, set[ox.Triple]] = {}
    for triple in triples:
        if triple.predicate == _STATES and isinstance(triple.object, ox.NamedNode):
            said = told.setdefault(triple.object.value, set(about.get(triple.object, ())))
            for node in (triple.subject, *_evidence(about[triple.subject])):
                said.update(about.get(node, ()))
    return {fact: frozenset(said) for fact, said in told.items()}


def _evidence(statement: Iterable[ox.Triple]) -> Iterator[object]:
    return (triple.object for triple in statement if triple.predicate == _EVIDENCE)


def _by_subject(triples: Triples) -> Mapping[object, list[ox.Triple]]:
    grouped: dict[object, list[ox.Triple]] = {}
    for triple in triples:
        grouped.setdefault(triple.subject, []).append(triple)
    return grouped
