"""Documents for people: what is told of a thing as a page, with the sentences that say so."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pyoxigraph as ox
from flask import Response

from kgapi.queries import reads
from kgapi.queries.descriptions import (
    EVIDENCE,
    PART_OF,
    PREF_LABEL,
    RDF_TYPE,
    RDFS_LABEL,
    SOURCE,
    STATES,
    Description,
    Links,
    Term,
    surroundings,
    text,
)
from kgapi.queries.reads import SAN, FactRead
from kgapi.reference import terms
from kgapi.reference.turtle import local
from kgapi.web.html import page
from kgapi.web.marking import Piece, Span, pieces
from kgapi.web.moments import order
from kgapi.web.parts import parts
from kgapi.web.signposting import OFFERS, Document

_BODY = "https://schema.org/articleBody"
_ALT_LABEL = "http://www.w3.org/2004/02/skos/core#altLabel"
_EXACT_MATCH = "http://www.w3.org/2004/02/skos/core#exactMatch"
# Told at the head of the page, or by the facts on it.
_TOLD = {RDF_TYPE, RDFS_LABEL, _ALT_LABEL, _EXACT_MATCH, _BODY, "https://schema.org/headline"}
_NAMING = {RDFS_LABEL, PREF_LABEL, "http://www.w3.org/ns/oa#exact"}
_OF_FACTS = {STATES, SOURCE, PART_OF}
# Characters of the article before and behind a passage.
_AROUND = 240

More = Mapping[str, str]
"""Where the links go on, by property."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value as people read it; ``iri`` where it is a thing."""

    text: str
    iri: str = ""


@dataclass(frozen=True, slots=True)
class Pointing:
    """Whoever points at the thing by one property: those on this page, and where the others are."""

    property: str
    total: int
    things: Sequence[Value]
    facts: int
    more: str


def portrait(
    document: Document, described: Description, more: More, tree: Mapping[str, Any]
) -> Response:
    """The page about a thing. ``tree`` is the same document in JSON-LD, for programs that read it."""
    names = _names(described)
    facts = _facts(described)
    told = {each.id for each in facts}
    values: dict[str, Any] = {
        "document": document,
        "offers": OFFERS,
        "tree": tree,
        "title": _title(described, names),
        "kind": _kind(described),
        "own": _own(described, names),
        "also": described.objects(_ALT_LABEL),
        "same": described.objects(_EXACT_MATCH),
        "pointing": [_pointing(each, names, told, more) for each in described.links],
        "facts": facts,
        "roles": _roles(described),
    }
    if SAN + "Article" in described.objects(RDF_TYPE):
        return page("article.html", **(values | _article(described, facts)))
    if fact := reads.fact(parts().engine, document.thing):
        return page("fact.html", **values, fact=fact, around=_around(described))
    return page("thing.html", **values)


def _title(described: Description, names: Mapping[str, str]) -> str:
    """What the thing is called; a statement is called after what it states."""
    called = (
        names[each] for each in (described.thing, *described.objects(STATES)) if each in names
    )
    return next(called, local(described.thing))


def _names(described: Description) -> dict[str, str]:
    """What the things of a document are called, the shortest name of several; a passage, its words."""
    found: dict[str, str] = {}
    told = chain(described.own, described.belonging, described.names)
    named = (each for each in told if each.predicate.value in _NAMING)
    for each in sorted(named, key=lambda each: (-len(text(each.object)), str(each))):
        found[text(each.subject)] = text(each.object)
    return found


def _kind(described: Description) -> Value:
    """What it is: a claim by the class that it claims."""
    classes = described.objects(SAN + "claimedType") or described.objects(RDF_TYPE)
    iri = next(iter(classes), "")
    return Value(terms.label(iri), iri)


