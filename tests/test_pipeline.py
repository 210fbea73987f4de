"""The main job from end to end: an article goes in, an answered question comes out."""

import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache, partial
from pathlib import Path

import pytest

from kgapi import facts, media, news, pipeline
from kgapi.app import create_app
from kgapi.errors import BadSettings, ShapeViolation, UnreadableArticle
from kgapi.facts.extractor import Extraction, Extractor
from kgapi.facts.fact import Entity, Evidence, Fact
from kgapi.graph import mapping, review, shapes
from kgapi.graph.iris import Iris
from kgapi.graph.record import record
from kgapi.news.article import Article
from kgapi.queries import reads
from kgapi.reference import files
from kgapi.settings import Settings
from kgapi.store.embedded import EmbeddedEngine
from tests.conftest import TOKEN
from tests.facts.misbehaving import fails, serving, tells


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return facts.extractor("rules")


@cache
def sentences() -> list[str]:
    bodies = (
        path.read_text("utf-8").split("---\n", 2)[2]
        for path in files.seeds("articles").glob("*.md")
    )
    return sorted({each for body in bodies for each in re.split(r"(?<=[.])\s+", body.strip())})


def jumbles(number: int) -> Iterator[Article]:
    """Articles nobody would write: sentences of many, in any order, with words exchanged."""
    dice = random.Random(20231205)
    swaps = [
        ("Russia", "Iran"),
        ("United States", "Japan"),
        (" was ", " was not "),
        (" will ", " may "),
    ]
    for _ in range(number):
        text = (
            " ".join(dice.sample(sentences(), 4)) + "\n\n" + " ".join(dice.sample(sentences(), 4))
        )
        text = text.replace(*dice.choice(swaps))
        yield news.read(
            text.encode(),
            "text/plain",
            hints=news.Hints(published=date(2024, 5, 6), headline="News"),
        )


def test_whatever_is_found_cuts_its_evidence_and_conforms_to_the_shapes(
    extractor: Extractor, iris: Iris
) -> None:
    found = 0
    for extraction in extractor.extract(jumbles(30)):
        for fact in extraction.facts:
            found += 1
            for each in fact.evidence:
                assert extraction.article.text[each.start : each.end] == each.text
        report = shapes.validate(mapping.article_graph(extraction, iris, ("rules", "1")))
        assert report.conforms, report.text
    assert found > 100


def test_a_batch_gives_the_same_facts_as_one_by_one(extractor: Extractor) -> None:
    articles = list(jumbles(6))
    together = [extraction.facts for extraction in extractor.extract(articles)]
    assert together == [next(extractor.extract([article])).facts for article in articles]


class Misled:
    """An extractor that finds a sanctions action on nobody: what the shapes are there to catch."""

    name, version = "misled", "1"

    def extract(self, articles: object) -> Iterator[Extraction]:
        for article in articles:  # type: ignore[attr-defined]
            evidence = (Evidence(0, 4, article.text[:4]),)
            us = Entity("country", "us", "United States", "Country")
            fact = Fact("SanctionsAction", evidence, "r", action="impose", roles={"actor": (us,)})
            yield Extraction(article, (fact,))


def test_a_graph_that_breaks_a_shape_is_refused_with_the_report_and_not_stored(
    engine: EmbeddedEngine, iris: Iris
) -> None:
    before = list(engine.dump(media.N_QUADS))
    with pytest.raises(ShapeViolation) as refused:
        list(pipeline.ingest(jumbles(1), Misled(), engine, iris))
    assert refused.value.extra["results"]
    assert "sh:ValidationReport" in refused.value.extra["report"]
    assert list(engine.dump(media.N_QUADS)) == before


class Fallible(Misled):
    """Finds the same, and something right beside it, and says that it may be wrong."""

    def extract(self, articles: object) -> Iterator[Extraction]:
        for extraction in super().extract(articles):
            us, ir = (
                Entity("country", key, label, "Country")
                for key, label in (("us", "United States"), ("ir", "Iran"))
            )
            right = replace(extraction.facts[0], roles={"actor": (us,), "target": (ir,)})
            yield replace(extraction, facts=(*extraction.facts, right), fallible=True)


def test_of_a_fallible_extractor_only_what_breaks_a_shape_is_left_out(
    engine: EmbeddedEngine, iris: Iris
) -> None:
    (done,) = pipeline.ingest(jumbles(1), Fallible(), engine, iris)
    assert len(done.extraction.facts) == 1
    assert done.extraction.warnings == (
        "1 facts break the shapes of the ontology and are left out",
    )
    assert [fact.action for fact in reads.facts_of_graph(engine, done_graph(done))] == ["impose"]


def done_graph(done: pipeline.Ingested) -> str:
    return done.iri.replace("/id/article/", "/graph/article/")


