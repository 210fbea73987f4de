"""The gate before the store: SHACL shapes and whole-graph rules over the graph of one article.

What SHACL core can say is in ``ontology/shapes.ttl``. What compares nodes or reads the ontology is
in ``ontology/rules/*.rq``, each a SPARQL SELECT over the whole graph: as SPARQL constraints they
would run once for each node, which takes many times longer. Both end up in one report.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from threading import Lock
from typing import Any, cast

import pyoxigraph as ox
import pyshacl
from rdflib import RDF, RDFS, SH, SKOS, BNode, Graph, Literal, Namespace, Node, URIRef

from kgapi.graph.vocab import SAN
from kgapi.reference import files
from kgapi.reference.turtle import local

SHAPE = Namespace("https://w3id.org/kgapi/shapes#")

Triple = tuple[Node, Node, Node]


@dataclass(frozen=True, slots=True)
class Result:
    """One finding, as a SHACL validation result has it (SHACL section 3.6.2).

    ``severity`` is Violation, Warning or Info. ``path`` is None where the finding is about the node
    itself or about a path of several steps, ``value`` where it is about a missing one. ``shape`` is
    the shape or rule that found it, ``component`` the kind of constraint.
    """

    focus: Node
    path: URIRef | None
    value: Node | None
    severity: str
    message: str
    shape: Node
    component: Node

    def __str__(self) -> str:
        about = [local(str(each)) for each in (self.path, self.value) if each is not None]
        where = f"{self.focus} {' '.join(about)}".rstrip()
        return f"{self.severity}: {self.message} ({where})"


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
    types = list(_types_elsewhere(graph, context)) if context is not None else []
    found = chain(_by_shapes(graph, types), _by_rules(graph, types))
    own = set(graph.subjects())
    return Report(tuple(sorted((each for each in found if each.focus in own), key=_order)))


def _order(result: Result) -> tuple[bool, list[str]]:
    about = (result.focus, result.path, result.message, result.value)
    return result.severity != "Violation", list(map(str, about))


def _types_elsewhere(graph: Graph, context: Graph) -> Iterator[Triple]:
    typed = set(graph.subjects(RDF.type))
    for mentioned in set(graph.objects()) - typed:
        if isinstance(mentioned, URIRef):
            yield from context.triples((mentioned, RDF.type, None))


# While pyshacl takes in the shapes it changes how all of rdflib reads booleans.
_ONE_AT_A_TIME = Lock()


def _by_shapes(graph: Graph, types: Iterable[Triple]) -> Iterator[Result]:
    data = Graph()
    for triple in chain(graph, types, _claimed_types(graph), _background()):
        data.add(triple)
    with _ONE_AT_A_TIME:
        _, report, _ = pyshacl.validate(data, shacl_graph=_shapes(), inplace=True)
    for node in report.objects(None, SH.result):
        path = report.value(node, SH.resultPath)
        yield Result(
            focus=_of(report, node, SH.focusNode),
            path=path if isinstance(path, URIRef) else None,
            value=report.value(node, SH.value),
            severity=local(str(_of(report, node, SH.resultSeverity))),
            message=str(_of(report, node, SH.resultMessage)),
            shape=_of(report, node, SH.sourceShape),
            component=_of(report, node, SH.sourceConstraintComponent),
        )


def _of(report: Graph, node: Node, predicate: URIRef) -> Node:
    return next(report.objects(node, predicate))


def _claimed_types(graph: Graph) -> Iterator[Triple]:
    for claim, claimed in graph.subject_objects(SAN.claimedType):
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
def _background() -> tuple[Triple, ...]:
    """What the shapes need to know: which class lies below which, and which concept is where."""
    wanted = (RDFS.subClassOf, SKOS.inScheme)
    return tuple(chain.from_iterable(_ontology().triples((None, each, None)) for each in wanted))


@dataclass(frozen=True, slots=True)
class _Rule:
    """A query whose rows are findings: ?focus, ?path, ?value. Its header says the rest."""

    name: str
    severity: str
    message: str
    query: str


@cache
def _rules() -> tuple[_Rule, ...]:
    found = sorted(files.ontology("rules").glob("*.rq"))
    return tuple(_rule(path.stem, path.read_text(encoding="utf-8")) for path in found)


def _rule(name: str, query: str) -> _Rule:
    head = dict(re.findall(r"^#\+ (\w+): (.+)$", query, re.MULTILINE))
    return _Rule(name, head["severity"].capitalize(), head["message"], query)


def _by_rules(graph: Graph, types: Iterable[Triple]) -> Iterator[Result]:
    # In Oxigraph: milliseconds, where the same queries take rdflib seconds.
    store = ox.Store()
    store.extend(_ontology_quads())
    quads = []
    for triple in chain(graph, types):
        try:
            quads.append(_quad(triple))
        except ValueError as problem:
            yield _unwritable(triple, str(problem))
    store.extend(quads)
    for rule in _rules():
        for row in cast(ox.QuerySolutions, store.query(rule.query)):
            yield _finding(rule, {name: _node(row[name]) for name in ("focus", "path", "value")})


@cache
def _ontology_quads() -> tuple[ox.Quad, ...]:
    return tuple(map(_quad, _ontology()))


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
    match node:
        case URIRef():
            return ox.NamedNode(node)
        case BNode():
            return ox.BlankNode(node)
        case Literal(language=str(language)):
            return ox.Literal(str(node), language=language)
        case Literal(datatype=URIRef() as datatype):
            return ox.Literal(str(node), datatype=ox.NamedNode(datatype))
        case _:
            return ox.Literal(str(node))


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