def _own(described: Description, names: Mapping[str, str]) -> list[tuple[Value, list[Value]]]:
    """The thing's own properties with their values."""
    found: dict[str, list[Value]] = {}
    for each in sorted(described.own, key=str):
        if (name := each.predicate.value) not in _TOLD:
            found.setdefault(name, []).append(_value(each.object, names))
    return [(_property(name), values) for name, values in found.items()]


def _property(iri: str) -> Value:
    return Value(terms.labels().get(iri) or _spaced(local(iri)), iri)


def _spaced(name: str) -> str:
    """``wasAttributedTo`` as words."""
    return "".join(f" {each.lower()}" if each.isupper() else each for each in name).strip()


def _value(term: Term, names: Mapping[str, str]) -> Value:
    if isinstance(term, ox.NamedNode):
        iri = term.value
        return Value(names.get(iri) or terms.labels().get(iri) or _short(iri), iri)
    return Value(text(term))


def _short(iri: str) -> str:
    """The fragment or path of one of our own IRIs; that of others in full."""
    path = parts().iris.path(iri)
    return iri if path is None else path.rpartition("#")[2]


def _pointing(each: Links, names: Mapping[str, str], told: set[str], more: More) -> Pointing:
    things = [
        Value(names.get(subject) or _short(subject), subject)
        for subject in each.subjects
        if subject not in told
    ]
    facts = len(each.subjects) - len(things)
    return Pointing(each.property, each.total, things, facts, more.get(each.property, ""))


def _facts(described: Description) -> list[FactRead]:
    """The facts on a page about a thing: of an article those that it states, else those in which
    the thing takes part, in the order of time."""
    if SAN + "Article" in described.objects(RDF_TYPE):
        stated = {
            text(each.object) for each in described.belonging if each.predicate.value == STATES
        }
        return reads.facts_among(parts().engine, sorted(stated), described.thing)
    subjects = {
        subject
        for each in described.links
        if each.property not in _OF_FACTS
        for subject in each.subjects
    }
    found = reads.facts_among(parts().engine, sorted(subjects))
    return sorted(found, key=lambda each: (order(each.time), each.id))


def _roles(described: Description) -> Mapping[str, list[str]]:
    """In which roles each fact has the thing, by the IRI of the fact."""
    found: dict[str, list[str]] = {}
    for each in described.links:
        for subject in each.subjects:
            found.setdefault(subject, []).append(each.property)
    return found


def _article(described: Description, facts: Sequence[FactRead]) -> dict[str, Any]:
    """The text with its passages, and the number of each fact by its passages."""
    ordered = sorted(facts, key=lambda each: (_first(each), each.id))
    numbers: dict[str, list[int]] = {}
    for number, fact in enumerate(ordered, 1):
        for evidence in (each for one in fact.statements for each in one.evidence):
            numbers.setdefault(f"char={evidence.start},{evidence.end}", []).append(number)
    return {
        "facts": ordered,
        "numbers": numbers,
        "pieces": _pieces(described, numbers),
        "said": {each.predicate.value: text(each.object) for each in described.own},
    }


def _first(fact: FactRead) -> int:
    return min((each.start for one in fact.statements for each in one.evidence), default=0)


def _pieces(described: Description, names: Iterable[str]) -> list[Piece]:
    body = next(iter(described.objects(_BODY)), "")
    return list(pieces(body, map(_span, names)))


def _span(name: str) -> Span:
    """A passage by its fragment, ``char=3,9``."""
    start, end = name.removeprefix("char=").split(",")
    return Span(int(start), int(end), name)


def _around(described: Description) -> Mapping[tuple[str, int], tuple[str, str]]:
    """The words around the passages of a fact, by article and offset of the first character."""
    passages = {
        text(each.object) for each in described.belonging if each.predicate.value == EVIDENCE
    }
    found = surroundings(parts().engine, sorted(passages), _AROUND)
    return {_place(passage): words for passage, words in found.items()}


def _place(passage: str) -> tuple[str, int]:
    article, _, place = passage.partition("#char=")
    return article, int(place.partition(",")[0])
