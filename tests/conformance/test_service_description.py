"""SPARQL 1.1 Service Description, section by section, in cases of our own."""

from collections.abc import Iterator

import pytest
from pyoxigraph import Literal, NamedNode

from tests.conformance.description import SD, described, endpoints, faults, services, values
from tests.conformance.documents import RDF_XML, TURTLE
from tests.conformance.matching import Row, same_bag
from tests.conformance.target import Target, kgapi

pytestmark = pytest.mark.conformance

N_TRIPLES = "application/n-triples"
FORMATS = "http://www.w3.org/ns/formats/"
COMMENT = NamedNode("http://www.w3.org/2000/01/rdf-schema#comment")


def named(graph: list[Row], name: str) -> set[str]:
    """The local names of what ``sd:name`` says of the services."""
    found = [value for service in services(graph) for value in values(graph, service, name)]
    iris = [value.value for value in found if isinstance(value, NamedNode)]
    return {iri.removeprefix(SD).removeprefix(FORMATS) for iri in iris}


@pytest.mark.parametrize("accept", [TURTLE, RDF_XML, N_TRIPLES])
def test_a_bare_get_gives_the_description_in_rdf(target: Target, accept: str) -> None:
    """Section 2."""
    assert same_bag(described(target, accept), described(target))


def test_html_is_never_forced_on_a_client_of_rdf(target: Target) -> None:
    """Section 2, by the rules of RFC 9110 section 12.5.1."""
    headers = {"Accept": f"text/html;q=0.3, {RDF_XML};q=0.5, {TURTLE};q=0.9"}
    answer = target.http.get(target.query, headers=headers)
    assert answer.headers["Content-Type"].partition(";")[0] == TURTLE


def test_what_cannot_be_had_is_406(target: Target) -> None:
    assert target.http.get(target.query, headers={"Accept": "image/png"}).status_code == 406


def test_there_is_one_service_and_its_endpoint_is_the_door(target: Target) -> None:
    """Section 2: at least one sd:endpoint triple has the URL that was dereferenced."""
    graph = described(target)
    assert len(services(graph)) == 1
    assert endpoints(graph) == [target.query]


def test_the_description_keeps_to_its_vocabulary(target: Target) -> None:
    """Section 3."""
    assert faults(described(target)) == []


def test_the_judge_of_the_vocabulary_finds_fault() -> None:
    """A judge that finds none in nonsense would be none."""
    service, kind = NamedNode("http://example.org/s"), NamedNode(SD + "Service")
    rdf_type = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    told = faults(
        [
            (service, rdf_type, kind),
            (service, NamedNode(SD + "feature"), NamedNode(SD + "UnionDefaultGaph")),
            (service, NamedNode(SD + "suportedLanguage"), NamedNode(SD + "SPARQL11Query")),
        ]
    )
    assert len(told) == 3
    assert faults([]) == ["no sd:Service"]


def test_the_languages_are_those_the_door_speaks(target: Target) -> None:
    """Section 3.2.10: the query door speaks SPARQL 1.1 Query."""
    assert "SPARQL11Query" in named(described(target), "supportedLanguage")


def test_every_result_format_that_is_named_can_be_had(target: Target) -> None:
    """Section 3.2.14, by the W3C's list of unique IRIs for file formats."""
    formats = named(described(target), "resultFormat")
    media_types = {
        "SPARQL_Results_JSON": "application/sparql-results+json",
        "SPARQL_Results_XML": "application/sparql-results+xml",
        "SPARQL_Results_CSV": "text/csv",
        "SPARQL_Results_TSV": "text/tab-separated-values",
        "Turtle": TURTLE,
        "N-Triples": N_TRIPLES,
        "RDF_XML": RDF_XML,
        "JSON-LD": "application/ld+json",
    }
    assert {"SPARQL_Results_JSON", "SPARQL_Results_XML", "Turtle"} <= formats
    for name in formats & media_types.keys():
        query = "ASK {}" if name.startswith("SPARQL_Results_") else "CONSTRUCT WHERE { ?s ?p ?o }"
        if name in {"SPARQL_Results_CSV", "SPARQL_Results_TSV"}:
            query = "SELECT * { ?s ?p ?o }"
        answer = target.ask(query, media_types[name])
        assert answer.headers["Content-Type"].partition(";")[0] == media_types[name]


