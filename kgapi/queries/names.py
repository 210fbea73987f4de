"""Which entities a name may mean, out of the index; what they have, out of the graph."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kgapi import index
from kgapi.graph.iris import Iris
from kgapi.matching.score import Profile, Value, of_types
from kgapi.queries.query import Iri, house, rows
from kgapi.reference.turtle import SAN, SKOS
from kgapi.store.engine import Engine

OWN = ("country", "memberOf", "capital", "alpha2", "alpha3", "currencyCode", "postIn")
"""Properties of entities themselves, by the local names of the ontology."""

TOLD = ("actor", "imposedBy", "reason", "measureType", "programme", "status", "post")
"""Properties of what facts tell of an entity: the sanctions that target it, the posts it holds."""

FOREIGN = {"exactMatch": f"{SKOS}exactMatch", "notation": f"{SKOS}notation"}
"""Properties that are not the ontology's own."""

NAME, ID = "name", "id"
"""All names of an entity, and its kind/key, as properties."""

PROPERTIES = (NAME, *OWN, *FOREIGN, *TOLD)
"""What can be asked of entities."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of all entities, as the index has them in one state."""

    connection: sqlite3.Connection
    iris: Iris

    def get(self, path: str) -> Profile | None:
        """The entity with this kind/key."""
        found = index.entity(self.connection, str(self.iris.thing(path)))
        return self._profile(found) if found else None

    def like(self, name: str, types: Sequence[str], limit: int) -> list[Profile]:
        """The entities that share most with a name, what is rare before what is common."""
        found = index.candidates(self.connection, name, types, limit)
        return [self._profile(one) for one in found]

    def starting(self, prefix: str, types: Sequence[str], limit: int) -> list[Profile]:
        """The entity with this kind/key, and those a word of whose name begins so."""
        found = index.suggestions(self.connection, prefix, types, limit)
        itself = self.get(prefix)
        others = [each for one in found if (each := self.get(self._path(one.iri)))]
        if itself is None or (types and not of_types(itself, types)):
            return others
        return [itself, *(each for each in others if each.path != prefix)]

    def _profile(self, one: index.Candidate) -> Profile:
        return Profile(self._path(one.iri), one.label, one.type, one.names)

    def _path(self, iri: str) -> str:
        return self.iris.path(iri) or iri


def having(
    engine: Engine, iris: Iris, property_: str, values: Sequence[str], limit: int
) -> list[str]:
    """The kind/key of entities that have one of these values of a property: kind/key or texts."""
    paths = [Iri(str(iris.thing(value))) for value in values if "/" in value]
    text = (
        house("entities-having")
        .page(limit)
        .bind(
            property=Iri(FOREIGN.get(property_, SAN + property_)),
            values=paths,
            texts=[value.casefold() for value in values],
        )
    )
    found = (iris.path(str(row["entity"])) for row in rows(engine, text))
    return [path for path in found if path]


def with_values(
    engine: Engine, iris: Iris, profiles: Sequence[Profile], properties: Iterable[str]
) -> list[Profile]:
    """The same entities with what they have of some properties."""
    wanted = {FOREIGN.get(name, SAN + name): name for name in properties if name not in {NAME, ID}}
    if not profiles or not wanted:
        return [replace(each, values=_values(each, {})) for each in profiles]
    text = house("entity-values").bind(
        entities=[Iri(str(iris.thing(each.path))) for each in profiles],
        properties=[Iri(iri) for iri in wanted],
    )
    # By entity, property and value; of several labels, the first.
    found: dict[str, dict[str, dict[str, Value]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows(engine, text):
        value = Value(str(row.get("label", row["value"])), iris.path(str(row["value"])))
        found[row["entity"]][wanted[row["property"]]].setdefault(row["value"], value)
    return [
        replace(each, values=_values(each, found[str(iris.thing(each.path))])) for each in profiles
    ]


def _values(
    profile: Profile, found: Mapping[str, Mapping[str, Value]]
) -> dict[str, tuple[Value, ...]]:
    told = {name: tuple(values.values()) for name, values in found.items()}
    names = tuple(Value(name) for name in profile.names)
    return told | {NAME: names, ID: (Value(profile.path, profile.path),)}
