"""The way in: articles to facts to a checked graph to the store."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from rdflib import Graph, Literal
from rdflib.namespace import DCTERMS, RDFS

from kgapi import media
from kgapi.errors import BadSettings, ShapeViolation, UnreadableArticle
from kgapi.facts.extractor import Extraction, Extractor
from kgapi.graph import mapping, shapes
from kgapi.graph.iris import Iris, article_key
from kgapi.graph.vocab import SCHEMA
from kgapi.news import dates
from kgapi.news.article import Article
from kgapi.queries import query
from kgapi.reference import files, turtle
from kgapi.store.engine import Engine

# What the house itself puts into each store, a named graph each.
HOUSE_GRAPHS = {
    "ontology": "sanctions.ttl",
    "vocabulary": "vocabularies.ttl",
    "reference": "reference.ttl",
}


@dataclass(frozen=True, slots=True)
class Ingested:
    """An article that is in the store: its IRI, whether it is new there, and what was found."""

    iri: str
    is_new: bool
    extraction: Extraction


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
    *,
    keep_text: bool = True,
) -> Iterator[Ingested]:
    """Extract, map, check and store each article; the same article again replaces itself.

    Raises UnreadableArticle for one that gives no publication date and ShapeViolation for a
    graph that breaks a shape; what came before is stored, that article is not.
    """
    for extraction in extractor.extract(_dated(articles)):
        graph = mapping.article_graph(
            extraction, iris, (extractor.name, extractor.version), keep_text=keep_text
        )
        check(graph)
        article = extraction.article
        name = iris.article_graph(article_key(article))
        is_new = engine.put_graph(name, mapping.n_triples(graph), media.N_TRIPLES)
        yield Ingested(str(iris.article(article)), is_new, extraction)


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


def _dated(articles: Iterable[Article]) -> Iterator[Article]:
    for article in articles:
        if article.published is None:
            raise UnreadableArticle(f"{dates.undated(article)} Send it as `published`.")
        yield article
