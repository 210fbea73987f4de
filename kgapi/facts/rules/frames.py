"""The frame lexicon, ``ontology/frames.toml``: which words evoke which facts, and who fills which role."""

import tomllib
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kgapi.errors import BadSettings
from kgapi.facts.rules import clauses
from kgapi.facts.rules.lexicon import Lemmas
from kgapi.facts.rules.paths import Path, parse, word_list
from kgapi.facts.rules.text import Word
from kgapi.reference import files, ontology

Alternatives = tuple[tuple[Path, ...], ...]


@dataclass(frozen=True)
class Brought:
    """A second fact that comes with the frame: it fills ``role``, is read by the frame ``frame``
    off the word ``what`` (or off each filler of the role ``at``), and takes over fillers (its
    role: role of the first) that it lacks."""

    frame: str
    role: str
    at: str | None
    inherits: Mapping[str, str]


@dataclass(frozen=True)
class Frame:
    """One row of the lexicon.

    ``roles`` gives for each role its alternatives in order of preference; ``ranges`` the classes
    that may fill it; ``need`` holds sets of roles of which one at least must be filled. ``where``
    are conditions: a path must lead to a word of the list. ``prior`` is how often the frame is
    right where it fires.
    """

    id: str
    type: str
    action: str | None
    verbs: Lemmas
    nouns: Lemmas
    adjectives: Lemmas
    particles: Mapping[str, frozenset[str]]
    where: tuple[tuple[Alternatives, Lemmas], ...]
    unless: tuple[tuple[Alternatives, Lemmas], ...]
    roles: Mapping[str, Alternatives]
    ranges: Mapping[str, frozenset[str]]
    need: tuple[frozenset[str], ...]
    values: Mapping[str, Any]
    words: Mapping[str, Alternatives]
    context: tuple[str, ...]
    realis: str | None
    prior: float
    consumes: bool
    brings: "Brought | None"
    examples: tuple[Mapping[str, Any], ...]
    counter: tuple[str, ...]

    @property
    def measures(self) -> tuple[str, ...]:
        """The kinds of measure that the frame itself stands for."""
        return tuple(self.values.get("measureType", ()))

    def evoked_by(self, word: Word) -> bool:
        """True where the word alone is a trigger, its particle included."""
        if word.is_verb:
            return self._verb(word)
        if word.is_noun:
            return word in self.nouns
        return word in self.adjectives

    def _verb(self, word: Word) -> bool:
        wanted = self.particles.get(word.lemma, ())
        if any(
            child.lower in wanted and child.dep in {"prt", "prep", "advmod", "agent"}
            for child in word.children
        ):
            return True
        return word in self.verbs or (word.dep == "amod" and word in self.adjectives)

    def what(self, trigger: Word) -> list[Word] | None:
        """The words that meet the conditions, those of the first in front; None where one fails."""
        found: list[Word] = []
        for alternatives, wanted in self.where:
            met = _met(alternatives, wanted, trigger, found) or _to_the_right(
                alternatives, wanted, trigger
            )
            if not met:
                return None
            found += [word for word in met if word not in found]
        if any(
            _met(alternatives, unwanted, trigger, found) for alternatives, unwanted in self.unless
        ):
            return None
        return found


def _met(alternatives: Alternatives, wanted: Lemmas, trigger: Word, what: list[Word]) -> list[Word]:
    for paths in alternatives:
        for path in paths:
            met = [
                word
                for start in path.follow(trigger, what)
                for word in inside_partitive(start)
                if word in wanted
            ]
            if met:
                return met
    return []


