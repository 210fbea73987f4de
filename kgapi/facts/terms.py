"""What a fact of each class may hold, as the ontology has it."""

from collections.abc import Mapping
from functools import cache

from kgapi.reference import ontology
from kgapi.reference.ontology import Property

# Told by members of a fact of their own, or computed from them.
_TOLD_ELSEWHERE = frozenset(
    {"date", "begin", "end", "earliest", "latest", "dateText", "actionType", "realis", "involves"}
)
# The ontology restricts the targets of acts and measures (owl:allValuesFrom); a judgement may be
# passed on anything.
_TARGETS = frozenset({"Agent", "Asset"})

MANY = frozenset({"reason", "measureType"})
"""Values of which a fact can have several."""

KINDS: Mapping[str, str] = {
    "Person": "person",
    "Organization": "organization",
    "Country": "country",
    "AgentGroup": "group",
    "Post": "post",
    "Place": "place",
    "Currency": "currency",
    "Asset": "asset",
    "Vessel": "vessel",
    "Programme": "programme",
    "LegalInstrument": "instrument",
    "Agreement": "agreement",
}
"""The classes of entities, each with the kind that its IRIs have."""

LISTED = frozenset({"Country", "Currency"})
"""Classes of which the reference data have every one there is."""


@cache
def fact_classes() -> tuple[str, ...]:
    """The classes of facts, in alphabetical order."""
    known = ontology.shipped()
    stated = known.properties["states"].range - {"Claim"}
    return tuple(sorted(name for name in known.classes if known.within(name, stated)))


@cache
def roles(type_: str) -> Mapping[str, frozenset[str]]:
    """The roles of a class of facts, each with all classes that may fill it, facts included."""
    known = ontology.shipped()
    found = {}
    for name, about in sorted(_of(type_).items()):
        wanted = about.range - {"Claim"}
        if name == "target" and type_ != "Judgement":
            wanted = _TARGETS
        if wanted:
            found[name] = frozenset(one for one in known.classes if known.within(one, wanted))
    return found


@cache
def values(type_: str) -> Mapping[str, Property]:
    """The properties of a class of facts whose values are concepts or literals."""
    return {
        name: about
        for name, about in sorted(_of(type_).items())
        if about.scheme is not None or about.datatypes
    }


def has_action(type_: str) -> bool:
    """Whether facts of this class are told apart by an action."""
    return ontology.shipped().has_property("actionType", type_)


def _of(type_: str) -> dict[str, Property]:
    known = ontology.shipped()
    return {
        name: about
        for name, about in known.properties.items()
        if name not in _TOLD_ELSEWHERE and about.domain and known.has_property(name, type_)
    }
