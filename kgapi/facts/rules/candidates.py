"""Frames met by a sentence: who fills which role, before anything is known of time, voice or realis."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from kgapi.facts.fact import NEVER_SAID, Entity, Value, When
from kgapi.facts.rules import clauses, context, phrases
from kgapi.facts.rules.frames import Alternatives, Frame, Lexicon
from kgapi.facts.rules.reading import Filler, Reading
from kgapi.facts.rules.text import Sentence, Word


@dataclass(eq=False)
class Candidate:
    """A fact in the making. ``links`` are roles filled by other candidates; ``what`` are the words
    that met the frame's conditions."""

    frame: Frame
    trigger: Word
    sentence: Sentence
    what: tuple[Word, ...] = ()
    roles: dict[str, list[Filler]] = field(default_factory=dict)
    links: dict[str, list["Candidate"]] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    when: When = NEVER_SAID
    realis: str = "actual"
    modality: str = "stated"
    speaker: Entity | None = None
    weight: float = 1.0
    inferred: set[str] = field(default_factory=set)

    @property
    def type(self) -> str:
        return self.frame.type

    @property
    def action(self) -> str | None:
        return self.frame.action

    def entities(self, role: str) -> list[Entity]:
        return [filler.entity for filler in self.roles.get(role, ())]

    def anchors(self) -> Iterator[Word]:
        """The words by which something in the sentence can hang on this fact."""
        yield self.trigger
        yield from self.what
        if self.trigger.is_noun and (verb := clauses.governor(self.trigger)) is not None:
            yield verb
        if self.trigger.dep in {"nsubj", "nsubjpass"} and self.type == "SanctionsMeasure":
            yield self.trigger.head


def find(
    sentence: Sentence,
    lexicon: Lexicon,
    reading: Reading,
    speaker_of: dict[Word, Entity],
    types: frozenset[str],
    taken: set[Word],
    facts: Mapping[Word, Candidate],
) -> list[Candidate]:
    """The candidates of a sentence whose frames are of these classes, verbs before nouns.

    ``taken`` are words that already serve another candidate; those found add theirs. ``facts``
    are the candidates found before by their triggers, where a role may be filled by one.
    """
    found: list[Candidate] = []
    evoking = [word for word in sentence.words if word.lemma in lexicon.by_lemma]
    for wanted in (True, False):
        for word in evoking:
            if word.is_verb is not wanted or word in taken:
                continue
            if sentence.zone == "headline" and not word.is_verb:
                continue  # headlines nest nouns in ways that no parse tells apart
            for frame in lexicon.evoked(word, types):
                candidate = _meet(frame, word, sentence, reading, speaker_of, facts)
                if candidate is not None:
                    found.append(candidate)
                    found += _brought(candidate, lexicon, reading, speaker_of, taken)
                    if frame.consumes:
                        taken.update(candidate.what)
                    taken.add(word)
                    break
    return sorted(found, key=lambda candidate: candidate.trigger.index)


def _meet(
    frame: Frame,
    trigger: Word,
    sentence: Sentence,
    reading: Reading,
    speaker_of: dict[Word, Entity],
    facts: Mapping[Word, Candidate],
    inherited: Mapping[str, list[Filler]] | None = None,
) -> Candidate | None:
    what = frame.what(trigger)
    if what is None:
        return None
    candidate = Candidate(frame, trigger, sentence, tuple(what), weight=frame.prior)
    for role, alternatives in frame.roles.items():
        fillers, weight = _fill(role, alternatives, candidate, reading, speaker_of)
        if fillers:
            candidate.roles[role] = fillers
            candidate.weight *= weight
        elif others := _facts(role, alternatives, candidate, facts, reading):
            candidate.links[role] = others
    for role, fillers in (inherited or {}).items():
        if trigger.is_verb or any(filler.word is trigger for filler in fillers):
            candidate.roles[role] = fillers
        else:
            candidate.roles.setdefault(
                role, [replace(f, inferred=True, weight=0.8) for f in fillers]
            )
    own = set(candidate.roles)
    for role in frame.context:
        if role not in candidate.roles and (pointed := context.last(role, candidate, reading)):
            candidate.roles[role] = pointed
    if trigger.is_noun and not own and candidate.roles:
        return None  # it only points back to what was told
    for name, alternatives in frame.words.items():
        if words := _words(alternatives, candidate):
            worded = reading.cut(words[0], words[-1])
            candidate.values[name] = worded + '"' * (worded.count('"') % 2)
    _separate(candidate)
    for needed in frame.need:
        if needed & (candidate.roles.keys() | candidate.links.keys()):
            continue
        if not any(_attach_phrase(role, candidate, reading, speaker_of) for role in sorted(needed)):
            return None
    _separate(candidate)
    if any(not needed & (candidate.roles.keys() | candidate.links.keys()) for needed in frame.need):
        return None
    candidate.values.update(frame.values)
    for role, fillers in candidate.roles.items():
        if any(filler.inferred for filler in fillers):
            candidate.inferred.add(role)
        candidate.weight *= min(filler.weight for filler in fillers)
    return candidate


