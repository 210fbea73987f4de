"""The ontology and its vocabularies as they are explained to people: one term after another."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from kgapi.reference import files
from kgapi.reference.turtle import RDF, RDFS, SCHEMA, SKOS, local, prefixes, triples

_OWL = "http://www.w3.org/2002/07/owl#"
_TYPE = RDF + "type"
_KINDS = {
    _OWL + "Class": "class",
    _OWL + "ObjectProperty": "object property",
    _OWL + "DatatypeProperty": "datatype property",
    SKOS + "ConceptScheme": "scheme",
    SKOS + "Concept": "concept",
}
_LABELS = (RDFS + "label", SKOS + "prefLabel")
_NOTES = (SKOS + "scopeNote", SKOS + "editorialNote")
_PARENTS = (RDFS + "subClassOf", RDFS + "subPropertyOf", SKOS + "broader")
_MATCHES = {
    _OWL + "equivalentClass": "equivalent",
    _OWL + "equivalentProperty": "equivalent",
    SKOS + "exactMatch": "exact match",
    SKOS + "closeMatch": "close match",
}

Said = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Term:
    """A class, property, concept or scheme. Parents, domain and range are IRIs; ``matches`` are
    terms elsewhere, each with how near it is."""

    iri: str
    kind: str
    label: str
    definition: str
    notes: tuple[str, ...] = ()
    notation: str = ""
    parents: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    range: tuple[str, ...] = ()
    scheme: str = ""
    matches: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        return local(self.iri)


@cache
def ontology() -> tuple[Term, ...]:
    """Classes and properties, in the order of the ontology's file."""
    return tuple(_terms("sanctions.ttl"))


@cache
def vocabularies() -> tuple[Term, ...]:
    """Schemes and their concepts, in the order of their file."""
    return tuple(_terms("vocabularies.ttl"))


@cache
def labels() -> Mapping[str, str]:
    """What people call each term, by its IRI."""
    return {term.iri: term.label for term in (*ontology(), *vocabularies())}


def label(iri: str) -> str:
    """What people call a term; what is none of ours goes by its local name."""
    return labels().get(iri) or local(iri)


def short(iri: str) -> str:
    """A term of others as our files write it, ``prov:Agent``; what has no prefix there as it is."""
    for prefix, start in _prefixes().items():
        if iri.startswith(start):
            return f"{prefix}:{iri.removeprefix(start)}"
    return iri


@cache
def _prefixes() -> Mapping[str, str]:
    return prefixes(files.ontology("sanctions.ttl"))


def _terms(file: str) -> Iterator[Term]:
    said: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in triples(files.ontology(file)):
        said[subject][predicate].append(value)
    for iri, about in said.items():
        kind = next((_KINDS[each] for each in about[_TYPE] if each in _KINDS), None)
        # Terms of others are only mentioned here.
        if kind and _values(about, *_LABELS):
            yield _term(iri, kind, about)


def _term(iri: str, kind: str, about: Said) -> Term:
    return Term(
        iri=iri,
        kind=kind,
        label=_values(about, *_LABELS)[0],
        definition=" ".join(_values(about, SKOS + "definition")),
        notes=_values(about, *_NOTES),
        notation=" ".join(_values(about, SKOS + "notation")),
        parents=_iris(about, *_PARENTS),
        domain=_iris(about, RDFS + "domain", SCHEMA + "domainIncludes"),
        range=_iris(about, RDFS + "range", SCHEMA + "rangeIncludes"),
        scheme=next(iter(_values(about, SKOS + "inScheme")), ""),
        matches=tuple(
            (how, each) for predicate, how in _MATCHES.items() for each in _values(about, predicate)
        ),
    )


def _values(about: Said, *predicates: str) -> tuple[str, ...]:
    return tuple(value for predicate in predicates for value in about.get(predicate, ()))


def _iris(about: Said, *predicates: str) -> tuple[str, ...]:
    """Values that have an IRI: restrictions and unions are for reasoners."""
    return tuple(each for each in _values(about, *predicates) if "://" in each)
