"""Several extractors as one: what they agree on is one fact, and surer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import chain, tee
from math import prod

from kgapi.facts.extractor import Extraction, Extractor
from kgapi.facts.fact import NEVER_SAID, Entity, Fact, Value, When
from kgapi.news.article import Article

SUREST = 0.99


@dataclass(frozen=True, slots=True)
class _Found:
    """A fact, and the name of the extractor that found it."""

    by: str
    fact: Fact


_Group = list[_Found]


class Ensemble:
    """Combines extractors, the most trusted first. See the Extractor protocol.

    The rule of a fact tells who found it, and by which rule: ``rules:impose + llm:llm``.
    """

    name = "ensemble"

    def __init__(self, extractors: Sequence[Extractor]) -> None:
        self._extractors = tuple(extractors)

    @property
    def version(self) -> str:
        """The names of the extractors, and a digest of their versions."""
        versions = "\x1f".join(f"{each.name} {each.version}" for each in self._extractors)
        names = "-".join(each.name for each in self._extractors)
        return f"{names}-{sha256(versions.encode()).hexdigest()[:12]}"

    def extract(self, articles: Iterable[Article]) -> Iterator[Extraction]:
        """Facts of each article, in the order of the articles, as a stream."""
        # Each reads ahead as far as it likes.
        streams = tee(articles, len(self._extractors))
        found = map(lambda each, stream: each.extract(stream), self._extractors, streams)
        for beside in zip(*found, strict=True):
            yield self._joined(beside)

    def _joined(self, beside: Sequence[Extraction]) -> Extraction:
        named = zip(self._extractors, beside, strict=True)
        facts = combine({each.name: extraction.facts for each, extraction in named})
        warnings = chain.from_iterable(each.warnings for each in beside)
        fallible = any(each.fallible for each in beside)
        return Extraction(beside[0].article, tuple(facts), tuple(warnings), fallible)


def combine(found: dict[str, Sequence[Fact]]) -> list[Fact]:
    """The facts by the names of those who found them, with those that agree made one."""
    groups: list[_Group] = []
    for by, facts in found.items():
        for fact in facts:
            home = next((each for each in groups if _belongs(by, fact, each)), None)
            if home is None:
                groups.append([_Found(by, fact)])
            else:
                home.append(_Found(by, fact))
    merger = _Merger(groups)
    merged = [merger.fact(group) for group in groups]
    return sorted(merged, key=lambda fact: (fact.evidence[0].start, fact.evidence[0].end))


class _Merger:
    """Groups to facts, each made once, with the facts they point to made before them."""

    def __init__(self, groups: Iterable[_Group]) -> None:
        self._home = {id(each.fact): group for group in groups for each in group}
        self._made: dict[int, Fact] = {}

    def fact(self, group: _Group) -> Fact:
        if id(group) not in self._made:
            self._made[id(group)] = self._merged(group)
        return self._made[id(group)]

    def _merged(self, group: _Group) -> Fact:
        first = group[0].fact
        facts = [each.fact for each in group]
        # What the most trusted says of a role or a value counts; the others add what it lacks.
        roles = {role: fillers for fact in reversed(facts) for role, fillers in fact.roles.items()}
        values = {name: value for fact in reversed(facts) for name, value in fact.values.items()}
        doubt = prod(1 - fact.confidence for fact in facts)
        return replace(
            first,
            roles={role: tuple(map(self._filler, roles[role])) for role in sorted(roles)},
            values=dict(sorted(values.items())),
            evidence=tuple(sorted({each for fact in facts for each in fact.evidence})),
            rule=" + ".join(f"{each.by}:{each.fact.rule}" for each in group),
            when=next((fact.when for fact in facts if fact.when != NEVER_SAID), NEVER_SAID),
            confidence=first.confidence if len(facts) == 1 else round(min(SUREST, 1 - doubt), 3),
            inferred=tuple(sorted({role for fact in facts for role in fact.inferred})),
        )

    def _filler(self, filler: Entity | Fact) -> Entity | Fact:
        if isinstance(filler, Fact) and id(filler) in self._home:
            return self.fact(self._home[id(filler)])
        return filler


def _belongs(by: str, fact: Fact, group: _Group) -> bool:
    return all(each.by != by for each in group) and agree(group[0].fact, fact)


def agree(one: Fact, other: Fact) -> bool:
    """Whether two extractors tell the same: of one kind and voice, read off one passage, with
    somebody in common in every role that both fill, and nothing in which they differ."""
    kind = [(f.type, f.action, f.realis, f.modality, f.speaker) for f in (one, other)]
    return (
        kind[0] == kind[1]
        and any(a.start < b.end and b.start < a.end for a in one.evidence for b in other.evidence)
        and _roles_agree(one, other)
        and all(_alike(value, other.values.get(name, value)) for name, value in one.values.items())
        and _times_agree(one.when, other.when)
    )


def _alike(one: Value, other: Value) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return not set(one).isdisjoint(other)
    return one == other


def _roles_agree(one: Fact, other: Fact) -> bool:
    shared = [_paths(one, role) & _paths(other, role) for role in _both(one, other)]
    return all(shared) and bool(shared)


def _both(one: Fact, other: Fact) -> list[str]:
    return [role for role in one.roles if _paths(one, role) and _paths(other, role)]


def _paths(fact: Fact, role: str) -> set[str]:
    return {each.path for each in fact.roles.get(role, ()) if isinstance(each, Entity)}


def _times_agree(one: When, other: When) -> bool:
    begins = not (one.begin and other.end and one.begin > other.end)
    return begins and not (other.begin and one.end and other.begin > one.end)
