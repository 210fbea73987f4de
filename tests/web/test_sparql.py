"""/sparql over HTTP on the seed graph, asked in every way the protocol allows."""

import csv
import io
import json
from pathlib import Path

import lxml.html
import pytest
from rdflib import Graph

from kgapi import media
from kgapi.reference import files
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
    assert by_header.headers["Vary"] == "Accept, Accept-Encoding"
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


def test_a_browser_gets_a_form_that_asks(live: Server) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    page = live.http.get("sparql", headers={"Accept": accept})
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    form = lxml.html.fromstring(page.text).forms[-1]
    form.fields["format"] = "csv"
    assert form.action == f"{live.address}sparql"
    answer = live.http.get(form.action, params=dict(form.form_values()), headers={"Accept": accept})
    rows = list(csv.reader(io.StringIO(answer.text)))
    with files.ontology("questions/01-who-signed-what.csv").open(newline="") as expected:
        wanted = list(csv.reader(expected))
    assert rows[0] == wanted[0]
    assert len(rows) == len(wanted)


@pytest.mark.parametrize(
    "question", sorted(files.ontology("questions").glob("*.rq")), ids=lambda path: path.stem
)
def test_every_question_can_be_picked_and_asked(live: Server, question: Path) -> None:
    name, accept = question.stem, {"Accept": "text/html"}
    listed = lxml.html.fromstring(live.http.get("sparql", headers=accept).text)
    (link,) = [a.get("href") for a in listed.iter("a") if f"example={name}&" in a.get("href", "")]
    form = lxml.html.fromstring(live.http.get(link).text).forms[-1]
    form.fields["format"] = "csv"
    answer = live.http.get(form.action, params=dict(form.form_values()))
    with question.with_suffix(".csv").open(newline="") as expected:
        assert next(csv.reader(io.StringIO(answer.text))) == next(csv.reader(expected))


def test_an_example_that_is_not_there_is_a_404(live: Server) -> None:
    answer = live.http.get("sparql?example=../../secret", headers={"Accept": "text/html"})
    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["sparql", "dataset"])
def test_pages_bring_nothing_from_elsewhere_and_no_script_in_their_text(
    live: Server, path: str
) -> None:
    answer = live.http.get(path, headers={"Accept": "text/html"})
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    page = lxml.html.fromstring(answer.text)
    assert not page.xpath("//style | //*[@style] | //@*[starts-with(name(), 'on')]")
    for script in page.iter("script"):
        assert script.get("src", "").startswith("/static/")
        assert not script.text
    loaded = [*page.xpath("//script/@src"), *page.xpath("//link[@rel='stylesheet']/@href")]
    assert loaded
    for address in loaded:
        assert live.http.get(address).status_code == 200


def test_names_of_formats_that_clients_send_are_understood(live: Server) -> None:
    for name, media_type in (
        ("turtle", "text/turtle; charset=utf-8"),
        ("xml", "application/rdf+xml"),
        ("json-ld", "application/ld+json"),
        ("json", "application/ld+json"),
    ):
        answer = live.http.get("sparql", params={"query": GRAPH, "format": name})
        assert answer.headers["Content-Type"] == media_type


def test_a_partner_that_is_not_allowed_is_a_403(live: Server) -> None:
    answer = live.http.post("sparql", data={"query": "ASK { SERVICE <http://127.0.0.1/> {} }"})
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/federation-refused")


def test_every_answer_can_be_read_by_pages_of_any_origin(live: Server) -> None:
    for path in ("", "v1/facts", "v1/articles/none", "nowhere", "sparql?query=x", "graphs"):
        headers = live.http.get(path, headers={"Origin": "https://client.example.org"}).headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert "ETag" in headers["Access-Control-Expose-Headers"]


def test_text_that_is_no_utf_8_is_refused(live: Server) -> None:
    assert live.http.get("sparql?query=ASK%20%7B%7D%20%23%FF").status_code == 400
    headers = {"Content-Type": "application/sparql-query; charset=iso-8859-1"}
    assert live.http.post("sparql", content=b"ASK {}", headers=headers).status_code == 415
    misspelt = {"query": QUERY, "default-graph": BASE}
    assert live.http.post("sparql", data=misspelt).status_code == 400