@pytest.mark.parametrize("below", [0.0, 0.7, 0.8, 0.9, 1.0])
def test_each_fact_is_told_or_waits_and_what_is_told_conforms(
    extractor: Extractor, iris: Iris, below: float
) -> None:
    def tree(fact: Fact, article: Article) -> Iterator[str]:
        yield str(iris.statement(fact, article))
        for _, each in fact.fillers():
            if isinstance(each, Fact):
                yield from tree(each, article)

    def names(facts: Iterable[Fact], article: Article) -> set[str]:
        return {name for fact in facts for name in tree(fact, article)}

    waited = 0
    for extraction in extractor.extract(jumbles(15)):
        article = extraction.article
        name = partial(iris.statement, article=article)
        told, waiting = review.split(extraction.facts, below, {}, name)
        waited += len(waiting)
        assert names((*told, *waiting), article) == names(extraction.facts, article)
        assert all(fact.confidence >= below for fact in told)
        graph = mapping.article_graph(replace(extraction, facts=tuple(told)), iris, ("rules", "1"))
        assert shapes.validate(graph).conforms
    assert waited > 0 or below < 0.9
    assert waited == 0 or below > 0


@pytest.mark.parametrize("verdict", [review.ACCEPT, review.REJECT])
def test_a_decision_on_a_fact_holds_for_those_that_point_to_it(verdict: str) -> None:
    evidence = (Evidence(0, 4, "text"),)
    inner = Fact("Event", evidence, "r", action="invade", confidence=0.2)
    outer = Fact("Event", evidence, "r", action="condemn", roles={"inResponseTo": (inner,)})

    def name(fact: Fact) -> str:
        return str(fact.action)

    assert review.split([outer, inner], 0.5, {}, name) == ([], [outer])
    told, waiting = review.split([outer, inner], 0.5, {"invade": verdict}, name)
    if verdict == review.ACCEPT:
        assert (told, waiting) == ([outer, inner], [])
    else:
        assert (told, waiting) == ([], [outer]), "what points to it waits for somebody to look"
    assert review.split([outer, inner], 0.5, {"condemn": review.REJECT}, name) == ([], [inner])


def test_a_model_adds_to_the_rules_what_somebody_then_accepts(
    engine: EmbeddedEngine, iris: Iris
) -> None:
    sentence = "The United States imposed sanctions on Iran."
    text = f"News of the day\n\n8 May 2018\n\n{sentence} Hassan Rouhani left for Moscow.\n"
    imposed = {
        "type": "SanctionsAction",
        "action": "impose",
        "quote": sentence,
        "roles": {
            "actor": [{"label": "United States", "type": "Country"}],
            "target": [{"label": "Iran", "type": "Country"}],
        },
    }
    visit = {
        "type": "Visit",
        "action": "visit",
        "quote": "Hassan Rouhani left for Moscow.",
        "roles": {
            "actor": [{"label": "Hassan Rouhani", "type": "Person"}],
            "place": [{"label": "Moscow", "type": "Place"}],
        },
    }
    nowhere = visit | {"roles": {"actor": visit["roles"]["actor"]}}  # type: ignore[index]
    with serving(tells(imposed, visit, nowhere), fails(500)) as server:
        settings = Settings(
            store=":memory:",
            token=TOKEN,
            extractor="ensemble",
            llm_url=server.url,
            llm_model="m",
            llm_attempts=1,
        )
        client = create_app(settings, engine).test_client()
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "text/plain"}
        answer = client.post("/v1/articles", data=text, headers=headers)
        before = list(engine.dump(media.N_QUADS))
        failed = client.post("/v1/articles", data=text.replace("8 May", "9 May"), headers=headers)
    assert answer.status_code == 201
    assert answer.json["warnings"] == ["1 facts break the shapes of the ontology and are left out"]
    (told,) = [fact for fact in answer.json["facts"] if fact["action"] == "impose"]
    (statement,) = told["statements"]
    assert statement["rule"].startswith("rules:")
    assert statement["rule"].endswith(" + llm:llm")
    assert statement["extractor"].startswith("ensemble rules-llm-")
    (waiting,) = client.get("/v1/review").json["items"]
    assert waiting["fact"]["type"] == "Visit"
    client.post(
        f"/v1/review/{waiting['id'].rpartition('/')[2]}",
        json={"decision": "accept", "by": "Ada"},
        headers={"Authorization": headers["Authorization"]},
    )
    assert "Visit" in {fact["type"] for fact in client.get("/v1/facts").json["items"]}
    assert failed.status_code == 502
    assert failed.json["type"].endswith("/model-failed")
    after = [line for line in engine.dump(media.N_QUADS) if b"/decision/" not in line]
    assert after == before, "of what the model did not read, nothing is stored"


def test_an_undated_article_is_refused_and_not_stored(
    extractor: Extractor, engine: EmbeddedEngine, iris: Iris
) -> None:
    article = Article("The United States sanctioned Iran.", "News", None, ())
    with pytest.raises(UnreadableArticle, match="published"):
        list(pipeline.ingest([article], extractor, engine, iris))
    assert list(engine.graphs()) == []


