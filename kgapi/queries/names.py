"""Which entities a name may mean, by the keys under which their names are kept."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import inf, log
from threading import Lock
from time import monotonic

from kgapi.facts.terms import KINDS
from kgapi.graph.iris import Iris
from kgapi.matching.score import Profile, Value, of_types
from kgapi.matching.spelling import keys, latin
from kgapi.queries.query import Iri, house, rows
from kgapi.queries.reads import SAN, local
from kgapi.store.engine import Engine

# How long names are good for, in seconds, where an engine cannot tell whether they still are.
_KEEP = 60.0
_SKOS = "http://www.w3.org/2004/02/skos/core#"

OWN = ("country", "memberOf", "capital", "alpha2", "alpha3", "currencyCode", "postIn")
"""Properties of entities themselves, by the local names of the ontology."""

TOLD = ("actor", "imposedBy", "reason", "measureType", "programme", "status", "post")
"""Properties of what facts tell of an entity: the sanctions that target it, the posts it holds."""

FOREIGN = {"exactMatch": f"{_SKOS}exactMatch", "notation": f"{_SKOS}notation"}
"""Properties that are not the ontology's own."""

NAME, ID = "name", "id"
"""All names of an entity, and its kind/key, as properties."""

PROPERTIES = (NAME, *OWN, *FOREIGN, *TOLD)
"""What can be asked of entities."""


@dataclass(frozen=True)
class NameTable:
    """All entities by their names. ``prefixes`` has each name, and each rest of a name from one of
    its words on, in ASCII, with the number of its entity; it is sorted."""

    profiles: Sequence[Profile]
    by_path: Mapping[str, int]
    by_key: Mapping[str, Sequence[int]]
    prefixes: Sequence[tuple[str, int]]

    def get(self, path: str) -> Profile | None:
        """The entity with this kind/key."""
        at = self.by_path.get(path)
        return None if at is None else self.profiles[at]

    def like(self, name: str, types: Sequence[str], limit: int) -> list[Profile]:
        """The entities that share most with a name, rare keys before common ones."""
        weights: defaultdict[int, float] = defaultdict(float)
        for key in keys(name):
            found = self.by_key.get(key, ())
            for at in found:
                weights[at] += log(1 + len(self.profiles) / len(found))
        best = sorted(weights, key=lambda at: (-weights[at], at))
        return list(_first(self._of(best, types), limit))

    def of(self, types: Sequence[str], limit: int) -> list[Profile]:
        """Entities of some classes, in the order of their kind/key."""
        return list(_first(self._of(range(len(self.profiles)), types), limit))

    def starting(self, prefix: str, types: Sequence[str]) -> list[Profile]:
        """The entities with a word that starts so, whole names first, then by label."""
        wanted = latin(prefix)
        start = bisect_left(self.prefixes, (wanted, -1))
        found = set()
        for text, at in self.prefixes[start:]:
            if not text.startswith(wanted):
                break
            found.add(at)
        sorted_ = sorted(self._of(found, types), key=lambda each: _nearness(wanted, each))
        return [each for each in [self.get(prefix)] if each] + sorted_

    def _of(self, numbers: Iterable[int], types: Sequence[str]) -> Iterator[Profile]:
        for at in numbers:
            if not types or of_types(self.profiles[at], types):
                yield self.profiles[at]


def _nearness(wanted: str, profile: Profile) -> tuple[bool, int, str, str]:
    starts = any(latin(name).startswith(wanted) for name in profile.names)
    return not starts, len(profile.label), profile.label, profile.path


def _first(found: Iterable[Profile], limit: int) -> Iterator[Profile]:
    for _, each in zip(range(limit), found, strict=False):
        yield each


def table(engine: Engine, iris: Iris) -> NameTable:
    """The names of a store as it is."""
    classes = [Iri(SAN + name) for name in KINDS]
    found = rows(engine, house("entity-names").bind(classes=classes))
    profiles = []
    for iri, group in groupby(found, key=lambda row: str(row["entity"])):
        told = list(group)
        names = tuple(dict.fromkeys(row["name"] for row in sorted(told, key=lambda r: r["rank"])))
        if path := iris.path(iri):
            profiles.append(Profile(path, names[0], local(told[0]["class"]), names))
    by_key: defaultdict[str, list[int]] = defaultdict(list)
    prefixes = set()
    for at, profile in enumerate(profiles):
        for key in sorted({key for name in profile.names for key in keys(name)}):
            by_key[key].append(at)
        for name in profile.names:
            words = latin(name).split()
            prefixes |= {(" ".join(words[start:]), at) for start in range(len(words))}
    numbers = {profile.path: at for at, profile in enumerate(profiles)}
    return NameTable(profiles, numbers, by_key, sorted(prefixes))


class Names:
    """The names of a store, kept as long as the store is as it was when they were read."""

    def __init__(self) -> None:
        self._reading = Lock()
        self._kept: tuple[str | None, float, NameTable] | None = None

    def of(self, engine: Engine, iris: Iris) -> NameTable:
        """The names, read anew where the store has changed or, untold, may have for a minute."""
        with self._reading:
            revision, now = engine.revision(), monotonic()
            before, at, kept = self._kept or ("", -inf, None)
            stale = revision != before or (revision is None and now - at >= _KEEP)
            if kept is None or stale:
                kept = table(engine, iris)
                self._kept = revision, now, kept
            return kept


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
