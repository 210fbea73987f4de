"""Quotes: where in an article's text a passage stands, word for word."""

import re
from bisect import bisect_right
from functools import lru_cache

from kgapi.facts.fact import Evidence

# Marks that people and programs type for one another; each is one character.
_ALIKE = str.maketrans("‘’‚‛′“”„‟″«»‐‑‒–—−", '\'\'\'\'\'"""""""------')
_SPACE = re.compile(r"\s+")


def locate(quote: str, text: str, start: int = 0) -> Evidence | None:
    """The first place at or after ``start`` where the text says this, None where it does not.

    It may differ in white space, in the shape of quotation marks and in the length of dashes, and in
    nothing else; the evidence has the text's own characters. Nothing is ever found in part.
    """
    if not quote.strip():
        return None
    exact = text.find(quote, start)
    if exact >= 0:
        return Evidence(exact, exact + len(quote), quote)
    plain, offsets = _plain(text)
    wanted = _SPACE.sub(" ", quote.strip()).translate(_ALIKE)
    found = plain.find(wanted, bisect_right(offsets, start - 1))
    if found < 0:
        return None
    first, last = offsets[found], offsets[found + len(wanted) - 1] + 1
    return Evidence(first, last, text[first:last])


@lru_cache(maxsize=4)
def _plain(text: str) -> tuple[str, tuple[int, ...]]:
    """The text with one space for each run of white space, and where each character came from."""
    characters: list[str] = []
    offsets: list[int] = []
    at = 0
    for space in _SPACE.finditer(text):
        characters.append(text[at : space.start()] + " ")
        offsets.extend(range(at, space.start() + 1))
        at = space.end()
    characters.append(text[at:])
    offsets.extend(range(at, len(text)))
    return "".join(characters).translate(_ALIKE), tuple(offsets)
