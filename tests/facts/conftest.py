"""One extractor for all tests of facts: it takes a second to load and keeps no state."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest

from kgapi.facts import EXTRACTORS
from kgapi.facts.extractor import Extractor
from kgapi.facts.fact import Fact
from kgapi.news.article import Article, Zone, paragraphs

PUBLISHED = date(2023, 12, 5)  # a Tuesday

Read = Callable[..., Sequence[Fact]]


def article(text: str, published: date | None = PUBLISHED) -> Article:
    """An article whose paragraphs are all body."""
    zones = tuple(Zone("body", start, end) for start, end in paragraphs(text))
    return Article(text, text[:60], published, zones)


@pytest.fixture(scope="session")
def extractor() -> Extractor:
    return EXTRACTORS["rules"]()


@pytest.fixture(scope="session")
def read(extractor: Extractor) -> Read:
    """Facts of a text that is all body, by default published on Tuesday, 5 December 2023."""

    def read(text: str, published: date | None = PUBLISHED) -> Sequence[Fact]:
        (extraction,) = extractor.extract([article(text, published)])
        return extraction.facts

    return read


def labels(fact: Fact, role: str) -> list[str]:
    """The labels of the entities that fill a role, in order."""
    return [each.label for each in fact.roles.get(role, ()) if not isinstance(each, Fact)]


def of(facts: Sequence[Fact], type_: str, action: str | None = None) -> list[Fact]:
    """The facts of a class and, if given, an action."""
    return [f for f in facts if f.type == type_ and (action is None or f.action == action)]


def one(facts: Sequence[Fact], type_: str, action: str | None = None) -> Fact:
    """The only fact of a class and action; fails where there are none or several."""
    (found,) = of(facts, type_, action)
    return found
