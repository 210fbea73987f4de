"""IRIs say what a thing is and nothing else, so that articles meet in them."""

from dataclasses import replace
from datetime import date

import pytest

from kgapi.facts.fact import Entity, Evidence, Fact, When
from kgapi.graph.iris import Iris, article_key, fact_path, slug
from kgapi.news.article import Article

US = Entity("country", "us", "United States", "Country")
EU = Entity("organization", "european-union", "European Union", "Organization")
RUSSIA = Entity("country", "ru", "Russia", "Country")
ARTICLE = Article("Some text.", "EU and US sanction Russia", date(2022, 2, 25), ())
ELSEWHERE = replace(ARTICLE, text="Other words.", headline="Sanctions")
IMPOSED = Fact(
    type="SanctionsAction",
    action="impose",
    roles={"actor": (US, EU), "target": (RUSSIA,)},
    when=When(date(2022, 2, 24), date(2022, 2, 24), "on Thursday"),
    evidence=(Evidence(0, 4, "Some"),),
    rule="impose-1",
)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Ruble falls — again!", "ruble-falls-again"),
        ("Élysée Çiğdem", "elysee-cigdem"),
        ("", "x"),
        ("制裁", "x"),
        ("word " * 40, "word-word-word-word-word-word-word-word-word-word-word-word"),
        ("a" * 80, "a" * 60),
    ],
)
def test_a_slug_is_ascii_and_short(text: str, made: str) -> None:
    assert slug(text) == made


def test_the_key_of_an_article_tells_day_headline_and_text() -> None:
    assert article_key(ARTICLE) == f"2022-02-25-eu-and-us-sanction-russia-{ARTICLE.digest[:8]}"
    assert article_key(replace(ARTICLE, text="x")) != article_key(ARTICLE)


def test_a_dated_fact_of_two_articles_is_one_whatever_the_order_of_its_parties() -> None:
    other = replace(
        IMPOSED, roles={"target": (RUSSIA,), "actor": (EU, US)}, rule="x", confidence=0.5,
        modality="quoted", speaker=US,
    )  # fmt: skip
    path = fact_path(IMPOSED, ARTICLE)
    assert fact_path(other, ELSEWHERE) == path
    assert path.startswith("event/2022-02-24-impose-")


@pytest.mark.parametrize(
    "change",
    [
        {"realis": "planned"},
        {"action": "lift"},
        {"roles": {"actor": (US,), "target": (RUSSIA,)}},
        {"values": {"measureType": ("travel",)}},
        {"when": When(date(2022, 2, 25), date(2022, 2, 25))},
    ],
)
def test_another_fact_has_another_iri(change: dict[str, object]) -> None:
    assert fact_path(replace(IMPOSED, **change), ARTICLE) != fact_path(IMPOSED, ARTICLE)


def test_undated_events_of_two_articles_are_kept_apart_and_states_are_not() -> None:
    event = replace(IMPOSED, when=When())
    assert fact_path(event, ARTICLE) != fact_path(event, ELSEWHERE)
    state = Fact(
        type="SanctionsMeasure", roles={"target": (RUSSIA,)}, evidence=(), rule="under-sanctions"
    )
    assert fact_path(state, ARTICLE) == fact_path(state, ELSEWHERE)


def test_iris_lie_under_the_base(iris: Iris) -> None:
    assert str(iris.entity(RUSSIA)) == "https://kgapi.example.org/id/country/ru"
    assert str(iris.graph("reference")) == "https://kgapi.example.org/graph/reference"
    assert iris.path("https://kgapi.example.org/id/country/ru") == "country/ru"
    assert iris.path("https://elsewhere.example/id/country/ru") is None
    passage = iris.passage(iris.article(ARTICLE), 3, 9)
    assert str(passage).endswith(f"-{ARTICLE.digest[:8]}#char=3,9")
