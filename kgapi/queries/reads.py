"""One function a question: plain values out of the graph, for whoever presents them."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from kgapi.queries.query import Iri, Row, house, rows
from kgapi.reference import turtle
from kgapi.store.engine import Engine

SAN = turtle.SAN
_RDF_TYPE, _LABEL = f"{turtle.RDF}type", f"{turtle.RDFS}label"

_MANY = {"measureType", "reason"}

# Behind every IRI: those begin with a letter.
_END = "~"

T = TypeVar("T")
U = TypeVar("U")
Item = TypeVar("Item", covariant=True)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items of a collection behind a key, which are in the order of their keys.

    ``next``, ``previous`` and ``last`` are the keys behind which those pages begin, "" for the
    begin of the collection; None where there is no such page, or nobody knows.
    """

    items: Sequence[T]
    total: int
    next: str | None
    previous: str | None = None
    last: str | None = None

    def holding(self, items: Sequence[U]) -> "Page[U]":
        """The same page with other items, say with what its keys stand for."""
        return Page(items, self.total, self.next, self.previous, self.last)


@dataclass(frozen=True, slots=True)
class ArticleRead:
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
class Reference:
    """Something named, as others mention it: local names for classes."""

    iri: str
    label: str
    type: str


@dataclass(frozen=True, slots=True)
class EvidenceRead:
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class StatementRead:
    """That one article states a fact: in which voice, how surely, found by what, with which words.

    ``extractor`` is its name and version, with the name of whoever submitted the fact.
    """

    id: str
    article: Reference
    published: str
    modality: str
    speaker: Reference | None
    confidence: float
    rule: str
    extractor: str | None
    inferred: Sequence[str]
    evidence: Sequence[EvidenceRead]


@dataclass(frozen=True, slots=True)
class FactRead:
    """A fact as the graph tells it. ``claimed`` where no article states it in its own voice."""

    id: str
    label: str
    type: str
    claimed: bool
    action: str | None
    roles: Mapping[str, Sequence[Reference]]
    values: Mapping[str, Any]
    time: Mapping[str, str | None]
    realis: str
    statements: Sequence[StatementRead]


@dataclass(frozen=True, slots=True)
class EntityRead:
    id: str
    label: str
    type: str
    names: Sequence[str] = ()
    same_as: Sequence[str] = ()
    properties: Mapping[str, Sequence[Any]] | None = None
    facts: int | None = None


@dataclass(frozen=True, slots=True)
class DecisionRead:
    """What somebody decided on a proposal, ``accept`` or ``reject``, and when."""

    verdict: str
    by: str
    note: str | None
    at: str


@dataclass(frozen=True, slots=True)
class ProposalRead:
    """A fact that waits, or has waited, for a decision; ``proposed`` is how the graph keeps it."""

    id: str
    label: str
    article: Reference
    proposed: str
    decision: DecisionRead | None = None


def articles(engine: Engine, facts: Mapping[str, int]) -> list[ArticleRead]:
    """Those of some articles that there are, with the numbers of their facts, in the same order."""
    wanted = [Iri(iri) for iri in facts]
    found = _grouped(rows(engine, house("articles").bind(articles=wanted)), "article")
    told = {iri: _merged(group) for iri, group in found.items()}
    return [
        _article(iri, {**told[iri], "facts": number})
        for iri, number in facts.items()
        if "digest" in told.get(iri, ())
    ]


def article(engine: Engine, iri: str) -> ArticleRead | None:
    row = next(rows(engine, house("article").bind(article=Iri(iri))), None)
    return _article(iri, row) if row else None


def article_of_digest(engine: Engine, digest: str) -> str | None:
    """The IRI of an article with this SHA-256, the first where several have the same text."""
    row = next(rows(engine, house("article-of-digest").bind(digest=digest)), None)
    return row["article"] if row else None


def facts_of_article(engine: Engine, iri: str, after: str, limit: int) -> Page[FactRead]:
    """The facts that one article states, with its own statements alone."""
    found = rows(engine, house("facts-of-article").bind(article=Iri(iri)))
    keys = cut([row["fact"] for row in found], after, limit)
    return keys.holding(facts_among(engine, keys.items, iri))


def facts_of_graph(engine: Engine, iri: str) -> list[FactRead]:
    """The facts that one graph states."""
    found = rows(engine, house("facts-of-graph").bind(graph=Iri(iri)))
    return facts_among(engine, [row["fact"] for row in found])


