"""Facts to triples: the statement pattern, claims kept apart, honest times."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, PROV, RDF, XSD

from kgapi.facts.extractor import Extraction
from kgapi.facts.fact import Entity, Evidence, Fact, When
from kgapi.graph import shapes
from kgapi.graph.iris import Iris
from kgapi.graph.mapping import article_graph, bounds, n_triples
from kgapi.graph.vocab import OA, SAN, SCHEMA, concept
from kgapi.news.article import Article

TEXT = "Lavrov said on Tuesday that Iran had quit the pact. Tehran was sanctioned in 2018."
ARTICLE = Article(TEXT, "Iran quits pact", date(2023, 12, 6), ())
IRAN = Entity("country", "ir", "Iran", "Country")
PACT = Entity("agreement", "pact-1", "pact", "Agreement")
LAVROV = Entity("person", "sergei-lavrov", "Sergei Lavrov", "Person")
SAID = (Evidence(0, 51, TEXT[:51]),)
LEFT = Fact(
    type="AgreementAction",
    action="withdraw",
    roles={"actor": (IRAN,), "concerns": (PACT,)},
    evidence=SAID,
    rule="withdrawal-1",
    modality="reported",
    speaker=LAVROV,
    confidence=0.8,
    inferred=("actor",),
)
SANCTIONED = Fact(
    type="SanctionsAction",
    action="impose",
    roles={"target": (IRAN,)},
    values={"measureType": ("economic",), "reason": ("nuclear-programme", "missile-programme")},
    when=When(date(2018, 1, 1), date(2018, 12, 31), "in 2018", "year"),
    evidence=(Evidence(52, 82, TEXT[52:82]),),
    rule="impose-passive-1",
)

Mapped = Callable[..., Graph]


@pytest.fixture
def mapped(iris: Iris) -> Mapped:
    def make(*facts: Fact, keep_text: bool = True) -> Graph:
        extraction = Extraction(ARTICLE, facts)
        return article_graph(extraction, iris, ("rules", "1"), keep_text=keep_text)

    return make


def test_a_stated_fact_has_its_class_and_one_statement_with_its_evidence(
    mapped: Mapped, iris: Iris
) -> None:
    graph = mapped(SANCTIONED)
    fact = iris.fact(SANCTIONED, ARTICLE)
    assert (fact, RDF.type, SAN.SanctionsAction) in graph
    assert (fact, SAN.target, iris.thing("country/ir")) in graph
    assert set(graph.objects(fact, SAN.reason)) == {
        concept("reason", "nuclear-programme"),
        concept("reason", "missile-programme"),
    }
    (statement,) = graph.subjects(SAN.states, fact)
    assert (statement, DCTERMS.source, iris.article(ARTICLE)) in graph
    (passage,) = graph.objects(statement, SAN.evidence)
    start, end = graph.value(passage, OA.start), graph.value(passage, OA.end)
    assert isinstance(start, Literal)
    assert isinstance(end, Literal)
    assert str(graph.value(passage, OA.exact)) == TEXT[int(start) : int(end)]


def test_what_is_only_reported_is_a_claim_and_never_of_its_own_class(
    mapped: Mapped, iris: Iris
) -> None:
    graph = mapped(LEFT)
    fact = iris.fact(LEFT, ARTICLE)
    assert set(graph.objects(fact, RDF.type)) == {SAN.Claim}
    assert graph.value(fact, SAN.claimedType) == SAN.AgreementAction
    (statement,) = graph.subjects(SAN.states, fact)
    assert graph.value(statement, PROV.wasAttributedTo) == iris.entity(LAVROV)
    assert graph.value(statement, SAN.inferred) == SAN.actor


def test_a_claim_that_the_article_also_states_has_its_class(mapped: Mapped, iris: Iris) -> None:
    stated = replace(LEFT, modality="stated", speaker=None)
    graph = mapped(LEFT, stated)
    fact = iris.fact(LEFT, ARTICLE)
    assert set(graph.objects(fact, RDF.type)) == {SAN.AgreementAction}
    assert len(set(graph.subjects(SAN.states, fact))) == 2


def test_a_fact_inside_another_is_told_as_well(mapped: Mapped, iris: Iris) -> None:
    said = Fact(
        type="Utterance", action="state", roles={"speaker": (LAVROV,), "says": (LEFT,)},
        evidence=SAID, rule="said-1",
    )  # fmt: skip
    graph = mapped(said)
    assert (iris.fact(said, ARTICLE), SAN.says, iris.fact(LEFT, ARTICLE)) in graph
    assert (iris.fact(LEFT, ARTICLE), RDF.type, SAN.Claim) in graph


def test_a_date_has_the_precision_that_is_known(mapped: Mapped, iris: Iris) -> None:
    graph = mapped(SANCTIONED)
    fact = iris.fact(SANCTIONED, ARTICLE)
    assert graph.value(fact, SAN.date) == Literal("2018", datatype=XSD.gYear)
    assert graph.value(fact, SAN.earliest) == Literal(date(2018, 1, 1))
    assert graph.value(fact, SAN.latest) == Literal(date(2018, 12, 31))
    assert str(graph.value(fact, SAN.dateText)) == "in 2018"


PUBLISHED = date(2023, 12, 6)


@pytest.mark.parametrize(
    ("when", "realis", "expected"),
    [
        (When(), "actual", (None, PUBLISHED)),
        (When(), "planned", (PUBLISHED, None)),
        (When(), "denied", (None, PUBLISHED)),
        (When(begin=date(2018, 5, 8), lasting=True), "actual", (date(2018, 5, 8), PUBLISHED)),
        (When(begin=date(2024, 5, 8)), "actual", (date(2024, 5, 8), None)),
        (When(end=date(2024, 5, 8)), "planned", (PUBLISHED, date(2024, 5, 8))),
        (When(end=date(2020, 5, 8)), "possible", (None, date(2020, 5, 8))),
    ],
)
def test_bounds_are_what_the_words_and_the_day_of_publication_allow(
    when: When, realis: str, expected: tuple[date | None, date | None]
) -> None:
    assert bounds(replace(SANCTIONED, when=when, realis=realis), PUBLISHED) == expected


def test_the_same_facts_in_any_order_give_the_same_bytes(mapped: Mapped) -> None:
    facts = [LEFT, SANCTIONED]
    first = n_triples(mapped(*facts))
    random.Random(7).shuffle(facts)
    assert n_triples(mapped(*reversed(facts))) == first
    assert isomorphic(Graph().parse(data=first, format="nt"), mapped(*facts))


def test_the_text_can_be_left_out(mapped: Mapped, iris: Iris) -> None:
    node = iris.article(ARTICLE)
    assert str(mapped(SANCTIONED).value(node, SCHEMA.articleBody)) == TEXT
    assert mapped(SANCTIONED, keep_text=False).value(node, SCHEMA.articleBody) is None


def test_what_is_mapped_conforms_to_the_shapes(mapped: Mapped) -> None:
    report = shapes.validate(mapped(LEFT, SANCTIONED))
    assert report.conforms, report.text


def test_every_term_of_the_vocabulary_is_declared_in_the_ontology(ontology: Graph) -> None:
    declared = {str(term) for term in ontology.subjects(RDF.type) if isinstance(term, URIRef)}
    ours = {str(SAN[name]) for name in SAN.__annotations__ if not name.startswith("_")}
    assert ours == {term for term in declared if term.startswith(str(SAN._NS))}


@pytest.fixture(scope="module")
def ontology() -> Graph:
    from kgapi.reference import files

    return Graph().parse(files.ontology("sanctions.ttl"), format="turtle")
