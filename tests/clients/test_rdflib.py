"""rdflib's SPARQLStore and SPARQLUpdateStore, and rdflib as a reader of what is served."""

from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest
from rdflib import Dataset, Graph, Literal, Namespace, URIRef
from rdflib.graph import ConjunctiveGraph
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

from tests.clients.conftest import EX, HARD, KEY, A, B, triples
from tests.conftest import Server

# rdflib leaves the closing of its connections to the garbage collector.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.clients,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

N = Namespace(EX)
NAMED = f"SELECT ?thing {{ ?thing <{EX}name> ?name }}"
WAYS = ["GET", "POST", "POST_FORM"]


@pytest.fixture
def writer(door: str) -> SPARQLUpdateStore:
    return SPARQLUpdateStore(door, door, headers=KEY)


@pytest.fixture
def unnamed(served: Server, door: str) -> Iterator[Graph]:
    """What somebody works with who names no graph: empty before and after."""
    yield Graph(SPARQLUpdateStore(door, door, headers=KEY, context_aware=False))
    served.http.delete("/graphs?default", headers=KEY)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("results", ["xml", "json", "csv", "tsv"])
def test_solutions_and_truth(door: str, way: str, results: str) -> None:
    store = SPARQLStore(door, method=way, returnFormat=results)
    found = Graph(store, identifier=A).query(
        f"SELECT ?n ?l {{ ?s <{EX}name> ?n ; <{EX}length> ?l }}"
    )
    assert [(str(name), str(length)) for name, length in found] == [(HARD, "183")]
    if results in {"xml", "json"}:
        assert Graph(store).query(f"ASK {{ ?s <{EX}length> 183 }}").askAnswer is True


@pytest.mark.parametrize("way", WAYS)
def test_graphs(door: str, way: str) -> None:
    store = SPARQLStore(door, method=way)
    found = Graph(store).query(f"CONSTRUCT WHERE {{ <{EX}port> ?p ?o }}").graph
    assert (
        N.port,
        N.depth,
        Literal("11.5", datatype="http://www.w3.org/2001/XMLSchema#decimal"),
    ) in found
    assert (N.port, N.name, Literal("Πειραιάς", lang="el")) in found
    assert (N.ship, N.seen, N.port) in Graph(store).query(f"DESCRIBE <{EX}ship>").graph


def test_patterns_of_all_graphs_and_of_one(door: str) -> None:
    store = SPARQLStore(door)
    assert {s for s, _, _ in Graph(store).triples((None, N.name, None))} == {N.ship, N.port}
    assert len(Graph(store, identifier=A)) == 4
    assert len(Graph(store, identifier=B)) == 2
    assert Graph(store, identifier=B).value(N.ship, N.name) == Literal("Anemos", lang="en")
    assert (N.ship, N.length, None) not in Graph(store, identifier=B)
    one = {"name": Literal("Anemos", lang="en")}
    assert [row.thing for row in Graph(store).query(NAMED, initBindings=one)] == [N.ship]


def test_the_graphs_of_a_server(door: str) -> None:
    names = {graph.identifier for graph in ConjunctiveGraph(SPARQLStore(door)).contexts()}
    assert {URIRef(A), URIRef(B)} <= names
    inside = ConjunctiveGraph(SPARQLStore(door)).contexts((N.ship, N.length, None))
    assert {graph.identifier for graph in inside} == {URIRef(A)}


def test_a_named_graph_is_written_and_read_back(
    served: Server, writer: SPARQLUpdateStore, graph: str
) -> None:
    here = Graph(writer, identifier=graph)
    here.add((N.x, N.p, Literal(HARD)))
    here.addN([(N.x, N.q, Literal(n), here) for n in range(3)])
    here += Graph().add((N.x, N.r, N.y))
    assert len(here) == 5
    assert set(here.objects(N.x, N.p)) == {Literal(HARD)}
    here.remove((N.x, N.q, Literal(1)))
    here.remove((None, N.r, None))
    here.set((N.x, N.p, Literal("new")))
    assert len(triples(served, graph)) == len(here) == 3
    here.update(f"DELETE {{ ?s <{EX}q> ?o }} INSERT {{ ?s <{EX}q> 9 }} WHERE {{ ?s <{EX}q> ?o }}")
    assert triples(served, graph)[1:] == [
        f'<{EX}x> <{EX}q> "9"^^<http://www.w3.org/2001/XMLSchema#integer> .'
    ]
    assert len(Graph(writer, identifier=A)) == 4


