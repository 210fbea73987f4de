"""The dataset of a request, where its text and the protocol's parameters may both speak of it."""

from collections.abc import Iterable, Iterator

from kgapi.errors import BadQuery
from kgapi.store.tokens import Token, tokens

# The keywords of an update outside of its groups.
_OUTER = frozenset(
    {"BASE", "PREFIX", "INSERT", "DELETE", "DATA", "WHERE", "LOAD", "INTO", "SILENT"}
)
_OUTER |= {
    "CLEAR",
    "DROP",
    "CREATE",
    "ADD",
    "MOVE",
    "COPY",
    "TO",
    "GRAPH",
    "DEFAULT",
    "NAMED",
    "ALL",
}


def names_its_own(text: str) -> bool:
    """Whether a query has FROM or FROM NAMED (SPARQL 1.1 Query section 13.2)."""
    return any(depth == 0 and _is(token, "FROM") for depth, token in _by_depth(text))


def using(text: str, default: Iterable[str], named: Iterable[str]) -> str:
    """An update with USING in each of its operations (SPARQL 1.1 Protocol section 2.2.3).

    ``default`` and ``named`` are IRIs as SPARQL writes them. Raises BadQuery for a text that has
    USING or WITH itself. ``DELETE WHERE``, which takes no USING, is written in full.
    """
    clauses = [*(f"USING {iri} " for iri in default), *(f"USING NAMED {iri} " for iri in named)]
    written: list[str] = []
    done = 0
    before: Token | None = None
    for depth, token in _by_depth(text):
        if depth == 0:
            _refuse(token)
            if token.says("WHERE"):
                written.append(text[done : token.start])
                if before and before.says("DELETE"):
                    written.append(f"{_group(text, token.end)} ")
                written += clauses
                done = token.start
        before = token
    return "".join([*written, text[done:]])


def _refuse(token: Token) -> None:
    if _is(token, "USING", "WITH"):
        raise BadQuery("USING or WITH beside using-graph-uri or using-named-graph-uri: say it once")
    if token.kind == "word" and token.text.upper() not in _OUTER:
        # Oxigraph needs no space between words, and ``DELETEWHERE`` would slip through here.
        raise BadQuery(f"{token.text} is no keyword of SPARQL Update")


def _is(token: Token, *keywords: str) -> bool:
    # ``WITH:g`` is a name by the standard, but a keyword and a name to Oxigraph.
    word = token.text.partition(":")[0].upper()
    return token.kind in {"word", "name"} and word in keywords and token.text != f"{word}:"


def _by_depth(text: str) -> Iterator[tuple[int, Token]]:
    """Each token with the number of braces that are open around it, the braces within."""
    depth = 0
    for token in tokens(text):
        depth += token.marks("{")
        yield depth, token
        depth -= token.marks("}")


def _group(text: str, start: int) -> str:
    """The group in braces that begins behind an offset."""
    depth = 0
    for token in tokens(text[start:]):
        depth += token.marks("{") - token.marks("}")
        if depth <= 0:
            return text[start : start + token.end]
    return text[start:]
