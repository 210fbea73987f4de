"""/.well-known/void and /dataset: what they say is so, and stays so."""

from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF, SKOS, VOID

from kgapi import media
from kgapi.app import create_app
from kgapi.queries.census import Census, counted
from kgapi.settings import Settings
from kgapi.store.embedded import EmbeddedEngine
from kgapi.store.rdf import FORMATS
from tests.conftest import BASE, TOKEN, Server

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
KEY = {"Authorization": f"Bearer {TOKEN}"}
EXACTLY = {
    VOID.triples: "(COUNT(*) AS ?n)",
    VOID.distinctSubjects: "(COUNT(DISTINCT ?s) AS ?n)",
    VOID.distinctObjects: "(COUNT(DISTINCT ?o) AS ?n)",
    VOID.properties: "(COUNT(DISTINCT ?p) AS ?n)",
}


def described(live: Server, path: str = ".well-known/void") -> Graph:
    return Graph().parse(data=live.http.get(path).content, format="turtle")


def dataset(graph: Graph) -> URIRef:
    (found,) = graph.subjects(RDF.type, DCAT.Dataset)
    assert isinstance(found, URIRef)
    return found


def canonical(data: bytes, offer: media.MediaType) -> set[str]:
    """The triples of a document, its blank nodes named as RDFC-1.0 names them."""
    found = ox.Dataset(ox.parse(data, FORMATS[offer]))
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad.triple) for quad in found}


def number(live: Server, query: str) -> int:
    (row,) = live.http.get("sparql", params={"query": query}).json()["results"]["bindings"]
    return int(row["n"]["value"])


def test_every_format_says_the_same_at_both_addresses(live: Server) -> None:
    first = canonical(live.http.get("dataset").content, media.TURTLE)
    assert len(first) > 300
    for offer in media.GRAPHS:
        for path in (".well-known/void", "dataset"):
            answer = live.http.get(path, headers={"Accept": offer.type})
            assert answer.headers["Content-Type"] == offer.content_type
            assert canonical(answer.content, offer) == first
    assert live.http.get(".well-known/void?format=docx").status_code == 406


def test_its_counts_are_those_of_queries(live: Server) -> None:
    graph = described(live)
    for term, what in EXACTLY.items():
        (told,) = graph.objects(dataset(graph), term)
        assert int(told) == number(live, f"SELECT {what} {{ GRAPH ?g {{ ?s ?p ?o }} }}")


def test_its_partitions_are_those_of_queries(live: Server) -> None:
    graph = described(live)
    partitions = list(graph.objects(dataset(graph), VOID.classPartition))
    assert len(partitions) == int(next(graph.objects(dataset(graph), VOID.classes)))  # type: ignore[call-overload]
    for part in partitions:
        name, told = graph.value(part, VOID["class"]), graph.value(part, VOID.entities)
        query = f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ GRAPH ?g {{ ?s a <{name}> }} }}"
        assert int(told) == number(live, query)  # type: ignore[call-overload]
    sums = [
        int(graph.value(part, VOID.triples))  # type: ignore[call-overload]
        for part in graph.objects(dataset(graph), VOID.propertyPartition)
    ]
    assert sum(sums) == int(next(graph.objects(dataset(graph), VOID.triples)))  # type: ignore[call-overload]


def test_its_links_lead_to_wikidata(live: Server) -> None:
    graph = described(live)
    places = {}
    for links in graph.subjects(RDF.type, VOID.Linkset):
        target = graph.value(links, VOID.objectsTarget)
        assert (dataset(graph), VOID.subset, links) in graph
        key = str(graph.value(target, VOID.uriSpace)), graph.value(links, VOID.linkPredicate)
        places[key] = int(graph.value(links, VOID.triples))  # type: ignore[call-overload]
    query = f"""SELECT (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?s <{SKOS.exactMatch}> ?o }}
    FILTER(STRSTARTS(STR(?o), "http://www.wikidata.org/")) }}"""
    assert places["http://www.wikidata.org/", SKOS.exactMatch] == number(live, query) > 100