def reading(engine: Engine, graph: str, article: str) -> tuple[str, str | None] | None:
    """The SHA-256 of the text that an article's own graph was read from, and what it was read with,
    where that is known; None where the graph is not there."""
    found = next(rows(engine, house("reading").bind(graph=Iri(graph), article=Iri(article))), None)
    return (found["digest"], found.get("reading")) if found else None


def proposals(engine: Engine, after: str, limit: int) -> Page[ProposalRead]:
    """Facts that wait for a decision."""

    def listed(key: str | None, limit: int, *, back: bool = False) -> list[Row]:
        """Rows with the IRI of a proposal; those behind the key have all of it."""
        if back:
            text = house("proposals-before").page(limit).bind(until=key or _END)
        else:
            text = house("proposals").page(limit).bind(after=key or "")
        return list(rows(engine, text))

    total = next(rows(engine, house("count-proposals").bind()))["proposals"]
    found = page(listed, lambda row: str(row["proposal"]), total, after, limit)
    return found.holding([_proposal(row["proposal"], row) for row in found.items])


def proposal(engine: Engine, iri: str) -> ProposalRead | None:
    row = next(rows(engine, house("proposal").bind(proposal=Iri(iri))), None)
    return _proposal(iri, row) if row else None


def verdicts(engine: Engine, article: str) -> dict[str, str]:
    """``accept`` or ``reject`` by the IRI of each decided proposal of an article."""
    found = rows(engine, house("decisions").bind(article=Iri(article)))
    return {row["proposal"]: local(row["verdict"]) for row in found}


def facts_among(engine: Engine, iris: Sequence[str], article: str | None = None) -> list[FactRead]:
    """Those of some things that are facts, in the order given; with an article, its statements alone.

    It takes two queries, whatever their number.
    """
    wanted = [Iri(iri) for iri in iris]
    said = _grouped(_named(rows(engine, house("fact-properties").bind(facts=wanted))), "fact")
    stated = _grouped(rows(engine, house("statements").bind(facts=wanted)), "fact")
    about = {iri: _grouped(said.get(iri, ()), "property") for iri in iris}
    return [
        _fact(iri, about[iri], _statements(stated.get(iri, ()), article))
        for iri in iris
        if _is_whole(about[iri])
    ]


def fact(engine: Engine, iri: str) -> FactRead | None:
    return next(iter(facts_among(engine, [iri])), None)


def local(iri: str) -> str:
    """The local name of a term or concept: what stands behind its hash."""
    return iri.rpartition("#")[2]


class Ordered(Protocol[Item]):
    """Things in the order of their keys: those behind a key, or from it back; None: from the end."""

    def __call__(self, key: str | None, limit: int, *, back: bool = False) -> Sequence[Item]: ...


def page(
    listed: Ordered[T], name: Callable[[T], str], total: int, after: str, limit: int
) -> Page[T]:
    """A page of things in the order of their keys, the one behind the key ``after``."""

    def behind(key: str | None, number: int) -> str:
        """The key behind which the last ``number`` items up to a key, or all, begin."""
        found = listed(key, number + 1, back=True)
        return name(found[number]) if len(found) > number else ""

    found = listed(after or None, limit + 1)
    return Page(
        found[:limit],
        total,
        next=name(found[limit - 1]) if len(found) > limit else None,
        previous=behind(after, limit) if after else None,
        last=behind(None, (total - 1) % limit + 1),
    )


