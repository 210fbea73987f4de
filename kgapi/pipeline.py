"""The way in: articles to facts to a checked graph to the store."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Self

from rdflib import Graph, Literal
from rdflib.namespace import DCTERMS, RDF, RDFS

import kgapi
from kgapi import media
from kgapi.errors import (
    AlreadyDecided,
    BadSettings,
    Conflict,
    NotFound,
    PreconditionFailed,
    ShapeViolation,
    UnreadableArticle,
)
from kgapi.facts import records
from kgapi.facts.extractor import Extraction, Extractor
from kgapi.facts.fact import Fact
from kgapi.facts.submitted import Submission, Submitted
from kgapi.graph import mapping, review, shapes
from kgapi.graph.iris import Iris, article_key, submission_key
from kgapi.graph.review import Decision, Origin
from kgapi.graph.vocab import SAN, SCHEMA
from kgapi.news import dates
from kgapi.news.article import Article
from kgapi.queries import query, reads
from kgapi.queries.query import Iri
from kgapi.reference import files, turtle
from kgapi.settings import Settings
from kgapi.store import rdf
from kgapi.store.engine import ALWAYS, Condition, Engine

# What the house itself puts into each store, a named graph each.
HOUSE_GRAPHS = {
    "ontology": "sanctions.ttl",
    "vocabulary": "vocabularies.ttl",
    "reference": "reference.ttl",
}


@dataclass(frozen=True, slots=True)
class Policy:
    """What decides, beside the extractor, what is stored of an article: whether its text is, and
    below which confidence its facts wait for a decision instead of being told."""

    keep_text: bool = True
    review_below: float = 0.0

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """What the settings decide of it."""
        return cls(settings.keep_text, settings.review_below)


EVERYTHING = Policy()
"""The text is stored, and all facts are told."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The facts of an article, mapped and checked: what its graph will hold, what will wait beside
    it (None: nothing), both as N-Triples, and the IRIs of the proposals that wait."""

    extraction: Extraction
    origin: Origin
    policy: Policy
    graph: str
    told: bytes = b""
    aside: bytes | None = None
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ingested:
    """An article that is in the store: its IRI, whether it is new there, what was found, and how
    many facts wait for a decision instead of being told."""

    iri: str
    is_new: bool
    extraction: Extraction
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """A submission that is in the store: its graph, whether it is new there, and the IRIs of the
    proposals that wait for a decision."""

    graph: str
    is_new: bool
    waiting: tuple[str, ...]


def prepare(engine: Engine, iris: Iris) -> None:
    """Put the ontology, its vocabularies and the reference data into a store that lacks them.

    Raises BadSettings for a store whose IRIs were minted under another base.
    """
    meta = str(iris.graph("meta"))
    present = list(query.rows(engine, query.house("house-graphs").bind()))
    foreign = sorted({row["meta"] for row in present} - {meta})
    if foreign:
        made_with = foreign[0].removesuffix("graph/meta")
        raise BadSettings(f"this store was made with KGAPI_BASE={made_with}, not {iris.base}")
    wanted = {file: _digest(file) for file in HOUSE_GRAPHS.values()}
    if {row["file"]: row["digest"] for row in present} == wanted:
        return
    for name, file in HOUSE_GRAPHS.items():
        data = turtle.n_triples(files.ontology(file), iris.base)
        engine.put_graph(iris.graph(name), data, media.N_TRIPLES)
    # Last, so that a store that was left half prepared is prepared again.
    engine.put_graph(meta, _meta(wanted, iris), media.N_TRIPLES)


def _digest(file: str) -> str:
    return sha256(files.ontology(file).read_bytes()).hexdigest()


def _meta(digests: Mapping[str, str], iris: Iris) -> bytes:
    record = Graph()
    for name, file in HOUSE_GRAPHS.items():
        graph = iris.graph(name)
        record.add((graph, RDFS.label, Literal(f"{name} of this kgapi", lang="en")))
        record.add((graph, DCTERMS.identifier, Literal(file)))
        record.add((graph, SCHEMA.sha256, Literal(digests[file])))
    return mapping.n_triples(record)


def ingest(
    articles: Iterable[Article],
    extractor: Extractor,
    engine: Engine,
    iris: Iris,
    policy: Policy = EVERYTHING,
) -> Iterator[Ingested]:
    """Extract, map, check and store each article; the same article again replaces itself.

    What was decided on an article stays decided. Raises UnreadableArticle for an article that gives
    no publication date and ShapeViolation for a graph that breaks a shape; what came before is
    stored, that article is not.
    """
    origin = Origin(extractor.name, extractor.version)
    for extraction in extractor.extract(map(dated, articles)):
        done, is_new = _put(ready(extraction, iris, origin, policy), engine, iris)
        article = iris.article(extraction.article)
        yield Ingested(str(article), is_new, done.extraction, len(done.waiting))


def ready(extraction: Extraction, iris: Iris, origin: Origin, policy: Policy) -> Ready:
    """What is to be stored of an article, as far as nobody has decided on its facts.

    Needs no store. Raises ShapeViolation.
    """
    name = iris.article_graph(article_key(extraction.article))
    return _checked(_sound(extraction, iris, origin), iris, origin, policy, name)


def store(articles: Sequence[Ready], engine: Engine, iris: Iris) -> list[Ready]:
    """Store articles in one write; what is stored of each, with what was decided on its facts."""
    decided = [_decided(each, engine, iris) for each in articles]
    engine.put_graphs(_graphs(decided, iris))
    return decided


def reading(origin: Origin, policy: Policy) -> str:
    """The digest of all that decides, beside its text, what is stored of an article."""
    settings = [kgapi.__version__, *origin.extractor, str(policy.keep_text)]
    basis = [*settings, str(float(policy.review_below)), _shapes()]
    return sha256("\x1f".join(basis).encode()).hexdigest()[:16]


@cache
def _shapes() -> str:
    paths = [files.ontology("shapes.ttl"), *sorted(files.ontology("rules").glob("*.rq"))]
    return sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def submit(
    submission: Submission, article: str, engine: Engine, iris: Iris, *, review_below: float = 0.0
) -> Taken:
    """Take the facts that somebody submits of the article with this IRI.

    Each submission is a graph of its own: ingesting the article again does not touch it, and the
    same one again replaces itself. Raises NotFound for an article that is not there, Conflict where
    the store kept no text to look the quotes up in, BadFacts and ShapeViolation for the facts.
    """
    about = stored(article, engine)
    if not about.text:
        raise Conflict("this store keeps no texts (KGAPI_KEEP_TEXT), so no quote can be looked up")
    extractor = Submitted([replace(submission, article=None)])
    (extraction,) = extractor.extract([about])
    key = submission_key(submission.by, json.dumps(submission.facts, sort_keys=True))
    origin = Origin(extractor.name, extractor.version, submission.by, key)
    name = iris.submission_graph(article_key(about), key)
    policy = Policy(keep_text=False, review_below=review_below)
    done, is_new = _put(_checked(extraction, iris, origin, policy, name), engine, iris)
    return Taken(name, is_new, done.waiting)


def decide(proposal: str, decision: Decision, engine: Engine, iris: Iris) -> None:
    """Accept or reject the proposal with this IRI, once and for all.

    The decision, what it was about and, where it is accepted, the fact are one graph, written as a
    whole or not at all. The same decision again changes nothing. Raises NotFound for a proposal
    that is not there and AlreadyDecided for one on which somebody has decided otherwise.
    """
    found = reads.proposal(engine, proposal)
    if found is None:
        raise NotFound(f"there is no proposal {proposal}")
    if found.decision is None:
        record, origin = review.read(found.proposed)
        article = stored(found.article.iri, engine)
        fact = records.fact(record, article, origin.name)
        graph = review.decided(fact, article, iris, origin, decision)
        check(graph)
        name = iris.decision_graph(article_key(article), proposal.rpartition("/")[2])
        unless_there = Condition(none_match=frozenset("*"))
        try:
            engine.put_graph(
                name, mapping.n_triples(graph), media.N_TRIPLES, condition=unless_there
            )
        except PreconditionFailed:
            found = reads.proposal(engine, proposal) or found
        else:
            return
    _same(found, decision)


def _same(found: reads.ProposalRead, decision: Decision) -> None:
    """Raise AlreadyDecided unless what was decided is this decision."""
    made = found.decision
    if made and (made.verdict, made.by, made.note) != (
        decision.verdict,
        decision.by,
        decision.note,
    ):
        raise AlreadyDecided(f"{made.by} decided to {made.verdict} this on {made.at}")


def remove(article: str, engine: Engine, iris: Iris, condition: Condition = ALWAYS) -> None:
    """Take an article out of the store, with what was submitted, waits and was decided on it.

    ``condition`` is about its own graph, which goes first: whoever ends in between leaves the rest to
    be removed by the same call again. Raises NotFound and PreconditionFailed.
    """
    own = graph_of_article(article, iris)
    found = query.rows(engine, query.house("graphs-of-article").bind(article=Iri(article)))
    names = [row["graph"] for row in found]
    theirs = [name for name in names if name.startswith(f"{own}/")]
    if own in names:
        engine.delete_graph(own, condition)
    elif not theirs:
        raise NotFound(f"there is no article {article}")
    for name in theirs:
        with suppress(NotFound):
            engine.delete_graph(name)


def graph_of_article(article: str, iris: Iris) -> str:
    """The IRI of an article's own graph. Raises NotFound for an IRI that is none of an article."""
    kind, _, key = (iris.path(article) or "").partition("/")
    if kind != "article":
        raise NotFound(f"there is no article {article}")
    return str(iris.article_graph(key))