def _brought(
    candidate: Candidate,
    lexicon: Lexicon,
    reading: Reading,
    speaker_of: dict[Word, Entity],
    taken: set[Word],
) -> Iterator[Candidate]:
    """The facts that come with the candidate: the measure that an act of countering concerns, the
    listing of each of those designated."""
    brings = candidate.frame.brings
    if brings is None:
        return
    frame = lexicon.frames[brings.frame]
    inherited = {
        role: fitting
        for role, theirs in brings.inherits.items()
        if (fitting := _fitting(candidate.roles.get(theirs, ()), frame.ranges[role]))
    }
    if brings.at is None:
        triggers = [(word, inherited) for word in candidate.what[:1] if word not in taken]
    else:
        triggers = [
            (filler.word, inherited | {brings.at: [filler]})
            for filler in candidate.roles.get(brings.at, ())
            if filler.entity.type in frame.ranges[brings.at]
            and not filler.entity.key.endswith(reading.mark)
        ]
    for word, fillers in triggers:
        second = _meet(frame, word, candidate.sentence, reading, speaker_of, {}, fillers)
        if second is not None:
            second.weight = min(second.weight, candidate.weight)
            candidate.links.setdefault(brings.role, []).append(second)
            if brings.at is None:
                taken.add(word)
            yield second


def _fitting(fillers: Iterable[Filler], types: frozenset[str]) -> list[Filler]:
    return [filler for filler in fillers if filler.entity.type in types]


def new_names(
    here: Iterable[Candidate], sentence: Sentence, reading: Reading
) -> dict[Word, Entity]:
    """Names first known by the list that they stand in, which later words may point back to."""
    fillers = [f for c in here for role in c.roles.values() for f in role if f.word.is_name]
    return {
        f.word: f.entity
        for f in fillers
        if f.entity.type == "Person" and reading.mention(f.word, sentence) is None
    }


def without_unreal_listings(found: Collection[Candidate]) -> list[Candidate]:
    """Leaves out the listings that acts would bring about which are planned, denied or the like."""
    unreal: set[Candidate] = set()
    for act in found:
        brings = act.frame.brings
        if act.realis != "actual" and brings is not None and brings.at is not None:
            unreal.update(act.links.pop(brings.role, ()))
    return [candidate for candidate in found if candidate not in unreal]


def _facts(
    role: str,
    alternatives: Alternatives,
    candidate: Candidate,
    facts: Mapping[Word, Candidate],
    reading: Reading,
) -> list[Candidate]:
    """Facts to which one of the paths leads: found in the sentence before, or pointed back to."""
    types = candidate.frame.ranges[role]
    if "Event" not in types and "SanctionsMeasure" not in types:
        return []
    for paths in alternatives:
        words = [w for path in paths for w in path.follow(candidate.trigger, candidate.what)]
        if found := [facts[w] for w in words if w in facts and facts[w].type in types]:
            return found
        for word in words:
            if found := context.event(word, role, candidate.sentence, types, reading):
                candidate.inferred.add(role)
                candidate.weight *= 0.85
                return found
    return []


def _fill(
    role: str,
    alternatives: Alternatives,
    candidate: Candidate,
    reading: Reading,
    speaker_of: dict[Word, Entity],
) -> tuple[list[Filler], float]:
    """The fillers of the first alternative that has any, and how good that alternative is."""
    weight = 1.0
    for paths in alternatives:
        words = [w for path in paths for w in path.follow(candidate.trigger, candidate.what)]
        fillers = _referred(words, role, candidate, reading, speaker_of)
        if fillers:
            return fillers, weight
        weight = max(0.9, weight - 0.03)
    return [], 1.0


