"""What the tools answer: a schema for programs, and few words for whoever reads along."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mcp_types import CallToolResult, TextContent
from pydantic import BaseModel, Field

from kgapi.client import Entity, Evidence, Fact, Hit, Page, Reference, Snippet, Statement, Time

# Characters of a passage, statements of a fact, passages of a statement, and names of an entity.
LONGEST, STATEMENTS, PASSAGES, NAMES = 800, 4, 4, 12


class Answer(BaseModel):
    """What all answers have."""

    notes: list[str] = Field(
        default_factory=list, description="What was left out, and how to get it."
    )

    def lines(self) -> Iterable[str]:
        """The answer in words."""
        raise NotImplementedError

    def result(self) -> CallToolResult:
        text = "\n".join([*self.lines(), *(f"({note})" for note in self.notes)])
        return CallToolResult(
            content=[TextContent(type="text", text=text)],
            structured_content=self.model_dump(mode="json"),
        )


class Paged(Answer):
    """A page of what was found."""

    total: int = Field(description="How many there are in all.")
    cursor: str | None = Field(
        default=None, description="Send it as `cursor`, with all else alike, for the next page."
    )


class Facts(Paged):
    """Facts, each with who states it, in which voice and words."""

    facts: list[Fact]
    facets: dict[str, dict[str, int]] = Field(
        default_factory=dict, description="How many of all the facts have each value, by facet."
    )

    @classmethod
    def of(cls, page: Page[Fact]) -> "Facts":
        return cls(
            total=page.total,
            cursor=page.cursor,
            facts=[trimmed(each) for each in page.items],
            facets={name: dict(some) for name, some in page.facets.items()},
            notes=[*rest(page), *(note for each in page.items for note in _left_out(each))],
        )

    def lines(self) -> Iterable[str]:
        yield f"{self.total} facts"
        for name, values in self.facets.items():
            counts = ", ".join(f"{short(one)} {count}" for one, count in values.items())
            yield f"{name}: {counts or 'none is told'}"
        for fact in self.facts:
            yield ""
            yield from told(fact)


class Found(Paged):
    """Facts, entities and articles that have all the words, the best first."""

    hits: list[Hit]

    def lines(self) -> Iterable[str]:
        yield f"{self.total} found"
        for hit in self.hits:
            yield f"{hit.kind} {short(hit.id)}: {hit.label} ({hit.type})"
            yield from (f'  {each.part}: "{each.text}"' for each in hit.snippets)


class Known(Answer):
    """An entity, and how many facts it takes part in."""

    entity: Entity
    facts: dict[str, int] = Field(description="How many facts it takes part in, by class.")
    others: list[Reference] = Field(
        default_factory=list, description="Other entities that the name may mean."
    )

    def lines(self) -> Iterable[str]:
        entity = self.entity
        yield f"{short(entity.id)}: {entity.label} ({entity.type}), <{entity.id}>"
        if entity.names:
            yield f"  names: {', '.join(entity.names)}"
        yield from (f"  {name}: {_value(value)}" for name, value in entity.properties.items())
        yield f"  facts: {', '.join(f'{name} {count}' for name, count in self.facts.items()) or 'none'}"
        if self.others:
            yield "  or is it " + ", ".join(map(named, self.others)) + "?"


class Rows(Answer):
    """Solutions in the terms of SPARQL, a truth value, or triples."""

    variables: list[str] = Field(default_factory=list, description="Of the columns of `rows`.")
    rows: list[list[str]] = Field(
        default_factory=list, description="Terms as SPARQL writes them; empty where unbound."
    )
    truth: bool | None = Field(default=None, description="The answer of ASK.")
    triples: list[str] = Field(default_factory=list, description="N-Triples, a line each.")

    def lines(self) -> Iterable[str]:
        if self.truth is not None:
            return [str(self.truth).lower()]
        if not self.variables:
            return self.triples or ["no triples"]
        head = "\t".join(f"?{name}" for name in self.variables)
        return [head, *("\t".join(row) for row in self.rows)] if self.rows else [head, "no rows"]


class Term(BaseModel):
    """A class, a property or a concept."""

    iri: str
    name: str = Field(description="With a prefix.")
    kind: str
    label: str
    definition: str = ""
    above: list[str] = Field(default_factory=list, description="Broader terms.")
    of: list[str] = Field(default_factory=list, description="Classes of its subjects.")
    to: list[str] = Field(default_factory=list, description="Classes or types of its objects.")


class Example(BaseModel):
    """A query that is known to work."""

    name: str
    summary: str
    text: str = ""


class Ontology(Answer):
    """The words to ask in."""

    prefixes: dict[str, str]
    classes: list[str]
    properties: list[str]
    concepts: dict[str, list[str]] = Field(description="By vocabulary.")
    terms: list[Term] = Field(default_factory=list, description="Those asked about, in full.")
    examples: list[Example]

    def lines(self) -> Iterable[str]:
        if not self.terms and not any(each.text for each in self.examples):
            yield f"classes: {', '.join(self.classes)}"
            yield f"properties: {', '.join(self.properties)}"
            yield from (f"{name}: {', '.join(these)}" for name, these in self.concepts.items())
        yield from (f"PREFIX {name}: <{iri}>" for name, iri in self.prefixes.items())
        yield from (_term(each) for each in self.terms)
        for example in self.examples:
            yield f"query {example.name}: {example.summary}"
            if example.text:
                yield example.text


def _term(term: Term) -> str:
    parts = [f"{term.name} ({term.kind}): {term.definition or term.label}"]
    parts += [f"Below {', '.join(term.above)}."] if term.above else []
    parts += [f"{' | '.join(term.of)} → {' | '.join(term.to)}"] if term.of or term.to else []
    return " ".join(parts)


def rest(page: Page[Any]) -> list[str]:
    """That there are more, where there are."""
    if page.cursor is None:
        return []
    return [f"{len(page.items)} of {page.total} shown; the next page: cursor={page.cursor!r}"]


def told(fact: Fact) -> Iterable[str]:
    """A fact in words: what, who, when, and who says so in which words."""
    about = [fact.type, *filter(None, (fact.action, fact.realis, when(fact.time)))]
    about += ["claimed only"] if fact.claimed else []
    yield f"{short(fact.id)}: {fact.label} ({', '.join(about)})"
    for role, these in fact.roles.items():
        yield f"  {role}: {', '.join(map(named, these))}"
    yield from (f"  {name}: {_value(value)}" for name, value in fact.values.items())
    for each in fact.statements:
        voice = f"{each.modality} by {each.speaker.label}" if each.speaker else each.modality
        yield (
            f"  {voice}, confidence {each.confidence:g}, in {short(each.article.iri)}"
            f" ({each.article.label}, {each.published}):"
        )
        yield from (f'    "{passage.text}"' for passage in each.evidence)


def when(time: Time) -> str:
    """The time of a fact as it is known."""
    if time.date:
        return time.date
    begin, end = time.begin or time.earliest, time.end or time.latest
    return f"{begin or '…'} to {end or '…'}" if begin or end else ""


def named(reference: Reference) -> str:
    return f"{reference.label} [{short(reference.iri)}]"


def short(iri: str) -> str:
    """``kind/key`` of an IRI of the graph, which every tool takes, too."""
    return iri.partition("/id/")[2] or iri


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("label") or value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(_value, value))
    return str(value)


def trimmed(fact: Fact) -> Fact:
    """A fact with as many statements as are read, and passages of a length that is."""
    return replace(fact, statements=[_trimmed(each) for each in fact.statements[:STATEMENTS]])


def _trimmed(statement: Statement) -> Statement:
    return replace(statement, evidence=[_shortened(each) for each in statement.evidence[:PASSAGES]])


def _shortened(passage: Evidence) -> Evidence:
    return replace(passage, text=cut(passage.text))


def cut(text: str, most: int = LONGEST) -> str:
    """A text with its end left out, where it is longer than that, and a sign that it is."""
    return text if len(text) <= most else text[:most] + " […]"


def _left_out(fact: Fact) -> Iterable[str]:
    more = len(fact.statements) - STATEMENTS
    if more > 0:
        yield f"{more} more statements in kgapi://fact/{short(fact.id)}"


def snippets(hit: Hit) -> Hit:
    """A hit with snippets of a length that is read."""
    kept: list[Snippet] = [replace(each, text=cut(each.text)) for each in hit.snippets[:PASSAGES]]
    return replace(hit, snippets=kept)
