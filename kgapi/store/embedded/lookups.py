"""Queries that end soon whatever the data: one triple pattern, one of its ends given."""

import re

from kgapi.store.tokens import Token, tokens

# The text as a row of letters: c for an IRI, v for a variable, l for a literal, W, G and others for
# keywords, marks as they are. Two patterns could multiply, and a filter could let nothing through.
_LOOKUP = re.compile(
    r"(?:Bc|Pcc)*(?:S[DR]?(?:v+|\*)|A)W?\{(?:G[cv]\{)?(?:c[cv][cvl]|v[cv]c)\.?\}?\}(?:Ll)?"
)
# The same with an IRI as subject, and every solution told: it ends with the properties of one thing.
_OF_SUBJECT = re.compile(r"(?:Bc|Pcc)*(?:S(?:v+|\*)|A)W?\{c[cv][cvl]\.?\}")
_LETTERS = {
    "BASE": "B",
    "PREFIX": "P",
    "SELECT": "S",
    "DISTINCT": "D",
    "REDUCED": "R",
    "ASK": "A",
    "WHERE": "W",
    "GRAPH": "G",
    "LIMIT": "L",
    "A": "c",
}
_KINDS = {"iri": "c", "name": "c", "variable": "v", "string": "l", "number": "l"}
# No lookup has more tokens outside of its prologue.
_MOST = 400


def is_lookup(text: str, *, of_subject: bool = False) -> bool:
    """Whether a query has one triple pattern, with an IRI as its subject or object, and no more.

    ``of_subject`` asks for those with an IRI as their subject alone.
    """
    letters: list[str] = []
    for token in tokens(text):
        letters.append(_letter(token))
        if len(letters) > _MOST:
            return False
    shape = _OF_SUBJECT if of_subject else _LOOKUP
    return shape.fullmatch("".join(letters)) is not None


def _letter(token: Token) -> str:
    if token.kind == "word":
        return _LETTERS.get(token.text.upper(), "!")
    return _KINDS.get(token.kind) or (token.text if token.kind == "mark" else "!")
