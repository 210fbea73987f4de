"""Repeats within an article become one fact with several passages of evidence."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence, Set
from datetime import date
from typing import TypeVar

from kgapi.facts.fact import NEVER_SAID, Entity, Value, When
from kgapi.facts.rules.alike import ANY, Alike, Marks, nested, shown
from kgapi.facts.rules.candidates import Candidate

T = TypeVar("T")

_ALONE = frozenset({"Utterance", "Judgement"})
_COMPANY = frozenset({"Meeting", "Visit"})
_LOOSE = frozenset(
    {"place", "concerns", "participant", "party", "signatory", "legalBasis", "programme"}
)


# Roles of which a later mention may name only some.
_PARTIAL = frozenset({"actor", "imposedBy", "host"})
# Values that a later mention may tell otherwise.
_FREE = frozenset({"reason", "measureType", "direction"})
_NEAR = 2


class Group:
    """Candidates that tell the same: the roles that they fill between them, all that they say of
    each value, and the days that all of their times allow."""

    def __init__(self, first: Candidate) -> None:
        self.members: list[Candidate] = []
        self.outright = first.modality == "stated"
        self.same: list[Candidate] = []
        self.roles: dict[str, dict[Entity, None]] = {}
        self._values: dict[str, set[Value]] = defaultdict(set)
        self._begin = date.min
        self._end = date.max
        self._lasting: set[bool] = set()
        self._sentences: set[int] = set()
        self.add(first)

    @property
    def first(self) -> Candidate:
        return self.members[0]

    def add(self, other: Candidate) -> None:
        for role in other.roles:
            self.roles.setdefault(role, {}).update(dict.fromkeys(other.entities(role)))
        self._note(other)

    def confirm(self, headline: Candidate) -> None:
        """Adds a headline that tells the same; what it tells outright is no mere report."""
        self._note(headline)
        if headline.modality == "stated" and headline.realis == self.first.realis:
            self.outright = True

    def _note(self, member: Candidate) -> None:
        self.members.append(member)
        self._sentences.add(member.sentence.number)
        for name, value in member.values.items():
            if name not in _FREE:
                self._values[name].add(value)
        if member.when != NEVER_SAID:
            self._begin = max(self._begin, member.when.begin or date.min)
            self._end = min(self._end, member.when.end or date.max)
            self._lasting.add(member.when.lasting)

    def takes(self, other: Candidate) -> bool:
        """Whether the candidate may tell the same fact as this group."""
        mine = self.first
        if mine.type in _ALONE or _kind(mine) != _kind(other):
            return False
        if not self._at_the_time_of(other.when) or not self._agrees(other.values):
            return False
        if mine.type == "AgreementAction":
            return self._same_agreement(other)
        if not self._near_enough(other) or self._was_one_of_several(other):
            return False
        if mine.type == "SanctionsMeasure" and self.roles.get("imposedBy", {}).keys() != set(
            other.entities("imposedBy")
        ):
            # A state whose sender is not named must stay one, whoever else is known to impose.
            return False
        return self._same_roles(other)

    def _at_the_time_of(self, when: When) -> bool:
        """Whether no member's time denies what this one says."""
        if when == NEVER_SAID:
            return True
        return (
            self._lasting <= {when.lasting}
            and self._begin <= (when.end or date.max)
            and (when.begin or date.min) <= self._end
        )

    def _agrees(self, values: Mapping[str, Value]) -> bool:
        return all(
            self._values[name] <= {value}
            for name, value in values.items()
            if name not in _FREE and name in self._values
        )

    def is_like(self, other: Candidate) -> bool:
        """The same kind of act in the same voice, with someone taking part in both."""
        mine = self.first
        if mine.type != other.type or not _kin(mine.action, other.action):
            return False
        if other.modality != mine.modality and "quoted" in {other.modality, mine.modality}:
            return False
        if other.type == "SanctionsAction" and not other.roles.keys() - {"actor"}:
            return True
        here = {e.path for role in self.roles for e in _with_homes(self.roles[role])}
        there = {e.path for role in other.roles for e in _with_homes(other.entities(role))}
        return bool(here & there)

    def _near_enough(self, other: Candidate) -> bool:
        """Acts of which only one names the actor are the same only side by side."""
        if ("actor" in self.roles) == ("actor" in other.roles) or other.sentence.zone != "body":
            return True
        return not self._sentences.isdisjoint(_around(other.sentence.number))

    def _was_one_of_several(self, other: Candidate) -> bool:
        """True for what one did on a day, where several had done so by then: "By Friday A and B had
        imposed sanctions. A adopted its own on Friday." """
        if self.roles.get("actor", {}).keys() == set(other.entities("actor")):
            return False
        dated = [m.when for m in (*self.members, other) if m.when.end is not None]
        return other.when in dated and len({when.begin is None for when in dated}) > 1

    def _same_roles(self, other: Candidate) -> bool:
        both = self.roles.keys() & other.roles.keys()
        shared = both - _LOOSE
        if not shared and (self.first.type not in _COMPANY or not both):
            return False
        return all(self._same_role(role, other, shared) for role in both) and self._same_company(
            other
        )

    def _same_role(self, role: str, other: Candidate, shared: Set[str]) -> bool:
        mine, theirs = self.roles[role].keys(), set(other.entities(role))
        if not shared:
            return not mine.isdisjoint(theirs)
        if role in _PARTIAL:
            return _nested(mine, theirs)
        return role in _LOOSE or mine == theirs

    def _same_company(self, other: Candidate) -> bool:
        """Those who meet are the same: one mention may only leave some of them out."""
        mine = self.roles.get("participant", {}).keys()
        return _nested(mine, set(other.entities("participant")))

    def _same_agreement(self, other: Candidate) -> bool:
        mine, theirs = self.roles.get("concerns", {}).keys(), other.entities("concerns")
        if mine.isdisjoint(theirs) and not _unnamed(theirs) and not _unnamed(mine):
            return False
        return self.has_sides_of(other)

    def has_sides_of(self, other: Candidate) -> bool:
        """Whether one names no other parties than the other does, or none at all."""
        return _nested(_sides(self.roles), _sides(_entities(other)))