def cut(keys: Iterable[str], after: str, limit: int) -> Page[str]:
    """A page of keys that are all at hand, in any order."""
    keys = sorted(keys)
    begin = bisect_right(keys, after)
    end = begin + limit
    return Page(
        keys[begin:end],
        len(keys),
        next=_behind(keys, end) if end < len(keys) else None,
        previous=_behind(keys, begin - limit) if begin > 0 else None,
        last=_behind(keys, (len(keys) - 1) // limit * limit),
    )


def _behind(keys: Sequence[str], place: int) -> str:
    """The key that stands before a place."""
    return keys[place - 1] if place > 0 else ""


def _proposal(iri: str, row: Row) -> ProposalRead:
    decision = None
    if "verdict" in row:
        decision = DecisionRead(local(row["verdict"]), row["by"], row.get("note"), row["at"])
    article = Reference(row["article"], row["headline"], "Article")
    return ProposalRead(iri, row["label"], article, row["proposed"], decision)


def _article(iri: str, row: Row) -> ArticleRead:
    return ArticleRead(
        id=iri,
        headline=row["headline"],
        published=row["published"],
        language=row["language"],
        digest=row["digest"],
        source=row.get("source"),
        source_title=row.get("sourceTitle"),
        facts=row["facts"],
        text=row.get("text"),
    )


def _named(found: Iterable[Row]) -> list[Row]:
    """What is said, each value once, with label and class where it has them; in order."""
    ordered = sorted(
        found,
        key=lambda row: (
            row["property"],
            str(row["value"]),
            "label" not in row,
            row.get("label", ""),
            row.get("type", ""),
        ),
    )
    once: dict[tuple[str, str, str], Row] = {}
    for row in ordered:
        once.setdefault((row["fact"], row["property"], str(row["value"])), row)
    return list(once.values())


def _is_whole(about: Mapping[str, Sequence[Row]]) -> bool:
    """Whether what is said of a fact makes one: somebody else's graph may say anything."""
    claimed = {row["value"] for row in about.get(_RDF_TYPE, ())} <= {SAN + "Claim"}
    return about.keys() >= _NEEDED and (not claimed or SAN + "claimedType" in about)


def _merged(found: Iterable[Row]) -> Row:
    """All that several rows have; where they differ, always the same of them."""
    told: dict[str, Any] = {}
    for row in sorted(found, key=lambda row: str(sorted(row.items()))):
        told = {**row, **told}
    return told


def _grouped(found: Iterable[Row], key: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        groups[row[key]].append(row)
    return groups


def _fact(
    iri: str, groups: Mapping[str, Sequence[Row]], statements: Sequence[StatementRead]
) -> FactRead:
    own = {local(name): group for name, group in groups.items() if name.startswith(SAN)}
    types = {local(row["value"]) for row in groups[_RDF_TYPE]} - {"Claim"}
    claimed = not types
    values = {name: [row["value"] for row in group] for name, group in own.items()}
    return FactRead(
        id=iri,
        label=groups[_LABEL][0]["value"],
        type=local(values.get("claimedType", ["Claim"])[0]) if claimed else min(types),
        claimed=claimed,
        action=local(values["actionType"][0]) if "actionType" in values else None,
        roles={
            name: _references(group) for name, group in sorted(own.items()) if "label" in group[0]
        },
        values=dict(_values(own)),
        time={name: values[name][0] if name in values else None for name in _TIMES}
        | {"text": values["dateText"][0] if "dateText" in values else None},
        realis=local(values["realis"][0]),
        statements=statements,
    )


# Without these, a node that is stated is no fact that anybody could read.
_NEEDED = {_RDF_TYPE, _LABEL, f"{SAN}realis"}
_TIMES = ("date", "begin", "end", "earliest", "latest")
_TOLD_ELSEWHERE = {*_TIMES, "dateText", "claimedType", "actionType", "realis"}


def _values(own: Mapping[str, Sequence[Row]]) -> Iterator[tuple[str, Any]]:
    for name, group in sorted(own.items()):
        if name not in _TOLD_ELSEWHERE and "label" not in group[0]:
            plain = [_local_or_plain(row["value"]) for row in group]
            yield name, plain if name in _MANY else plain[0]


def _local_or_plain(value: Any) -> Any:
    return (
        local(value) if isinstance(value, str) and value.startswith("https://w3id.org/") else value
    )


def _references(group: Iterable[Row]) -> list[Any]:
    """What fills a property: named things as references, once each, everything else as it is."""
    found: dict[str, Any] = {}
    for row in group:
        value = row["value"]
        named = Reference(value, row["label"], local(row["type"])) if "type" in row else value
        found.setdefault(str(value), named)
    return list(found.values())


def _statements(found: Sequence[Row], article: str | None) -> list[StatementRead]:
    """Statements by day and article, or those of one. What lacks what it needs is left out."""
    read = (_statement(iri, group) for iri, group in _grouped(found, "statement").items())
    kept = (one for one in read if one and (article is None or one.article.iri == article))
    return sorted(kept, key=lambda one: (one.published, one.article.iri, one.id))


def _statement(iri: str, found: Sequence[Row]) -> StatementRead | None:
    told = _merged(found)
    if "article" not in told:
        return None
    speaker = (
        Reference(told["speaker"], told["speakerLabel"], local(told["speakerType"]))
        if "speaker" in told
        else None
    )
    evidence = {(row["start"], row["end"], row["text"]) for row in found if "start" in row}
    return StatementRead(
        id=iri,
        article=Reference(told["article"], told["headline"], "Article"),
        published=told["published"],
        modality=local(told["modality"]),
        speaker=speaker,
        confidence=float(told["confidence"]),
        rule=told["rule"],
        extractor=told.get("extractor"),
        inferred=sorted({local(row["inferred"]) for row in found if "inferred" in row}),
        evidence=[EvidenceRead(*each) for each in sorted(evidence)],
    )
