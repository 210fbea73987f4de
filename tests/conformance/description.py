"""A service's description of itself (SPARQL 1.1 Service Description), read and judged."""

from collections.abc import Iterator, Sequence

from pyoxigraph import BlankNode, Literal, NamedNode

from tests.conformance.documents import TURTLE, triples
from tests.conformance.matching import Row, Term
from tests.conformance.target import Target

SD = "http://www.w3.org/ns/sparql-service-description#"
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

# Section 3.4: the instances that the vocabulary itself defines.
LANGUAGES = {"SPARQL10Query", "SPARQL11Query", "SPARQL11Update"}
FEATURES = {
    "DereferencesURIs", "UnionDefaultGraph", "RequiresDataset", "EmptyGraphs", "BasicFederatedQuery",
}  # fmt: skip

# Section 3.2: properties of a service, and of what a service is described by.
_OF_A_SERVICE = {
    "endpoint", "feature", "defaultEntailmentRegime", "defaultSupportedEntailmentProfile",
    "extensionFunction", "extensionAggregate", "languageExtension", "supportedLanguage",
    "propertyFeature", "defaultDataset", "availableGraphs", "resultFormat", "inputFormat",
}  # fmt: skip
_CLASSES = {
    "Service", "Feature", "Language", "Function", "Aggregate", "EntailmentRegime",
    "EntailmentProfile", "GraphCollection", "Dataset", "Graph", "NamedGraph",
}  # fmt: skip
_OF_OTHERS = {
    "entailmentRegime", "supportedEntailmentProfile", "defaultGraph", "namedGraph", "name", "graph",
}  # fmt: skip


def described(target: Target, accept: str = TURTLE) -> list[Row]:
    """The triples that a bare GET of the query door gives (section 2)."""
    answer = target.http.get(target.query, headers={"Accept": accept})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].partition(";")[0] == accept
    return triples(answer.content, accept, target.query)


def services(graph: Sequence[Row]) -> list[Term]:
    return [s for s, p, o in graph if p == TYPE and o == NamedNode(f"{SD}Service")]


def values(graph: Sequence[Row], subject: Term, name: str) -> list[Term]:
    """What ``sd:name`` says of a subject."""
    return [o for s, p, o in graph if s == subject and p == NamedNode(SD + name)]


def endpoints(graph: Sequence[Row]) -> list[str]:
    found = [o for service in services(graph) for o in values(graph, service, "endpoint")]
    return [each.value for each in found if isinstance(each, NamedNode)]


def faults(graph: Sequence[Row]) -> list[str]:
    """Where a description breaks the vocabulary, in words; nothing where it does not."""
    return [*_faults_of_services(graph), *_faults_of_terms(graph)]


def _faults_of_services(graph: Sequence[Row]) -> Iterator[str]:
    if not services(graph):
        yield "no sd:Service"
    for service in services(graph):
        if len(values(graph, service, "endpoint")) != 1:
            yield "a service has one sd:endpoint (section 2)"
        for name, known in (("supportedLanguage", LANGUAGES), ("feature", FEATURES)):
            for value in values(graph, service, name):
                if _local(value) not in known and not _is_foreign(value):
                    yield f"sd:{name} {value} is not in the vocabulary"
        for name in _OF_A_SERVICE:
            if any(isinstance(value, Literal) for value in values(graph, service, name)):
                yield f"sd:{name} has a resource as its value, not a literal"
        for dataset in values(graph, service, "defaultDataset"):
            if len(values(graph, dataset, "defaultGraph")) > 1:
                yield "a dataset has one default graph (section 3.2.16)"


def _faults_of_terms(graph: Sequence[Row]) -> Iterator[str]:
    known = _OF_A_SERVICE | _OF_OTHERS
    for s, p, o in graph:
        if _local(p) is not None and _local(p) not in known:
            yield f"{p} is no property of the vocabulary"
        if p == TYPE and _local(o) is not None and _local(o) not in _CLASSES:
            yield f"{o} is no class of the vocabulary"
        if _local(p) in _OF_A_SERVICE and s not in services(graph):
            yield f"{p} says something of a service, and {s} is none"
        if _local(p) == "name" and not isinstance(o, NamedNode):
            yield f"the name of a graph is an IRI, not {o} (section 3.2.18)"
        if _local(p) == "namedGraph" and not values(graph, o, "name"):
            yield f"the named graph {o} has no sd:name (section 3.2.17)"


def _local(term: Term) -> str | None:
    """The name of a term within the vocabulary."""
    inside = isinstance(term, NamedNode) and term.value.startswith(SD)
    return term.value.removeprefix(SD) if inside and isinstance(term, NamedNode) else None


def _is_foreign(term: Term) -> bool:
    return isinstance(term, NamedNode | BlankNode) and _local(term) is None
