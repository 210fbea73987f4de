"""What a query is, by its text alone: the form of its answer, and whether that repeats."""

from collections.abc import Sequence

from kgapi import media
from kgapi.media import MediaType
from kgapi.store.tokens import tokens

_FORMS = {
    "SELECT": media.SOLUTIONS,
    "ASK": media.SOLUTIONS,
    "CONSTRUCT": media.GRAPHS,
    "DESCRIBE": media.GRAPHS,
}
# What may be otherwise the next time though nothing was written (STRUUID has UUID in it).
_FICKLE = ("NOW", "RAND", "UUID", "SERVICE")


def offers(text: str) -> Sequence[MediaType]:
    """The representations of a query's answer; none where its form cannot be told."""
    words = (token.text.upper() for token in tokens(text) if token.kind == "word")
    return next((_FORMS[word] for word in words if word in _FORMS), ())


def repeats(text: str) -> bool:
    """Whether a query has the same answer as long as nothing is written."""
    for token in tokens(text):
        # Oxigraph needs no space between words: ``trueRAND`` and ``SERVICE:x`` are two of them.
        word = token.text.partition(":")[0].upper()
        if token.kind in {"word", "name"} and any(each in word for each in _FICKLE):
            return False
    return True
