"""Things whose IRIs have escapes of their own are found by them, whatever is asked."""

from collections.abc import Iterator

import httpx
import pytest
from flask import Flask

from kgapi.client import Client
from tests.conftest import BASE, TOKEN
from tests.web.test_articles import AUTH

LEO = f"{BASE}id/person/leo%20x"
GRAPH = f"""
@prefix san: <https://w3id.org/kgapi/sanctions#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix realis: <https://w3id.org/kgapi/vocab/realis#> .
@prefix modality: <https://w3id.org/kgapi/vocab/modality#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix schema: <https://schema.org/> .
<{BASE}id/statement/x> a san:Statement ; san:states <{BASE}id/event/x> ;
  dcterms:source <{BASE}id/article/x> ; san:modality modality:stated ; san:confidence 0.9 ;
  san:rule "hand" ; san:evidence [ oa:start 0 ; oa:end 1 ; oa:exact "x" ] .
<{BASE}id/article/x> a schema:NewsArticle ; schema:headline "x" ;
  schema:datePublished "2024-03-06"^^xsd:date .
<{BASE}id/event/x> a san:SanctionsAction ; rdfs:label "x" ; san:realis realis:actual ;
  san:earliest "2024-03-05"^^xsd:date ; san:latest "2024-03-05"^^xsd:date ;
  san:target <{LEO}> ; san:actor <{BASE}id/country/no> .
<{LEO}> a san:Person ; rdfs:label "Leo X" .
<{BASE}id/country/no> a san:Country ; rdfs:label "Norway" .
"""


@pytest.fixture
def graph(app: Flask) -> Iterator[Client]:
    put = app.test_client().put(
        "/graphs?graph=https://example.org/leo",
        data=GRAPH.encode(),
        content_type="text/turtle",
        headers=AUTH,
    )
    assert put.status_code == 201, put.text
    with Client(BASE, TOKEN, transport=httpx.WSGITransport(app)) as client:
        yield client


@pytest.mark.parametrize("thing", [LEO, "person/leo%20x"])
def test_one_name_leads_to_a_thing_and_to_what_is_told_of_it(graph: Client, thing: str) -> None:
    assert graph.entity(thing).id == LEO
    for listing in (graph.facts_of(thing), graph.timeline(thing)):
        assert [fact.id for fact in listing] == [f"{BASE}id/event/x"]
    assert [each.label for each in graph.neighbours(thing)] == ["Norway"]
