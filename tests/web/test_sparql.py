"""/sparql over HTTP on the seed graph, asked in every way the protocol allows."""

import csv
import io
import json

import pytest
from rdflib import Graph

from kgapi import media
from tests.conftest import BASE, Server

QUERY = """
PREFIX san: <https://w3id.org/kgapi/sanctions#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?name { ?country san:alpha2 "IR" ; rdfs:label ?name }
"""
GRAPH = "CONSTRUCT WHERE { ?country <https://w3id.org/kgapi/sanctions#alpha2> 'IR' }"


def test_get_form_and_direct_post_answer_alike(live: Server) -> None:
    answers = [
        live.http.get("sparql", params={"query": QUERY}),
        live.http.post("sparql", data={"query": QUERY}),
        live.http.post(
            "sparql", content=QUERY, headers={"Content-Type": "application/sparql-query"}
        ),
    ]
    for answer in answers:
        assert answer.headers["Content-Type"] == "application/sparql-results+json"
        (row,) = answer.json()["results"]["bindings"]
        assert row["name"]["value"] == "Iran"


@pytest.mark.parametrize("offer", media.SOLUTIONS, ids=lambda offer: offer.name)
def test_solutions_in_every_format_by_header_and_by_parameter(
    live: Server, offer: media.MediaType
) -> None:
    by_header = live.http.get("sparql", params={"query": QUERY}, headers={"Accept": offer.type})
    by_name = live.http.get("sparql", params={"query": QUERY, "format": offer.name})
    assert (
        by_header.headers["Content-Type"] == by_name.headers["Content-Type"] == offer.content_type
    )
    assert by_header.headers["Vary"] == "Accept"
    assert by_header.content == by_name.content
    assert "Iran" in by_header.text


@pytest.mark.parametrize("offer", media.GRAPHS, ids=lambda offer: offer.name)
def test_graphs_in_every_format_say_the_same(live: Server, offer: media.MediaType) -> None:
    answer = live.http.get("sparql", params={"query": GRAPH}, headers={"Accept": offer.type})
    assert answer.headers["Content-Type"] == offer.content_type
    graph = Graph().parse(data=answer.content, format=offer.type)
    assert {str(subject) for subject in graph.subjects()} == {f"{BASE}id/country/ir"}
    assert len(graph) == 1


def test_csv_reads_as_csv(live: Server) -> None:
    answer = live.http.get("sparql", params={"query": QUERY}, headers={"Accept": "text/csv"})
    assert list(csv.DictReader(io.StringIO(answer.text))) == [{"name": "Iran"}]


def test_the_dataset_of_a_query_can_be_chosen(live: Server) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    whole = live.http.get("sparql", params={"query": count}).json()
    part = live.http.get(
        "sparql", params={"query": count, "default-graph-uri": f"{BASE}graph/reference"}
    ).json()
    numbers = [int(each["results"]["bindings"][0]["n"]["value"]) for each in (whole, part)]
    assert 0 < numbers[1] < numbers[0]


@pytest.mark.parametrize(
    ("parameters", "status", "words"),
    [
        ({"query": "SELECT * { ?s ?p }"}, 400, "line 1, column"),
        ({"query": "DROP ALL"}, 400, "line 1"),
        ({"query": ["ASK {}", "ASK {}"]}, 400, "exactly one"),
        ({"query": QUERY, "format": "docx"}, 406, "application/sparql-results+json"),
        ({"query": "x" * 1_000_001}, 413, "1,000,000"),
    ],
)
def test_what_cannot_be_answered_is_told_why(
    live: Server, parameters: dict[str, str | list[str]], status: int, words: str
) -> None:
    answer = live.http.post("sparql", data=parameters)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert words in json.dumps(answer.json())


def test_a_malformed_query_is_told_its_place(live: Server) -> None:
    problem = live.http.get("sparql", params={"query": "SELECT *\n{ ?s ?p }"}).json()
    assert problem["line"] == 2
    assert problem["column"] > 1
