"""What is read out of the graph, page by page."""

from kgapi import media
from kgapi.queries import reads
from kgapi.store.embedded import EmbeddedEngine

WAITING = """
@prefix san: <https://w3id.org/kgapi/sanctions#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix schema: <https://schema.org/> .
<x:article> schema:headline "News" .
<x:decision> prov:used <x:2> .
"""
PROPOSAL = (
    '<x:{0}> a san:Proposal ; rdfs:label "{0}" ; dcterms:source <x:article> ; rdf:value "-" .'
)


def test_what_waits_is_paged_both_ways(engine: EmbeddedEngine) -> None:
    graph = WAITING + "\n".join(map(PROPOSAL.format, range(1, 7)))
    engine.put_graph("x:graph", graph.encode(), media.TURTLE)
    pages = [reads.proposals(engine, "", 2)]
    while pages[-1].next:
        pages.append(reads.proposals(engine, pages[-1].next, 2))
    assert [[each.id for each in page.items] for page in pages] == [
        ["x:1", "x:3"],
        ["x:4", "x:5"],
        ["x:6"],
    ]
    assert [page.previous for page in pages] == [None, "", "x:3"]
    assert {page.last for page in pages} == {"x:5"}
    assert {page.total for page in pages} == {5}
