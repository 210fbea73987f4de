"""What the SPARQL door says of itself (SPARQL 1.1 Service Description).

The dataset behind it is described at /.well-known/void, by the IRI that it has here.
"""

from collections.abc import Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kgapi.settings import Settings

_SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

GRAPH_FORMATS = ("Turtle", "JSON-LD", "N-Triples", "RDF_XML")
_SOLUTIONS = tuple(f"SPARQL_Results_{name}" for name in ("JSON", "XML", "CSV", "TSV"))
_GRAPH = BlankNode("graph")


def description(endpoint: str, settings: Settings) -> Iterator[Triple]:
    """The description of the service at a URL, as triples."""
    service = NamedNode(f"{endpoint}#service")
    root = endpoint.removesuffix("sparql")
    dataset = NamedNode(f"{root}dataset#dataset")
    yield Triple(service, _TYPE, _sd("Service"))
    yield Triple(service, _sd("endpoint"), NamedNode(endpoint))
    for name in ("SPARQL11Query", "SPARQL11Update"):
        yield Triple(service, _sd("supportedLanguage"), _sd(name))
    for name in _features(settings):
        yield Triple(service, _sd("feature"), _sd(name))
    for name in (*_SOLUTIONS, *GRAPH_FORMATS):
        yield Triple(service, _sd("resultFormat"), NamedNode(FORMATS + name))
    for name in GRAPH_FORMATS:
        yield Triple(service, _sd("inputFormat"), NamedNode(FORMATS + name))
    yield Triple(service, _sd("defaultDataset"), dataset)
    yield Triple(service, NamedNode(f"{_RDFS}comment"), Literal(_limits(settings), language="en"))
    yield Triple(dataset, _TYPE, _sd("Dataset"))
    yield Triple(dataset, NamedNode(f"{_RDFS}seeAlso"), NamedNode(f"{root}.well-known/void"))
    yield Triple(dataset, _sd("defaultGraph"), _GRAPH)
    yield Triple(_GRAPH, _TYPE, _sd("Graph"))
    yield Triple(_GRAPH, NamedNode(f"{_RDFS}comment"), Literal(_seen(settings), language="en"))


def _seen(settings: Settings) -> str:
    if settings.default_graph == "union":
        return (
            "Queries see all graphs together, the store's own default graph among them;"
            " updates see the store's own default graph."
        )
    return "The store's own default graph, for queries and updates."


def _limits(settings: Settings) -> str:
    return (
        f"A query takes {settings.query_timeout} seconds at most, an update"
        f" {settings.update_timeout}; either has {settings.max_query:,} bytes,"
        f" {settings.max_depth:,} levels of nesting, {settings.max_patterns:,} triple patterns,"
        f" {settings.max_operators:,} operators and {settings.max_terms:,} terms in VALUES and IN"
        " at most."
    )


def _features(settings: Settings) -> Iterator[str]:
    yield "EmptyGraphs"
    if settings.default_graph == "union":
        yield "UnionDefaultGraph"
    if settings.federation:
        yield "BasicFederatedQuery"


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)
