"""The main job from end to end: an article goes in, an answered question comes out."""

import json
import random
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from kgapi import facts, media, news, pipeline
from kgapi.errors import BadSettings, ShapeViolation, UnreadableArticle
from kgapi.facts.extractor import Extraction, Extractor
from kgapi.facts.fact import Entity, Evidence, Fact
from kgapi.graph import mapping, shapes
from kgapi.graph.iris import Iris
from kgapi.graph.record import record
from kgapi.news.article import Article
from kgapi.reference import files
from kgapi.store.embedded import EmbeddedEngine


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
