"""Legal instruments that go by a number, whether the reference data know them or not."""

import re
from collections.abc import Iterator

from kgapi.facts.fact import Entity
from kgapi.facts.rules.names import slug
from kgapi.facts.rules.text import Sentence, Word

_NUMBERED = (
    (
        re.compile(
            r"(?:(?:UN|U\.N\.|United Nations) )?(?:Security Council )?[Rr]esolution (\d{3,4})\b"
        ),
        "UN Security Council Resolution {}",
    ),
    (
        re.compile(
            r"(?:(?:UN|U\.N\.|United Nations) )?(?:General Assembly )?[Rr]esolution "
            r"((?:ES-)?\d+/\d+)\b"
        ),
        "UN General Assembly Resolution {}",
    ),
    (re.compile(r"(?:[Ee]xecutive [Oo]rder|E\.O\.|EO) (?:No\. )?(1\d{4})\b"), "Executive Order {}"),
    (
        re.compile(r"(?:Council )?(?:Implementing )?Regulation (?:\(EU\) )?(?:No\.? )?(\d+/\d+)\b"),
        "EU Regulation {}",
    ),
    (re.compile(r"General Licen[cs]e (\d+[A-Z]?)\b"), "General License {}"),
    (re.compile(r"(?:Council )?Decision (?:\(CFSP\) )?(\d{4}/\d+)\b"), "EU Decision {}"),
)

_DIGIT = re.compile(r"\d")


def find(sentence: Sentence, text: str) -> Iterator[tuple[tuple[Word, ...], Entity]]:
    """The instruments of a sentence, each with the words that name it."""
    if _DIGIT.search(text, sentence.start, sentence.end) is None:
        return
    for pattern, name in _NUMBERED:
        for match in pattern.finditer(text, sentence.start, sentence.end):
            if words := sentence.between(match.start(), match.end()):
                label = name.format(match.group(1))
                yield words, Entity("instrument", slug(label), label, "LegalInstrument")
