"""The gate before the store: SHACL shapes and whole-graph rules over the graph of one article.

What SHACL core can say is in ``ontology/shapes.ttl``. What compares nodes or reads the ontology is
in ``ontology/rules/*.rq``, each a SPARQL SELECT over the whole graph: as SPARQL constraints they
would run once for each node, which takes many times longer. Rules of the scope ``triple`` judge each
triple by its property and the kinds of its two ends; what they have once found right is not asked
again. Both end up in one report.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import Any, cast

import pyoxigraph as ox
from rdflib import RDF, RDFS, SH, SKOS, BNode, Graph, Literal, Namespace, Node, URIRef

from kgapi.graph import shacl
from kgapi.graph.shacl import Data, Triple
from kgapi.graph.shacl import Result as Result
from kgapi.graph.vocab import SAN, SCHEMA
from kgapi.reference import files
from kgapi.reference.turtle import local

SHAPE = Namespace("https://w3id.org/kgapi/shapes#")


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, violations first, otherwise in the order of the nodes' IRIs."""

    results: tuple[Result, ...]

    @property
    def conforms(self) -> bool:
        """Whether the graph may be stored: nothing worse than warnings."""
        return all(result.severity != "Violation" for result in self.results)

    @property
    def text(self) -> str:
        """A line for each finding."""
        return "\n".join(map(str, self.results))

    def graph(self) -> Graph:
        """The SHACL validation report. Warnings do not keep a graph from conforming."""
        report, graph = BNode("report"), Graph()
        graph.bind("san", SAN)
        graph.bind("shape", SHAPE)
        graph.add((report, RDF.type, SH.ValidationReport))
        graph.add((report, SH.conforms, Literal(self.conforms)))
        for number, result in enumerate(self.results, 1):
            node = BNode(f"result{number}")
            graph.add((report, SH.result, node))
            for triple in _reported(result, node):
                graph.add(triple)
        return graph


def _reported(result: Result, node: BNode) -> Iterator[Triple]:
    yield node, RDF.type, SH.ValidationResult
    yield node, SH.focusNode, result.focus
    yield node, SH.resultSeverity, SH[result.severity]
    yield node, SH.resultMessage, Literal(result.message)
    yield node, SH.sourceShape, result.shape
    yield node, SH.sourceConstraintComponent, result.component
    if result.value is not None:
        yield node, SH.value, result.value
    if result.path is not None:
        yield node, SH.resultPath, result.path
    elif (steps := _shapes().value(result.shape, SH.path)) is not None:
        yield node, SH.resultPath, steps
        yield from _shapes().cbd(steps)


def validate(graph: Graph, context: Graph | None = None) -> Report:
    """Check the graph of one article, and only what that graph describes.

    ``context`` may tell the types of things that the graph mentions without describing them, such
    as countries of the reference data. Neither graph is changed.
    """
    own = list(graph)
    triples = [*own, *_types_elsewhere(own, context)] if context is not None else own
    data = Data(chain(triples, _claimed_types(own)), _background())
    by_shapes = chain.from_iterable(shape.results(data) for shape in _compiled())
    found = chain(by_shapes, _by_rules(triples, data))
    described = {subject for subject, _, _ in own}
    return Report(tuple(sorted((each for each in found if each.focus in described), key=_order)))


def _order(result: Result) -> tuple[bool, list[str]]:
    about = (result.focus, result.path, result.message, result.value, result.component)
    return result.severity != "Violation", list(map(str, about))


def _types_elsewhere(own: Iterable[Triple], context: Graph) -> Iterator[Triple]:
    typed = {subject for subject, predicate, _ in own if predicate == RDF.type}
    for mentioned in {value for _, _, value in own} - typed:
        if isinstance(mentioned, URIRef):
            yield from context.triples((mentioned, RDF.type, None))


def _claimed_types(own: Iterable[Triple]) -> Iterator[Triple]:
    for claim, predicate, claimed in own:
        if predicate == SAN.claimedType:
            yield claim, RDF.type, claimed


@cache
def _shapes() -> Graph:
    return Graph().parse(files.ontology("shapes.ttl"))


@cache
def _ontology() -> Graph:
    graph = Graph()
    for file in ("sanctions.ttl", "vocabularies.ttl"):
        graph.parse(files.ontology(file))
    return graph


@cache
def _compiled() -> tuple[shacl.Shape, ...]:
    return shacl.compiled(_shapes())


@cache
def _background() -> Data:
    """What the shapes need to know: which class lies below which, and which concept is where."""
    wanted = (RDFS.subClassOf, SKOS.inScheme)
    return Data(chain.from_iterable(_ontology().triples((None, each, None)) for each in wanted))


@dataclass(frozen=True, slots=True)
class _Rule:
    """A query whose rows are findings: ?focus, ?path, ?value. Its header says the rest."""

    name: str
    severity: str
    message: str
    query: str
    scope: str = "graph"


@cache
def _rules() -> tuple[_Rule, ...]:
    found = sorted(files.ontology("rules").glob("*.rq"))
    return tuple(_rule(path.stem, path.read_text(encoding="utf-8")) for path in found)


def _rule(name: str, query: str) -> _Rule:
    head = dict(re.findall(r"^#\+ (\w+): (.+)$", query, re.MULTILINE))
    scope = head.get("scope", "graph")
    return _Rule(name, head["severity"].capitalize(), head["message"], query, scope)