def test_the_union_is_declared_just_where_it_is(target: Target) -> None:
    """Section 3.4.5: sd:UnionDefaultGraph says that the default graph is the union of the named."""
    target.clear()
    target.change("INSERT DATA { GRAPH <http://example.org/g> { <a:s> <a:p> <a:o> } }")
    is_union = target.ask("ASK { <a:s> ?p ?o }").json()["boolean"]
    assert is_union == ("UnionDefaultGraph" in named(described(target), "feature"))


# What kgapi promises beyond the standard.


def test_kgapi_updates_at_the_same_door_and_says_so(own: Target) -> None:
    graph = described(own)
    assert {"SPARQL11Query", "SPARQL11Update"} <= named(graph, "supportedLanguage")
    formats = {"SPARQL_Results_CSV", "SPARQL_Results_TSV", "N-Triples", "RDF_XML"}
    assert formats <= named(graph, "resultFormat")


def test_kgapi_describes_its_dataset(own: Target) -> None:
    """Sections 3.2.12 and 3.2.16."""
    graph = described(own)
    (service,) = services(graph)
    (dataset,) = values(graph, service, "defaultDataset")
    assert len(values(graph, dataset, "defaultGraph")) == 1


def test_kgapi_is_strict_where_it_was_told_to_be(own: Target) -> None:
    assert "UnionDefaultGraph" not in named(described(own), "feature")


def test_a_browser_gets_a_page(own: Target) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    answer = own.http.get(own.query, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].partition(";")[0] == "text/html"
    assert "accept" in answer.headers["Vary"].lower()


@pytest.fixture(scope="module")
def united(target: Target, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A kgapi as it is when nobody sets anything: its default graph is the union."""
    if target.name != "kgapi":
        pytest.skip("a promise of kgapi's own")
    with kgapi(tmp_path_factory.mktemp("united") / "store") as door:
        yield door


def test_kgapi_is_united_where_nobody_told_it_otherwise(united: Target) -> None:
    assert "UnionDefaultGraph" in named(described(united), "feature")
    test_the_union_is_declared_just_where_it_is(united)


def test_what_was_written_without_a_graph_is_seen_and_that_is_said(united: Target) -> None:
    united.clear()
    united.change("INSERT DATA { <a:s> <a:p> <a:o> }")
    assert united.ask("ASK { <a:s> <a:p> <a:o> }").json()["boolean"] is True
    assert united.ask("ASK { GRAPH ?g { <a:s> <a:p> <a:o> } }").json()["boolean"] is False
    said = [o.value for _, p, o in described(united) if p == COMMENT and isinstance(o, Literal)]
    assert any("the store's own default graph among them" in words for words in said)


def test_updates_keep_to_the_standards_dataset_under_the_union_too(united: Target) -> None:
    """SPARQL 1.1 Update section 3.1.3: WITH names the graph that is changed, and no other is."""
    united.clear()
    for graph in ("g", "h"):
        united.change(f"INSERT DATA {{ GRAPH <http://example.org/{graph}> {{ <a:s> <a:p> 1 }} }}")
    answer = united.change("WITH <http://example.org/g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }")
    assert answer.is_success, answer.text
    assert (
        united.ask("ASK { GRAPH <http://example.org/g> { ?s ?p ?o } }").json()["boolean"] is False
    )
    assert united.ask("ASK { GRAPH <http://example.org/h> { ?s ?p ?o } }").json()["boolean"] is True
    assert united.change("DELETE WHERE { ?s ?p ?o }").is_success
    assert united.ask("ASK { GRAPH <http://example.org/h> { ?s ?p ?o } }").json()["boolean"] is True
