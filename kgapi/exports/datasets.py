"""The graphs themselves as a file, as RDF 1.1 and as RDF 1.2 with a reifier for each statement."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import IO

import pyoxigraph as ox

from kgapi.exports import told
from kgapi.graph.iris import Iris
from kgapi.graph.vocab import OA, SAN, SCHEMA, SCHEME_OF, SCHEMES
from kgapi.store.engine import Engine

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PREFIXES = {
    "dcterms": "http://purl.org/dc/terms/",
    "oa": str(OA),
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": RDF,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "san": str(SAN),
    "schema": str(SCHEMA),
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
} | {scheme: f"{SCHEMES}{scheme}#" for scheme in sorted(set(SCHEME_OF.values()))}

_TYPE, _REIFIES = ox.NamedNode(f"{RDF}type"), ox.NamedNode(f"{RDF}reifies")
_LABEL = ox.NamedNode(f"{PREFIXES['rdfs']}label")
_STATES, _CLAIM = ox.NamedNode(SAN.states), ox.NamedNode(SAN.Claim)
_CLAIMED_TYPE = ox.NamedNode(SAN.claimedType)


def write_dataset(engine: Engine, iris: Iris, sink: IO[bytes], syntax: ox.RdfFormat) -> None:
    """Every graph that is told, in a syntax that has graphs."""
    quads = (quad for name, triples in told.graphs(engine, iris) for quad in _quads(name, triples))
    _write(quads, sink, syntax)


def write_reified(engine: Engine, iris: Iris, sink: IO[bytes], syntax: ox.RdfFormat) -> None:
    """The same in RDF 1.2, as graphs where the syntax has any and else as the union of them."""
    quads = (
        quad
        for name, triples in told.graphs(engine, iris)
        for quad in _quads(name, sorted(reified(triples), key=str))
    )
    _write(quads if syntax.supports_datasets else (each.triple for each in quads), sink, syntax)


def reified(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """A graph in which each statement reifies every triple of the fact that it states.

    The statement itself is the reifier (RDF 1.2 Concepts section 1.5), and it needs no Claim: what
    an article only attributes to others is reified and not asserted. The label of a fact names it
    and tells nothing, so it stays a plain triple.
    """
    held = list(triples)
    statements: dict[object, list[ox.NamedNode | ox.BlankNode]] = defaultdict(list)
    for triple in held:
        if triple.predicate == _STATES:
            statements[triple.object].append(triple.subject)  # type: ignore[arg-type]
    claims = {each.subject for each in held if each.predicate == _TYPE and each.object == _CLAIM}
    for triple in held:
        if triple.subject not in statements or triple.predicate == _LABEL:
            yield triple
        elif triple.subject not in claims:
            yield triple
            yield from _reifying(statements[triple.subject], triple)
        elif triple.object != _CLAIM:
            yield from _reifying(statements[triple.subject], _as_claimed(triple))


def _reifying(
    statements: Iterable[ox.NamedNode | ox.BlankNode], triple: ox.Triple
) -> Iterator[ox.Triple]:
    return (ox.Triple(statement, _REIFIES, triple) for statement in statements)


def _as_claimed(triple: ox.Triple) -> ox.Triple:
    """A triple of a claim as it would be if the claimed fact were one."""
    is_type = triple.predicate == _CLAIMED_TYPE
    return ox.Triple(triple.subject, _TYPE, triple.object) if is_type else triple


def _quads(name: str | None, triples: Iterable[ox.Triple]) -> Iterator[ox.Quad]:
    graph = ox.DefaultGraph() if name is None else ox.NamedNode(name)
    return (ox.Quad(each.subject, each.predicate, each.object, graph) for each in triples)


def _write(
    statements: Iterable[ox.Quad] | Iterable[ox.Triple], sink: IO[bytes], syntax: ox.RdfFormat
) -> None:
    ox.serialize(statements, sink, syntax, prefixes=PREFIXES)
