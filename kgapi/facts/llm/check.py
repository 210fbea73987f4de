"""What a model says of an article, held against the article: nothing is taken on trust."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from kgapi.errors import BadFacts
from kgapi.facts import records
from kgapi.facts.fact import NEVER_SAID, Entity, Fact, When
from kgapi.facts.rules import numbers, times
from kgapi.news.article import Article
from kgapi.reference import gazetteer

LONGEST_QUOTE = 1_000
_OURS = frozenset({"type", "action", "roles", "values", "realis", "modality", "speaker"})


def fact(told: object, article: Article, rule: str, confidence: float) -> Fact:
    """The fact that an object of the model's answer tells.

    Raises BadFacts where it does not fit the ontology, where the article does not have the quote,
    and where the quote does not name everybody in it, by whatever name, or lacks its figures.
    """
    if not isinstance(told, dict):
        raise BadFacts("this is no object", reason="malformed")
    if surplus := sorted(map(str, told.keys() - _OURS - {"quote", "time"})):
        raise BadFacts(f"the member {surplus[0]!r} is not known", reason="malformed")
    quote = told.get("quote")
    if not isinstance(quote, str) or len(quote) > LONGEST_QUOTE:
        raise BadFacts("this has no quote, or a very long one", reason="malformed")
    record = {name: told[name] for name in _OURS if told.get(name) is not None}
    found = records.fact(record | {"evidence": [quote]}, article, rule)
    passage = found.evidence[0].text
    for each in _named(found):
        if not _names(passage, each, article):
            raise _absent(each.label)
    _check_values(found.values, passage)
    when = _when(told.get("time"), passage, found.realis, article)
    return replace(found, when=when, confidence=confidence)


def _named(found: Fact) -> Iterator[Entity]:
    for _, filler in found.fillers():
        if isinstance(filler, Fact):
            raise BadFacts("a model tells facts one beside the other", reason="malformed")
        yield filler
    if found.speaker:
        yield found.speaker


def _names(passage: str, entity: Entity, article: Article) -> bool:
    """Whether the passage names the entity: by its label, by a name of the reference data, by the
    surname of somebody whom the article names in full, by the title alone of an office."""
    if _has(passage, entity.label):
        return True
    matches = gazetteer.shipped().find(passage)
    if any(sense.known.path == entity.path for match in matches for sense in match.senses):
        return True
    match entity.type:
        case "Person":
            return _has(article.text, entity.label) and _has(passage, entity.label.split()[-1])
        case "Post" if entity.within:
            title = entity.label.removesuffix(f" of {entity.within.label}")
            return _has(passage, title) and _names(passage, entity.within, article)
        case _:
            return False


def _has(text: str, words: str) -> bool:
    """Whether the text has these words as they are, whole, whatever their case."""
    spaced = r"\s+".join(map(re.escape, words.split()))
    return bool(re.search(rf"(?<!\w){spaced}(?!\w)", text, re.IGNORECASE))


def _check_values(values: Mapping[str, Any], passage: str) -> None:
    if "value" in values:
        figures = [figure.value for figure in numbers.find(passage, 0, len(passage))]
        if values["value"] not in figures and not _has(passage, f"{values['value']:,}"):
            raise _absent(str(values["value"]))
    words = values.get("characterizedAs")
    if words is not None and not _has(passage, words):
        raise _absent(words)


def _when(words: object, passage: str, realis: str, article: Article) -> When:
    """The time that the passage gives, read by our own rules: a model's arithmetic is not needed."""
    if words is None:
        return NEVER_SAID
    if not isinstance(words, str) or not _has(passage, words):
        raise _absent(str(words))
    if article.published is None:
        return NEVER_SAID
    lean: times.Lean = "future" if realis in {"planned", "threatened", "possible"} else "past"
    read = times.find(words, 0, len(words))
    return times.resolve(read[0], article.published, lean) if len(read) == 1 else NEVER_SAID


def _absent(words: str) -> BadFacts:
    return BadFacts(f"the quote does not say {words[:80]!r}", reason="not-in-the-quote")
