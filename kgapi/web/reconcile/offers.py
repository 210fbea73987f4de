"""The classes and properties that reconciling knows, under the local names of the ontology."""

import re
from dataclasses import dataclass
from functools import cache

from kgapi.errors import BadRequest
from kgapi.facts.terms import KINDS
from kgapi.queries import names
from kgapi.queries.reads import SAN
from kgapi.reference import ontology

_TARGETS = ("Agent", "Asset", "Agreement")
_DESCRIPTIONS = {
    names.NAME: "Every name that the entity has.",
    "exactMatch": "The same thing elsewhere: IRIs of Wikidata and others.",
    "notation": "The tag of a programme in its authority's list.",
}
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Offer:
    """A class or property: identifier, name in words, what it means."""

    id: str
    name: str
    description: str


@cache
def types() -> tuple[Offer, ...]:
    """The classes of entities, and what they have in common."""
    return tuple(_offer(name) for name in ("Agent", *KINDS))


def broader(type_: str) -> tuple[Offer, ...]:
    """The classes above one, of those on offer."""
    above = ontology.shipped().classes[type_] - {type_}
    return tuple(offer for offer in types() if offer.id in above)


@cache
def properties() -> tuple[Offer, ...]:
    """Everything that can be asked of entities, or be said of the one that is meant."""
    return tuple(_offer(name) for name in names.PROPERTIES)


def properties_of(type_: str) -> tuple[Offer, ...]:
    """The properties that entities of a class may have."""
    return tuple(offer for offer in properties() if _may_have(type_, offer.id))


def type_of(name: str) -> Offer:
    """A class by its local name or IRI. Raises BadRequest for what is none."""
    return _named(name, types(), "type")


def property_of(name: str) -> Offer:
    """A property by its local name or IRI. Raises BadRequest for what is none."""
    return _named(name, properties(), "property")


def ranges(property_: str) -> tuple[str, ...]:
    """The classes of a property's values, where they are entities."""
    known = ontology.shipped().properties.get(property_)
    return tuple(sorted(known.range & {"Agent", *KINDS})) if known else ()


def _named(name: str, offers: tuple[Offer, ...], what: str) -> Offer:
    wanted = name.removeprefix(SAN)
    found = next((offer for offer in offers if offer.id == wanted), None)
    if found is None:
        known = ", ".join(offer.id for offer in offers)
        raise BadRequest(f"there is no {what} {name!r}; there are {known}")
    return found


def _may_have(type_: str, name: str) -> bool:
    known = ontology.shipped()
    if name == "post":
        return known.is_a("Person", type_) or type_ == "Person"
    if name in names.TOLD:
        return known.within(type_, _TARGETS)
    if name == "notation":
        return type_ == "Programme"
    return name in {names.NAME, "exactMatch"} or known.has_property(name, type_)


def _offer(name: str) -> Offer:
    words = " ".join(_WORDS.split(name)).lower()
    title = words.capitalize() if name[:1].isupper() else words
    definition = _DESCRIPTIONS.get(name) or ontology.shipped().definitions.get(name, "")
    return Offer(name, title, definition)
