"""Whether an act is told as done, planned, threatened, possible, denied or called off."""

from collections.abc import Iterator
from dataclasses import dataclass

from kgapi.facts.rules.clauses import deps, first_conjunct, governor, is_gerund
from kgapi.facts.rules.lexicon import Lexicon
from kgapi.facts.rules.text import Word

_WILL = frozenset({"will", "'ll", "wo", "shall"})
_MAY = frozenset({"may", "might", "could", "can"})
_OUGHT = frozenset({"should", "must", "ought"})
_NOT = frozenset({"not", "n't", "never"})
_IF = frozenset({"if", "unless"})
_CONDITION = frozenset({"if", "unless", "whether", "until", "once", "should"})


def of(trigger: Word, lexicon: Lexicon, *, state: bool = False) -> str:
    """The realis of what the trigger tells, by its own verb and the verbs and nouns above it.

    A ``state`` told by a noun is there whatever is done about it, unless it is yet to come.
    """
    if state and trigger.is_noun:
        above = governor(trigger)
        if trigger.dep in {"nsubj", "nsubjpass"}:
            above = trigger.head
        if above is not None and _is_wanting(above, trigger, lexicon):
            return "possible"
        verbs = [] if above is None else [above, *deps(above, "xcomp", "acomp")]
        if not any(verb in lexicon["realis.coming"] for verb in _with_complements(verbs)):
            return _of_word(trigger, lexicon, True) or "actual"
    for word in _line(trigger):
        if isinstance(word, _Infinitive):
            if (told := _of_word(word.verb, lexicon, False)) is not None:
                return told
            if word.verb not in lexicon["realis.actual"]:
                return "planned"
        elif isinstance(word, _Beside):
            if (told := _of_word(word.verb, lexicon, True)) is not None:
                return told
        elif isinstance(word, _Wish):
            if word.verb in lexicon["realis.wishing"]:
                return "possible"
        elif (found := _of_word(word, lexicon, word is trigger)) is not None:
            return found
    return "actual"


_DEFINITE = frozenset({"the", "its", "their", "his", "her", "these", "those", "this", "that"})


def _is_wanting(verb: Word, noun: Word, lexicon: Lexicon) -> bool:
    """True where the state is only wanted, or kept from coming: "blocked new sanctions on"."""
    if any(child.lower in _DEFINITE for child in deps(noun, "det", "poss")):
        return False
    return verb in lexicon["realis.wanting"]


def _with_complements(verbs: list[Word]) -> list[Word]:
    return [*verbs, *(inner for verb in verbs for inner in deps(verb, "xcomp"))]


def is_purpose(trigger: Word) -> bool:
    """True for an infinitive of purpose, or a participle behind a noun: "ways of countering"."""
    if trigger.tag == "VB" and any(child.lower == "to" for child in deps(trigger, "aux")):
        return trigger.dep in {"acl", "advcl", "relcl"}
    return trigger.tag == "VBG" and trigger.dep == "pcomp" and trigger.head.head.is_noun


@dataclass(frozen=True, slots=True)
class _Infinitive:
    """An infinitive hangs on this verb: not real yet, unless the verb says that it is."""

    verb: Word


@dataclass(frozen=True, slots=True)
class _Beside:
    """The verb is coordinated with this one, and shares its auxiliaries but not what it means."""

    verb: Word


@dataclass(frozen=True, slots=True)
class _Wish:
    """The act is what somebody does this for: "voted for an end to", "called for the lifting"."""

    verb: Word


