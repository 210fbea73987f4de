"""Whose words they are: the article's own, quoted from a speaker or reported of one."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kgapi.facts.fact import Entity
from kgapi.facts.rules.candidates import Candidate
from kgapi.facts.rules.clauses import deps, objects_of
from kgapi.facts.rules.reading import Reading
from kgapi.facts.rules.text import Sentence, Word

_SHORTEST_QUOTE = 4
_MARK = re.compile('"')


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation: offsets of what stands between the marks, and how many words it has."""

    start: int
    end: int
    length: int

    def holds(self, word: Word) -> bool:
        return self.start <= word.start and word.end <= self.end


def quotes(text: str, start: int, end: int) -> list[Quote]:
    """The quotations of a paragraph; one that is never closed runs to its end."""
    found = (mark.start() for mark in _MARK.finditer(text, start, end))
    marks = [at for at in found if not _inches(text, at)]
    if len(marks) % 2:
        marks.append(end)
    return [
        Quote(first + 1, last, len(text[first + 1 : last].split()))
        for first, last in zip(marks[::2], marks[1::2], strict=True)
    ]


def _inches(text: str, at: int) -> bool:
    return (
        at > 0
        and text[at - 1].isdigit()
        and not text[at + 1 : at + 2].isalpha()
        and (text[at - 2 : at - 1] != ",")
        and text.count('"', max(0, at - 200), at) == 0
    )


@dataclass(frozen=True, slots=True)
class Speech:
    """An utterance and what of its sentence it says: the words reported and the quotations."""

    utterance: Candidate
    speaker: Entity
    reported: frozenset[Word]
    quoted: tuple[Quote, ...]

    def modality(self, word: Word) -> str | None:
        """How the word is told if it belongs to the speech: quoted, reported or not at all."""
        if any(quote.holds(word) for quote in self.quoted):
            return "quoted"
        return "reported" if word in self.reported else None


def speeches(sentence: Sentence, utterances: Iterable[Candidate], reading: Reading) -> list[Speech]:
    """The speeches of a sentence, the innermost first."""
    found_quotes = [
        quote
        for quote in quotes(reading.text, *sentence.paragraph)
        if quote.start < sentence.end and sentence.start < quote.end
    ]
    found: list[Speech] = []
    for utterance in utterances:
        speakers = utterance.entities("speaker")
        if not speakers:
            continue
        verb = utterance.trigger
        reported = frozenset(_reported(verb, utterance))
        own = tuple(q for q in found_quotes if not q.holds(verb) and _belongs(q, verb, sentence))
        found.append(Speech(utterance, speakers[0], reported, own))
    return sorted(found, key=lambda speech: len(speech.reported))


def _belongs(quote: Quote, verb: Word, sentence: Sentence) -> bool:
    """A quotation belongs to the utterance whose verb is its main verb or has it in its clause."""
    inside = [word for word in sentence.words if quote.holds(word)]
    if not inside:
        return False
    below = set(verb.subtree())
    return any(word in below for word in inside) or verb.head is verb


def _reported(verb: Word, utterance: Candidate) -> Iterator[Word]:
    if not verb.is_verb:
        # "according to X": all that the phrase hangs on, and what is below that, is X's.
        clause = verb.head
        yield from clause.subtree()
        return
    for clause in deps(verb, "ccomp", "xcomp", "parataxis"):
        yield from clause.subtree()
    for phrase in deps(verb, "prep"):
        if phrase.lower in {"of", "for", "against"}:
            for clause in deps(phrase, "pcomp", "pobj"):
                if clause.is_verb or utterance.action in {"accuse", "deny", "demand"}:
                    yield from clause.subtree()
    if utterance.action in {"deny", "demand", "accuse"}:
        for noun in objects_of(verb):
            yield from noun.subtree()
    if verb.dep in {"ccomp", "parataxis"} and verb.head.is_verb and not deps(verb, "ccomp"):
        # "Sanctions will be lifted, X said": the parser may hang the speech below what is said.
        yield from (w for w in verb.head.subtree() if w not in set(verb.subtree()))
        yield verb.head


