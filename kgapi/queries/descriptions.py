"""What is told of one thing, as triples, in bounded amounts: what a linked data document holds.

Who points at it is asked of the index, which holds that of all named graphs, of whomever: so a
document takes no longer where many do. All else is asked of the store.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import pyoxigraph as ox

from kgapi import media
from kgapi.index import pointers
from kgapi.queries.query import Iri, house, rows
from kgapi.reference.turtle import RDF, RDFS, SAN, SKOS
from kgapi.store import rdf
from kgapi.store.engine import Engine

RDF_TYPE = RDF + "type"
RDFS_LABEL = RDFS + "label"
PREF_LABEL = SKOS + "prefLabel"
_PROV = "http://www.w3.org/ns/prov#"
_DCTERMS = "http://purl.org/dc/terms/"
STATES, EVIDENCE = SAN + "states", SAN + "evidence"
SOURCE, PART_OF = _DCTERMS + "source", _DCTERMS + "isPartOf"

_NAMING = {RDF_TYPE, RDFS_LABEL, PREF_LABEL, SKOS + "altLabel"}
# Whoever points by these belongs to what it points at, and is described with it: the statements
# of a fact or an article, and the passages of an article. So many of them are told at a time.
_BELONGING = {STATES: 50, SOURCE: 50, PART_OF: 200}
# How many of all others a document tells, and how many a page of links.
_FIRST, _PAGE = 10, 50
# More triples than any document of ours has; a graph that others put here may have more.
_MOST = 20_000

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Wanted = Callable[[str], bool]
"""Whether triples with a property, given by its IRI, are wanted."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How much of a thing is told: which properties of its own, and by which others point at it."""

    name: str
    about: str
    own: Wanted
    links: Wanted

    @property
    def iri(self) -> str:
        return f"https://w3id.org/kgapi/profile#{self.name}"


def _all(predicate: str) -> bool:
    return True


def _none(predicate: str) -> bool:
    return False


def _names(predicate: str) -> bool:
    return predicate in _NAMING


def _provenance(predicate: str) -> bool:
    return predicate.startswith(_PROV) or predicate in {STATES, EVIDENCE, SOURCE, PART_OF}


FULL = Profile("full", "everything that is told, and a page of whoever points there", _all, _all)
BRIEF = Profile("brief", "its own properties, and what their values are called", _all, _none)
LABELS = Profile("labels", "what it is, and what it is called", _names, _none)
PROVENANCE = Profile(
    "prov",
    "who states it, in which passages, and what found that",
    lambda predicate: _names(predicate) or _provenance(predicate),
    _provenance,
)
PROFILES = (FULL, BRIEF, LABELS, PROVENANCE)


@dataclass(frozen=True, slots=True)
class Links:
    """Who points at a thing by one property, in the order of their IRIs: a page of ``total``.

    ``next`` is the IRI after which the next page begins, None where there is none.
    """

    property: str
    total: int
    subjects: Sequence[str]
    next: str | None


@dataclass(frozen=True, slots=True)
class Description:
    """What is told of a thing: its own triples, those of what belongs to it, the pages of whoever
    else points at it, and the names of everything mentioned."""

    thing: str
    own: frozenset[ox.Triple]
    belonging: frozenset[ox.Triple]
    links: Sequence[Links]
    names: frozenset[ox.Triple]

    @property
    def triples(self) -> frozenset[ox.Triple]:
        pointing = (
            ox.Triple(ox.NamedNode(subject), ox.NamedNode(links.property), ox.NamedNode(self.thing))
            for links in self.links
            for subject in links.subjects
        )
        return frozenset(chain(self.own, self.belonging, self.names, pointing))

    def objects(self, predicate: str) -> list[str]:
        """The values of one of its own properties, as text, sorted."""
        return sorted(text(each.object) for each in self.own if each.predicate.value == predicate)


def describe(
    engine: Engine, connection: sqlite3.Connection, iri: str, profile: Profile = FULL
) -> Description | None:
    """A thing as far as a profile goes; None where nothing is told of it."""
    told = _told(engine, "describe", [iri])
    if not told:
        return None
    own = frozenset(each for each in told if profile.own(each.predicate.value))
    links = [
        _links(connection, iri, name, total, "", _FIRST)
        for name, total in pointers.totals(connection, iri).items()
        if profile.links(name)
    ]
    return _described(engine, iri, own, links)


def links_page(
    engine: Engine, connection: sqlite3.Connection, iri: str, predicate: str, after: str
) -> Description | None:
    """A further page of whoever points at a thing by one property, with the thing's own names."""
    told = _told(engine, "describe", [iri])
    if not told:
        return None
    own = frozenset(each for each in told if _names(each.predicate.value))
    total = pointers.totals(connection, iri).get(predicate, 0)
    links = _links(connection, iri, predicate, total, after, _PAGE)
    return _described(engine, iri, own, [links])


def surroundings(
    engine: Engine, passages: Sequence[str], width: int
) -> Mapping[str, tuple[str, str]]:
    """The words before and behind each of some passages, as far as the store keeps the text."""
    wanted = [Iri(passage) for passage in passages]
    found = rows(engine, house("surroundings").bind(passages=wanted, width=width))
    return {row["passage"]: (row["before"], row["after"]) for row in found}


def _links(
    connection: sqlite3.Connection, iri: str, predicate: str, total: int, after: str, others: int
) -> Links:
    size = _BELONGING.get(predicate, others)
    subjects = pointers.page(connection, iri, predicate, after, size + 1)
    rest = subjects[size - 1] if len(subjects) > size else None
    return Links(predicate, total, subjects[:size], rest)


def _described(
    engine: Engine, iri: str, own: frozenset[ox.Triple], links: Sequence[Links]
) -> Description:
    belonging = {
        subject for each in links if each.property in _BELONGING for subject in each.subjects
    }
    parts = _told(engine, "describe", sorted(belonging))
    passages = _values(chain(own, parts), EVIDENCE) - belonging
    parts |= _told(engine, "describe", sorted(passages))
    described = {iri, *belonging, *passages}
    mentioned = _mentioned(chain(own, parts)) | {each for page in links for each in page.subjects}
    names = _told(engine, "names", sorted(mentioned - described))
    return Description(iri, own, parts, links, names)


def _told(engine: Engine, query: str, iris: Sequence[str]) -> frozenset[ox.Triple]:
    if not iris:
        return frozenset()
    asked = house(query).page(_MOST).bind(things=[Iri(iri) for iri in iris])
    answer = engine.query(asked, media.always(media.N_TRIPLES))
    triples = rdf.read(answer.read(), media.N_TRIPLES)
    # A triple about a triple has no place in the syntaxes of RDF 1.1.
    return frozenset(each for each in triples if not isinstance(each.object, ox.Triple))


def _values(triples: Iterable[ox.Triple], predicate: str) -> set[str]:
    return {
        each.object.value
        for each in triples
        if each.predicate.value == predicate and isinstance(each.object, ox.NamedNode)
    }


def _mentioned(triples: Iterable[ox.Triple]) -> set[str]:
    """The IRIs that are values of a property other than the class."""
    return {
        each.object.value
        for each in triples
        if isinstance(each.object, ox.NamedNode) and each.predicate.value != RDF_TYPE
    }


def text(term: Term) -> str:
    """A term as plain text: the IRI, the words."""
    return str(term) if isinstance(term, ox.Triple) else term.value