def article_iri(name: str, engine: Engine, iris: Iris) -> str:
    """The IRI of an article named by its IRI, its key or the SHA-256 of its text."""
    if iris.path(name) is not None:
        return name
    known = reads.article_of_digest(engine, name) if len(name) == 64 else None
    return known or str(iris.thing(f"article/{name}"))


def stored(iri: str, engine: Engine) -> Article:
    """An article out of the store, with an empty text where that was not kept. Raises NotFound."""
    found = reads.article(engine, iri)
    if found is None:
        raise NotFound(f"there is no article {iri}")
    return Article(
        text=found.text or "",
        headline=found.headline,
        published=date.fromisoformat(found.published),
        zones=(),
        language=found.language,
        source=found.source,
        source_title=found.source_title,
        kept_digest=found.digest,
    )


def _put(article: Ready, engine: Engine, iris: Iris) -> tuple[Ready, bool]:
    """Store what is ready; what is stored, and whether it is new."""
    decided = _decided(article, engine, iris)
    graphs = _graphs([decided], iris)
    if all(_holds(engine, name, data) for name, data in graphs.items()):
        return decided, False
    return decided, engine.put_graphs(graphs)


def _graphs(articles: Iterable[Ready], iris: Iris) -> dict[str, bytes | None]:
    # Last, what is told: it is by this graph that an article counts as taken.
    return {
        str(name): data
        for each in articles
        for name, data in ((iris.review_graph(each.graph), each.aside), (each.graph, each.told))
    }


