"""SPARQLWrapper, in each of its ways to ask, to read and to fail."""

import json
from collections.abc import Callable
from urllib.error import HTTPError
from xml.dom.minidom import Document

import pytest
from rdflib import Graph, Literal, URIRef
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
    SPARQLWrapper2,
)  # fmt: skip
from SPARQLWrapper.SPARQLExceptions import EndPointNotFound, QueryBadFormed, Unauthorized

from tests.clients.conftest import EX, HARD, A, B, triples
from tests.conftest import TOKEN, Server

# The package leaves the closing of its connections to the garbage collector.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.clients,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

SHIP = (
    f"SELECT ?name ?length {{ ?ship <{EX}name> ?name ; <{EX}length> ?length }} ORDER BY STR(?name)"
)
NAMES = f"SELECT ?name {{ ?ship <{EX}name> ?name }}"
GRAPH = f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{A}> {{ ?s ?p ?o }} }}"

Ask = Callable[..., SPARQLWrapper]


@pytest.fixture(params=[(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)], ids=" ".join)
def ask(door: str, request: pytest.FixtureRequest) -> Ask:
    """A wrapper with a query, for each way in which it can be sent."""

    def ask(query: str, wanted: str, *, only_by_header: bool = False) -> SPARQLWrapper:
        wrapper = SPARQLWrapper(door)
        wrapper.setMethod(request.param[0])
        wrapper.setRequestMethod(request.param[1])
        wrapper.setReturnFormat(wanted)
        wrapper.setOnlyConneg(only_by_header)
        wrapper.setQuery(query)
        return wrapper

    return ask


@pytest.mark.parametrize("only_by_header", [False, True])
def test_solutions_in_every_format(ask: Ask, only_by_header: bool) -> None:
    def got(wanted: str) -> object:
        return ask(SHIP, wanted, only_by_header=only_by_header).queryAndConvert()

    rows = got(JSON)["results"]["bindings"]
    assert [row["name"]["value"] for row in rows] == ["Anemos", HARD]
    assert rows[0]["name"]["xml:lang"] == "en"
    assert rows[0]["length"]["datatype"].endswith("#integer")
    document = got(XML)
    assert isinstance(document, Document)
    assert document.getElementsByTagName("literal")[2].firstChild.data == HARD
    quoted = HARD.replace('"', '""')
    assert got(CSV).decode() == f'name,length\r\nAnemos,183\r\n"{quoted}",183\r\n'
    assert got(TSV).decode().splitlines()[0] == "?name\t?length"
    assert got(TSV).decode().splitlines()[1] == '"Anemos"@en\t183'


def test_truth_in_every_format(ask: Ask) -> None:
    text = f"ASK {{ ?ship <{EX}length> 183 }}"
    assert ask(text, JSON).queryAndConvert()["boolean"] is True
    assert ask(text, XML).queryAndConvert().getElementsByTagName("boolean")
    assert ask(text, CSV).queryAndConvert().strip() == b"true"


@pytest.mark.parametrize("only_by_header", [False, True])
@pytest.mark.parametrize("wanted", [RDFXML, XML, TURTLE, N3, JSONLD])
def test_graphs_in_every_format(
    ask: Ask, served: Server, wanted: str, only_by_header: bool
) -> None:
    answer = ask(GRAPH, wanted, only_by_header=only_by_header).queryAndConvert()
    if isinstance(answer, bytes):
        answer = Graph().parse(data=answer, format="turtle")
    assert isinstance(answer, Graph)
    assert len(answer) == len(triples(served, A)) == 4
    assert (URIRef(f"{EX}ship"), URIRef(f"{EX}name"), Literal(HARD)) in answer


def test_a_description_is_a_graph(ask: Ask) -> None:
    found = ask(f"DESCRIBE <{EX}port>", TURTLE).queryAndConvert()
    assert "Πειραιάς" in found.decode()


def test_the_dataset_is_what_was_chosen(ask: Ask) -> None:
    def names(wrapper: SPARQLWrapper) -> int:
        return len(wrapper.queryAndConvert()["results"]["bindings"])

    assert names(ask(NAMES, JSON)) == 3
    of_a = ask(NAMES, JSON)
    of_a.addParameter("default-graph-uri", A)
    assert names(of_a) == 2
    of_both = ask(NAMES, JSON)
    of_both.addParameter("default-graph-uri", A)
    of_both.addParameter("default-graph-uri", B)
    assert names(of_both) == 3
    inside = ask(f"SELECT ?name {{ GRAPH ?g {{ ?ship <{EX}name> ?name }} }}", JSON)
    inside.addParameter("named-graph-uri", B)
    assert names(inside) == 1


def test_the_default_graph_of_a_wrapper_is_the_one_it_asks(door: str) -> None:
    wrapper = SPARQLWrapper(door, defaultGraph=B, returnFormat=JSON)
    wrapper.setQuery(NAMES)
    assert len(wrapper.queryAndConvert()["results"]["bindings"]) == 1


def test_bindings_as_objects(door: str) -> None:
    wrapper = SPARQLWrapper2(door)
    wrapper.setQuery(SHIP)
    found = wrapper.query()
    assert [value.value for value in found.getValues("name")] == ["Anemos", HARD]
    assert found.variables == ["name", "length"]


@pytest.mark.parametrize("way", [URLENCODED, POSTDIRECTLY])
def test_updates_with_the_token(door: str, served: Server, graph: str, way: str) -> None:
    wrapper = SPARQLWrapper(door)
    wrapper.setMethod(POST)
    wrapper.setRequestMethod(way)
    wrapper.addCustomHttpHeader("Authorization", f"Bearer {TOKEN}")
    wrapper.setQuery(f"INSERT DATA {{ GRAPH <{graph}> {{ <{EX}s> <{EX}p> 'é, +&' }} }}")
    assert wrapper.query().response.status == 204
    assert triples(served, graph) == [f'<{EX}s> <{EX}p> "é, +&" .']
    wrapper.setQuery(
        f"INSERT {{ GRAPH <{graph}> {{ <{EX}s> <{EX}n> ?n }} }} WHERE {{ ?s <{EX}name> ?n }}"
    )
    wrapper.addParameter("using-graph-uri", B)
    wrapper.query()
    assert f'<{EX}s> <{EX}n> "Anemos"@en .' in triples(served, graph)
    assert len(triples(served, graph)) == 2


def test_errors_are_its_exceptions(door: str) -> None:
    def fails(address: str, text: str, method: str = GET) -> pytest.ExceptionInfo[Exception]:
        wrapper = SPARQLWrapper(address, returnFormat=JSON)
        wrapper.setMethod(method)
        wrapper.setQuery(text)
        with pytest.raises(Exception) as failure:  # noqa: PT011
            wrapper.query()
        return failure

    malformed = fails(door, "SELECT * { ?s ?p }")
    assert malformed.type is QueryBadFormed
    assert "line 1, column" in str(malformed.value)
    update = f"INSERT DATA {{ <{EX}s> <{EX}p> 1 }}"
    assert fails(door, update, POST).type is Unauthorized
    assert fails(f"{door}l", "ASK {}").type is EndPointNotFound
    forbidden = fails(door, f"SELECT * {{ SERVICE <{door}> {{ ?s ?p ?o }} }}")
    assert isinstance(forbidden.value, HTTPError)
    assert forbidden.value.code == 403
    assert "KGAPI_FEDERATION" in json.loads(forbidden.value.read())["detail"]
