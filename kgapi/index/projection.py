"""What one named graph tells, as rows: a pure function, so that the rows of graphs can be added up."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from math import isfinite
from typing import NamedTuple
from urllib.parse import urlsplit

import pyoxigraph as ox
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SKOS

from kgapi.graph.vocab import OA, SAN, SCHEMA
from kgapi.reference import ontology


class Telling(NamedTuple):
    """A fact as a graph describes it: local names of terms, days in ISO 8601, "" for nothing.

    ``dated`` where a time is told of it: else what bounds it has are those of its article's day.
    """

    fact: str
    type: str
    claimed: bool
    label: str
    action: str
    realis: str
    since: str
    until: str
    earliest: str
    latest: str
    dated: bool


class Statement(NamedTuple):
    """That an article states a fact."""

    fact: str
    iri: str
    article: str
    modality: str
    speaker: str
    confidence: float
    rule: str


class Passage(NamedTuple):
    """Words of an article that say so, and their offsets."""

    fact: str
    article: str
    start: int
    stop: int
    text: str


class Tag(NamedTuple):
    """Something to filter and count facts by."""

    fact: str
    dimension: str
    value: str


class Kind(NamedTuple):
    """The class of an entity, by local name."""

    entity: str
    type: str


class Name(NamedTuple):
    """A name or code of an entity; ``manner`` is the local name of the property that gives it."""

    entity: str
    name: str
    manner: str
    language: str


class Link(NamedTuple):
    """What ties an entity to another, or to the same one elsewhere."""

    subject: str
    predicate: str
    object: str


class Report(NamedTuple):
    """An article: its headline and, where the graph has it, its text."""

    article: str
    headline: str
    published: str
    language: str
    source: str
    body: str


class Pointer(NamedTuple):
    """That something points at a thing that has a document here, by a property."""

    object: str
    property: str
    subject: str


Row = Telling | Statement | Passage | Tag | Kind | Name | Link | Report | Pointer

_Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_Said = Mapping[str, Sequence[_Term]]
_About = Mapping[str, _Said]

_SAN = str(SAN)
_TYPE, _LABEL, _SOURCE = str(RDF.type), str(RDFS.label), str(DCTERMS.source)
_STATES, _EVIDENCE = str(SAN.states), str(SAN.evidence)
_BEGIN, _DATE, _END = str(SAN.begin), str(SAN.date), str(SAN.end)
_EARLIEST, _LATEST = str(SAN.earliest), str(SAN.latest)
_TIMES = (_BEGIN, _DATE, _END, str(SAN.dateText))
_CLAIMED_TYPE, _ACTION, _REALIS = str(SAN.claimedType), str(SAN.actionType), str(SAN.realis)
_MODALITY, _CONFIDENCE, _RULE = str(SAN.modality), str(SAN.confidence), str(SAN.rule)
_SPEAKER = str(PROV.wasAttributedTo)
_EXACT, _START, _STOP = str(OA.exact), str(OA.start), str(OA.end)
_HEADLINE, _BODY = str(SCHEMA.headline), str(SCHEMA.articleBody)
_PUBLISHED, _LANGUAGE = str(SCHEMA.datePublished), str(SCHEMA.inLanguage)
_OF_ARTICLES = {_HEADLINE, _PUBLISHED, _LANGUAGE, str(SCHEMA.sha256)}
_IN_COUNTRY = (str(SAN.country), str(SAN.postIn))
_ENTITIES = (
    "Agent", "Place", "Currency", "Asset", "Post", "Programme", "LegalInstrument", "Agreement",
)  # fmt: skip
# Lists of facts by the class of those that belong there.
_COLLECTIONS = {"Event": "events", "SanctionsMeasure": "measures", "EconomicEffect": "effects"}
_NAMES = {_LABEL, *map(str, (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel, SKOS.notation))}
_CONCEPTS = {
    "action": _ACTION,
    "indicator": str(SAN.indicator),
    "direction": str(SAN.direction),
    "measure": str(SAN.measureType),
    "realis": _REALIS,
    "reason": str(SAN.reason),
    "status": str(SAN.status),
}
_SAME = {str(SKOS.exactMatch), str(SKOS.closeMatch), str(OWL.sameAs)}
# An integer of SQLite, whatever number is stored as an offset.
_FARTHEST = 2**53
# Before the kind of every thing of ours, whatever the base.
_OURS = "/id/"


def rows(triples: Iterable[ox.Triple]) -> set[tuple[type[Row], Row]]:
    """The rows of a graph, each with its kind.

    A fact counts where the graph states it and gives its class, label and realis, an article where
    it gives headline, day, language and digest. Review graphs state nothing.
    """
    about = _about(triples)
    stated = defaultdict(list)
    for iri, said in about.items():
        for fact in _values(said, _STATES):
            if _is_described(about.get(fact, {})):
                stated[fact].append(iri)
    found = chain(
        chain.from_iterable(_fact(fact, stated[fact], about, stated) for fact in stated),
        chain.from_iterable(_entity(iri, said) for iri, said in about.items() if iri not in stated),
        chain.from_iterable(_article(iri, said) for iri, said in about.items()),
    )
    return {(type(row), row) for row in found}


def pointers(graph: str, triples: Iterable[ox.Triple]) -> set[tuple[type[Row], Row]]:
    """Who points at what in a graph of that name, each with its kind.

    Whoever has an IRI counts, fact or not, in a graph of whomever; not in a review graph, where
    things wait for a decision. Nothing of ours is a class, whatever others say, and nothing has a
    fragment but passages, which are told with their article.
    """
    if not graph or graph.endswith("/review"):
        return set()
    return {
        (Pointer, Pointer(triple.object.value, triple.predicate.value, triple.subject.value))
        for triple in triples
        if isinstance(triple.object, ox.NamedNode)
        and isinstance(triple.subject, ox.NamedNode)
        and _is_thing(triple.object.value)
        and triple.predicate.value != _TYPE
    }


def _is_thing(iri: str) -> bool:
    return _OURS in iri and "#" not in iri


def _about(triples: Iterable[ox.Triple]) -> _About:
    about: defaultdict[str, defaultdict[str, list[_Term]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        if isinstance(triple.subject, ox.NamedNode):
            about[triple.subject.value][triple.predicate.value].append(triple.object)
    return about


def _values(said: _Said, predicate: str) -> list[str]:
    """What a predicate says, as sorted text."""
    terms = said.get(predicate)
    if not terms:
        return []
    return sorted([term.value for term in terms if not isinstance(term, ox.Triple)])


def _first(said: _Said, predicate: str) -> str:
    return min(_values(said, predicate), default="")


def _names(said: _Said, predicate: str) -> list[str]:
    """The local names of classes or concepts of ours that a predicate says."""
    return [iri.rpartition("#")[2] for iri in _values(said, predicate) if "#" in iri]


def _classes(said: _Said) -> list[str]:
    return [iri.removeprefix(_SAN) for iri in _values(said, _TYPE) if iri.startswith(_SAN)]


def _is_described(said: _Said) -> bool:
    classes = _classes(said)
    is_classed = classes != ["Claim"] or _CLAIMED_TYPE in said
    return bool(classes and is_classed and _LABEL in said and _REALIS in said)


def _fact(
    fact: str, statements: Sequence[str], about: _About, facts: Mapping[str, object]
) -> Iterator[Row]:
    said = about[fact]
    outright = [name for name in _classes(said) if name != "Claim"]
    claimed = not outright
    cls = min(_names(said, _CLAIMED_TYPE), default="Claim") if claimed else min(outright)
    yield _telling(fact, cls, said, claimed=claimed)
    for name in _lists(cls, claimed=claimed):
        yield Tag(fact, "in", name)
    yield Tag(fact, "type", cls)
    for dimension, predicate in _CONCEPTS.items():
        for concept in _names(said, predicate):
            yield Tag(fact, dimension, concept)
    yield from _roles(fact, cls, about, facts)
    for iri in statements:
        yield from _statement(fact, iri, about)


def _telling(fact: str, cls: str, said: _Said, *, claimed: bool) -> Telling:
    begin = _first(said, _BEGIN) or _first(said, _DATE)
    return Telling(
        fact=fact,
        type=cls,
        claimed=claimed,
        label=_first(said, _LABEL),
        action=next(iter(_names(said, _ACTION)), ""),
        realis=next(iter(_names(said, _REALIS)), ""),
        since=first_day(begin),
        until=last_day(_first(said, _END)),
        earliest=_first(said, _EARLIEST),
        latest=_first(said, _LATEST),
        dated=any(each in said for each in _TIMES) or {_EARLIEST, _LATEST} <= said.keys(),
    )


def _lists(cls: str, *, claimed: bool) -> Iterator[str]:
    """Where a fact is listed. What is only claimed is no event: it is listed among the claims."""
    yield "facts"
    for ancestor, name in _COLLECTIONS.items():
        if not claimed and ontology.shipped().is_a(cls, ancestor):
            yield name


def _roles(fact: str, cls: str, about: _About, facts: Mapping[str, object]) -> Iterator[Tag]:
    for predicate, terms in about[fact].items():
        if not _is_ours(predicate):
            continue
        role = predicate.removeprefix(_SAN)
        for filler in sorted(term.value for term in terms if isinstance(term, ox.NamedNode)):
            told = about.get(filler, {})
            if not (_classes(told) and _LABEL in told):
                continue
            yield Tag(fact, role, filler)
            if filler not in facts and _is_entity(told):
                yield Tag(fact, "entity", filler)
                if _is_sender(role, cls):
                    yield Tag(fact, "sender", filler)
                for country in _countries(filler, told):
                    yield Tag(fact, "country", country)


def _is_sender(role: str, cls: str) -> bool:
    return role == "imposedBy" or (role == "actor" and cls == "SanctionsAction")


def _countries(iri: str, said: _Said) -> Iterator[str]:
    if "Country" in _classes(said):
        yield iri
    for predicate in _IN_COUNTRY:
        yield from _values(said, predicate)


def _statement(fact: str, iri: str, about: _About) -> Iterator[Row]:
    said = about[iri]
    article = _first(said, _SOURCE)
    modality = next(iter(_names(said, _MODALITY)), "")
    speaker = _first(said, _SPEAKER)
    sure = _number(_first(said, _CONFIDENCE))
    yield Statement(fact, iri, article, modality, speaker, sure, _first(said, _RULE))
    yield Tag(fact, "article", article)
    yield Tag(fact, "modality", modality)
    if modality != "stated":
        yield Tag(fact, "in", "claims")
    if speaker:
        yield Tag(fact, "speaker", speaker)
    for source in _values(about.get(article, {}), _SOURCE):
        yield Tag(fact, "source", hostname(source) or source)
    for passage in _values(said, _EVIDENCE):
        yield from _passage(fact, article, about.get(passage, {}))


def _passage(fact: str, article: str, said: _Said) -> Iterator[Passage]:
    text = _first(said, _EXACT)
    if text:
        start, stop = (_offset(_first(said, each)) for each in (_START, _STOP))
        yield Passage(fact, article, start, stop, text)


def _entity(iri: str, said: _Said) -> Iterator[Row]:
    if not _is_entity(said):
        return
    yield Kind(iri, min(_classes(said)))
    for predicate, terms in said.items():
        for term in terms:
            manner = predicate.rpartition("#")[2]
            if isinstance(term, ox.Literal) and (predicate in _NAMES or _is_ours(predicate)):
                yield Name(iri, term.value, manner, term.language or "")
            elif isinstance(term, ox.NamedNode) and (predicate in _SAME or _is_ours(predicate)):
                yield Link(iri, manner, term.value)


def _is_entity(said: _Said) -> bool:
    return any(ontology.shipped().within(cls, _ENTITIES) for cls in _classes(said))


def _is_ours(predicate: str) -> bool:
    return predicate.startswith(_SAN)


def _article(iri: str, said: _Said) -> Iterator[Report]:
    if "Article" in _classes(said) and said.keys() >= _OF_ARTICLES:
        yield Report(
            article=iri,
            headline=_first(said, _HEADLINE),
            published=_first(said, _PUBLISHED),
            language=_first(said, _LANGUAGE),
            source=_first(said, _SOURCE),
            body=_first(said, _BODY),
        )


def first_day(date: str) -> str:
    """The first day of a day, month or year; "" for what is none of these."""
    return f"{date}-01-01"[:10] if _is_date(date) else ""


def last_day(date: str) -> str:
    """The last day of a day, month or year; "" for what is none of these."""
    if not _is_date(date):
        return ""
    match date.split("-"):
        case [year]:
            return f"{year}-12-31"
        case [year, month]:
            return f"{year}-{month}-{monthrange(int(year), int(month))[1]}"
    return date


def _is_date(text: str) -> bool:
    parts = text.split("-")
    return (
        [len(part) for part in parts] in ([4], [4, 2], [4, 2, 2])
        and all(part.isdecimal() for part in parts)
        and (len(parts) == 1 or 1 <= int(parts[1]) <= 12)
        and int(parts[0]) > 0
    )


def hostname(address: str) -> str | None:
    """The host of an address; None for what has none."""
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _offset(text: str) -> int:
    """A place in a text; 0 for what no text reaches."""
    number = _number(text)
    return int(number) if abs(number) <= _FARTHEST else 0


def _number(text: str) -> float:
    """A number; 0 for what is none, NaN and infinity too: a table cannot hold them."""
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if isfinite(number) else 0.0
