"""Repeats within an article become one fact with several passages of evidence."""

from collections.abc import Iterable

from kgapi.facts.fact import NEVER_SAID, Entity, When
from kgapi.facts.rules.candidates import Candidate

_ALONE = frozenset({"Utterance", "Judgement"})
_LOOSE = frozenset(
    {"place", "concerns", "participant", "party", "signatory", "legalBasis", "programme"}
)


# Roles of which a later mention may name only some.
_PARTIAL = frozenset({"actor", "imposedBy", "host"})


class Group:
    """Candidates that tell the same: the roles that they fill between them."""

    def __init__(self, first: Candidate) -> None:
        self.members = [first]
        self.outright = first.modality == "stated"
        self.same: list[Candidate] = []
        self.roles: dict[str, list[Entity]] = {r: first.entities(r) for r in first.roles}

    @property
    def first(self) -> Candidate:
        return self.members[0]

    def add(self, other: Candidate) -> None:
        self.members.append(other)
        for role in other.roles:
            known = self.roles.setdefault(role, [])
            known += [entity for entity in other.entities(role) if entity not in known]

    def confirm(self, headline: Candidate) -> None:
        """Adds a headline that tells the same; what it tells outright is no mere report."""
        self.members.append(headline)
        if headline.modality == "stated" and headline.realis == self.first.realis:
            self.outright = True

    def takes(self, other: Candidate) -> bool:
        """Whether the candidate may tell the same fact as this group."""
        mine = self.first
        if (mine.type, mine.action, mine.modality) != (other.type, other.action, other.modality):
            return False
        if mine.type in _ALONE or mine.speaker != other.speaker or mine.realis != other.realis:
            return False
        if any(not compatible(member.when, other.when) for member in self.members):
            return False
        if any(
            member.values.get(name, value) != value
            for member in self.members
            for name, value in other.values.items()
            if name not in {"reason", "measureType", "direction"}
        ):
            return False
        if mine.type == "AgreementAction":
            return self._same_agreement(other)
        if not self._near_enough(other):
            return False
        if mine.type == "SanctionsMeasure" and set(self.roles.get("imposedBy", ())) != set(
            other.entities("imposedBy")
        ):
            # A state whose sender is not named must stay one, whoever else is known to impose.
            return False
        return self._same_roles(other)

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
        return any(abs(m.sentence.number - other.sentence.number) <= 2 for m in self.members)

    def _same_roles(self, other: Candidate) -> bool:
        shared = (self.roles.keys() & other.roles.keys()) - _LOOSE
        if not shared:
            return (
                bool(self.roles.keys() & other.roles.keys())
                and self.first.type in {"Meeting", "Visit"}
                and self._same_company(other)
                and all(
                    set(self.roles[r]) & set(other.entities(r))
                    for r in self.roles.keys() & other.roles.keys()
                )
            )
        for role in shared:
            mine, theirs = set(self.roles[role]), set(other.entities(role))
            if mine != theirs and not (role in _PARTIAL and (mine <= theirs or theirs <= mine)):
                return False
        return self._same_company(other)

    def _same_company(self, other: Candidate) -> bool:
        """Those who meet are the same: one mention may only leave some of them out."""
        mine, theirs = set(self.roles.get("participant", ())), set(other.entities("participant"))
        return mine <= theirs or theirs <= mine

    def _same_agreement(self, other: Candidate) -> bool:
        mine, theirs = self.roles.get("concerns", []), other.entities("concerns")
        if set(mine) & set(theirs):
            return self._same_sides(other)
        unnamed = all(_is_unnamed(entity) for entity in mine) or all(map(_is_unnamed, theirs))
        return unnamed and self._same_sides(other)

    def _same_sides(self, other: Candidate) -> bool:
        mine = _sides(self.roles)
        theirs = _sides({role: other.entities(role) for role in other.roles})
        return not mine or not theirs or mine <= theirs or theirs <= mine


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


def _sides(roles: dict[str, list[Entity]]) -> set[str]:
    """The parties by path: those named, and of signatories that are countries or bodies these."""
    return {
        entity.path
        for role in ("party", "signatory", "actor")
        for entity in roles.get(role, [])
        if entity.type in {"Country", "Organization"}
    }


def compatible(one: When, other: When) -> bool:
    """Whether two times may be the same: neither says more than the other denies."""
    if one == NEVER_SAID or other == NEVER_SAID:
        return True
    if one.lasting != other.lasting:
        return False
    if one.begin and other.end and one.begin > other.end:
        return False
    return not (other.begin and one.end and other.begin > one.end)


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
    order = sorted(
        candidates,
        key=lambda c: (c.sentence.zone == "headline", c.sentence.zone != "body", c.trigger.start),
    )
    for candidate in order:
        group = next((g for g in found if g.takes(candidate)), None)
        if group is None and candidate.sentence.zone == "headline":
            # A headline says less than the body, and in other words: it confirms, or is left.
            told = [g for g in found if g.is_like(candidate)]
            if told:
                told[0].confirm(candidate)
                continue
        if group is None:
            found.append(Group(candidate))
        else:
            group.add(candidate)
    found = _without_guesses(found)
    return sorted(found, key=lambda g: min(m.trigger.start for m in g.members))


def _without_guesses(found: list[Group]) -> list[Group]:
    """Leaves out measures of which only the context says at whom they are aimed, where the article
    tells of one that is aimed there: what is countered are those sanctions."""
    kept = [group for group in found if not _is_guess(group)]
    for guess in (group for group in found if _is_guess(group)):
        told = next((group for group in kept if _may_mean(guess, group)), None)
        if told is None:
            kept.append(guess)
        else:
            told.same += guess.members
    return kept


def _is_guess(group: Group) -> bool:
    return group.first.type == "SanctionsMeasure" and all(
        "target" in member.inferred for member in group.members
    )


def _may_mean(guess: Group, told: Group) -> bool:
    senders = {*guess.roles.get("imposedBy", ())}, {*told.roles.get("imposedBy", ())}
    return (
        told.first.type == "SanctionsMeasure"
        and told.outright
        and set(guess.roles["target"]) <= set(told.roles["target"])
        and (not all(senders) or senders[0] == senders[1])
    )


def documents(found: Iterable[Group]) -> dict[str, Entity]:
    """For each unnamed document that turned out to be another, what it is called instead."""
    renamed: dict[str, Entity] = {}
    for group in found:
        concerned = group.roles.get("concerns", [])
        named = [e for e in concerned if not _is_unnamed(e)]
        best = named[0] if named else (concerned[0] if concerned else None)
        if group.first.type == "AgreementAction" and best is not None and len(concerned) > 1:
            if len({id(m.sentence) for m in group.members}) > 1:
                renamed |= {e.path: best for e in concerned if _is_unnamed(e) and e != best}
        elif group.first.type == "AgreementAction" and best is not None and group.first.speaker:
            for other in found:
                if (
                    other.first.action == group.first.action
                    and other.first.modality == "stated"
                    and _is_unnamed(best)
                    and group._same_sides(other.first)
                ):
                    renamed[best.path] = documents([other]).get(best.path) or _best(other) or best
    return renamed


def _best(group: Group) -> Entity | None:
    concerned = group.roles.get("concerns", [])
    return next((e for e in concerned if not _is_unnamed(e)), concerned[0] if concerned else None)
