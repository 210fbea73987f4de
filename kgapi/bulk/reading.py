"""The unit of work: a few articles to what is to be stored of them. It needs no store."""

import traceback
from collections.abc import Sequence
from functools import cache

from kgapi import facts, pipeline
from kgapi.errors import KgapiError
from kgapi.facts.extractor import Extraction, Extractor
from kgapi.graph.iris import Iris
from kgapi.graph.review import Origin
from kgapi.news.article import Article
from kgapi.pipeline import Policy, Ready
from kgapi.settings import Settings

Outcome = Ready | KgapiError
"""What is to be stored of an article, or why there is nothing."""


class Reading:
    """Finds, maps and checks the facts of articles as the settings want it. Raises BadSettings."""

    def __init__(self, settings: Settings) -> None:
        self._extractor = facts.extractor(settings.extractor, settings)
        self._iris = Iris(settings.base)
        self._policy = Policy.of(settings)
        self.origin = Origin(self._extractor.name, self._extractor.version)

    def read(self, articles: Sequence[Article]) -> list[Outcome]:
        """An outcome for each article, in their order. What goes wrong with one is told of that
        one alone, whatever it is."""
        return [self._ready(each) for each in _extracted(articles, self._extractor)]

    def _ready(self, found: Extraction | KgapiError) -> Outcome:
        if isinstance(found, KgapiError):
            return found
        try:
            return pipeline.ready(found, self._iris, self.origin, self._policy)
        except Exception as error:
            return told(error)


@cache
def reading(settings: Settings) -> Reading:
    """The Reading of these settings, made once in a process: loading it takes seconds."""
    return Reading(settings)


def _extracted(articles: Sequence[Article], extractor: Extractor) -> list[Extraction | KgapiError]:
    try:
        return list(extractor.extract(articles))
    except Exception as error:
        if len(articles) == 1:
            return [told(error)]
    # Extractors read ahead: only one by one can it be said which article it was.
    return [each for article in articles for each in _extracted([article], extractor)]


def told(error: Exception) -> KgapiError:
    """Any error as one that can be told of an article; of what nobody foresaw, with its trace."""
    if isinstance(error, KgapiError):
        return error
    words = " ".join(f"{type(error).__name__}: {error}".split())
    return KgapiError(words, trace="".join(traceback.format_exception(error)))