def test_a_store_is_prepared_once_and_for_one_base(engine: EmbeddedEngine, iris: Iris) -> None:
    pipeline.prepare(engine, iris)
    before = list(engine.dump(media.N_QUADS))
    pipeline.prepare(engine, iris)
    assert list(engine.dump(media.N_QUADS)) == before
    with pytest.raises(BadSettings, match="KGAPI_BASE"):
        pipeline.prepare(engine, Iris("https://other.example/"))


@pytest.fixture(scope="module")
def told(extractor: Extractor, real_article: Path) -> list[dict[str, object]]:
    article = news.read(real_article.read_bytes(), "text/plain")
    (extraction,) = extractor.extract([article])
    return [record(fact, article, Iris("https://kgapi.example.org/")) for fact in extraction.facts]


def one(told: list[dict[str, object]], **wanted: object) -> dict[str, object]:
    """The one stated fact with these members and roles."""

    def labels(fact: dict[str, object], role: str) -> set[str]:
        return {each["label"] for each in fact["roles"].get(role, [])}  # type: ignore[attr-defined]

    found = [
        fact
        for fact in told
        if fact["modality"] == "stated"
        and all(
            fact[name] == value if name in fact else labels(fact, name) == value
            for name, value in wanted.items()
        )
    ]
    assert len(found) == 1, json.dumps(found, indent=1)
    return found[0]


def test_the_real_article_gives_its_facts(
    told: list[dict[str, object]], real_article: Path
) -> None:
    text = real_article.read_text("utf-8")
    ministers = {"Hossein Amir-Abdollahian", "Sergei Lavrov"}
    signing = one(
        told, action="sign", signatory=ministers, party={"Russia", "Iran"}, place={"Moscow"}
    )
    assert (signing["time"]["begin"], signing["time"]["end"]) == ("2023-12-05", "2023-12-05")  # type: ignore[index]
    assert [each["start"] for each in signing["evidence"]] == [0, 291, 425]  # type: ignore[attr-defined]
    for holder, post in (
        ("Hossein Amir-Abdollahian", "foreign minister of Iran"),
        ("Sergei Lavrov", "foreign minister of Russia"),
        ("Ebrahim Raisi", "president of Iran"),
    ):
        one(told, type="Tenure", holder={holder}, post={post})
    visit = one(told, type="Visit", actor={"Ebrahim Raisi"}, place={"Russia"}, realis="planned")
    assert visit["time"]["begin"] == "2023-12-07"  # type: ignore[index]
    one(
        told,
        action="impose",
        actor={"United States", "European Union", "allies"},
        target={"Russia"},
    )
    grounds = ["nuclear-programme", "missile-programme", "human-rights", "terrorism"]
    under = one(told, type="SanctionsMeasure", target={"Iran"})
    assert under["values"]["reason"] == grounds  # type: ignore[index]
    assert "imposedBy" not in under["roles"]  # type: ignore[operator]
    left = one(told, action="withdraw", actor={"United States"}, concerns={"JCPOA"})
    assert left["time"]["begin"][:4] == "2018"  # type: ignore[index]
    one(told, type="EconomicEffect", observedFor={"Russian ruble"})
    rial = one(told, type="EconomicEffect", observedFor={"Iranian rial"})
    assert rial["values"] == {
        "bound": "exactly", "direction": "down", "indicator": "exchange-rate", "unit": "factor", "value": 12,
    }  # fmt: skip
    (inflation,) = [fact for fact in told if fact["values"].get("indicator") == "inflation"]  # type: ignore[attr-defined]
    assert (inflation["values"]["value"], inflation["values"]["approximate"]) == (50, True)  # type: ignore[index]
    for fact in told:
        for each in fact["evidence"]:  # type: ignore[attr-defined]
            assert text[each["start"] : each["end"]] == each["text"]


def test_the_real_article_springs_no_trap(told: list[dict[str, object]]) -> None:
    actions = {fact["action"] for fact in told}
    assert not actions & {"vote-for", "vote-against", "abstain", "adopt"}, (
        "a vote that nobody told of"
    )
    everything = json.dumps(told)
    assert "2023-05-12" not in everything, "the dateline read day first"
    assert "(left)" not in {
        each["label"] for fact in told for r in fact["roles"].values() for each in r
    }  # type: ignore[attr-defined]
    rubles = [
        fact
        for fact in told
        if {"Russian ruble"} == {each["label"] for each in fact["roles"].get("observedFor", [])}  # type: ignore[attr-defined]
    ]
    assert all("value" not in fact["values"] for fact in rubles), "a figure for the ruble"  # type: ignore[operator]
    visits = [fact for fact in told if fact["type"] == "Visit"]
    assert all(fact["realis"] == "planned" for fact in visits), "a visit told as done"
    (invasion,) = [fact for fact in told if fact["action"] == "invade"]
    assert invasion["time"]["begin"] is None, "a date that the article does not give"  # type: ignore[index]
