"""The ontology as plain values: classes, properties with domains and ranges, schemes of concepts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kgapi.reference import files
from kgapi.reference.turtle import RDF, RDFS, SAN, SCHEMA, SKOS, local, triples

_VOCABULARY = "https://w3id.org/kgapi/vocab/"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_LANG_STRING = RDF + "langString"
_OWN_CLASS = "http://www.w3.org/2002/07/owl#Class"
_OWN_PROPERTY = frozenset(
    {
        "http://www.w3.org/2002/07/owl#ObjectProperty",
        "http://www.w3.org/2002/07/owl#DatatypeProperty",
    }
)


@dataclass(frozen=True, slots=True)
class Property:
    """A property by local name. Domain and range hold local names of own classes only; the range
    is empty where the values are concepts or literals. ``scheme`` is that of its concepts,
    ``datatypes`` are the local names of those of its literals."""

    name: str
    domain: frozenset[str]
    range: frozenset[str]
    parents: frozenset[str]
    scheme: str | None = None
    datatypes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Ontology:
    """Classes with all their ancestors (themselves included), properties, the concepts of each
    scheme, and what each class and property means; everything by local name."""

    classes: Mapping[str, frozenset[str]]
    properties: Mapping[str, Property]
    schemes: Mapping[str, frozenset[str]]
    definitions: Mapping[str, str] = field(default_factory=dict)

    def is_a(self, name: str, ancestor: str) -> bool:
        """True where the class is the ancestor or lies below it."""
        return ancestor in self.classes.get(name, ())

    def within(self, name: str, allowed: Iterable[str]) -> bool:
        """True where the class is one of those allowed or lies below one."""
        return any(self.is_a(name, one) for one in allowed)

    def has_property(self, name: str, of: str) -> bool:
        """True where instances of the class may carry the property."""
        known = self.properties.get(name)
        return known is not None and (not known.domain or self.within(of, known.domain))


def read(paths: Iterable[Path]) -> Ontology:
    """The ontology that these Turtle files make together. Raises BadSettings for a broken file."""
    facts: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for path in paths:
        for subject, predicate, value in triples(path):
            facts[subject][predicate].add(value)
    own = {iri: known for iri, known in facts.items() if iri.startswith(SAN)}
    parents = {
        local(iri): _own(known[RDFS + "subClassOf"])
        for iri, known in own.items()
        if _OWN_CLASS in known[RDF + "type"]
    }
    properties = [
        _property(local(iri), known)
        for iri, known in own.items()
        if known[RDF + "type"] & _OWN_PROPERTY
    ]
    schemes: defaultdict[str, set[str]] = defaultdict(set)
    for iri, known in facts.items():
        if iri.startswith(_VOCABULARY) and SKOS + "Concept" in known[RDF + "type"]:
            scheme, concept = iri.removeprefix(_VOCABULARY).split("#")
            schemes[scheme].add(concept)
    return Ontology(
        {name: _ancestors(name, parents) for name in parents},
        {found.name: found for found in properties},
        {name: frozenset(concepts) for name, concepts in schemes.items()},
        {
            local(iri): definition
            for iri, known in own.items()
            for definition in known[SKOS + "definition"]
        },
    )


@cache
def shipped() -> Ontology:
    """The ontology that comes with the package."""
    return read([files.ontology("sanctions.ttl"), files.ontology("vocabularies.ttl")])


def _property(name: str, known: Mapping[str, set[str]]) -> Property:
    values = known[RDFS + "range"] | known[SCHEMA + "rangeIncludes"]
    return Property(
        name,
        _own(known[RDFS + "domain"] | known[SCHEMA + "domainIncludes"]),
        _own(values),
        _own(known[RDFS + "subPropertyOf"]),
        scheme_of(name) if SKOS + "Concept" in values else None,
        frozenset(local(iri) for iri in values if iri.startswith((_XSD, _LANG_STRING))),
    )


def scheme_of(name: str) -> str:
    """The scheme from which the concepts of a property come: the property's own name, but for a
    few that say ``Type`` behind it."""
    return name.removesuffix("Type")


def _own(iris: Iterable[str]) -> frozenset[str]:
    return frozenset(local(iri) for iri in iris if iri.startswith(SAN))


def _ancestors(name: str, parents: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found = {name}
    todo = [name]
    while todo:
        for parent in parents.get(todo.pop(), ()):
            if parent not in found:
                found.add(parent)
                todo.append(parent)
    return frozenset(found)
