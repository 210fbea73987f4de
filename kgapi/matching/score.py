"""What speaks for an entity and what against it, as one number with the features behind it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from kgapi.matching.countries import called
from kgapi.matching.names import compare
from kgapi.matching.spelling import latin
from kgapi.reference import gazetteer, ontology

MATCH = 85.0
"""From this score on, an entity may be taken for the one meant: see the manual for how good that
is on the lists of the United States and the United Nations."""

_LEAD = 3.0
"""By so much must it be ahead of the next one."""

# Who is less like a name than this is not meant by it.
_LEAST = 30.0
_OTHER_TYPE = 0.8
_HOLDS, _FAILS = 0.3, 15.0

Features = Mapping[str, float | bool]


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a property: its text and, where it is an entity, its kind/key."""

    text: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of an entity: kind/key, label, class, all its names, values by property."""

    path: str
    label: str
    type: str
    names: tuple[str, ...]
    values: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """That a property has ``any``, ``all`` or ``none`` of some values: texts, or kind/key."""

    property: str
    values: tuple[str, ...]
    quantifier: Literal["any", "all", "none"] = "any"
    required: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for: names (one of them will do), classes, conditions, kind/key.

    ``every``: it is of all of these classes, not of one. ``strict``: what is not, is out.
    """

    names: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    every: bool = False
    strict: bool = True
    conditions: tuple[Condition, ...] = ()
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that may be the one meant: score from 0 to 100, the features behind it, and whether
    it may be taken for it without asking."""

    profile: Profile
    score: float
    features: Features
    match: bool = False


def ranked(wanted: Wanted, profiles: Iterable[Profile], limit: int) -> list[Candidate]:
    """The best candidates, the best first; the first may be a match, no other."""
    found = [one for one in (judge(wanted, each) for each in profiles) if one is not None]
    found.sort(key=lambda one: (-one.score, one.profile.path))
    lead = found[0].score - found[1].score if len(found) > 1 else 100.0
    return [
        Candidate(one.profile, one.score, one.features, at == 0 and _is_match(one, lead))
        for at, one in enumerate(found[:limit])
    ]


def judge(wanted: Wanted, profile: Profile) -> Candidate | None:
    """How well an entity fits, None where what is required fails, or the name is quite another."""
    fits = not wanted.types or _fits(wanted, profile)
    held = {each: holds(each, profile) for each in wanted.conditions}
    if (wanted.strict and not fits) or any(
        each.required and not held[each] for each in wanted.conditions
    ):
        return None
    score, features = _named(wanted, profile)
    if score < _LEAST:
        return None
    if not fits:
        score *= _OTHER_TYPE
    for known in held.values():
        if known is not None:
            score = score + (100 - score) * _HOLDS if known else score - _FAILS
    return Candidate(
        profile,
        round(max(score, 0.0), 2),
        features
        | ({"type": fits} if wanted.types else {})
        | {f"property:{each.property}": known for each, known in held.items() if known is not None},
    )


def _fits(wanted: Wanted, profile: Profile) -> bool:
    if wanted.every:
        return all(of_types(profile, [each]) for each in wanted.types)
    return of_types(profile, wanted.types)


def of_types(profile: Profile, types: Iterable[str]) -> bool:
    """Whether an entity is of one of these classes, or of one below."""
    return ontology.shipped().within(profile.type, types)


def holds(condition: Condition, profile: Profile) -> bool | None:
    """Whether a condition holds; None where the entity has no value of that property."""
    known = profile.values.get(condition.property, ())
    if not known:
        return None
    met = [any(_same(text, value) for value in known) for text in condition.values]
    match condition.quantifier:
        case "all":
            return all(met)
        case "none":
            return not any(met)
        case "any":
            return any(met)


def _named(wanted: Wanted, profile: Profile) -> tuple[float, dict[str, float | bool]]:
    """By kind/key, else by the name that fits best; without either, by the conditions alone."""
    if profile.path in wanted.paths:
        return 100.0, {"id": True}
    if not wanted.names:
        return 50.0, {}
    best = max(
        (compare(asked, name, profile.type) for asked in wanted.names for name in profile.names),
        key=lambda features: features.score,
    )
    return best.score, {
        "exact": best.exact,
        "folded": best.folded,
        "words": best.words,
        "sounds": best.sounds,
        "initials": best.initials,
        "numbers": best.numbers,
    }


def _is_match(one: Candidate, lead: float) -> bool:
    contradicted = any(
        value is False
        for name, value in one.features.items()
        if name == "type" or name.startswith("property:")
    )
    return one.score >= MATCH and lead >= _LEAD and not contradicted


def _same(asked: str, value: Value) -> bool:
    if value.path is None:
        # A thing elsewhere may be named by what stands behind the last slash of its IRI.
        return latin(asked) in {latin(value.text), latin(value.text.rpartition("/")[2])}
    key = value.path.partition("/")[2]
    return (
        asked == value.path
        or asked.casefold() == key.casefold()
        or latin(asked) == latin(value.text)
        or value.path in _meant(asked)
    )


@lru_cache(maxsize=1024)
def _meant(name: str) -> tuple[str, ...]:
    """The entities of the reference data that have exactly this name, and countries abroad."""
    known = [
        sense.known.path
        for found in gazetteer.shipped().find(name)
        if (found.start, found.end) == (0, len(name))
        for sense in found.senses
    ]
    return (*known, *(f"country/{code}" for code in called(name)))
