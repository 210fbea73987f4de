"""Roles that a sentence leaves to what was said before: "the cap was imposed by the Group of Seven"."""

from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from kgapi.facts.fact import Entity
from kgapi.facts.rules import discourse, phrases
from kgapi.facts.rules.clauses import deps
from kgapi.facts.rules.reading import Filler, Reading
from kgapi.facts.rules.text import Sentence, Word

if TYPE_CHECKING:
    from kgapi.facts.rules.candidates import Candidate

_POINTING = frozenset({"the", "this", "that", "these", "those", "such", "its", "their"})
_REACH = 5
_STATES = frozenset({"SanctionsMeasure"})
_WEIGHT = 0.75


def last(role: str, candidate: "Candidate", reading: Reading) -> list[Filler]:
    """Fillers of the role from the last fact about sanctions, or the last document, that the
    candidate points back to; none where its words do not point back."""
    noun = candidate.what[0] if candidate.what else candidate.trigger
    types = candidate.frame.ranges[role]
    if role == "concerns":
        known = discourse.last_agreement(noun, candidate.sentence, reading, types)
        return [Filler(known, noun, True, _WEIGHT)] if known else []
    if not _points_back(noun):
        return []
    senders = {f.entity for r in ("actor", "imposedBy") for f in candidate.roles.get(r, ())}
    first = candidate.sentence.number - _REACH
    near = list(takewhile(lambda each: each.sentence >= first, reversed(reading.sanctioned)))
    if _is_own(noun):
        near.sort(
            key=lambda earlier: not senders & {f.entity for f in earlier.roles.get("actor", ())}
        )
    for earlier in near:
        fillers = [
            f
            for f in earlier.roles.get(role, ())
            if f.entity.type in types
            and not f.entity.key.endswith(reading.mark)
            and (f.entity.type == "Country" or not _has_owner(noun))
        ]
        if fillers:
            return [replace(f, word=noun, inferred=True, weight=_WEIGHT) for f in fillers]
    return _only(role, noun, types, senders, reading)


def _only(
    role: str, noun: Word, types: frozenset[str], senders: set[Entity], reading: Reading
) -> list[Filler]:
    """The one country that all sanctions spoken of so far are on, further back than the rest."""
    if role != "target" or "Country" not in types or not _has_owner(noun):
        return []
    fillers = [f for each in reading.sanctioned for f in each.roles.get(role, ())]
    countries = {f.entity for f in fillers if f.entity.type == "Country"}
    if len(countries) != 1 or countries & senders:
        return []
    (only,) = countries
    return [Filler(only, noun, True, _WEIGHT)]


def event(
    word: Word, role: str, sentence: Sentence, types: frozenset[str], reading: Reading
) -> list["Candidate"]:
    """The act told before that "the launch" or "the decision" points back to; "it" is what the
    sentence before was about in the same role: "Oman welcomed the withdrawal. Iraq praised it."."""
    if word.lower == "it":
        before = reading.told_in(sentence.number - 1)
        about = [each for c in reversed(before) for each in c.links.get(role, ())]
        return [each for each in about if each.type in types][:1]
    pointed = {c.lower for c in deps(word, "det", "poss")} & _POINTING
    if not word.is_noun or not (pointed or phrases.owner(word, sentence, reading)):
        return []
    actions = [
        action
        for action in reading.lexicon.raw["events"]
        if word in reading.lexicon[f"events.{action}"]
    ]
    if types & _STATES and word in reading.lexicon["classes.sanctions"]:
        for candidate in reversed(reading.told[-30:]):
            if candidate.type in _STATES:
                return [candidate]
    owner = phrases.owned_by(word, sentence, reading)
    # What had happened before is not what is spoken of.
    for candidate in sorted(reading.told[:-31:-1], key=_is_background):
        if candidate.action in actions and candidate.type in types and _is_by(candidate, owner):
            return [candidate]
    return []


def _is_background(candidate: "Candidate") -> bool:
    return any(child.lower == "had" for child in deps(candidate.trigger, "aux"))


def _is_by(candidate: "Candidate", owner: Entity | None) -> bool:
    """True where nobody is named whose act it is, or the act is theirs."""
    if owner is None:
        return True
    doers = [*candidate.entities("actor"), *candidate.entities("signatory")]
    return any(owner.path in {doer.path, doer.within.path if doer.within else ""} for doer in doers)


def _is_own(noun: Word) -> bool:
    """True for "its second package": one of the sender's, not the one spoken of last."""
    inside = [noun, noun.head.head] if noun.head.lower == "of" else [noun]
    return any(child.lower in {"its", "their"} for one in inside for child in deps(one, "poss"))


def _has_owner(noun: Word) -> bool:
    """True for "its sanctions" and "the EU's sanctions": those of a sender, on whole countries."""
    return _is_own(noun) or any(child.is_name for child in deps(noun, "poss"))


def _points_back(noun: Word) -> bool:
    """True for "the sanctions", "its second package of sanctions" and "the EU's sanctions"."""
    determiners = {child.lower for child in deps(noun, "det", "poss", "amod")}
    return bool(determiners & _POINTING) or _has_owner(noun)
