"""Why and by what kind of measure: concepts of the reason and measure schemes out of words."""

from collections.abc import Iterable, Iterator

from kgapi.facts.rules.candidates import Candidate
from kgapi.facts.rules.clauses import deps, prepositions
from kgapi.facts.rules.lexicon import Lexicon
from kgapi.facts.rules.reading import Reading
from kgapi.facts.rules.text import Word

_BECAUSE = (
    "over",
    "for",
    "because of",
    "due to",
    "in response to",
    "following",
    "after",
    "against",
    "amid",
    "as",
    "in",
)
_GAP = 5
_CLOSE = frozenset({"in", "on", "of", "against"})


def reasons(candidate: Candidate, reading: Reading) -> tuple[str, ...]:
    """The grounds given: in a phrase of ground on the act or on the measure, or in its adjectives."""
    words: set[Word] = set()
    for anchor in candidate.anchors():
        for noun in prepositions(anchor, _BECAUSE):
            words.update(_ground(noun))
        for clause in deps(anchor, "advcl", "acl", "relcl"):
            if clause.tag == "VBN" or any(w.lower in {"because", "after"} for w in clause.children):
                words.update(clause.subtree())
        for noun in deps(anchor, "amod", "compound", "nmod"):
            words.update(noun.subtree())
    if not (found := concepts(words, "reasons", reading.lexicon)):
        found = concepts(_to_the_right(candidate), "reasons", reading.lexicon)
    return found


def _to_the_right(candidate: Candidate) -> set[Word]:
    """ "designated 26 persons in 11 countries, among them China, for helping Russia": the parser
    may hang the ground on any of the nouns before it."""
    word = candidate.trigger.next
    while word is not None and not (word.is_verb and word.dep in {"conj", "ccomp", "relcl"}):
        if word.lower in {"for", "over"}:
            for ground in deps(word, "pcomp", "pobj"):
                if ground.is_verb or word.lower == "over":
                    return set(ground.subtree())
        word = word.next
    return set()


def _ground(noun: Word) -> Iterator[Word]:
    yield from noun.subtree()


def measures(candidate: Candidate, reading: Reading) -> tuple[str, ...]:
    """The kinds of measure that the words for the measure name."""
    words: set[Word] = set()
    for anchor in (candidate.trigger, *candidate.what):
        words.add(anchor)
        for part in deps(anchor, "amod", "compound", "nmod"):
            words.update(part.subtree())
        for container in ("on", "of", "against"):
            for noun in prepositions(anchor, (container,)):
                words.update(noun.subtree())
    here = reading.mentions[candidate.sentence.number]
    # "VTB Bank" is a name, not a word about banking.
    words = {w for w in words if w not in here or here[w].manner == "demonym"}
    found = concepts(words, "measures", reading.lexicon)
    # An arms embargo is a measure on arms; "embargo" says more only where it stands alone.
    return tuple(kind for kind in found if kind != "embargo" or len(found) == 1)


def concepts(words: Iterable[Word], table: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The concepts whose phrases occur among the words, in the order of the text.

    The words of a phrase come in order but may have others between them: "nuclear and missile
    programs" holds both "nuclear program" and "missile program".
    """
    line = sorted(words, key=lambda word: word.index)
    there = {word.lemma for word in line}
    found: dict[str, int] = {}
    for concept, phrase in lexicon.phrases[table]:
        if phrase[0] in there and (at := _occurs(phrase, line)) is not None:
            found[concept] = min(at, found.get(concept, at))
    return tuple(sorted(found, key=lambda concept: (found[concept], concept)))


def _gap(lemma: str) -> int:
    """How far the word may stand from the one before: "war in" are neighbours."""
    return 1 if lemma in _CLOSE else _GAP


def _occurs(phrase: tuple[str, ...], line: list[Word]) -> int | None:
    for start, word in enumerate(line):
        if word.lemma != phrase[0]:
            continue
        at = start
        for lemma in phrase[1:]:
            ahead = (
                i
                for i in range(at + 1, len(line))
                if line[i].index - line[at].index <= _gap(lemma) and line[i].lemma == lemma
            )
            at = next(ahead, -1)
            if at < 0:
                break
        else:
            return word.index
    return None