def _to_the_right(alternatives: Alternatives, wanted: Lemmas, trigger: Word) -> list[Word]:
    """A phrase of the clause that the parser has hung on some noun: "removed A, its parent B and
    the producer C from its list"."""
    names = {
        name
        for paths in alternatives
        for path in paths
        if len(path.steps) == 1 and path.steps[0].name == "prep"
        for name in path.steps[0].arguments
    }
    if not names or not trigger.is_verb:
        return []
    word = trigger.next
    while word is not None and not (word.is_verb and word.dep in {"conj", "relcl", "ccomp"}):
        if word.lower in names:
            nouns = [one for noun in clauses.deps(word, "pobj") for one in inside_partitive(noun)]
            if met := [noun for noun in nouns if noun in wanted]:
                return met
        word = word.next
    return []


@cache
def _partitives() -> Lemmas:
    return word_list(["@partitives"])


def inside_partitive(word: Word) -> list[Word]:
    """The word and, if it is a container ("a barrage of sanctions"), what it contains."""
    found = [word]
    while word in _partitives():
        inner = clauses.prepositions(word, ("of",))
        if not inner or inner[0] in found:
            break
        for one in inner:
            found += clauses.conjuncts(one)
        word = inner[0]
    return found


@dataclass(frozen=True)
class Lexicon:
    """All frames, and which of them a lemma may evoke."""

    frames: Mapping[str, Frame]
    by_lemma: Mapping[str, tuple[Frame, ...]]

    def evoked(self, word: Word, types: Container[str]) -> Iterator[Frame]:
        """The frames of these classes that the word is a trigger of, in the order of the file."""
        for frame in self.by_lemma.get(word.lemma, ()):
            if frame.type in types and frame.evoked_by(word):
                yield frame

    def has_verb(self, lemma: str) -> bool:
        """True where the lemma as a verb may evoke some frame."""
        return any(
            lemma in frame.verbs.single or lemma in frame.particles
            for frame in self.by_lemma.get(lemma, ())
        )


@cache
def shipped() -> Lexicon:
    """The lexicon that comes with the package."""
    return load(files.ontology("frames.toml").read_text(encoding="utf-8"))


