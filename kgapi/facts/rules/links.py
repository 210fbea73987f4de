"""What answers what, and what causes what: facts that other facts point to."""

from collections.abc import Iterable

from kgapi.facts.rules.candidates import Candidate
from kgapi.facts.rules.clauses import (
    deps,
    first_conjunct,
    objects_of,
    prepositions,
    surface_subjects,
)
from kgapi.facts.rules.lexicon import Lexicon
from kgapi.facts.rules.phrases import owned_by
from kgapi.facts.rules.reading import Reading
from kgapi.facts.rules.text import Word

_ANSWER = (
    "following",
    "in response to",
    "response to",
    "to",
    "after",
    "because of",
    "due to",
    "in reaction to",
)
_GROUNDS = (*_ANSWER, "over", "for")
_CAUSE = ("because of", "due to", "amid", "following", "after", "since", "from", "under", "with")
_CONDUCT = frozenset(
    {
        "action",
        "aggression",
        "conduct",
        "behaviour",
        "behavior",
        "move",
        "war",
        "offensive",
        "attack",
        "assault",
        "operation",
    }
)


def connect(here: list[Candidate], before: list[Candidate], reading: Reading) -> None:
    """Links the candidates of one sentence with one another and with those of earlier ones."""
    by_word = {word: c for c in here for word in (c.trigger,)}
    for candidate in here:
        if candidate.type in {"Utterance", "Tenure", "Judgement"}:
            continue
        for role in ("concerns", "says"):
            for word in _role_words(candidate, role):
                other = by_word.get(word)
                if other is not None and other is not candidate and _may(candidate, role, other):
                    candidate.links.setdefault(role, []).append(other)
        _answers(candidate, by_word, before, reading)
    _causes(here, by_word, reading.lexicon)


def _role_words(candidate: Candidate, role: str) -> list[Word]:
    return [
        word
        for paths in candidate.frame.roles.get(role, ())
        for path in paths
        for word in path.follow(candidate.trigger, candidate.what)
    ]


def _may(candidate: Candidate, role: str, other: Candidate) -> bool:
    return other.type in candidate.frame.ranges[role]


def _is_event(candidate: Candidate) -> bool:
    return candidate.type not in {
        "SanctionsMeasure",
        "Designation",
        "Tenure",
        "EconomicEffect",
        "Judgement",
        "Utterance",
    }


def _link(candidate: Candidate, role: str, other: Candidate, weight: float = 1.0) -> None:
    if other is candidate or other in candidate.links.get(role, ()) or _reaches(other, candidate):
        return
    candidate.links.setdefault(role, []).append(other)
    candidate.weight *= weight


def _reaches(start: Candidate, goal: Candidate) -> bool:
    return any(
        other is goal or _reaches(other, goal)
        for others in start.links.values()
        for other in others
    )


def _answers(
    candidate: Candidate, by_word: dict[Word, Candidate], before: list[Candidate], reading: Reading
) -> None:
    effect = candidate.type == "EconomicEffect"
    if not effect and not _is_event(candidate):
        return
    for anchor in candidate.anchors():
        for noun in prepositions(anchor, _prepositions(candidate)):
            for word in _near(noun):
                other = by_word.get(word)
                if other is None or other is candidate:
                    if word.lemma in _CONDUCT and not effect:
                        _conduct(candidate, word, before, reading)
                elif effect:
                    _link(candidate, "causedBy", other, 0.9)
                elif _is_event(other) and other.trigger.index > candidate.trigger.index - 40:
                    _link(candidate, "inResponseTo", other)


def _prepositions(candidate: Candidate) -> tuple[str, ...]:
    if candidate.type == "EconomicEffect":
        return _CAUSE
    return _GROUNDS if candidate.type == "SanctionsAction" else _ANSWER


def _near(noun: Word) -> list[Word]:
    """The noun, what is coordinated with it, and what it contains in an of-phrase or a clause."""
    found = [noun]
    for child in noun.children:
        if child.dep == "conj":
            found += _near(child)
        elif child.dep in {"prep"} and child.lower == "of":
            for inner in deps(child, "pobj"):
                found += _near(inner)
        elif child.dep in {"compound", "amod"}:
            found.append(child)
    return found


def _conduct(candidate: Candidate, word: Word, before: list[Candidate], reading: Reading) -> None:
    """ "Russia's actions" are the last act of force that the article told of Russia."""
    doer = owned_by(word, candidate.sentence, reading)
    if doer is None:
        return
    for other in reversed(before):
        if other.action in {"invade", "annex", "test-weapon", "seize"} and doer in other.entities(
            "actor"
        ):
            _link(candidate, "inResponseTo", other, 0.9)
            candidate.inferred.add("inResponseTo")
            return


def _causes(here: list[Candidate], by_word: dict[Word, Candidate], lexicon: Lexicon) -> None:
    """ "X has resulted in Y, contributing to Z": each effect is caused by what came before it."""
    for sentence in {id(c.sentence): c.sentence for c in here}.values():
        for verb in sentence.words:
            if not verb.is_verb or verb not in lexicon["causes.verbs"]:
                continue
            results = _candidates([*objects_of(verb), *prepositions(verb, ("in", "to"))], by_word)
            causes = _candidates(_cause_words(verb), by_word)
            if verb.dep == "advcl" and not deps(verb, "nsubj"):
                above = _candidates(
                    [*objects_of(verb.head), *prepositions(verb.head, ("in", "to"))], by_word
                )
                causes = (
                    above or causes or [by_word[verb.head]]
                    if (above or causes or verb.head in by_word)
                    else []
                )
            for result in results:
                for cause in causes:
                    if result.type == "EconomicEffect" or _is_event(result):
                        _link(result, "causedBy", cause)


def _cause_words(verb: Word) -> list[Word]:
    return surface_subjects(verb)


def _candidates(words: Iterable[Word], by_word: dict[Word, Candidate]) -> list[Candidate]:
    found: list[Candidate] = []
    for word in words:
        for near in _near(first_conjunct(word)):
            if near in by_word and by_word[near] not in found:
                found.append(by_word[near])
    return found
