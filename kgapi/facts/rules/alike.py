"""Things that may be the same, found without asking every pair."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Set
from heapq import merge
from itertools import combinations
from typing import Generic, TypeVar

T = TypeVar("T")

Marks = Mapping[str, Collection[Hashable]]
"""What something shows, or what is sought, in each of several respects."""

ANY = object()
"""The mark of what fits anything in a respect."""

_MANY = 40


class Alike(Generic[T]):
    """Things in order, by the marks that they show.

    A thing fits what is sought if in every respect it shows one of the marks that are sought there.
    One that shows none in a respect, or ``ANY``, fits anything there, and where none are sought, or
    ``ANY``, everything fits. All things show marks of the same respects.
    """

    def __init__(self) -> None:
        self._things: list[T] = []
        self._shown: dict[tuple[str, Hashable], list[int]] = defaultdict(list)

    def add(self, thing: T, marks: Marks) -> int:
        """Take the thing in, and return its number."""
        self._things.append(thing)
        self.show(len(self._things) - 1, marks)
        return len(self._things) - 1

    def show(self, number: int, marks: Marks) -> None:
        """Note that the thing with the number shows these marks, too."""
        for respect, found in marks.items():
            for mark in found or (ANY,):
                shown = self._shown[respect, mark]
                at = bisect_left(shown, number)
                if at == len(shown) or shown[at] != number:
                    shown.insert(at, number)

    def likely(self, sought: Marks) -> Iterator[T]:
        """In order all things that fit, among others that do not; some may come twice."""
        fewest = min(
            (self._fitting(*pair) for pair in sought.items() if pair[1] and ANY not in pair[1]),
            key=lambda lists: sum(map(len, lists)),
            default=[range(len(self._things))],
        )
        return (self._things[number] for number in merge(*fewest))

    def _fitting(self, respect: str, sought: Collection[Hashable]) -> list[Collection[int]]:
        keys = ((respect, mark) for mark in (*sought, ANY))
        return [self._shown[key] for key in keys if key in self._shown]


def shown(members: Set[str]) -> Set[Hashable]:
    """The marks of a set by which ``nested`` finds it: its members, its pairs, and its only one."""
    if len(members) > _MANY:
        return {ANY}
    alone = {("only", each) for each in members} if len(members) == 1 else set()
    return {*members, *_pairs(members), *alone}


def nested(members: Set[str]) -> Set[Hashable]:
    """The marks to seek for sets that lie within this one or around it: two such sets have a pair
    in common, or the smaller has only one member."""
    if len(members) > _MANY:
        return {ANY}
    if len(members) < 2:
        return members
    return {*_pairs(members), *(("only", each) for each in members)}


def _pairs(members: Set[str]) -> Iterator[tuple[str, str]]:
    return combinations(sorted(members), 2)
