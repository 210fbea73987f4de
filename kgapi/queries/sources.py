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


@dataclass(frozen=True, slots=True)
class _Compared:
    """A statement, and what it is compared by: where its article comes from and what that is called,
    the wording, and all that is said, the speaker's name too."""

    statement: StatementRead
    origin: Origin | None
    names: Sequence[str]
    shingles: wording.Shingles
    said: str


def ties(statements: Sequence[StatementRead], known: Mapping[str, Origin]) -> list[Tie]:
    """What ties each two statements together, the first reason that there is."""
    compared = [_compared(each, known.get(each.article.iri)) for each in statements]
    return [tie for one, other in combinations(compared, 2) if (tie := _tie(one, other))]


def _compared(statement: StatementRead, origin: Origin | None) -> _Compared:
    texts = [each.text for each in statement.evidence]
    speaker = [statement.speaker.label] if statement.speaker else []
    names = [origin.title, origin.host] if origin else []
    return _Compared(
        statement=statement,
        origin=origin,
        names=[plain for name in names if name and (plain := _plain(name))],
        shingles=wording.shingles(texts),
        said=_plain(" ".join([*texts, *speaker])),
    )


def _plain(text: str) -> str:
    return " ".join(wording.words(text))


def _tie(one: _Compared, other: _Compared) -> Tie | None:
    because = _because(one, other)
    if because is None:
        return None
    alike = round(wording.resemblance(one.shingles, other.shingles), 2)
    return Tie(one.statement.id, other.statement.id, because, alike)


def _because(one: _Compared, other: _Compared) -> str | None:
    ours, theirs = one.statement, other.statement
    if ours.article.iri == theirs.article.iri:
        return "article"
    if _same_source(one.origin, other.origin):
        return "source"
    if ours.speaker and theirs.speaker and ours.speaker.iri == theirs.speaker.iri:
        return "speaker"
    if _names(one, other) or _names(other, one):
        return "names"
    return "wording" if _same_wording(one.shingles, other.shingles) else None


def _same_source(ours: Origin | None, theirs: Origin | None) -> bool:
    if ours is None or theirs is None:
        return False
    same_host = ours.host is not None and ours.host == theirs.host
    return same_host or (ours.title is not None and ours.title == theirs.title)


def _names(one: _Compared, other: _Compared) -> bool:
    """Whether the words of a statement, or its speaker, name the source of another."""
    said = f" {one.said} "
    return any(f" {name} " in said for name in other.names)


def _same_wording(ours: wording.Shingles, theirs: wording.Shingles) -> bool:
    alike = wording.resemblance(ours, theirs) >= events.ALIKE
    taken = min(len(ours), len(theirs)) >= _LONG and wording.containment(ours, theirs) >= _TAKEN
    return alike or taken


def grouped(statements: Sequence[str], found: Iterable[Tie]) -> dict[str, int]:
    """The number of the group of each statement, from one: those that ties hold together are one."""
    group = {iri: at for at, iri in enumerate(statements)}
    for tie in found:
        kept, gone = sorted((group[tie.one], group[tie.other]))
        group |= {iri: kept for iri, at in group.items() if at == gone}
    numbers = {at: number for number, at in enumerate(sorted(set(group.values())), start=1)}
    return {iri: numbers[at] for iri, at in group.items()}