def trace_back(candidates: list[Candidate], spoken: list[tuple[Sentence, Speech]]) -> None:
    """Gives what is told in a quotation whose speaker is only named at its end, sentences later,
    to the speaker."""
    of_paragraph: dict[tuple[int, int], list[Speech]] = defaultdict(list)
    for sentence, speech in spoken:
        of_paragraph[sentence.paragraph].append(speech)
    for candidate in candidates:
        if candidate.modality not in {"stated", "opinion"} or candidate.type == "Utterance":
            continue
        for speech in of_paragraph.get(candidate.sentence.paragraph, ()):
            if any(
                quote.holds(candidate.trigger) and quote.length >= _SHORTEST_QUOTE
                for quote in speech.quoted
            ):
                candidate.modality, candidate.speaker = "quoted", speech.speaker
                speech.utterance.links.setdefault("says", []).append(candidate)
                break


def _told_in(speech: Speech, candidate: Candidate) -> str:
    inside = any(q.holds(w) for q in speech.quoted for w in candidate.trigger.subtree())
    return "quoted" if inside else "reported"


def _judge(judgement: Candidate, candidates: Iterable[Candidate]) -> Entity | None:
    """Whoever acts by the verb that judges: "X condemned the deal as a mistake"."""
    acts = (c for c in candidates if c.trigger is judgement.trigger and c.roles.get("actor"))
    return next((act.entities("actor")[0] for act in acts), None)


@dataclass(frozen=True, slots=True)
class Carried:
    """Who spoke last in the paragraph, and the paragraph's quotations: a quotation that no
    utterance of its own sentence introduces is theirs."""

    paragraph: tuple[int, int] = (0, 0)
    speaker: Entity | None = None
    quotes: tuple[Quote, ...] = ()


NOBODY = Carried()


def _worded(candidate: Candidate, carried: Carried) -> str:
    below = list(candidate.trigger.subtree())
    return "quoted" if any(q.holds(w) for q in carried.quotes for w in below) else "reported"


def carry(carried: Carried, sentence: Sentence, spoken: list[Speech], reading: Reading) -> Carried:
    """What is carried on from this sentence, the sentence itself included."""
    if carried.paragraph != sentence.paragraph:
        around = tuple(quotes(reading.text, *sentence.paragraph))
        carried = Carried(sentence.paragraph, None, around)
    if spoken:
        carried = Carried(carried.paragraph, spoken[-1].speaker, carried.quotes)
    return carried


def speakers(sentence: Sentence, spoken: list[Speech], carried: Carried) -> dict[Word, Entity]:
    """For each word of the sentence that belongs to a speech, whose it is."""
    found: dict[Word, Entity] = {}
    for word in sentence.words:
        for speech in spoken:
            if speech.modality(word) is not None:
                found[word] = speech.speaker
                break
        else:
            if carried.speaker and any(q.holds(word) for q in carried.quotes):
                found[word] = carried.speaker
    return found


def apply(candidates: list[Candidate], spoken: list[Speech], carried: Carried) -> list[Candidate]:
    """Sets modality and speaker of each candidate, and links each utterance to what it says.

    What somebody demands not to happen tells of nothing; it is left out of the list returned.
    """
    dropped: list[Candidate] = []
    for candidate in candidates:
        told = next(
            (
                (speech, modality)
                for speech in spoken
                if speech.utterance is not candidate
                and speech.utterance.frame.id != candidate.frame.id
                and (modality := speech.modality(candidate.trigger)) is not None
            ),
            None,
        )
        if told is None and candidate.type == "Judgement":
            # "called the sanctions illegal": utterance and judgement have one verb.
            told = next(
                (
                    (s, _told_in(s, candidate))
                    for s in spoken
                    if s.utterance.trigger is candidate.trigger
                ),
                None,
            )
        if told is not None:
            speech, modality = told
            if speech.utterance.action == "demand" and candidate.realis == "denied":
                dropped.append(candidate)
                continue
            candidate.modality, candidate.speaker = modality, speech.speaker
            if candidate.type != "Utterance":
                speech.utterance.links.setdefault("says", []).append(candidate)
            if speech.utterance.action == "deny" and candidate.realis != "denied":
                candidate.realis = "denied"
            elif speech.utterance.action == "demand" and candidate.realis == "actual":
                candidate.realis = "possible"
        elif candidate.type == "Judgement" and (judge := _judge(candidate, candidates)):
            candidate.modality, candidate.speaker = _worded(candidate, carried), judge
        elif carried.speaker is not None and any(
            quote.holds(candidate.trigger) and quote.length >= _SHORTEST_QUOTE
            for quote in carried.quotes
        ):
            candidate.modality, candidate.speaker = "quoted", carried.speaker
    return [candidate for candidate in candidates if candidate not in dropped]
