"""Facts: what an article states, each with the passage that says so."""

from collections.abc import Callable, Mapping

from kgapi.errors import BadSettings
from kgapi.facts.extractor import Extractor


def _rules() -> Extractor:
    # The parser takes a second to load: nobody waits for it who does not extract.
    from kgapi.facts.rules.extractor import RulesExtractor

    return RulesExtractor()


EXTRACTORS: Mapping[str, Callable[[], Extractor]] = {"rules": _rules}
"""The extractors by name, each made by calling its factory."""


def extractor(name: str) -> Extractor:
    """A new extractor by its name. Raises BadSettings for one that is not there."""
    if name not in EXTRACTORS:
        raise BadSettings(f"there is no extractor {name!r}; there are {', '.join(EXTRACTORS)}")
    return EXTRACTORS[name]()
