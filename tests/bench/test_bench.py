"""The measurements measure: the made-up news is real enough, and tables say what was found."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from rdflib import Graph

from bench import clients, generate, goals, process, report
from bench.data import Data, query, statements
from bench.reading import texts
from bench.report import Result
from bench.scenarios import Run, load, mixed, readable, stream
from bench.servers import KGAPI, peer
from kgapi import news
from kgapi.graph import shapes
from kgapi.queries.query import Iri
from kgapi.reference import files
from tests.conftest import BASE


@pytest.fixture(scope="module")
def reference() -> Graph:
    return Graph().parse(files.ontology("reference.ttl"), publicID=BASE)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """A graph of some 13 000 quads, of which few are news."""
    made = Data("tiny", tmp_path_factory.mktemp("bench"))
    with ThreadPoolExecutor(1) as pool, made.graph.open("wb") as file:
        file.writelines(generate.dataset(13_000, pool))
    lookup = query("lookup", subject=Iri(next(statements(made.graph))))
    made.lookups.write_text(lookup.splitlines()[-1].replace(" ", "%20") + "\n", encoding="ascii")
    return made


@pytest.mark.parametrize("number", range(6))
def test_generated_news_keeps_the_shapes(number: int, reference: Graph) -> None:
    _, n_triples = generate.graph(number)
    report = shapes.validate(Graph().parse(data=n_triples, format="nt"), reference)
    assert report.conforms, report.text
    assert report.results == ()


def test_evidence_of_generated_news_is_cut_from_its_text() -> None:
    found = generate.extraction(3)
    assert len(found.facts) > 5
    for fact in found.facts:
        for each in fact.evidence:
            assert found.article.text[each.start : each.end] == each.text


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    with ThreadPoolExecutor(2) as two, ThreadPoolExecutor(1) as one:
        first = b"".join(generate.dataset(12_000, two))
        assert first == b"".join(generate.dataset(12_000, one))
        other = b"".join(generate.dataset(12_000, one, seed=2))
    assert first != other
    assert 12_000 <= first.count(b"\n") < 13_500
    assert first.endswith(b"> .\n")


def test_few_countries_are_in_most_of_the_news() -> None:
    named = [
        entity.key
        for number in range(60)
        for fact in generate.extraction(number).facts
        for entity in fact.roles.get("target", ())
        if getattr(entity, "kind", "") == "country"
    ]
    share = named.count("ru") / len(named)
    assert 0.08 < share < 0.4
    assert len(set(named)) > 30


def test_articles_to_read_have_300_words_and_a_date() -> None:
    bodies = list(texts(5, 1))
    assert len(set(bodies)) == 5
    for body in bodies:
        article = news.read(body, "text/plain")
        assert article.published
        assert 240 < len(article.text.split()) < 420


def test_a_result_is_a_table_of_medians_with_ratios_of_pairs() -> None:
    samples = {"requests/s": {"kgapi": [10.0, 30.0, 20.0], "oxigraph serve": [20.0, 30.0, 80.0]}}
    table = report.table(Result("lookup", "Lookups", "1M", samples))
    assert table.splitlines() == [
        "|  | kgapi | oxigraph serve | kgapi / oxigraph serve |",
        "| --- | --- | --- | --- |",
        "| requests/s | 20.0 (10.0–30.0) | 30.0 (20.0–80.0) | 0.50 (0.25–1.00) |",
    ]


def test_goals_are_told_as_met_or_missed() -> None:
    what = "requests/s, c=32"
    samples = {what: {"kgapi": [6.0], "oxigraph serve": [10.0]}}
    (row,) = goals.table([Result("lookup", "", "1M", samples)]).splitlines()[2:]
    assert row.endswith("| 1M | 0.6 | met |")
    samples[what]["kgapi"] = [4.0]
    assert "missed" in goals.table([Result("lookup", "", "1M", samples)])


def test_results_are_kept_and_later_ones_take_the_place_of_the_same(tmp_path: Path) -> None:
    old = Result("lookup", "Lookups", "1M", {"requests/s": {"kgapi": [1.0]}}, ["a note"])
    new = Result("lookup", "Lookups", "1M", {"requests/s": {"kgapi": [2.0]}})
    other = Result("load", "Load", "1M", {"quads/s": {"kgapi": [3.0]}})
    report.keep(tmp_path / "held.json", {"Python": "3"}, report.merged([old, other], [new]))
    machine, held = report.kept(tmp_path / "held.json")
    assert machine == {"Python": "3"}
    assert [each.samples for each in held] == [new.samples, other.samples]
    assert "### Lookups, 1M quads" in report.markdown(machine, held)


def test_a_document_takes_the_tables_between_its_marks() -> None:
    assert report.put_between("a <!-- x --> old <!-- /x --> b", "x", "new") == (
        "a <!-- x -->\nnew\n<!-- /x --> b"
    )
    with pytest.raises(ValueError, match="has no"):
        report.put_between("a", "x", "new")


def test_what_a_process_uses_is_seen() -> None:
    spent = process.run(["python3", "-c", "x = bytearray(50_000_000)\nfor i in range(10**6): i"])
    assert spent.resident > 50_000_000
    assert 0.01 < spent.cpu <= spent.seconds + 1
    with pytest.raises(RuntimeError):
        process.run(["false"])


def test_a_peer_has_a_name_and_an_address() -> None:
    found = peer("virtuoso=http://localhost:8890/sparql")
    assert (found.name, found.query_url) == ("virtuoso", "http://localhost:8890/sparql")
    assert process.cpu(found.pid) == 0
    for told in ("virtuoso", "virtuoso=8890", "=ftp://localhost/"):
        with pytest.raises(ValueError, match="is not NAME="):
            peer(told)


@pytest.mark.slow
def test_scenarios_measure_a_real_server(data: Data) -> None:
    run = Run(data, (KGAPI,), rounds=1, seconds=1, siege=2)
    for scenario in (load, stream, mixed, readable):
        samples = scenario(run).samples
        assert samples
        assert all(value >= 0 for each in samples.values() for value in each["kgapi"])
    with run.server(KGAPI) as server:
        answered = clients.lookups(server, data.lookups, "r0", 2, 1)
        beside = peer(f"beside={server.query_url}")
        again = clients.lookups(beside, data.lookups, "same", 1, 1)
    assert again.rate > 1
    assert answered.failed == 0
    assert answered.rate > 1