def _referred(
    words: Iterable[Word],
    role: str,
    candidate: Candidate,
    reading: Reading,
    speaker_of: dict[Word, Entity],
) -> list[Filler]:
    found: dict[Entity, Filler] = {}
    words = list(words)
    if len(words) > 1 and role == "target" and all(w.is_noun for w in words):
        first = _refer(words[0], role, candidate, reading, speaker_of)
        if not first and _belongs(words[0], candidate, reading):
            # "sanctions on Iran's oil exports, shipping and banks" are sanctions on Iran.
            return []
    for word in words:
        if word.lower in {"themselves", "itself", "himself", "herself"}:
            word = next(iter(clauses.surface_subjects(word.head.head)), word)
            for one in clauses.conjuncts(word):
                for filler in _refer(one, role, candidate, reading, speaker_of):
                    found.setdefault(filler.entity, filler)
            continue
        for filler in _refer(word, role, candidate, reading, speaker_of):
            found.setdefault(filler.entity, filler)
    return list(found.values())


def _belongs(word: Word, candidate: Candidate, reading: Reading) -> bool:
    return phrases.owner(word, candidate.sentence, reading) is not None


def _refer(
    word: Word,
    role: str,
    candidate: Candidate,
    reading: Reading,
    speaker_of: dict[Word, Entity],
) -> list[Filler]:
    return phrases.refer(
        word, candidate.sentence, candidate.frame.ranges[role], reading, speaker_of.get(word)
    )


def _attach_phrase(
    role: str, candidate: Candidate, reading: Reading, speaker_of: dict[Word, Entity]
) -> bool:
    """Fills a needed role from the nearest phrase to the right, however the parser hung it up."""
    if not candidate.trigger.is_verb:
        return False
    wanted = {
        preposition
        for paths in candidate.frame.roles[role]
        for path in paths
        if path.steps[-1].name == "prep"
        and path.steps[0].name in {"prep", "what", "obj"}
        and len(path.steps) <= 2
        for preposition in path.steps[-1].arguments
    }
    after = candidate.sentence.words[candidate.trigger.index + 1 :]
    for word in after[:25]:
        if word.text in {";", ":"} or (word.is_verb and word.dep in {"conj", "relcl"}):
            break
        if word.lower in wanted:
            nouns = [one for noun in clauses.deps(word, "pobj") for one in clauses.conjuncts(noun)]
            if fillers := _referred(nouns, role, candidate, reading, speaker_of):
                candidate.roles[role] = fillers
                candidate.weight *= 0.8
                return True
    return False


def _words(alternatives: Alternatives, candidate: Candidate) -> list[Word]:
    """The phrase that the first path with an end leads to, from its first word to its last."""
    for paths in alternatives:
        for path in paths:
            for word in path.follow(candidate.trigger, candidate.what):
                if word is candidate.trigger:
                    return [word, word.head] if word.head.is_noun and word.dep != "dobj" else [word]
                inside = sorted(
                    (
                        w
                        for child in (word, *word.children)
                        if child is word or child.dep not in {"nsubj", "punct"}
                        for w in ([child] if child is word else child.subtree())
                        if w.text != '"'
                    ),
                    key=lambda w: w.index,
                )
                while inside and inside[0].tag in {"DT", "IN"}:
                    inside.pop(0)
                if inside:
                    return inside
    return []


_RIVALS = (
    ("target", "actor"),
    ("target", "imposedBy"),
    ("beneficiary", "actor"),
    ("place", "actor"),
    ("participant", "host"),
    ("place", "target"),
)


def _separate(candidate: Candidate) -> None:
    """Nobody is both the one who acts and the one acted upon; the first role keeps them."""
    for loser, winner in _RIVALS:
        if loser in candidate.roles and winner in candidate.roles:
            kept = set(candidate.entities(winner))
            homes = {entity.within for entity in kept if entity.type == "Organization"}
            fillers = [
                f
                for f in candidate.roles[loser]
                if f.entity not in kept and not (f.inferred and f.entity in homes)
            ]
            if fillers:
                candidate.roles[loser] = fillers
            else:
                del candidate.roles[loser]
