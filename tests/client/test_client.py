"""The Python client, against a real server."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import islice
from pathlib import Path

import httpx
import pytest

from kgapi.client import ApiProblem, Client, Fact
from tests.conftest import TOKEN, Server

IRAN = "country/ir"


@pytest.fixture(scope="module")
def graph(live: Server) -> Iterator[Client]:
    with Client(live.address) as client:
        yield client


def test_it_needs_none_of_what_a_server_needs() -> None:
    told = "import sys, kgapi.client; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True).stdout
    heavy = {"flask", "rdflib", "spacy", "pyoxigraph", "pandas", "marshmallow"}
    assert not heavy & set(loaded.split())


@pytest.mark.parametrize("name", ["articles", "facts", "entities", "events", "measures", "claims"])
def test_a_listing_has_all_there_are_each_once(graph: Client, name: str) -> None:
    found = [each.id for each in getattr(graph, name)()]
    assert len(found) == len(set(found)) == getattr(graph, name)().total > 0


def test_a_fact_comes_with_who_says_so_where_and_in_which_words(graph: Client) -> None:
    for fact in graph.measures(target=IRAN, realis=["actual"]):
        assert isinstance(fact, Fact)
        assert any(each.iri.endswith(IRAN) for each in fact.roles["target"])
        for statement in fact.statements:
            text = graph.article(statement.article.iri).text
            assert text is not None
            for passage in statement.evidence:
                assert text[passage.start : passage.end] == passage.text


def test_things_go_by_their_iri_or_by_the_kind_and_key_in_it(graph: Client) -> None:
    by_key = graph.entity(IRAN)
    assert graph.entity(by_key.id) == by_key
    assert by_key.label == "Iran"
    assert graph.facts_of(by_key.id).total == by_key.facts
    first = next(iter(graph.facts()))
    assert graph.fact(first.id) == first
    article = first.statements[0].article.iri
    assert first.id in {each.id for each in graph.facts_of(article)}


def test_facets_count_facts(graph: Client) -> None:
    found = graph.facts(facet="realis", limit=1)
    assert sum(found.facets["realis"].values()) == found.total


def test_a_page_says_where_the_next_one_begins(graph: Client) -> None:
    first = graph.facts(limit=2, facet="realis").page()
    second = graph.facts(limit=2, facet="realis", cursor=first.cursor).page()
    assert [*first.items, *second.items] == list(islice(graph.facts(), 4))
    assert sum(first.facets["realis"].values()) == first.total == second.total
    assert graph.facts(target=IRAN, limit=500).page().cursor is None


def test_timelines_are_in_the_order_of_time(graph: Client) -> None:
    days = [fact.time.earliest or fact.time.latest for fact in graph.timeline(IRAN)]
    assert days == sorted(days, key=str)
    assert len(days) > 5


def test_search_and_suggestions_lead_to_things(graph: Client) -> None:
    hits = list(graph.search("sanctions Iran"))
    assert {"fact", "article"} <= {hit.kind for hit in hits}
    suggested = graph.suggest("ira", type="Country")
    assert [each.label for each in suggested][:2] == ["Iran", "Iraq"]


def test_changes_begin_with_the_seeds(graph: Client) -> None:
    told = list(graph.changes())
    assert [each.seq for each in told] == sorted(each.seq for each in told)
    assert {each.kind for each in told} == {"added"}
    assert not list(graph.changes(told[-1].seq))


def test_sparql_gives_plain_values(graph: Client) -> None:
    query = 'SELECT * { VALUES (?a ?b ?c) { (1 1.5 "2024"^^<x:y>) (true UNDEF <a:b>) } }'
    assert graph.select(query) == [
        {"a": 1, "b": Decimal("1.5"), "c": "2024"},
        {"a": True, "c": "a:b"},
    ]
    assert graph.ask("ASK { ?s ?p ?o }")
    assert "<a:s>" in graph.construct("CONSTRUCT { <a:s> <a:p> <a:o> } {}", "application/n-triples")


def test_answers_come_line_by_line_until_one_has_enough(graph: Client) -> None:
    with graph.lines("SELECT ?s ?p ?o { ?s ?p ?o }") as lines:
        head, *rows = islice(lines, 3)
    assert head == "?s\t?p\t?o"
    assert [row.count("\t") for row in rows] == [2, 2]
    # A line separator of Unicode ends no line here.
    with graph.lines("SELECT ?x { VALUES ?x { 'a\u2028b' } }") as lines:
        assert list(lines) == ["?x", '"a\u2028b"']
    with graph.lines("ASK {}") as lines:
        assert list(lines) == ["true"]
    with pytest.raises(ApiProblem, match="column"), graph.lines("SELECT nothing"):
        pass


def test_saved_queries_take_parameters(graph: Client) -> None:
    names = {each.name for each in graph.queries()}
    assert "named" in names
    claims = graph.query("claims-of", speaker="country/ru", confidence=0.5)
    assert all(row["sure"] >= Decimal("0.5") for row in claims)


def test_tables_have_a_row_each(graph: Client) -> None:
    table = graph.articles().frame()
    assert len(table) == graph.articles().total
    assert {"headline", "published"} <= set(table.columns)


def test_what_the_server_refuses_is_an_exception_with_its_words(graph: Client) -> None:
    with pytest.raises(ApiProblem) as refused:
        graph.entity("country/nowhere")
    assert refused.value.status == 404
    assert "country/nowhere" in str(refused.value)
    with pytest.raises(ApiProblem) as refused:
        list(graph.facts(target="not an iri", nonsense=1))
    assert "nonsense" in refused.value.extra["errors"]["query"]
    with pytest.raises(ApiProblem) as refused:
        graph.select("SELECT nothing")
    assert refused.value.extra["line"] == 1
    with pytest.raises(ApiProblem) as refused:
        graph.ingest("Norway imposed sanctions on Mali.", published="2024-03-05")
    assert refused.value.status == 401


@pytest.mark.slow
def test_an_article_is_taken_and_facts_of_your_own_with_it(tmp_path: Path) -> None:
    text = "OSLO, March 5 - Norway imposed sanctions on Mali on Monday over human rights, it said."
    file = tmp_path / "norway.md"
    file.write_text(f"---\nheadline: Norway acts\ndate: 2024-03-05\n---\n\n{text}\n", "utf-8")
    with (
        Server(tmp_path / "store", "--no-seeds", KGAPI_TOKEN=TOKEN) as server,
        Client(server.address, TOKEN) as client,
    ):
        taken = client.ingest(file)
        assert taken.article.headline == "Norway acts"
        assert "SanctionsAction" in {fact.type for fact in taken.facts}
        assert client.facts(target="country/ml").total > 0
        assert client.ingest(file).article == taken.article
        assert client.articles().total == 1


class Noting(httpx.HTTPTransport):
    """Notes the status of each answer."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[int] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        self.noted.append(answer.status_code)
        return answer


@pytest.mark.slow
def test_it_comes_back_to_a_server_that_had_no_room(tmp_path: Path) -> None:
    endless = {"query": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "format": "csv"}
    noting = Noting()
    with (
        Server(tmp_path / "store", KGAPI_WORKERS="1", KGAPI_READERS="1") as server,
        Client(server.address, transport=noting, retries=10) as client,
        ThreadPoolExecutor(1) as pool,
    ):
        with server.http.stream("GET", "sparql", params=endless) as held:
            assert held.status_code == httpx.codes.OK
            asked = pool.submit(client.select, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?c ?d ?e }")
            for _ in range(600):
                if noting.noted:
                    break
                time.sleep(0.1)
        (row,) = asked.result(60)
    *refused, last = noting.noted
    assert row["n"] > 0
    assert refused
    assert set(refused) == {httpx.codes.TOO_MANY_REQUESTS}
    assert last == httpx.codes.OK


def test_a_server_that_is_not_there_is_told_after_some_tries() -> None:
    with Client("http://127.0.0.1:9/", retries=1) as client, pytest.raises(httpx.TransportError):
        list(client.articles())
