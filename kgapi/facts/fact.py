"""The narrow waist of the house: a fact, who takes part in it, and the sentence that says so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Precision = Literal["day", "month", "year"]
Value = str | int | float | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """A span of the article that says so: ``article.text[start:end] == text``, in code points."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Entity:
    """Someone or something that takes part. ``kind`` and ``key`` make its IRI, ``{base}id/{kind}/{key}``.

    ``type`` is the local name of its ontology class. ``within`` is the country or organisation
    that it belongs to: of a post, where the post is; of a bank, its country.
    """

    kind: str
    key: str
    label: str
    type: str
    within: "Entity | None" = None

    @property
    def path(self) -> str:
        return f"{self.kind}/{self.key}"


@dataclass(frozen=True, slots=True)
class Named:
    """That a stretch of an article, in code points and end exclusive, means an entity."""

    entity: Entity
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class When:
    """The time of a fact, honestly: the bounds that the words allow, and the words.

    ``begin`` and ``end`` are the first and last day in question, both included; None is open.
    ``lasting`` tells a state that held from begin to end from a moment somewhere between them.
    ``precision`` is that of the wording: "in 2018" is a year, "early 2018" as well, with
    narrower bounds.
    """

    begin: date | None = None
    end: date | None = None
    text: str | None = None
    precision: Precision = "day"
    lasting: bool = False


NEVER_SAID = When()


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that an article states, with everything needed to check it.

    ``type``, ``action``, ``realis``, ``modality`` and the keys of ``roles`` and ``values`` are
    local names of the ontology and its schemes. A role is filled by entities, or by other facts
    (``causedBy``, ``inResponseTo``, ``says``, ``concerns``). Concept-valued properties are in
    ``values``; those that can have several (``reason``, ``measureType``) are always tuples.
    ``speaker`` is whoever is quoted or reported; ``inferred`` names the roles that the passage
    does not state itself (a pronoun, "his counterpart", a metonym). ``confidence`` is from 0 to 1.
    """

    type: str
    evidence: tuple[Evidence, ...]
    rule: str
    action: str | None = None
    roles: Mapping[str, tuple["Entity | Fact", ...]] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    when: When = NEVER_SAID
    realis: str = "actual"
    modality: str = "stated"
    speaker: Entity | None = None
    confidence: float = 1.0
    inferred: tuple[str, ...] = ()

    @property
    def claimed(self) -> bool:
        """True where the article only passes on what somebody says or thinks."""
        return self.modality in {"quoted", "reported", "opinion"}

    def fillers(self) -> Iterator[tuple[str, "Entity | Fact"]]:
        """Every (role, filler), roles in alphabetical order."""
        for role in sorted(self.roles):
            for filler in self.roles[role]:
                yield role, filler
