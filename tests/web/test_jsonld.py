"""The JSON of ``/v1`` read as JSON-LD says nothing that the graph does not say."""

import json
from typing import Any

import pyoxigraph as ox
import pytest
from pyld import jsonld

from tests.conftest import Server

HYDRA = "http://www.w3.org/ns/hydra/core#"
LD = {"Accept": "application/ld+json"}
CONTEXT_RELATION = "http://www.w3.org/ns/json-ld#context"
PATHS = [
    "v1/facts?limit=500",
    "v1/articles?limit=500",
    "v1/entities?limit=500",
    "v1/entities/country/ir",
    "v1/entities/country/ir/facts?limit=500",
]


@pytest.fixture(scope="module")
def graph(live: Server) -> set[ox.Triple]:
    """All that the store says."""
    everything = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
    data = live.http.get("sparql", params={"query": everything, "format": "nt"}).content
    return {quad.triple for quad in ox.parse(data, ox.RdfFormat.N_TRIPLES)}


def triples(live: Server, document: dict[str, Any], **options: Any) -> set[ox.Triple]:
    """The document as RDF; the only thing to be loaded is the context, from the server."""
    contexts = f"{live.address}v1/context.jsonld"

    def load(url: str, _: Any) -> dict[str, Any]:
        assert url == contexts
        body = live.http.get(url).json()
        return {"contextUrl": None, "documentUrl": url, "document": body}

    options |= {"format": "application/n-quads", "documentLoader": load}
    return {
        quad.triple
        for quad in ox.parse(jsonld.to_rdf(document, options).encode(), ox.RdfFormat.N_QUADS)
    }


@pytest.mark.parametrize("path", PATHS)
def test_what_the_json_says_as_linked_data_is_in_the_graph(
    live: Server, graph: set[ox.Triple], path: str
) -> None:
    plain = live.http.get(path)
    contexts = [link for link in plain.links.values() if link["rel"] == CONTEXT_RELATION]
    (context,) = contexts
    assert context["type"] == "application/ld+json"
    said = {
        triple
        for triple in triples(live, plain.json(), expandContext=context["url"])
        if not isinstance(triple.subject, ox.BlankNode)
        and not isinstance(triple.object, ox.BlankNode)
    }
    assert said <= graph, sorted(map(str, said - graph))[:5]
    assert len(said) > 10


def test_an_article_is_said_whole(live: Server, graph: set[ox.Triple]) -> None:
    path = live.http.get("v1/articles?limit=1").json()["items"][0]["id"].rpartition("/")[2]
    document = live.http.get(f"v1/articles/{path}", headers=LD).json()
    said = triples(live, document)
    assert said <= graph
    assert {triple.predicate.value.rpartition("/")[2] for triple in said} == {
        "headline", "datePublished", "inLanguage", "sha256", "source", "articleBody",
    }  # fmt: skip


def test_evidence_is_said_beside_the_statement(live: Server) -> None:
    said = triples(live, live.http.get("v1/facts?limit=5", headers=LD).json())
    for name in ("states", "evidence", "exact", "start", "rule", "modality"):
        assert any(triple.predicate.value.endswith(f"#{name}") for triple in said), name


def test_a_page_in_json_ld_is_a_view_of_its_collection(live: Server) -> None:
    first = live.http.get("v1/facts?limit=7", headers=LD)
    page = live.http.get(first.links["next"]["url"], headers=LD)
    assert page.headers["Content-Type"] == "application/ld+json"
    said = triples(live, page.json())

    def named(subject: str, relation: str) -> list[str]:
        return [
            triple.object.value
            for triple in said
            if (triple.subject.value, triple.predicate.value) == (subject, HYDRA + relation)
        ]

    collection, view = f"{live.address}v1/facts", str(page.url)
    assert len(named(collection, "member")) == 7
    assert named(collection, "totalItems") == [str(page.json()["total"])]
    assert named(collection, "view") == [view]
    for name, link in page.links.items():
        if name in {"first", "next", "last", "prev"}:
            assert named(view, {"prev": "previous"}.get(name, name)) == [link["url"]]
    assert "@context" not in live.http.get("v1/facts?limit=7").json()


def test_each_form_has_its_own_tag(live: Server) -> None:
    plain, linked = live.http.get("v1/facts"), live.http.get("v1/facts", headers=LD)
    assert plain.headers["ETag"] != linked.headers["ETag"]
    assert "Accept" in plain.headers["Vary"].split(", ")
    known = {"If-None-Match": plain.headers["ETag"]}
    assert live.http.get("v1/facts", headers=known).status_code == 304
    assert live.http.get("v1/facts", headers=LD | known).status_code == 200


def test_other_forms_are_not_on_offer(live: Server) -> None:
    answer = live.http.get("v1/facts", headers={"Accept": "text/turtle"})
    assert answer.status_code == 406
    assert answer.json()["offered"] == ["application/json", "application/ld+json"]
    by_chance = {"Accept": "text/html,*/*;q=0.1"}
    assert (
        live.http.get("v1/facts", headers=by_chance).headers["Content-Type"] == "application/json"
    )


def test_what_is_only_claimed_is_not_said_to_be(live: Server) -> None:
    claims = [
        fact for fact in live.http.get("v1/facts?limit=500").json()["items"] if fact["claimed"]
    ]
    assert claims
    context = {"@context": live.http.get("v1/context.jsonld").json()["@context"]}
    said = triples(live, json.loads(json.dumps(claims[0])) | context)
    assert any(triple.subject.value == claims[0]["id"] for triple in said)
    assert not [triple for triple in said if triple.predicate.value.endswith("#type")]