def _checked(
    extraction: Extraction, iris: Iris, origin: Origin, policy: Policy, name: str
) -> Ready:
    graph = _graph(extraction, iris, origin, policy)
    check(graph)
    return _divided(Ready(extraction, origin, policy, name), {}, iris, graph)


def _decided(article: Ready, engine: Engine, iris: Iris) -> Ready:
    """The same with what was decided in this store on the facts of the article."""
    verdicts = reads.verdicts(engine, str(iris.article(article.extraction.article)))
    return _divided(article, verdicts, iris) if verdicts else article


def _divided(
    ready: Ready, verdicts: Mapping[str, str], iris: Iris, whole: Graph | None = None
) -> Ready:
    """With what is told and what waits; ``whole`` is the graph of all facts, where it is there."""
    extraction, origin, article = ready.extraction, ready.origin, ready.extraction.article
    told, waiting = review.split(
        extraction.facts,
        ready.policy.review_below,
        verdicts,
        lambda fact: str(iris.proposal(fact, article, origin.submission)),
    )
    if whole is None or len(told) < len(extraction.facts):
        certain = replace(extraction, facts=tuple(told))
        whole = _graph(certain, iris, origin, ready.policy)
    aside = review.proposals(waiting, article, iris, origin)
    return replace(
        ready,
        told=mapping.n_triples(whole),
        aside=mapping.n_triples(aside) if waiting else None,
        waiting=tuple(sorted(str(node) for node in aside.subjects(RDF.type, SAN.Proposal))),
    )


def _holds(engine: Engine, name: str, data: bytes | None) -> bool:
    """Whether a graph is just what these N-Triples say; None: whether there is none."""
    try:
        answer = engine.get_graph(name, media.always(media.N_TRIPLES))
    except NotFound:
        return data is None
    answer.read()
    return data is not None and answer.tag == rdf.digest(rdf.read(data, media.N_TRIPLES))


def _graph(extraction: Extraction, iris: Iris, origin: Origin, policy: Policy) -> Graph:
    graph = mapping.article_graph(
        extraction,
        iris,
        origin.extractor,
        keep_text=policy.keep_text,
        by=origin.by,
        submission=origin.submission,
    )
    if not origin.submission:
        name = iris.article_graph(article_key(extraction.article))
        graph.add((name, SCHEMA.version, Literal(reading(origin, policy))))
    return graph


def _sound(extraction: Extraction, iris: Iris, origin: Origin) -> Extraction:
    """The extraction without the facts that break a shape, where its extractor is fallible."""

    def conforms(*facts: Fact) -> bool:
        graph = _graph(replace(extraction, facts=facts), iris, origin, EVERYTHING)
        return shapes.validate(graph).conforms

    if not extraction.fallible or conforms(*extraction.facts):
        return extraction
    sound = tuple(fact for fact in extraction.facts if conforms(fact))
    left_out = len(extraction.facts) - len(sound)
    warning = f"{left_out} facts break the shapes of the ontology and are left out"
    return replace(extraction, facts=sound, warnings=(*extraction.warnings, warning))


def check(graph: Graph) -> None:
    """Raise ShapeViolation, with the SHACL results, for a graph that breaks a shape."""
    report = shapes.validate(graph)
    if not report.conforms:
        first = next(result for result in report.results if result.severity == "Violation")
        raise ShapeViolation(
            f"{first.message} ({first.focus})",
            results=[_told(result) for result in report.results],
            report=report.graph().serialize(format="turtle"),
        )


def _told(result: shapes.Result) -> dict[str, str | None]:
    """A SHACL validation result as plain values."""
    return {
        "severity": result.severity,
        "message": result.message,
        "focus": str(result.focus),
        "path": str(result.path) if result.path else None,
        "value": str(result.value) if result.value else None,
    }


def dated(article: Article) -> Article:
    """The same article. Raises UnreadableArticle where nothing says when it was published."""
    if article.published is None:
        raise UnreadableArticle(f"{dates.undated(article)} Send it as `published`.")
    return article
