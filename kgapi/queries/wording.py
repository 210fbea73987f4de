"""How much of their wording two texts share (Broder 1997: resemblance and containment)."""

import re
import unicodedata
from collections.abc import Iterable

_WORD = re.compile(r"\w+")
# Words in a row that make a shingle.
_SIZE = 3

Shingles = frozenset[tuple[str, ...]]


def shingles(texts: Iterable[str]) -> Shingles:
    """Every three words in a row of some texts, without accents, case and punctuation.

    A shorter text is one shingle.
    """
    return frozenset(each for text in texts for each in _of(words(text)))


def words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(mark for mark in plain if not unicodedata.combining(mark)))


def _of(found: list[str]) -> Iterable[tuple[str, ...]]:
    if 0 < len(found) < _SIZE:
        return [tuple(found)]
    return (tuple(found[at : at + _SIZE]) for at in range(len(found) - _SIZE + 1))


def resemblance(one: Shingles, other: Shingles) -> float:
    """From 0 to 1: the shingles of both, of all there are."""
    return len(one & other) / len(one | other) if one and other else 0.0


def containment(one: Shingles, other: Shingles) -> float:
    """From 0 to 1: how much of the shorter text is in the longer one."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0
