"""Who else says so: the sources of a fact, how independent they are, and what contradicts them."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from kgapi.index.selection import Selection
from kgapi.queries import events, listing, origins, reads, wording
from kgapi.queries.events import NEAR, Difference
from kgapi.queries.origins import Origin
from kgapi.queries.reads import FactRead, Reference, StatementRead
from kgapi.store.engine import Engine

MOST_FACTS = 300
"""Facts that are looked at as to whether they are about the same event."""

MOST_SOURCES = 200
"""Statements that are compared with one another."""

# How much of a shorter text must be in a longer one, and of how many shingles it must be.
_TAKEN, _LONG = 0.8, 5


@dataclass(frozen=True, slots=True)
class Source:
    """That an article states a fact, and where the article comes from; ``group`` is the number of
    the sources that hang together with it."""

    fact: Reference
    statement: StatementRead
    origin: Origin | None
    group: int


@dataclass(frozen=True, slots=True)
class Tie:
    """That two statements do not stand for themselves: ``because`` of the same ``article``,
    ``source``, ``speaker`` or ``wording``, or because one ``names`` the source of the other."""

    one: str
    other: str
    because: str
    resemblance: float


@dataclass(frozen=True, slots=True)
class Other:
    """Another fact about the same event that differs; ``Difference.one`` is of the fact in question."""

    fact: FactRead
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of a fact: statements of it, and of other facts about the same event that differ
    in nothing (``same``). ``independent`` counts those that nothing ties together as one.

    ``contradictions`` are facts about the same event that say otherwise, ``developments`` those that
    only tell later, or before, what became of it. ``whole`` is False where there was too much.
    """

    fact: FactRead
    sources: Sequence[Source]
    independent: int
    ties: Sequence[Tie]
    same: Sequence[Reference]
    contradictions: Sequence[Other]
    developments: Sequence[Other]
    whole: bool


def read(engine: Engine, connection: sqlite3.Connection, iri: str) -> Sources | None:
    """The sources of a fact; None where there is no such fact."""
    fact = reads.fact(engine, iri)
    if fact is None:
        return None
    asked = candidates(fact, events.sides(engine, [fact]))
    pages = [listing.keys(connection, each, "", MOST_FACTS) for each in asked]
    others = {key.iri for page in pages for key in page.items} - {iri}
    facts = reads.facts_among(engine, sorted(others))
    belonging = events.sides(engine, [fact, *facts])
    same = [each for each in facts if events.same_event(fact, each, belonging)]
    articles = {told.article.iri for each in (fact, *same) for told in each.statements}
    return sources(
        fact,
        same,
        belonging,
        origins.read(engine, articles),
        whole=not any(page.next for page in pages),
    )


def candidates(fact: FactRead, belonging: events.Sides) -> list[Selection]:
    """What facts there may be about the same event: of that kind and of those days, with the same
    target, or with somebody who takes part in it, belongs to them or they to it."""
    action = [("action", [fact.action])] if fact.action else []
    kind = [("type", [fact.type]), *action]
    if fact.type in events.SANCTIONS:
        parties = [("target", sorted(events.parties(fact, ["target"])))]
    else:
        wide = sorted(events.wider(events.parties(fact), belonging))
        parties = [("entity", wide), ("country", wide)]
    return [Selection([*kind, each], near=_near(fact)) for each in parties]


def _near(fact: FactRead) -> tuple[date, date] | None:
    begin, end = events.days(fact)
    if fact.type in events.STATES or begin is None or end is None:
        return None
    # What is dated so early or late is no news.
    inside = date.min + NEAR <= begin and end <= date.max - NEAR
    return (begin - NEAR, end + NEAR) if inside else None


def sources(
    fact: FactRead,
    others: Iterable[FactRead],
    belonging: events.Sides,
    known: Mapping[str, Origin],
    *,
    whole: bool = True,
) -> Sources:
    """The sources of a fact, given the other facts about the same event and where articles come from."""
    compared = [Other(each, events.differences(fact, each, belonging)) for each in others]
    same = [each.fact for each in compared if not each.differences]
    differing = [each for each in compared if each.differences]
    told = [(each, statement) for each in (fact, *same) for statement in each.statements]
    kept = told[:MOST_SOURCES]
    found = ties([statement for _, statement in kept], known)
    groups = grouped([statement.id for _, statement in kept], found)
    return Sources(
        fact=fact,
        sources=[
            Source(_reference(each), told, known.get(told.article.iri), groups[told.id])
            for each, told in kept
        ],
        independent=max(groups.values(), default=0),
        ties=found,
        same=[_reference(each) for each in same],
        contradictions=[each for each in differing if events.contradict(each.differences)],
        developments=[each for each in differing if not events.contradict(each.differences)],
        whole=whole and len(kept) == len(told),
    )


def _reference(fact: FactRead) -> Reference:
    return Reference(fact.id, fact.label, fact.type)


def ties(statements: Sequence[StatementRead], known: Mapping[str, Origin]) -> list[Tie]:
    """What ties each two statements together, the first reason that there is."""
    shingles = {each.id: wording.shingles(_texts(each)) for each in statements}
    found = []
    for one, other in combinations(statements, 2):
        ours, theirs = shingles[one.id], shingles[other.id]
        if because := _tie(one, other, known) or _same_wording(ours, theirs):
            alike = round(wording.resemblance(ours, theirs), 2)
            found.append(Tie(one.id, other.id, because, alike))
    return found


def _tie(one: StatementRead, other: StatementRead, known: Mapping[str, Origin]) -> str | None:
    if one.article.iri == other.article.iri:
        return "article"
    ours, theirs = known.get(one.article.iri), known.get(other.article.iri)
    if _same_source(ours, theirs):
        return "source"
    if one.speaker and other.speaker and one.speaker.iri == other.speaker.iri:
        return "speaker"
    return "names" if _names(one, theirs) or _names(other, ours) else None


def _same_source(ours: Origin | None, theirs: Origin | None) -> bool:
    if ours is None or theirs is None:
        return False
    same_host = ours.host is not None and ours.host == theirs.host
    return same_host or (ours.title is not None and ours.title == theirs.title)


def _names(statement: StatementRead, origin: Origin | None) -> bool:
    """Whether the words of a statement, or its speaker, name a source."""
    if origin is None:
        return False
    speaker = [statement.speaker.label] if statement.speaker else []
    said = f" {' '.join(wording.words(' '.join([*_texts(statement), *speaker])))} "
    names = (" ".join(wording.words(name)) for name in (origin.title, origin.host) if name)
    return any(f" {name} " in said for name in names if name)


def _same_wording(ours: wording.Shingles, theirs: wording.Shingles) -> str | None:
    alike = wording.resemblance(ours, theirs) >= events.ALIKE
    taken = min(len(ours), len(theirs)) >= _LONG and wording.containment(ours, theirs) >= _TAKEN
    return "wording" if alike or taken else None


def _texts(statement: StatementRead) -> list[str]:
    return [each.text for each in statement.evidence]


def grouped(statements: Sequence[str], found: Iterable[Tie]) -> dict[str, int]:
    """The number of the group of each statement, from one: those that ties hold together are one."""
    group = {iri: at for at, iri in enumerate(statements)}
    for tie in found:
        kept, gone = sorted((group[tie.one], group[tie.other]))
        group |= {iri: kept for iri, at in group.items() if at == gone}
    numbers = {at: number for number, at in enumerate(sorted(set(group.values())), start=1)}
    return {iri: numbers[at] for iri, at in group.items()}
