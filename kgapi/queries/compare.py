"""Two articles side by side: what both say, what one alone says, and where they differ."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kgapi.queries import events, reads
from kgapi.queries.events import Difference, Sides
from kgapi.queries.reads import ArticleRead, FactRead
from kgapi.store.engine import Engine

MOST_FACTS = 1_000
"""Facts of each article that are compared."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What either article tells of one event."""

    a: FactRead
    b: FactRead
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class Comparison:
    """``both`` agree, but perhaps for what developed between them; ``conflicts`` do not. Every fact
    of either article is in one of these, or in ``only_a`` or ``only_b``. ``whole`` is False where
    there were too many facts."""

    a: ArticleRead
    b: ArticleRead
    both: Sequence[Pair]
    conflicts: Sequence[Pair]
    only_a: Sequence[FactRead]
    only_b: Sequence[FactRead]
    whole: bool


def read(engine: Engine, a: ArticleRead, b: ArticleRead) -> Comparison:
    """Two articles compared by what the graph has of them."""
    ours, theirs = (reads.facts_of_article(engine, each.id, "", MOST_FACTS) for each in (a, b))
    belonging = events.sides(engine, [*ours.items, *theirs.items])
    found = pairs(ours.items, theirs.items, belonging)
    return Comparison(
        a=a,
        b=b,
        both=[pair for pair in found if not events.contradict(pair.differences)],
        conflicts=[pair for pair in found if events.contradict(pair.differences)],
        only_a=_alone(ours.items, (pair.a.id for pair in found)),
        only_b=_alone(theirs.items, (pair.b.id for pair in found)),
        whole=ours.next is None and theirs.next is None,
    )


def pairs(ours: Sequence[FactRead], theirs: Sequence[FactRead], belonging: Sides) -> list[Pair]:
    """Each fact with the one of the other article that is most like it, if any is about its event."""
    found = list(_meeting(ours, theirs, belonging))
    best: dict[tuple[str, str], Pair] = {}
    for pair in sorted(found, key=_rank):
        best.setdefault(("a", pair.a.id), pair)
        best.setdefault(("b", pair.b.id), pair)
    kept = {(pair.a.id, pair.b.id): pair for pair in best.values()}
    return [kept[key] for key in sorted(kept)]


def _meeting(
    ours: Iterable[FactRead], theirs: Iterable[FactRead], belonging: Sides
) -> Iterator[Pair]:
    """All pairs of facts about the same event."""
    by_key: defaultdict[tuple[str | None, ...], list[FactRead]] = defaultdict(list)
    for fact in theirs:
        for key in _keys(fact, belonging):
            by_key[key].append(fact)
    for fact in ours:
        near = {each.id: each for key in _keys(fact, belonging) for each in by_key[key]}
        for other in near.values():
            if events.same_event(fact, other, belonging):
                yield Pair(fact, other, events.differences(fact, other, belonging))


def _keys(fact: FactRead, belonging: Sides) -> Iterator[tuple[str | None, ...]]:
    """One of these is common to facts about the same event."""
    yield (fact.id,)
    for iri in events.wider(events.parties(fact), belonging):
        yield fact.type, fact.action, iri


def _rank(pair: Pair) -> tuple[bool, int, int, str, str]:
    """The closest pair first."""
    shared = len(events.parties(pair.a) & events.parties(pair.b))
    return pair.a.id != pair.b.id, len(pair.differences), -shared, pair.a.id, pair.b.id


def _alone(facts: Iterable[FactRead], paired: Iterable[str]) -> list[FactRead]:
    known = set(paired)
    return [fact for fact in facts if fact.id not in known]