def load(text: str) -> Lexicon:
    """A lexicon from TOML. Raises BadSettings for a row that does not fit the ontology."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise BadSettings(f"cannot read frames.toml: {problem}") from problem
    rows = data.get("frame", [])
    frames = {
        frame.id: frame
        for frame in (_frame(row, data.get("paths", {}), data.get("types", {})) for row in rows)
    }
    if len(frames) < len(rows):
        raise BadSettings("frames.toml: two frames have the same id")
    by_lemma: dict[str, list[Frame]] = {}
    for frame in frames.values():
        if frame.brings and frame.brings.frame not in frames:
            raise BadSettings(f"frames.toml: {frame.id}: no frame {frame.brings.frame}")
        for lemma in sorted(_lemmas(frame)):
            by_lemma.setdefault(lemma, []).append(frame)
    return Lexicon(frames, {lemma: tuple(found) for lemma, found in by_lemma.items()})


def _lemmas(frame: Frame) -> set[str]:
    several = (frame.verbs, frame.nouns, frame.adjectives)
    return (
        set().union(*(words.single for words in several), *(words.several for words in several))
        | frame.particles.keys()
    )


_FIELDS = frozenset(
    {
        "id",
        "class",
        "action",
        "verbs",
        "nouns",
        "adjectives",
        "where",
        "unless",
        "roles",
        "types",
        "need",
        "values",
        "words",
        "context",
        "realis",
        "prior",
        "consumes",
        "brings",
        "examples",
        "counter",
    }
)


def _expanded(given: Iterable[str], paths: Mapping[str, list[str]]) -> list[str]:
    """The paths with each ``$name`` replaced by the paths of that name."""
    found: list[str] = []
    for path in given:
        found += paths[path[1:]] if path.startswith("$") else [path]
    return found


def _usual(role: str, type_: str, defaults: Mapping[str, list[str]]) -> list[str]:
    """What fills a role where the frame does not say: for judgements, whatever the ontology allows."""
    return [] if type_ == "Judgement" else defaults.get(role, [])


def _frame(
    row: Mapping[str, Any], paths: Mapping[str, list[str]], defaults: Mapping[str, list[str]]
) -> Frame:
    name = row.get("id", "a frame without id")
    if unknown := sorted(row.keys() - _FIELDS):
        raise BadSettings(f"frames.toml: {name}: no field {unknown[0]!r}")
    try:
        type_ = row["class"]
        particles: dict[str, set[str]] = {}
        plain: list[str] = []
        for verb in row.get("verbs", []):
            parts = verb.split()
            if len(parts) == 2:
                particles.setdefault(parts[0], set()).add(parts[1])
            else:
                plain.append(verb)
        frame = Frame(
            id=row["id"],
            type=type_,
            action=row.get("action"),
            verbs=word_list(plain),
            nouns=word_list(row.get("nouns", [])),
            adjectives=word_list(row.get("adjectives", [])),
            particles={verb: frozenset(found) for verb, found in particles.items()},
            where=_conditions(row.get("where", {})),
            unless=_conditions(row.get("unless", {})),
            roles={
                role: _alternatives(_expanded(given, paths))
                for role, given in row.get("roles", {}).items()
            },
            ranges={
                role: _range(role, row.get("types", {}).get(role) or _usual(role, type_, defaults))
                for role in row.get("roles", {})
            },
            need=tuple(frozenset(entry.split("|")) for entry in row.get("need", [])),
            values={
                name: tuple(value) if isinstance(value, list) else value
                for name, value in row.get("values", {}).items()
            },
            words={name: _alternatives(given) for name, given in row.get("words", {}).items()},
            context=tuple(row.get("context", ())),
            realis=row.get("realis"),
            prior=row.get("prior", 0.9),
            consumes=row.get("consumes", True),
            brings=_brought(row["brings"]) if "brings" in row else None,
            examples=tuple(row.get("examples", [])),
            counter=tuple(row.get("counter", [])),
        )
    except KeyError as problem:
        raise BadSettings(f"frames.toml: {name}: missing or unknown {problem}") from problem
    _check(frame)
    return frame


def _brought(row: Mapping[str, Any]) -> Brought:
    return Brought(row["frame"], row["role"], row.get("at"), row.get("inherits", {}))


def _range(role: str, given: Iterable[str]) -> frozenset[str]:
    """The classes given, else the property's range, with all that lies below them."""
    terms = ontology.shipped()
    allowed = frozenset(given) or terms.properties[role].range
    if unknown := sorted(allowed - terms.classes.keys()):
        raise KeyError(unknown[0])
    return frozenset(name for name in terms.classes if terms.within(name, allowed))


def _conditions(given: Mapping[str, list[str]]) -> tuple[tuple[Alternatives, Lemmas], ...]:
    return tuple(
        (_alternatives(path.split(",")), word_list(entries)) for path, entries in given.items()
    )


def _alternatives(paths: list[str]) -> Alternatives:
    return tuple(parse(path.strip()) for path in paths)


def _check(frame: Frame) -> None:
    """Everything that a row names is in the ontology."""
    terms = ontology.shipped()
    if frame.type not in terms.classes:
        raise BadSettings(f"frames.toml: {frame.id}: no class {frame.type}")
    if frame.action is not None and frame.action not in terms.schemes["action"]:
        raise BadSettings(f"frames.toml: {frame.id}: no action {frame.action}")
    for role in [*frame.roles, *frame.values, *frame.words]:
        if not terms.has_property(role, frame.type):
            raise BadSettings(f"frames.toml: {frame.id}: {frame.type} has no property {role}")
    for name, value in frame.values.items():
        scheme = {"measureType": "measure"}.get(name, name)
        if scheme in terms.schemes:
            for concept in [value] if isinstance(value, str) else value:
                if concept not in terms.schemes[scheme]:
                    raise BadSettings(f"frames.toml: {frame.id}: no {scheme} {concept}")
    if missing := sorted(role for roles in frame.need for role in roles if role not in frame.roles):
        raise BadSettings(f"frames.toml: {frame.id}: needs {missing[0]} but has no path to it")
