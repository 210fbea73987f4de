"""Names that the reference data know: which entity a stretch of text means, longest match first."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Literal

from kgapi.reference import files
from kgapi.reference.turtle import BASE, RDF, RDFS, SAN, SKOS, local, triples

Manner = Literal["name", "demonym", "metonym", "bare"]


@dataclass(frozen=True, slots=True)
class Known:
    """An entity of the reference data: ``kind`` and ``key`` of its IRI, its preferred label, the
    local name of its class and the paths (kind/key) of the countries that it belongs to."""

    kind: str
    key: str
    label: str
    type: str
    countries: tuple[str, ...] = ()
    capital: str | None = None

    @property
    def path(self) -> str:
        return f"{self.kind}/{self.key}"


@dataclass(frozen=True, slots=True)
class Sense:
    """One thing that a name can mean, and how: ``name`` outright, ``demonym`` as an adjective or
    noun of its people, ``metonym`` as a seat that stands for an actor, ``bare`` as a short currency
    name that several countries share. ``ambiguous`` names need support from the text."""

    known: Known
    manner: Manner
    ambiguous: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A name found in a text: offsets, end exclusive, and its senses in a fixed order."""

    start: int
    end: int
    senses: tuple[Sense, ...]


_WORD = re.compile(r"[^\W_]+")
_MANNERS: Mapping[str, Manner] = {
    RDFS + "label": "name",
    SKOS + "altLabel": "name",
    SKOS + "prefLabel": "name",
    SKOS + "hiddenLabel": "bare",
    SAN + "demonym": "demonym",
    SAN + "metonym": "metonym",
    SAN + "ambiguousName": "name",
}


class Gazetteer:
    """Finds the names of the entities given, whole words only, the longest at each place.

    A name with capitals is found as written and in capitals throughout; one without is found
    whatever the case of its first letter.
    """

    def __init__(
        self, senses: Mapping[str, Iterable[Sense]], entities: Mapping[str, Known]
    ) -> None:
        by_word: defaultdict[str, list[tuple[str, int, tuple[Sense, ...]]]] = defaultdict(list)
        for name, found in senses.items():
            for form in _forms(name):
                if word := _WORD.search(form):
                    by_word[word.group()].append((form, word.start(), tuple(found)))
        for names in by_word.values():
            names.sort(key=lambda item: (-len(item[0]), item[0]))
        self._by_word = dict(by_word)
        self._senses = senses
        self._entities = entities

    def among(self, wanted: Callable[[Known], bool]) -> "Gazetteer":
        """The names of those wanted alone, in the senses that mean them."""
        kept = {
            name: tuple(sense for sense in found if wanted(sense.known))
            for name, found in self._senses.items()
        }
        return Gazetteer({name: found for name, found in kept.items() if found}, self._entities)

    def __contains__(self, word: str) -> bool:
        """True where some name begins with this word."""
        return word in self._by_word

    def __getitem__(self, path: str) -> Known:
        """The entity with this kind/key. Raises KeyError."""
        return self._entities[path]

    def get(self, path: str) -> Known | None:
        """The entity with this kind/key, or None."""
        return self._entities.get(path)

    def names(self) -> Iterator[tuple[str, tuple[Sense, ...]]]:
        """Every name with what it can mean."""
        return ((name, tuple(senses)) for name, senses in self._senses.items())

    def find(self, text: str, start: int = 0, end: int | None = None) -> Iterator[Match]:
        """The names in a stretch of text, in order, none overlapping another."""
        stop = len(text) if end is None else end
        at = start
        while word := _WORD.search(text, at, stop):
            at = word.end()
            for name, lead, senses in self._by_word.get(word.group(), ()):
                # A name may start before its first word: a quotation mark, a bracket.
                first = word.start() - lead
                last = first + len(name)
                if first < start or last > stop or not text.startswith(name, first):
                    continue
                if _whole(text, last, stop):
                    yield Match(first, last, senses)
                    at = last
                    break


def _whole(text: str, last: int, stop: int) -> bool:
    if last >= stop or not text[last - 1].isalnum():
        return True
    return not (text[last].isalnum() or text[last] == "_")


def _forms(name: str) -> Iterator[str]:
    yield name
    if name == name.lower():
        yield name[:1].upper() + name[1:]
    elif len(name) > 3 and name != name.upper():
        yield name.upper()


def read(path: Path) -> Gazetteer:
    """The gazetteer of a Turtle file of reference data. Raises BadSettings for a broken file."""
    about: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in triples(path):
        if subject.startswith(BASE + "id/"):
            about[subject.removeprefix(BASE + "id/")][predicate].append(value)
    entities = {key: _known(key, facts) for key, facts in about.items()}
    named: defaultdict[str, list[Sense]] = defaultdict(list)
    for key in sorted(about):
        facts = about[key]
        ambiguous = frozenset(facts[SAN + "ambiguousName"])
        manners: dict[str, Manner] = {}
        for predicate, manner in _MANNERS.items():
            for name in facts[predicate]:
                manners.setdefault(name, manner)
        for name in sorted(manners):
            named[name].append(Sense(entities[key], manners[name], name in ambiguous))
    return Gazetteer(named, entities)


@cache
def shipped() -> Gazetteer:
    """The gazetteer of the reference data that come with the package."""
    return read(files.ontology("reference.ttl"))


@cache
def digest() -> str:
    """SHA-256 of the shipped reference data, in hexadecimal digits."""
    return sha256(files.ontology("reference.ttl").read_bytes()).hexdigest()


def _known(path: str, facts: Mapping[str, list[str]]) -> Known:
    kind, key = path.split("/", 1)
    labels = facts[RDFS + "label"] or facts[SKOS + "prefLabel"] or [key]
    types = sorted(local(iri) for iri in facts[RDF + "type"] if iri.startswith(SAN))
    return Known(
        kind,
        key,
        labels[0],
        types[0] if types else "Agent",
        tuple(sorted(_path(iri) for iri in facts[SAN + "country"])),
        next((_path(iri) for iri in facts[SAN + "capital"]), None),
    )


def _path(iri: str) -> str:
    return iri.removeprefix(BASE + "id/")
