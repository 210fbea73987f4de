"""English or not: kgapi reads English and refuses the rest, naming the language it sees."""

import re
from functools import cache
from typing import Any

from kgapi.errors import UnreadableArticle

_ENOUGH = 60  # letters; less is too little to tell languages in Latin script apart
_NAMES = 0.2  # share of lower-case words below which a text is a list of names
_SURE = 0.5  # normalised probability from which another language is believed
_SURER = {"pcm": 0.95}  # Nigerian Pidgin, for which English with many names is taken too easily
_SAMPLE = 10_000  # characters that are looked at
_WORD = re.compile(r"[^\W\d_]+")


def check(declared: str | None, prose: str) -> None:
    """Raise UnreadableArticle where the declared or the detected language is not English.

    ``declared`` is a BCP 47 tag. Short texts, and texts that are hardly more than names, pass
    where they are in Latin script; whatever is mostly in another script is not English.
    """
    tag = (declared or "").strip()[:35]
    if tag and re.split("[-_]", tag.lower())[0] not in {"en", "eng"}:
        raise _foreign(tag, "declared to be in")
    sample = prose[:_SAMPLE].lower() if prose.isupper() else prose[:_SAMPLE]
    words = _WORD.findall(sample)
    letters = sum(map(len, words))
    latin = 2 * sum(len(word) for word in words if _is_latin(word)) >= letters
    running = sum(len(word) for word in words if word.islower())
    if latin and (letters < _ENOUGH or running < _NAMES * letters):
        return
    if latin:  # a quotation in another script does not make the article foreign
        sample = _WORD.sub(lambda word: word[0] if _is_latin(word[0]) else "", sample)
    detected, probability = _identifier().classify(sample)
    if detected != "en" and (probability >= _SURER.get(detected, _SURE) or not latin):
        raise _foreign(detected, "written in")


def _is_latin(word: str) -> bool:
    return word.isascii() or all(character < "\u0250" for character in word)


def _foreign(language: str, how: str) -> UnreadableArticle:
    return UnreadableArticle(
        f"The article is {how} “{language}”, and only English is read: send an English version.",
        language=language,
    )


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
