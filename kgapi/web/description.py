"""What the SPARQL door says of itself (SPARQL 1.1 Service Description)."""

from collections.abc import Iterator

from pyoxigraph import BlankNode, NamedNode, Triple

from kgapi.settings import Settings

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

_GRAPHS = ("Turtle", "JSON-LD", "N-Triples", "RDF_XML")
_SOLUTIONS = tuple(f"SPARQL_Results_{name}" for name in ("JSON", "XML", "CSV", "TSV"))
_DATASET, _GRAPH = BlankNode("dataset"), BlankNode("graph")


def description(endpoint: str, settings: Settings) -> Iterator[Triple]:
    """The description of the service at a URL, as triples."""
    service = NamedNode(f"{endpoint}#service")
    yield Triple(service, _TYPE, _sd("Service"))
    yield Triple(service, _sd("endpoint"), NamedNode(endpoint))
    for name in ("SPARQL11Query", "SPARQL11Update"):
        yield Triple(service, _sd("supportedLanguage"), _sd(name))
    for name in _features(settings):
        yield Triple(service, _sd("feature"), _sd(name))
    for name in (*_SOLUTIONS, *_GRAPHS):
        yield Triple(service, _sd("resultFormat"), NamedNode(_FORMATS + name))
    for name in _GRAPHS:
        yield Triple(service, _sd("inputFormat"), NamedNode(_FORMATS + name))
    yield Triple(service, _sd("defaultDataset"), _DATASET)
    yield Triple(_DATASET, _TYPE, _sd("Dataset"))
    yield Triple(_DATASET, _sd("defaultGraph"), _GRAPH)
    yield Triple(_GRAPH, _TYPE, _sd("Graph"))


def _features(settings: Settings) -> Iterator[str]:
    yield "EmptyGraphs"
    if settings.default_graph == "union":
        yield "UnionDefaultGraph"
    if settings.federation:
        yield "BasicFederatedQuery"


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)