def test_what_is_written_without_a_graph_is_seen_and_can_be_removed(
    served: Server, unnamed: Graph
) -> None:
    unnamed.add((N.x, N.p, N.y))
    assert triples(served) == [f"<{EX}x> <{EX}p> <{EX}y> ."]
    assert (N.x, N.p, N.y) in unnamed
    assert [o for (o,) in unnamed.query(f"SELECT ?o {{ <{EX}x> <{EX}p> ?o }}")] == [N.y]
    # It reads all graphs, and removes from its own.
    assert (N.ship, N.length, None) in unnamed
    unnamed.remove((N.ship, N.length, None))
    assert (N.ship, N.length, None) in unnamed
    unnamed.remove((N.x, None, None))
    assert (N.x, N.p, N.y) not in unnamed


def test_a_dataset_writes_to_its_graphs(
    served: Server, writer: SPARQLUpdateStore, unnamed: Graph, graph: str
) -> None:
    dataset = Dataset(writer, default_union=True)
    one = dataset.graph(URIRef(graph))
    one.add((N.x, N.p, N.y))
    dataset.add((N.x, N.p, N.z))
    assert triples(served, graph) == [f"<{EX}x> <{EX}p> <{EX}y> ."]
    assert triples(served) == [f"<{EX}x> <{EX}p> <{EX}z> ."]
    both = f"SELECT ?o {{ <{EX}x> <{EX}p> ?o }}"
    assert {o for (o,) in dataset.query(both)} == {N.y, N.z}
    assert {o for (o,) in one.query(both)} == {N.y}
    assert set(dataset.objects(N.x, N.p)) == {N.y, N.z}
    assert URIRef(graph) in {each.identifier for each in dataset.graphs()}
    dataset.update(f"INSERT DATA {{ GRAPH <{graph}> {{ <{EX}x> <{EX}p> 1 }} }}")
    assert len(one) == 2
    dataset.remove_graph(one)
    assert triples(served, graph) == []


def test_nothing_is_there_before_the_commit(served: Server, door: str, graph: str) -> None:
    store = SPARQLUpdateStore(door, door, headers=KEY, autocommit=False, dirty_reads=True)
    here = Graph(store, identifier=graph)
    for n in range(3):
        here.add((N.x, N.p, Literal(n)))
    assert triples(served, graph) == []
    store.rollback()
    here.add((N.x, N.p, Literal(7)))
    here.add((N.x, N.p, Literal(8)))
    here.remove((N.x, N.p, Literal(8)))
    store.commit()
    assert triples(served, graph) == [
        f'<{EX}x> <{EX}p> "7"^^<http://www.w3.org/2001/XMLSchema#integer> .'
    ]


def test_a_commit_that_fails_half_way_leaves_nothing(served: Server, door: str, graph: str) -> None:
    store = SPARQLUpdateStore(door, door, headers=KEY, autocommit=False)
    store.add((N.x, N.p, N.y), Graph(identifier=URIRef(graph)))
    store.update(f"CREATE GRAPH <{A}>")
    with pytest.raises(HTTPError) as refused:
        store.commit()
    assert refused.value.code == 409
    assert triples(served, graph) == []


def test_writing_without_the_token_is_refused(door: str, graph: str) -> None:
    with pytest.raises(HTTPError) as refused:
        Graph(SPARQLUpdateStore(door, door), identifier=graph).add((N.x, N.p, N.y))
    assert refused.value.code == 401


@pytest.mark.parametrize("wanted", ["turtle", "xml", "nt", "json-ld", None])
def test_rdflib_reads_graphs_by_their_address(
    served: Server, door: str, wanted: str | None
) -> None:
    for address in (
        f"{served.address}graphs?{urlencode({'graph': A})}",
        f"{door}?{urlencode({'query': f'CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{A}> {{ ?s ?p ?o }} }}'})}",
    ):
        graph = Graph().parse(address, format=wanted)
        assert len(graph) == 4
        assert graph.value(N.ship, N.name) == Literal(HARD)