def _kind(candidate: Candidate) -> tuple[Hashable, ...]:
    """What candidates must have in common to tell the same: act, voice and speaker, and realis."""
    return (
        candidate.type,
        candidate.action,
        candidate.modality,
        candidate.speaker,
        candidate.realis,
    )


def _around(number: int) -> range:
    return range(number - _NEAR, number + _NEAR + 1)


def _nested(one: Set[T], other: Set[T]) -> bool:
    return one <= other or other <= one


def _entities(candidate: Candidate) -> dict[str, list[Entity]]:
    return {role: candidate.entities(role) for role in candidate.roles}


def _unnamed(entities: Iterable[Entity]) -> bool:
    return all(map(_is_unnamed, entities))


_IMPOSING = frozenset({"impose", "designate", "ban", "freeze"})
_EXTENDING = frozenset({"extend", "renew"})


def _kin(one: str | None, other: str | None) -> bool:
    """Whether a headline may call the one what the body calls the other: "sanctions" for both."""
    return one == other or {one, other} <= _IMPOSING or {one, other} <= _EXTENDING


def _with_homes(entities: Iterable[Entity]) -> Iterable[Entity]:
    """The entities, and for bodies the country in which they are."""
    for entity in entities:
        yield entity
        if entity.type == "Organization" and entity.within is not None:
            yield entity.within


def _is_unnamed(entity: Entity) -> bool:
    """True for a document of this article's own, whose key ends in the article's digest."""
    return (
        len(entity.key) > 9
        and entity.key[-9] == "-"
        and all(c in "0123456789abcdef" for c in entity.key[-8:])
    )


def _sides(roles: Mapping[str, Iterable[Entity]]) -> set[str]:
    """The parties by path: those named, and of signatories that are countries or bodies these."""
    return {
        entity.path
        for role in ("party", "signatory", "actor")
        for entity in roles.get(role, ())
        if entity.type in {"Country", "Organization"}
    }


def narrower(one: When, other: When) -> When:
    """The more telling of two compatible times."""
    if NEVER_SAID in (one, other):
        return other if one == NEVER_SAID else one

    def width(when: When) -> int:
        if when.begin is None or when.end is None:
            return 100_000
        return (when.end - when.begin).days

    return other if width(other) < width(one) else one


def groups(candidates: Iterable[Candidate]) -> list[Group]:
    """The candidates sorted into facts; body first, since captions and headlines only repeat."""
    found: list[Group] = []
    shelves: dict[Hashable, Alike[Group]] = defaultdict(Alike)
    numbers: dict[Group, int] = {}
    order = sorted(
        candidates,
        key=lambda c: (c.sentence.zone == "headline", c.sentence.zone != "body", c.trigger.start),
    )
    for candidate in order:
        shelf, likely = shelves[_kind(candidate)], _marks(candidate, nested)
        group = next((each for each in shelf.likely(likely) if each.takes(candidate)), None)
        if group is not None:
            group.add(candidate)
            shelf.show(numbers[group], _marks(candidate, shown))
        elif candidate.sentence.zone == "headline" and (told := _told(candidate, found)):
            # A headline says less than the body, and in other words: it confirms, or is left.
            told.confirm(candidate)
        else:
            group = Group(candidate)
            found.append(group)
            if candidate.type not in _ALONE:
                numbers[group] = shelf.add(group, _marks(candidate, shown))
    return sorted(_without_guesses(found), key=lambda g: min(m.trigger.start for m in g.members))


