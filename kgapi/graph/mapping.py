"""Facts to triples: one node a fact, one statement for the article that states it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from itertools import chain

from rdflib import Graph, Literal, Node, URIRef
from rdflib.namespace import DCTERMS, PROV, RDF, RDFS, XSD

from kgapi.facts.extractor import Extraction
from kgapi.facts.fact import Entity, Evidence, Fact, Value, When
from kgapi.graph.iris import Iris
from kgapi.graph.labels import label
from kgapi.graph.vocab import OA, SAN, SCHEMA, SCHEME_OF, concept, term
from kgapi.news.article import Article

Triple = tuple[URIRef, URIRef, Node]

_START, _END, _EXACT = OA.start, OA.end, OA.exact


def article_graph(
    extraction: Extraction,
    iris: Iris,
    extractor: tuple[str, str],
    *,
    keep_text: bool = True,
    by: str | None = None,
    submission: str = "",
) -> Graph:
    """Everything that one article states, as the content of its named graph.

    ``extractor`` is the name and version that go into the provenance of each statement; ``by``
    is who submitted the facts, ``submission`` the key of what they submitted.
    """
    article = extraction.article
    agent = iris.extractor(*extractor, by)
    # One graph needs no contexts: this store takes less than half the time for a triple.
    graph = Graph(store="SimpleMemory")
    # All are terms: what Graph.add asks of each triple takes longer than to store it.
    add = partial(graph.store.add, context=graph)
    facts = list(_with_nested(extraction.facts))
    # What many facts share is described once.
    shared = chain(
        _article(article, iris, keep_text),
        provenance(iris, extractor, by),
        chain.from_iterable(_entity(each, iris) for each in _entities(facts)),
        chain.from_iterable(_passage(each, article, iris) for each in _passages(facts)),
    )
    for triple in shared:
        add(triple)
    for node, told in _grouped(facts, lambda each: iris.fact(each, article)):
        # Told more than once: the surest telling describes it.
        surest = max(told, key=lambda each: each.confidence)
        claimed = all(each.claimed for each in told)
        for triple in _fact(surest, node, article, iris, claimed=claimed):
            add(triple)
        for statement, voice in _grouped(
            told, lambda each: iris.statement(each, article, submission)
        ):
            for triple in _statement(one_voice(voice), statement, node, article, iris, agent):
                add(triple)
    return graph


def _with_nested(facts: Iterable[Fact]) -> Iterator[Fact]:
    for fact in facts:
        yield fact
        yield from _with_nested(each for _, each in fact.fillers() if isinstance(each, Fact))


def _entities(facts: Iterable[Fact]) -> Iterable[Entity]:
    """Everybody and everything that takes part or speaks."""
    found: dict[Entity, None] = {}
    for fact in facts:
        found |= {each: None for _, each in fact.fillers() if isinstance(each, Entity)}
        if fact.speaker:
            found[fact.speaker] = None
    return found


def _passages(facts: Iterable[Fact]) -> Iterable[Evidence]:
    return dict.fromkeys(evidence for fact in facts for evidence in fact.evidence)


def _grouped(
    facts: Iterable[Fact], key: Callable[[Fact], URIRef]
) -> Iterable[tuple[URIRef, list[Fact]]]:
    groups: dict[URIRef, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[key(fact)].append(fact)
    return groups.items()


def one_voice(told: Sequence[Fact]) -> Fact:
    """The same fact in the same voice, with the evidence of every time that it is told."""
    surest = max(told, key=lambda each: each.confidence)
    evidence = {each for fact in told for each in fact.evidence}
    return replace(surest, evidence=tuple(sorted(evidence)))


def _article(article: Article, iris: Iris, keep_text: bool) -> Iterator[Triple]:
    node = iris.article(article)
    yield node, RDF.type, SAN.Article
    yield node, RDFS.label, Literal(article.headline, lang=article.language)
    yield node, SCHEMA.headline, Literal(article.headline, lang=article.language)
    yield node, SCHEMA.inLanguage, Literal(article.language)
    yield node, SCHEMA.sha256, Literal(article.digest)
    if article.published:
        yield node, SCHEMA.datePublished, Literal(article.published)
    if article.source:
        yield node, DCTERMS.source, URIRef(article.source)
    if article.source and article.source_title:
        yield URIRef(article.source), DCTERMS.title, Literal(article.source_title)
    if article.retrieved:
        yield node, PROV.generatedAtTime, Literal(article.retrieved)
    if keep_text:
        yield node, SCHEMA.articleBody, Literal(article.text, lang=article.language)


def provenance(iris: Iris, extractor: tuple[str, str], by: str | None) -> Iterator[Triple]:
    """What wrote the statements, and on whose behalf."""
    name, version = extractor
    node = iris.extractor(name, version, by)
    yield node, RDF.type, SAN.Extractor
    yield node, RDFS.label, Literal(f"{name} {version}" + (f" by {by}" if by else ""), lang="en")
    yield node, SCHEMA.softwareVersion, Literal(version)
    if by:
        yield node, PROV.wasAssociatedWith, iris.contributor(by)
        yield from contributor(iris, by)


def contributor(iris: Iris, name: str) -> Iterator[Triple]:
    """Somebody who submits or decides, as themselves and not as an agent of the news."""
    node = iris.contributor(name)
    yield node, RDF.type, PROV.Agent
    yield node, RDFS.label, Literal(name)


def _fact(
    fact: Fact, node: URIRef, article: Article, iris: Iris, *, claimed: bool
) -> Iterator[Triple]:
    if claimed:
        yield node, RDF.type, SAN.Claim
        yield node, SAN.claimedType, term(fact.type)
    else:
        yield node, RDF.type, term(fact.type)
    yield node, RDFS.label, Literal(label(fact), lang="en")
    if fact.action:
        yield node, SAN.actionType, concept("action", fact.action)
    yield node, SAN.realis, concept("realis", fact.realis)
    for role, filler in fact.fillers():
        yield node, term(role), iris.filler(filler, article)
    for name, value in sorted(fact.values.items()):
        for node_value in _value(name, value):
            yield node, term(name), node_value
    yield from _time(node, fact, article)


@lru_cache(maxsize=5000)
def _entity(entity: Entity, iris: Iris) -> tuple[Triple, ...]:
    return tuple(_described(entity, iris))


def _described(entity: Entity, iris: Iris) -> Iterator[Triple]:
    node = iris.entity(entity)
    yield node, RDF.type, term(entity.type)
    yield node, RDFS.label, Literal(entity.label, lang="en")
    if entity.within:
        link = SAN.postIn if entity.type == "Post" else SAN.country
        yield node, link, iris.entity(entity.within)
        yield from _entity(entity.within, iris)


def _value(name: str, value: Value) -> Iterator[Node]:
    if isinstance(value, tuple):
        for each in value:
            yield from _value(name, each)
    elif name in SCHEME_OF and isinstance(value, str):
        yield concept(SCHEME_OF[name], value)
    elif isinstance(value, bool):
        yield Literal(value)
    elif isinstance(value, int | float):
        yield Literal(Decimal(str(value)))
    else:
        yield Literal(value, lang="en")


def _time(node: URIRef, fact: Fact, article: Article) -> Iterator[Triple]:
    when = fact.when
    if when.text:
        yield node, SAN.dateText, Literal(when.text, lang="en")
    if when.lasting:
        if when.begin:
            yield node, SAN.begin, _dated(when.begin, when)
        if when.end:
            yield node, SAN.end, _dated(when.end, when)
    elif when.begin and when.end and _is_one(when):
        yield node, SAN.date, _dated(when.begin, when)
    earliest, latest = bounds(fact, article.published)
    if earliest:
        yield node, SAN.earliest, Literal(earliest)
    if latest:
        yield node, SAN.latest, Literal(latest)


def bounds(fact: Fact, published: date | None) -> tuple[date | None, date | None]:
    """First and last day in question. What is told as done was done by the day of publication,
    and what is still to come will not be before it."""
    earliest, latest = fact.when.begin, fact.when.end
    ahead = fact.realis in {"planned", "threatened", "possible"}
    if earliest is None and ahead and (latest is None or (published and published <= latest)):
        earliest = published
    if latest is None and not ahead and (earliest is None or (published and earliest <= published)):
        latest = published
    return earliest, latest


def _is_one(when: When) -> bool:
    """Whether the bounds lie in one day, month or year of the known precision."""
    return (
        when.begin is not None
        and when.end is not None
        and (_dated(when.begin, when) == _dated(when.end, when))
    )


def _dated(day: date, when: When) -> Literal:
    match when.precision:
        case "year":
            return Literal(f"{day.year:04}", datatype=XSD.gYear)
        case "month":
            return Literal(f"{day.year:04}-{day.month:02}", datatype=XSD.gYearMonth)
        case _:
            return Literal(day)


def _statement(
    fact: Fact, statement: URIRef, node: URIRef, article: Article, iris: Iris, agent: URIRef
) -> Iterator[Triple]:
    source = iris.article(article)
    yield statement, RDF.type, SAN.Statement
    yield statement, SAN.states, node
    yield statement, SAN.modality, concept("modality", fact.modality)
    yield statement, SAN.confidence, confidence(fact)
    yield statement, SAN.rule, Literal(fact.rule)
    yield statement, DCTERMS.source, source
    yield statement, PROV.wasGeneratedBy, agent
    for role in fact.inferred:
        yield statement, SAN.inferred, term(role)
    if fact.speaker:
        yield statement, PROV.wasAttributedTo, iris.entity(fact.speaker)
    for evidence in fact.evidence:
        yield statement, SAN.evidence, iris.passage(source, evidence.start, evidence.end)


def confidence(fact: Fact) -> Literal:
    """How sure a fact is, in hundredths."""
    return Literal(Decimal(f"{fact.confidence:.2f}"))


def _passage(evidence: Evidence, article: Article, iris: Iris) -> Iterator[Triple]:
    source = iris.article(article)
    passage = iris.passage(source, evidence.start, evidence.end)
    yield passage, RDF.type, SAN.Passage
    yield passage, _START, Literal(evidence.start)
    yield passage, _END, Literal(evidence.end)
    yield passage, _EXACT, Literal(evidence.text, lang="en")
    yield passage, DCTERMS.isPartOf, source
    for zone in article.zones:
        if zone.start <= evidence.start < zone.end:
            yield passage, SAN.zone, concept("zone", zone.kind)


def n_triples(graph: Graph) -> bytes:
    """A graph as sorted N-Triples: the same graph, the same bytes."""
    return b"".join(
        sorted(graph.serialize(format="nt", encoding="utf-8").splitlines(keepends=True))
    )
