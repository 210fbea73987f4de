"""Facts: what an article states, each with the passage that says so."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Protocol

from kgapi.errors import BadSettings
from kgapi.facts.extractor import Extractor
from kgapi.facts.fact import Fact, Named
from kgapi.news.article import Article
from kgapi.settings import Settings

if TYPE_CHECKING:
    from kgapi.facts.rules.extractor import RulesExtractor

_DEFAULTS = Settings()


class Factory(Protocol):
    """Makes an extractor as the settings want it."""

    def __call__(self, settings: Settings = _DEFAULTS) -> Extractor: ...


def read(article: Article) -> tuple[list[Named], list[Fact]]:
    """Whom and what an article names, in reading order, and its facts, as the rules find them."""
    return _parser().read(article)


def _rules(settings: Settings = _DEFAULTS) -> Extractor:
    return _parser()


@cache
def _parser() -> "RulesExtractor":
    # The parser takes a second to load and keeps no state: nobody waits for it who does not
    # extract, and nobody waits twice.
    from kgapi.facts.rules.extractor import RulesExtractor

    return RulesExtractor()


def _submitted(settings: Settings = _DEFAULTS) -> Extractor:
    from kgapi.facts.submitted import Submitted

    return Submitted()


def _llm(settings: Settings = _DEFAULTS) -> Extractor:
    from kgapi.facts.llm.extractor import open_model

    return open_model(settings)


def _ensemble(settings: Settings = _DEFAULTS) -> Extractor:
    from kgapi.facts.ensemble import Ensemble

    names = dict.fromkeys(settings.ensemble.split())
    if len(names) < 2 or "ensemble" in names:
        raise BadSettings(
            f"KGAPI_ENSEMBLE names two or more other extractors, not {settings.ensemble!r}"
        )
    return Ensemble([extractor(name, settings) for name in names])


EXTRACTORS: Mapping[str, Factory] = {
    "rules": _rules,
    "submitted": _submitted,
    "llm": _llm,
    "ensemble": _ensemble,
}
"""The extractors by name, each made by calling its factory."""


def extractor(name: str, settings: Settings = _DEFAULTS) -> Extractor:
    """An extractor by its name. Raises BadSettings for one that is not there."""
    if name not in EXTRACTORS:
        raise BadSettings(f"there is no extractor {name!r}; there are {', '.join(EXTRACTORS)}")
    return EXTRACTORS[name](settings)
