"""What a server tells, as plain values; members that it tells beyond these are passed over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reference:
    """Something named, as others mention it; ``type`` is the local name of its class."""

    iri: str
    label: str
    type: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of an article's text, in Unicode code points, and exactly the words in it."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Time:
    """When, as honestly as the wording allows: days, months or years in ISO 8601."""

    date: str | None = None
    begin: str | None = None
    end: str | None = None
    earliest: str | None = None
    latest: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """That one article states a fact: in which voice, how surely (0 to 1), with which words."""

    id: str
    article: Reference
    published: str
    modality: str
    speaker: Reference | None
    confidence: float
    rule: str
    extractor: str | None
    inferred: Sequence[str] = ()
    evidence: Sequence[Evidence] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact, and who states it. ``claimed`` where no article states it in its own voice."""

    id: str
    label: str
    type: str
    claimed: bool
    action: str | None
    roles: Mapping[str, Sequence[Reference]]
    values: Mapping[str, Any]
    time: Time
    realis: str
    statements: Sequence[Statement] = ()

    @property
    def sentences(self) -> Sequence[str]:
        """The words that say so, of all statements."""
        return [each.text for statement in self.statements for each in statement.evidence]


@dataclass(frozen=True, slots=True)
class Article:
    id: str
    headline: str
    published: str
    language: str
    digest: str
    source: str | None
    source_title: str | None
    facts: int
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    id: str
    label: str
    type: str
    names: Sequence[str] = ()
    same_as: Sequence[str] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)
    facts: int | None = None


@dataclass(frozen=True, slots=True)
class Snippet:
    """Words in which something was found; ``part`` says of what they are."""

    part: str
    text: str
    article: str | None = None
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found: a fact, an entity or an article."""

    kind: str
    id: str
    label: str
    type: str
    score: float
    snippets: Sequence[Snippet] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An entity that may be meant; ``name`` is the name of it that begins as was asked."""

    id: str
    label: str
    type: str
    name: str
    facts: int


@dataclass(frozen=True, slots=True)
class Change:
    """That a graph became another: what facts it tells now, otherwise, and no longer."""

    seq: int
    revision: str
    at: str
    graph: str | None
    kind: str
    article: str | None
    added: Sequence[Reference] = ()
    changed: Sequence[Reference] = ()
    removed: Sequence[Reference] = ()


@dataclass(frozen=True, slots=True)
class Ingested:
    """An article as it was taken, the facts found in it, and how many more wait for a decision."""

    article: Article
    facts: Sequence[Fact]
    waiting: int
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Submitted:
    """Facts as they were submitted: those that are told, and the IRIs of those that wait."""

    graph: str
    facts: Sequence[Fact]
    waiting: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A question that a server has saved; ``parameters`` as the server describes them."""

    name: str
    summary: str
    parameters: Sequence[Mapping[str, Any]] = ()
    text: str = ""
