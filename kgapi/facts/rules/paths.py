"""The small path language in which frames say where in a clause a role is filled.

A path is steps with ``/`` between: ``obj/prep:on|against`` is what stands after "on" or "against"
behind the object. A step may end in arguments with ``|`` between; ``@name`` is a list of words.toml.
Several paths joined by ``+`` are taken together.

==========  =====================================================================================
subj, obj   who does it and what it is done to, passives turned round
agent       the by-phrase                      poss  the possessor
mod         nouns and adjectives before it     appos what is set beside it
about       of these the names that are nobody's who imposes: "Syria sanctions", not "US sanctions"
prep:X      the object of preposition X        gov:L the verb (lemma in L) that governs the noun
up:X        the word on which the phrase with preposition X hangs
what        the noun that met the frame's first condition
comp        the clause or infinitive that completes the verb
self, head  the word itself, the noun on which it hangs
surface     what stands before it as its subject, passive or not
dep:R       children by relation R of the parser
speech      the verb itself if a clause or a quotation goes with it
==========  =====================================================================================
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from kgapi.errors import BadSettings
from kgapi.facts.rules import clauses
from kgapi.facts.rules.lexicon import ANYTHING, Lemmas, lemmas, shipped
from kgapi.facts.rules.text import Word

_MODIFIERS = ("amod", "compound", "nmod", "nummod", "npadvmod", "advmod")


@dataclass(frozen=True)
class Step:
    name: str
    arguments: tuple[str, ...]
    wanted: Lemmas


@dataclass(frozen=True)
class Path:
    """Steps to follow from a trigger; ``text`` is the path as written."""

    text: str
    steps: tuple[Step, ...]

    def follow(self, trigger: Word, what: Iterable[Word] = ()) -> list[Word]:
        """The words that the path leads to, coordination spread out, in reading order."""
        words = [trigger]
        for step in self.steps:
            if step.name == "what":
                words = list(what)
            else:
                walk = _STEPS[step.name]
                words = [found for word in words for found in walk(word, step)]
            if step.name not in {"gov", "self", "up"}:
                words = _spread(words)
        return list(dict.fromkeys(words))


@cache
def parse(text: str) -> tuple[Path, ...]:
    """The paths of an entry, taken together. Raises BadSettings for a step nobody knows."""
    return tuple(_path(part.strip()) for part in text.split("+"))


def _path(text: str) -> Path:
    steps = []
    for part in text.split("/"):
        name, _, arguments = part.partition(":")
        if name not in _STEPS and name != "what":
            raise BadSettings(f"frames.toml: no step {name!r} in path {text!r}")
        given = tuple(arguments.split("|")) if arguments else ()
        steps.append(Step(name, given, word_list(given)))
    return Path(text, tuple(steps))


def word_list(entries: Iterable[str]) -> Lemmas:
    """Lemmas from entries, where ``@name`` stands for a list in the table ``classes``,
    ``@table.name`` for one in another table, and ``@anything`` for every word."""
    found = lemmas(())
    for entry in entries:
        found |= _list(entry[1:]) if entry.startswith("@") else lemmas([entry])
    return found


def _list(name: str) -> Lemmas:
    if name == "anything":
        return ANYTHING
    return shipped()[name if "." in name else f"classes.{name}"]


def _spread(words: Iterable[Word]) -> list[Word]:
    return [one for word in words for one in clauses.conjuncts(word)]


def _prep(word: Word, step: Step) -> list[Word]:
    """Phrases of the word, else of what it is coordinated with: "sanctions and curbs on X"."""
    if found := clauses.prepositions(word, step.arguments):
        return found
    for other in clauses.conjuncts(word)[1:]:
        if found := clauses.prepositions(other, step.arguments):
            return found
    if word.dep == "conj" and word.is_noun:
        return clauses.prepositions(word.head, step.arguments)
    return []


def _gov(word: Word, step: Step) -> list[Word]:
    verb = clauses.governor(word)
    return [verb] if verb is not None and (not step.arguments or verb in step.wanted) else []


def _up(word: Word, step: Step) -> list[Word]:
    first = clauses.first_conjunct(word)
    phrase = first.head
    if first.dep in {"pobj", "pcomp"} and phrase.lower in step.arguments:
        return [phrase.head]
    return []


def _mod(word: Word, step: Step) -> list[Word]:
    return clauses.deps(word, *_MODIFIERS)


def _about(word: Word, step: Step) -> list[Word]:
    senders = shipped()["nouns.senders"]
    inside = [word, *clauses.deps(word, "compound")]
    before = [w for noun in inside for w in clauses.deps(noun, "compound", "nmod", "amod")]
    names = [w for w in before if (w.is_name and w.ner != "NORP") or w.ner == "GPE"]
    return [w for w in names if w not in senders]


_STEPS: dict[str, Callable[[Word, Step], list[Word]]] = {
    "subj": lambda word, step: clauses.subjects_of(word),
    "obj": lambda word, step: clauses.objects_of(word),
    "iobj": lambda word, step: clauses.deps(word, "dative", "iobj"),
    "agent": lambda word, step: clauses.agents_of(word),
    "surface": lambda word, step: clauses.surface_subjects(word),
    "dep": lambda word, step: clauses.deps(word, *step.arguments),
    "speech": lambda word, step: [word] if clauses.introduces_speech(word) else [],
    "poss": lambda word, step: clauses.deps(word, "poss"),
    "mod": _mod,
    "about": _about,
    "appos": lambda word, step: clauses.deps(word, "appos"),
    "prep": _prep,
    "gov": _gov,
    "up": _up,
    "comp": lambda word, step: clauses.deps(word, "ccomp", "xcomp"),
    "head": lambda word, step: [word.head] if word.head.is_noun else [],
    "self": lambda word, step: [word],
}
