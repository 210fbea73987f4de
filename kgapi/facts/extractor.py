"""The seam between articles and facts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from kgapi.facts.fact import Fact
from kgapi.news.article import Article


@dataclass(frozen=True, slots=True)
class Extraction:
    """What an extractor found in one article, in reading order, and what it wants people to know.

    A ``fallible`` extractor is one of which nobody expects that every fact makes sense: those that
    break a shape are left out with a warning, where otherwise the article would be refused.
    """

    article: Article
    facts: tuple[Fact, ...]
    warnings: tuple[str, ...] = ()
    fallible: bool = False


class Extractor(Protocol):
    """Anything that finds facts in articles.

    ``name`` and ``version`` identify it in the provenance of each fact; the version changes
    whenever the same article may give other facts. Every fact's evidence cuts exactly its text
    out of the article, and the same article gives the same facts, byte for byte.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def extract(self, articles: Iterable[Article]) -> Iterator[Extraction]:
        """Facts of each article, in the order of the articles, as a stream."""
        ...
