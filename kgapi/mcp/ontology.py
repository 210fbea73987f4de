"""The words of the graph, for whoever is to ask in them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from kgapi.client import Client, Row, SavedQuery
from kgapi.mcp.answers import Example, Ontology, Term

_PREFIX = re.compile(r"^PREFIX +(\S*?): *<([^<>]+)>", re.MULTILINE)
_VOCABULARY = re.compile(r"https://w3id\.org/kgapi/vocab/(\w+)#")
# Terms and queries that are told in full.
_TERMS, _EXAMPLES = 30, 4


def of_graph(graph: Client, about: str | None) -> Ontology:
    """All names, or with words to look for, what has them in full."""
    saved = list(graph.queries())
    prefixes = _prefixes(saved)
    terms = _terms(graph, prefixes)
    words = (about or "").casefold().split()
    chosen = [each for each in terms if words and _has(each.model_dump().values(), words)]
    asked = [each for each in saved if not words or _has((each.name, each.summary), words)]
    examples = [_example(each, in_full=bool(words)) for each in asked]
    return Ontology(
        prefixes=prefixes,
        classes=[each.name for each in terms if each.kind == "class"],
        properties=[each.name for each in terms if each.kind == "property"],
        concepts=_schemes(terms),
        terms=chosen[:_TERMS],
        examples=examples[:_EXAMPLES] if words else examples,
        notes=_notes(about, len(chosen), len(examples)),
    )


def _notes(about: str | None, terms: int, examples: int) -> list[str]:
    if not about:
        return ["`about` with a word or a name tells the terms and queries that have it in full"]
    if not terms and not examples:
        return [f"nothing has {about!r}; without `about` you get all names"]
    cut = [(terms, _TERMS, "terms"), (examples, _EXAMPLES, "queries")]
    return [f"{most} of {there} {what} told" for there, most, what in cut if there > most]


def _has(told: Iterable[Any], words: Sequence[str]) -> bool:
    text = " ".join(map(str, told)).casefold()
    return all(word in text for word in words)


def _example(saved: SavedQuery, *, in_full: bool) -> Example:
    return Example(
        name=saved.name, summary=saved.summary, text=saved.text.strip() if in_full else ""
    )


def _prefixes(saved: Iterable[SavedQuery]) -> dict[str, str]:
    """What the queries of the server declare."""
    return dict(sorted({pair for each in saved for pair in _PREFIX.findall(each.text)}))


def _schemes(terms: Iterable[Term]) -> dict[str, list[str]]:
    found = defaultdict(list)
    for each in terms:
        if each.kind == "concept" and (within := _VOCABULARY.match(each.iri)):
            found[within[1]].append(each.iri[within.end() :])
    return dict(found)


def _terms(graph: Client, prefixes: Mapping[str, str]) -> list[Term]:
    solutions = graph.select(_query())
    grouped = groupby(solutions, lambda row: row["term"])
    return [_term(iri, list(group), prefixes) for iri, group in grouped]


def _term(iri: str, solutions: Sequence[Row], prefixes: Mapping[str, str]) -> Term:
    first = solutions[0]
    further = {
        name: sorted({_name(each[name], prefixes) for each in solutions if name in each})
        for name in ("above", "of", "to")
    }
    return Term(
        iri=iri,
        name=_name(iri, prefixes),
        kind=first["kind"],
        label=first["label"],
        definition=first.get("definition", ""),
        **further,
    )


def _name(iri: str, prefixes: Mapping[str, str]) -> str:
    for prefix, begin in prefixes.items():
        if iri.startswith(begin):
            return f"{prefix}:{iri.removeprefix(begin)}"
    if within := _VOCABULARY.match(iri):
        return f"{within[1]}:{iri[within.end() :]}"
    return f"<{iri}>"


@cache
def _query() -> str:
    return (Path(__file__).parent / "terms.rq").read_text("utf-8")