def test_its_addresses_lead_somewhere(live: Server) -> None:
    graph = described(live)
    whole = set(graph.objects(dataset(graph), VOID.dataDump))
    dumps = [each for each in graph.subject_objects(VOID.dataDump) if each[1] not in whole]
    assert {str(subset).rpartition("-")[2] for subset, _ in dumps} >= {"ontology", "reference"}
    for subset, address in dumps:
        file = Graph().parse(data=live.http.get(str(address)).content, format="turtle")
        assert len(file) == int(graph.value(subset, VOID.triples))  # type: ignore[call-overload]
    for term in (DCAT.downloadURL, DCAT.endpointDescription, DCAT.landingPage, VOID.sparqlEndpoint):
        for address in set(graph.objects(None, term)):
            assert live.http.get(str(address)).status_code == 200, address
    (endpoint,) = graph.objects(dataset(graph), VOID.sparqlEndpoint)
    service = Graph().parse(data=live.http.get(str(endpoint)).content, format="turtle")
    assert list(service.objects(None, SD.defaultDataset)) == [dataset(graph)]
    examples = list(graph.objects(dataset(graph), VOID.exampleResource))
    assert examples
    for each in examples:
        assert each.startswith(f"{BASE}id/")
        assert live.http.get("sparql", params={"query": f"ASK {{ <{each}> ?p ?o }}"}).json()[
            "boolean"
        ]


def test_the_doors_and_the_service_point_to_it(live: Server) -> None:
    links = live.http.get("").headers["Link"]
    for path, relation in ((".well-known/void", "describedby"), ("openapi.json", "service-desc")):
        assert f'<{live.address}{path}>; rel="{relation}"' in links


def test_a_browser_gets_a_page_with_the_same_numbers(live: Server) -> None:
    page = live.http.get("dataset", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    graph = described(live)
    (triples,) = graph.objects(dataset(graph), VOID.triples)
    assert f"<strong>{int(triples):,}</strong> triples" in page.text  # type: ignore[call-overload]
    assert "https://w3id.org/kgapi/sanctions#Country" in page.text


def test_its_counts_follow_the_data(client: FlaskClient) -> None:
    def told() -> tuple[int, str]:
        answer = client.get("/.well-known/void")
        graph = Graph().parse(data=answer.data, format="turtle")
        (triples,) = graph.objects(dataset(graph), VOID.triples)
        return int(triples), answer.headers["ETag"]  # type: ignore[call-overload]

    before, tag = told()
    assert client.get("/.well-known/void", headers={"If-None-Match": tag}).status_code == 304
    data = "<https://example.org/s> <https://example.org/p> 1, 2, 3 ."
    client.put(
        "/graphs?graph=https://example.org/g", data=data, content_type="text/turtle", headers=KEY
    )
    assert client.get("/.well-known/void", headers={"If-None-Match": tag}).status_code == 200
    after, new = told()
    assert after == before + 3
    assert new != tag


def test_terms_of_any_scheme_are_counted(client: FlaskClient) -> None:
    update = "INSERT DATA { GRAPH <urn:g> { <urn:s> a <urn:kind:C> ; <urn:p> 1 } }"
    client.post("/sparql", data={"update": update}, headers=KEY)
    told = Graph().parse(data=client.get("/dataset?format=nt").data, format="nt")
    assert {URIRef("urn:"), URIRef("urn:kind:")} <= set(told.objects(None, VOID.vocabulary))


def test_title_and_licence_are_settings(engine: EmbeddedEngine) -> None:
    licence = "https://creativecommons.org/licenses/by/4.0/"
    settings = Settings(store=":memory:", token=TOKEN, title="<Our> graph", license=licence)
    client = create_app(settings, engine).test_client()
    graph = Graph().parse(data=client.get("/dataset").data, format="turtle")
    assert (dataset(graph), DCTERMS.license, URIRef(licence)) in graph
    assert (dataset(graph), DCTERMS.title, Literal("<Our> graph", lang="en")) in graph
    assert "<h1>&lt;Our&gt; graph</h1>" in client.get("/dataset?format=html").text


class Untold(EmbeddedEngine):
    """A store that cannot tell one state from another, as a remote one may not."""

    def revision(self) -> str | None:
        return None


@pytest.fixture
def untold() -> Iterator[Untold]:
    engine = Untold()
    yield engine
    engine.close()


def test_where_nobody_can_tell_counts_are_kept_for_a_minute(untold: Untold) -> None:
    now = [0.0]
    census = Census(lambda: now[0])
    assert census.of(untold, BASE).triples == 0
    untold.update("INSERT DATA { GRAPH <a:g> { <a:s> <a:p> 1 } }")
    for seconds, expected in ((59.0, 0), (61.0, 1)):
        now[0] = seconds
        assert census.of(untold, BASE).triples == expected


def test_counting_is_done_once_for_a_revision(engine: EmbeddedEngine) -> None:
    census = Census()
    first = census.of(engine, BASE)
    assert census.of(engine, BASE) is first
    engine.update("INSERT DATA { GRAPH <a:g> { <a:s> a <a:C> . [] a <a:C> } }")
    second = census.of(engine, BASE)
    assert second == counted(engine, BASE)
    assert (second.triples, second.subjects, second.objects) == (2, 2, 1)
    (part,) = second.classes
    assert (part.entities, part.example) == (2, "a:s")