def _by_rules(triples: Sequence[Triple], data: Data) -> Iterator[Result]:
    quads: list[ox.Quad | None] = []
    for triple in triples:
        try:
            quads.append(_quad(triple))
        except ValueError as problem:
            quads.append(None)
            yield _unwritable(triple, str(problem))
    yield from _asked("graph", _classes(), filter(None, quads))
    yield from _of_new_kinds(triples, quads, data)


def _of_new_kinds(
    triples: Sequence[Triple], quads: Sequence[ox.Quad | None], data: Data
) -> Iterator[Result]:
    """What the rules of the scope ``triple`` find, asked of what they have not found right before."""
    new = {at: kind for at, kind in enumerate(_kinds(triples, data)) if kind not in _RIGHT}
    if not new:
        return
    judged = (
        quad
        for at, quad in enumerate(quads)
        if quad is not None and (at in new or triples[at][1] in _TYPES)
    )
    found = list(_asked("triple", _schema(), judged))
    if not found and len(_RIGHT) + len(new) <= _MOST_KINDS:
        _RIGHT.update(new.values())
    yield from found


def _asked(scope: str, known: Iterable[ox.Quad], quads: Iterable[ox.Quad]) -> Iterator[Result]:
    """The findings of all rules of a scope, over these quads and what is known of the ontology."""
    # In Oxigraph: milliseconds, where the same queries take rdflib seconds.
    store = ox.Store()
    store.extend(chain(known, quads))
    for rule in _rules():
        if rule.scope == scope:
            for row in cast(ox.QuerySolutions, store.query(rule.query)):
                yield _finding(
                    rule, {name: _node(row[name]) for name in ("focus", "path", "value")}
                )


# What says of which class a thing is.
_TYPES = frozenset({RDF.type, SAN.claimedType})

# Kinds of triples with which rules of that scope have found nothing wrong.
_RIGHT: set[Hashable] = set()
_MOST_KINDS = 20_000


def _kinds(triples: Iterable[Triple], data: Data) -> Iterator[Hashable]:
    """The property of each triple with the kinds of its ends: their classes, and which one it is
    where the ontology knows it; the datatype of a literal."""
    kinds: dict[Node, Hashable] = {}

    def kind(node: Node) -> Hashable:
        if isinstance(node, Literal):
            return node.language is not None, node.datatype
        if node not in kinds:
            kinds[node] = node in _declared() and node, frozenset(data.values(node, RDF.type))
        return kinds[node]

    for subject, predicate, value in triples:
        yield kind(subject), predicate, value if predicate == RDF.type else kind(value)


@cache
def _declared() -> frozenset[Node]:
    return frozenset(_ontology().subjects())


# What the ontology says of its terms, without names and definitions.
_SCHEMA = (
    RDF.type,
    RDFS.domain,
    RDFS.isDefinedBy,
    RDFS.range,
    RDFS.subClassOf,
    SCHEMA.domainIncludes,
    SCHEMA.rangeIncludes,
)


@cache
def _schema() -> tuple[ox.Quad, ...]:
    return tuple(map(_quad, chain.from_iterable(map(_said, _SCHEMA))))


@cache
def _classes() -> tuple[ox.Quad, ...]:
    """The part of it that rules over a whole graph ask for."""
    return tuple(map(_quad, chain(_said(RDFS.subClassOf), _said(SCHEMA.rangeIncludes))))


def _said(predicate: URIRef) -> Iterator[Triple]:
    return _ontology().triples((None, predicate, None))


def _unwritable(triple: Triple, problem: str) -> Result:
    return Result(
        focus=triple[0],
        path=None,
        value=None,
        severity="Violation",
        message=f"This cannot be written as RDF: {problem}",
        shape=SHAPE.Writable,
        component=SH.NodeKindConstraintComponent,
    )


def _finding(rule: _Rule, row: Mapping[str, Node | None]) -> Result:
    path = row["path"]
    return Result(
        focus=row["focus"] or BNode(),
        path=path if isinstance(path, URIRef) else None,
        value=row["value"],
        severity=rule.severity,
        # Variables as in SHACL section 5.3.2, but IRIs by local name: people read this.
        message=re.sub(r"\{\?(\w+)\}", lambda found: _name(row[found[1]]), rule.message),
        shape=SHAPE[rule.name],
        component=SH.SPARQLConstraintComponent,
    )


def _name(node: Node | None) -> str:
    if node is None:
        return ""
    return local(str(node)) if isinstance(node, URIRef) else str(node)


def _quad(triple: Triple) -> ox.Quad:
    subject, predicate, value = map(_term, triple)
    return ox.Quad(subject, predicate, value)


def _term(node: Node) -> Any:
    if isinstance(node, URIRef):
        return _named(node)
    if isinstance(node, BNode):
        return ox.BlankNode(node)
    if isinstance(node, Literal) and node.language:
        return ox.Literal(str(node), language=node.language)
    if isinstance(node, Literal) and node.datatype:
        return ox.Literal(str(node), datatype=_named(node.datatype))
    return ox.Literal(str(node))


@lru_cache(maxsize=20_000)
def _named(node: URIRef) -> ox.NamedNode:
    return ox.NamedNode(node)


def _node(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> Node | None:
    match term:
        case ox.NamedNode(value=iri):
            return URIRef(iri)
        case ox.BlankNode(value=name):
            return BNode(name)
        case ox.Literal(value=words, language=str(language)):
            return Literal(words, lang=language)
        case ox.Literal(value=words, datatype=datatype):
            return Literal(words, datatype=URIRef(datatype.value))
        case _:
            return None