def _told(headline: Candidate, found: Iterable[Group]) -> Group | None:
    return next((group for group in found if group.is_like(headline)), None)


def _marks(candidate: Candidate, of_set: Callable[[Set[str]], Set[Hashable]]) -> Marks:
    """By what a group that takes the candidate is known. See ``Group.takes``."""
    time, roles = candidate.when, _entities(candidate)
    marks: dict[str, Collection[Hashable]] = {
        "day": {time.begin} if time.begin and time.begin == time.end else (),
        "value": {candidate.values["value"]} if "value" in candidate.values else (),
    }
    if candidate.type == "AgreementAction":
        concerned = roles.get("concerns", [])
        wild = [ANY] if _unnamed(concerned) else []
        return marks | {"sides": of_set(_sides(roles)), "concerns": [*concerned, *wild]}
    for role in ("target", "observedFor"):
        marks[role] = {frozenset(roles[role])} if role in roles else ()
    for role in (*_PARTIAL, "participant"):
        marks[role] = of_set({entity.path for entity in roles.get(role, ())})
    if candidate.type == "SanctionsMeasure":
        marks["imposedBy"] = {frozenset(roles.get("imposedBy", ()))}
    loose = () if candidate.type in _COMPANY else _LOOSE
    return marks | {"some": {(r, e) for r in roles if r not in loose for e in roles[r]}}


def _without_guesses(found: list[Group]) -> list[Group]:
    """Leaves out measures of which only the context says at whom they are aimed, where the article
    tells of one that is aimed there: what is countered are those sanctions."""
    kept = [group for group in found if not _is_guess(group)]
    aimed: Alike[Group] = Alike()
    for group in kept:
        if group.first.type == "SanctionsMeasure":
            aimed.add(group, _aim(group))
    for guess in filter(_is_guess, found):
        told = next((each for each in aimed.likely(_aim(guess)) if _may_mean(guess, each)), None)
        if told is None:
            kept.append(guess)
            aimed.add(guess, _aim(guess))
        else:
            told.same += guess.members
    return kept


def _aim(group: Group) -> Marks:
    senders = frozenset(group.roles.get("imposedBy", ()))
    return {"target": group.roles.get("target", {}), "sender": {senders} if senders else ()}


def _is_guess(group: Group) -> bool:
    return group.first.type == "SanctionsMeasure" and all(
        "target" in member.inferred for member in group.members
    )


def _may_mean(guess: Group, told: Group) -> bool:
    senders = {*guess.roles.get("imposedBy", ())}, {*told.roles.get("imposedBy", ())}
    return (
        told.outright
        and guess.roles["target"].keys() <= told.roles["target"].keys()
        and (not all(senders) or senders[0] == senders[1])
    )


def documents(found: Sequence[Group]) -> dict[str, Entity]:
    """For each unnamed document that turned out to be another, what it is called instead."""
    renamed: dict[str, Entity] = {}
    told: dict[str | None, Alike[Group]] = defaultdict(Alike)
    for group in reversed(found):
        if group.first.modality == "stated":
            sides = _sides(_entities(group.first))
            told[group.first.action].add(group, {"sides": shown(sides)})
    for group in found:
        best = _best(group)
        if group.first.type != "AgreementAction" or best is None:
            continue
        if len(group.roles["concerns"]) > 1:
            renamed |= _one_document(group, best)
        elif group.first.speaker and _is_unnamed(best):
            likely = told[group.first.action].likely({"sides": nested(_sides(group.roles))})
            same = next((each for each in likely if group.has_sides_of(each.first)), None)
            if same is not None:
                renamed[best.path] = _best(same) or best
    return renamed


def _one_document(act: Group, best: Entity) -> dict[str, Entity]:
    """The unnamed documents of an act told in several sentences: all of them are the best."""
    if len({id(member.sentence) for member in act.members}) < 2:
        return {}
    return {e.path: best for e in act.roles["concerns"] if _is_unnamed(e) and e != best}


def _best(group: Group) -> Entity | None:
    concerned = list(group.roles.get("concerns", ()))
    return next((e for e in concerned if not _is_unnamed(e)), concerned[0] if concerned else None)