def _line(trigger: Word) -> Iterator[Word | _Infinitive | _Wish | _Beside]:
    """The trigger and the words above it on which its being real depends."""
    yield trigger
    word: Word = trigger
    if trigger.is_noun:
        above = governor(trigger)
        first = first_conjunct(trigger)
        if first.dep == "pobj" and first.head.lower in {"of", "for"} and first.head.head.is_noun:
            yield first.head.head
            return
        if above is None and first.dep in {"nsubj", "nsubjpass"}:
            above = first.head
        if above is None:
            return
        phrase = first.head if first.dep == "pobj" else None
        if phrase is not None and phrase.lower not in {"to", "with", "on", "out", "for"}:
            return
        if phrase is not None and phrase.lower == "for":
            yield _Wish(above)
        yield above
        word = above
    while word.head is not word:
        head = word.head
        if is_gerund(word):
            word = head.head
            yield word
            continue
        if word.dep == "acl" and head.is_noun and word.tag != "VB":
            return
        if word.dep in {"xcomp", "conj", "ccomp", "pcomp", "acl"} or (
            word.dep == "advcl" and any(c.lower in _CONDITION for c in deps(word, "mark"))
        ):
            if word.dep in {"pcomp", "prep"}:
                head = head.head
            if word.dep == "ccomp" and word.tag not in {"VB", "VBG"}:
                return
            if word.dep == "conj" and deps(word, "aux"):
                return
            if word.dep == "xcomp" and word.tag == "VB" and head.is_verb:
                yield _Infinitive(head)
            yield _Beside(head) if word.dep == "conj" and word.is_verb and head.is_verb else head
            word = head
        else:
            return


def _of_word(word: Word, lexicon: Lexicon, own: bool) -> str | None:
    if word.is_verb:
        if word.lemma == "be" and any(
            child.tag == "VB" and any(c.lower == "to" for c in child.children)
            for child in deps(word, "xcomp")
        ):
            return "planned"
        if word.lemma == "be":
            for quality in deps(word, "acomp"):
                # "sanctions are due to return", "is likely to"
                if quality.tag == "JJ" and deps(quality, "xcomp"):
                    return _of_word(quality, lexicon, False)
        if own and is_purpose(word) and word.head not in lexicon["realis.actual"]:
            return "planned"
        auxiliaries = {child.lower for child in deps(word, "aux")}
        negated = any(child.lower in _NOT for child in word.children) or any(
            grandchild.lower in _NOT for child in deps(word, "aux") for grandchild in child.children
        )
        if negated:
            return "possible" if word in lexicon["realis.open"] else "denied"
        if any(child.lower in _CONDITION for child in deps(word, "mark")):
            return "possible"
        if auxiliaries & (_MAY | _OUGHT):
            return "possible"
        if auxiliaries & {"would", "'d"}:
            if auxiliaries & {"have"}:
                return "possible"
            return "possible" if _has_condition(word) else "planned"
        if auxiliaries & _WILL:
            return "possible" if _has_condition(word, _IF) else "planned"
        if not own and word in lexicon["realis.denied"]:
            return "denied"
        if not own and word in lexicon["realis.cancelled"]:
            return "cancelled"
        if not own and word in lexicon["realis.threatened"]:
            return "threatened"
        if not own and word in lexicon["realis.possible"]:
            return "possible"
        if not own and word in lexicon["realis.planned"]:
            return "planned"
        return None
    if word.is_noun:
        for child in deps(word, "amod", "compound", "nmod", "det"):
            if child.lower == "no":
                return "denied"
            for realis in ("planned", "possible", "threatened", "cancelled"):
                if child.lemma in lexicon[f"realis.{realis}_adjectives"].single:
                    return realis
        if not own:
            for realis in ("denied", "planned", "possible", "threatened"):
                if word in lexicon[f"realis.{realis}_nouns"]:
                    return realis
    if word.tag == "JJ" and not own:
        if word.lemma in {
            "ready",
            "set",
            "due",
            "likely",
            "poised",
            "prepared",
            "willing",
            "scheduled",
        }:
            return "planned"
        if word.lemma in {"unlikely", "possible", "able"}:
            return "possible"
    return None


def _has_condition(word: Word, marks: frozenset[str] = _CONDITION) -> bool:
    return any(
        child.lower in marks for clause in deps(word, "advcl") for child in deps(clause, "mark")
    )
