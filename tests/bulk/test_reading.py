"""The unit of work: what goes wrong with one article is told of that one alone."""

import pickle
from collections.abc import Iterable, Iterator

import pytest

from kgapi import facts, news
from kgapi.bulk.reading import Reading
from kgapi.errors import KgapiError, ShapeViolation
from kgapi.facts.extractor import Extraction
from kgapi.facts.fact import Entity, Evidence, Fact
from kgapi.news.article import Article
from kgapi.pipeline import Ready
from kgapi.settings import Settings
from tests.bulk.conftest import text

US = Entity("country", "us", "United States", "Country")


class Moody:
    """Breaks down over one article in the middle of others, and tells nonsense of another."""

    name, version = "moody", "1"

    def extract(self, articles: Iterable[Article]) -> Iterator[Extraction]:
        ahead = list(articles)
        if any("Breaks" in article.headline for article in ahead):
            raise ZeroDivisionError("over this one")
        for article in ahead:
            evidence = (Evidence(0, 4, article.text[:4]),)
            fact = Fact("SanctionsAction", evidence, "r", action="impose", roles={"actor": (US,)})
            yield Extraction(article, (fact,) if "Nonsense" in article.headline else ())


def test_each_article_has_its_own_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(facts.EXTRACTORS, "moody", lambda settings: Moody())  # type: ignore[attr-defined]
    names = ("One", "Breaks", "Nonsense", "Two")
    articles = [news.read(text(name).encode(), "text/plain") for name in names]
    found = Reading(Settings(extractor="moody")).read(articles)
    assert list(map(type, found)) == [Ready, KgapiError, ShapeViolation, Ready]
    broken = found[1]
    assert isinstance(broken, KgapiError)
    assert broken.detail == "ZeroDivisionError: over this one"
    assert "in extract" in broken.extra["trace"]
    for outcome in found:
        again = pickle.loads(pickle.dumps(outcome))
        assert type(again) is type(outcome)
        if isinstance(outcome, KgapiError):
            assert (again.detail, again.extra) == (outcome.detail, outcome.extra)
        else:
            assert again == outcome
