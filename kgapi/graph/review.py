"""Facts that wait: too doubtful to be told, kept as records until somebody decides on them.

A proposal is a node with the fact as JSON in a literal. No triple says what it proposes, so that no
query for facts ever finds it, whatever graphs it looks into.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rdflib import Graph, Literal, Node, URIRef
from rdflib.namespace import DCTERMS, PROV, RDF, RDFS, XSD

from kgapi.facts.extractor import Extraction
from kgapi.facts.fact import Fact
from kgapi.graph import mapping
from kgapi.graph.iris import Iris
from kgapi.graph.labels import label
from kgapi.graph.record import record
from kgapi.graph.vocab import SAN, concept
from kgapi.news.article import Article

ACCEPT, REJECT = "accept", "reject"

Triple = tuple[URIRef, URIRef, Node]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where statements come from: an extractor by name and version, and, where somebody submitted
    them, who, and the key of the submission."""

    name: str
    version: str
    by: str | None = None
    submission: str = ""

    @property
    def extractor(self) -> tuple[str, str]:
        return self.name, self.version


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict on a proposal, ``accept`` or ``reject``: whose, why, and when."""

    verdict: str
    by: str
    note: str | None
    at: datetime


def split(
    facts: Sequence[Fact], below: float, verdicts: Mapping[str, str], name: Callable[[Fact], str]
) -> tuple[list[Fact], list[Fact]]:
    """The facts to tell, and those that wait.

    A fact waits where its confidence is ``below``, and with it every fact that points to it. What
    was accepted is told and what was rejected is not, whatever the confidence is now. ``verdicts``
    are by the name of a fact. A fact that waits inside another one waits there and not twice.
    """

    def waits(fact: Fact) -> bool:
        verdict = verdicts.get(name(fact))
        if verdict is not None:
            return verdict == REJECT
        return fact.confidence < below or any(waits(each) for each in _inner(fact))

    told = [fact for fact in facts if not waits(fact)]
    waiting = [fact for fact in facts if waits(fact) and verdicts.get(name(fact)) != REJECT]
    known = {name(each) for fact in told for each in _tree(fact)}
    known |= {name(each) for fact in waiting for inner in _inner(fact) for each in _tree(inner)}
    return told, [fact for fact in waiting if name(fact) not in known]


def _inner(fact: Fact) -> Iterator[Fact]:
    return (each for _, each in fact.fillers() if isinstance(each, Fact))


def _tree(fact: Fact) -> Iterator[Fact]:
    yield fact
    for inner in _inner(fact):
        yield from _tree(inner)


def proposals(facts: Iterable[Fact], article: Article, iris: Iris, origin: Origin) -> Graph:
    """The graph of what waits: a proposal for each fact in each voice."""
    graph = Graph()
    voices: dict[URIRef, list[Fact]] = {}
    for fact in facts:
        voices.setdefault(iris.proposal(fact, article, origin.submission), []).append(fact)
    for node, told in voices.items():
        for triple in _proposal(node, mapping.one_voice(told), article, iris, origin):
            graph.add(triple)
    return graph


def _proposal(
    node: URIRef, fact: Fact, article: Article, iris: Iris, origin: Origin
) -> Iterator[Triple]:
    yield node, RDF.type, SAN.Proposal
    yield node, RDFS.label, Literal(label(fact), lang="en")
    yield node, DCTERMS.source, iris.article(article)
    yield node, SAN.confidence, mapping.confidence(fact)
    yield node, RDF.value, Literal(_written(record(fact, article, iris), origin))
    yield node, PROV.wasGeneratedBy, iris.extractor(*origin.extractor, origin.by)
    yield from mapping.provenance(iris, origin.extractor, origin.by)


def _written(fact: Mapping[str, Any], origin: Origin) -> str:
    held = {
        "extractor": origin.name,
        "version": origin.version,
        "by": origin.by,
        "submission": origin.submission,
        "fact": fact,
    }
    return json.dumps(held, ensure_ascii=False)


def read(proposed: str) -> tuple[dict[str, Any], Origin]:
    """The record of the fact and its origin out of the literal of a proposal."""
    held = json.loads(proposed)
    origin = Origin(held["extractor"], held["version"], held["by"], held["submission"])
    return held["fact"], origin


def decided(fact: Fact, article: Article, iris: Iris, origin: Origin, decision: Decision) -> Graph:
    """The graph of a decision: proposal and decision and, where it is accepted, what is told."""
    graph = proposals([fact], article, iris, origin)
    statement = iris.statement(fact, article, origin.submission)
    node = iris.decision(str(statement).rpartition("/")[2])
    for triple in _decision(node, iris.proposal(fact, article, origin.submission), decision, iris):
        graph.add(triple)
    if decision.verdict == ACCEPT:
        graph += mapping.article_graph(
            Extraction(article, (fact,)),
            iris,
            origin.extractor,
            keep_text=False,
            by=origin.by,
            submission=origin.submission,
        )
        graph.add((statement, PROV.wasInfluencedBy, node))
    return graph


def _decision(node: URIRef, proposal: URIRef, decision: Decision, iris: Iris) -> Iterator[Triple]:
    yield node, RDF.type, SAN.Decision
    yield node, PROV.used, proposal
    yield node, SAN.verdict, concept("verdict", decision.verdict)
    yield node, PROV.wasAssociatedWith, iris.contributor(decision.by)
    yield node, PROV.endedAtTime, Literal(decision.at.isoformat(), datatype=XSD.dateTime)
    if decision.note:
        yield node, RDFS.comment, Literal(decision.note)
    yield from mapping.contributor(iris, decision.by)
