"""The ontology and its vocabularies: each term is declared and explained, and OWL tools read it."""

import re
from pathlib import Path

import owlready2
import owlrl
import pyhornedowl
import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, Namespace, Node, URIRef
from rdflib.namespace import DCTERMS, ORG, PROV, QB, SDO, VANN, XSD

from kgapi.reference import files

SAN = Namespace("https://w3id.org/kgapi/sanctions#")
SCHEMA = Namespace("https://schema.org/")
VOCAB = "https://w3id.org/kgapi/vocab/"
FOLDER = files.ontology()
ONTOLOGY = Graph().parse(FOLDER / "sanctions.ttl")
VOCABULARIES = Graph().parse(FOLDER / "vocabularies.ttl")

PROPERTY_KINDS = (OWL.ObjectProperty, OWL.DatatypeProperty)
FACTS = ("Event", "SanctionsMeasure", "Tenure", "EconomicEffect", "Judgement")


def declared(*kinds: URIRef) -> list[URIRef]:
    found = {term for kind in kinds for term in ONTOLOGY.subjects(RDF.type, kind)}
    return sorted(term for term in found if isinstance(term, URIRef) and term in SAN)


CLASSES = declared(OWL.Class)
PROPERTIES = declared(*PROPERTY_KINDS)
CONCEPTS = sorted(VOCABULARIES.subjects(RDF.type, SKOS.Concept))
SCHEMES = sorted(VOCABULARIES.subjects(RDF.type, SKOS.ConceptScheme))


def name(term: Node) -> str:
    return str(term).rpartition("#")[2]


def domain(term: URIRef) -> set[Node]:
    return {*ONTOLOGY.objects(term, RDFS.domain), *ONTOLOGY.objects(term, SCHEMA.domainIncludes)}


def range_of(term: URIRef) -> set[Node]:
    return {*ONTOLOGY.objects(term, RDFS.range), *ONTOLOGY.objects(term, SCHEMA.rangeIncludes)}


def ancestors(term: Node) -> set[Node]:
    return set(ONTOLOGY.transitive_objects(term, RDFS.subClassOf))


def test_it_stays_small() -> None:
    assert len(CLASSES) == 33
    assert len(PROPERTIES) <= 60


@pytest.mark.parametrize("term", [*CLASSES, *PROPERTIES], ids=name)
def test_each_term_is_explained(term: URIRef) -> None:
    for explanation in (RDFS.label, SKOS.definition):
        [text] = ONTOLOGY.objects(term, explanation)
        assert isinstance(text, Literal)
        assert text.language == "en"
    assert (term, RDFS.isDefinedBy, URIRef("https://w3id.org/kgapi/sanctions")) in ONTOLOGY


def test_the_header_says_what_it_is() -> None:
    [ontology] = ONTOLOGY.subjects(RDF.type, OWL.Ontology)
    version = ONTOLOGY.value(ontology, OWL.versionInfo)
    assert ONTOLOGY.value(ontology, OWL.versionIRI) == URIRef(f"{ontology}/{version}")
    assert ONTOLOGY.value(ontology, DCTERMS.license) == URIRef("https://spdx.org/licenses/MIT")
    assert str(ONTOLOGY.value(ontology, VANN.preferredNamespaceUri)) == str(SAN)


TURTLE = sorted(FOLDER.glob("*.ttl"))
QUERIES = [*sorted(FOLDER.glob("rules/*.rq")), *sorted(FOLDER.glob("questions/*.rq"))]


@pytest.mark.parametrize("path", TURTLE, ids=lambda path: path.name)
def test_each_term_used_in_data_is_declared(path: Path) -> None:
    used = {term for triple in Graph().parse(path) for term in triple}
    terms = {term for term in used if isinstance(term, URIRef) and term in SAN and name(term)}
    assert terms <= {*CLASSES, *PROPERTIES}
    concepts = {term for term in used if str(term).startswith(VOCAB)}
    assert concepts <= {*CONCEPTS, *SCHEMES}


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_each_term_used_in_queries_is_declared(path: Path) -> None:
    query = path.read_text(encoding="utf-8")
    assert {SAN[term] for term in re.findall(r"\bsan:(\w+)", query)} <= {*CLASSES, *PROPERTIES}
    for prefix, namespace in re.findall(rf"PREFIX (\w+): <({VOCAB}\w+#)>", query):
        used = re.findall(rf"(?<![\w<:/]){prefix}:([\w-]+)", query)
        assert {URIRef(namespace + concept) for concept in used} <= set(CONCEPTS)


# Where alignments lead. Of those whose terms rdflib knows, the terms are looked up.
CLOSED = (SDO, PROV, ORG, QB, SKOS)
OPEN = (
    "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "http://www.w3.org/ns/oa#",
    "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#",
    "http://data.europa.eu/eli/ontology#",
    "http://www.wikidata.org/entity/Q",
    "http://www.wikidata.org/prop/direct/P",
    "http://wikiba.se/ontology#",
    "https://schema.followthemoney.tech/#",
)


def test_alignments_lead_to_terms_that_exist() -> None:
    aligning = (SKOS.closeMatch, OWL.equivalentClass, RDFS.subClassOf, RDFS.subPropertyOf)
    aligned = {
        (term, other)
        for term in (*CLASSES, *PROPERTIES)
        for link in aligning
        for other in ONTOLOGY.objects(term, link)
        if isinstance(other, URIRef) and other not in SAN
    }
    assert len(aligned) > 80
    for term, other in sorted(aligned):
        home = [namespace for namespace in CLOSED if str(other).startswith(str(namespace))]
        if home:
            assert str(other).removeprefix(str(home[0])) in home[0], (term, other)
        else:
            assert str(other).startswith(OPEN), (term, other)


@pytest.mark.parametrize("term", PROPERTIES, ids=name)
def test_each_property_says_what_it_joins(term: URIRef) -> None:
    assert domain(term)
    assert range_of(term)
    assert domain(term) <= set(CLASSES)
    kind = ONTOLOGY.value(term, RDF.type)
    for value in range_of(term):
        if kind == OWL.DatatypeProperty:
            assert value in XSD or value == RDF.langString
        else:
            assert value in CLASSES or value in {SKOS.Concept, OWL.Class, *PROPERTY_KINDS}
    for parent in ONTOLOGY.objects(term, RDFS.subPropertyOf):
        assert isinstance(parent, URIRef)
        for narrower, wider in ((domain(term), domain(parent)), (range_of(term), range_of(parent))):
            assert all(ancestors(one) & wider for one in narrower), (term, parent)


# What a fact of each class may have. The extractor's frames and the shapes are held to it.
ROLES = {
    "Event": "actor target beneficiary participant place inResponseTo causedBy subEventOf concerns "
    "reason actionType realis",
    "SanctionsAction": "actor target beneficiary concerns measureType reason programme legalBasis "
    "inResponseTo value unit bound",
    "AgreementAction": "signatory party actor concerns place participant",
    "Meeting": "host participant place concerns",
    "Visit": "actor place host",
    "Vote": "actor participant concerns target",
    "Utterance": "speaker says concerns target",
    "SanctionsMeasure": "imposedBy target measureType reason programme legalBasis status",
    "Designation": "imposedBy target measureType reason programme legalBasis status",
    "Tenure": "holder post",
    "EconomicEffect": "observedFor indicator direction value unit bound approximate causedBy",
    "Judgement": "target characterizedAs",
}
TIMES = "date begin end earliest latest dateText"


@pytest.mark.parametrize("fact", ROLES)
def test_roles_of_facts(fact: str) -> None:
    for role in f"{ROLES[fact]} {TIMES}".split():
        assert ancestors(SAN[fact]) & domain(SAN[role]), role


def test_facts_have_no_roles_of_others() -> None:
    assert not ancestors(SAN.Tenure) & domain(SAN.actor)
    assert not ancestors(SAN.SanctionsMeasure) & domain(SAN.says)
    assert not ancestors(SAN.Meeting) & domain(SAN.signatory)
    assert not ancestors(SAN.Vote) & domain(SAN.measureType)


def test_statements_state_all_facts_and_nothing_else() -> None:
    stated = range_of(SAN.states)
    assert stated == {SAN[fact] for fact in FACTS} | {SAN.Claim}
    assert all(ancestors(SAN[fact]) & stated for fact in ROLES)


def test_reasoning_never_turns_a_claim_into_a_fact() -> None:
    graph = Graph().parse(FOLDER / "examples/valid/reported-claim.ttl")
    claim = URIRef("https://kgapi.example.org/id/event/support-iran-russia")
    for triple in ONTOLOGY:
        graph.add(triple)
    owlrl.DeductiveClosure(owlrl.RDFS_Semantics).expand(graph)
    types = set(graph.objects(claim, RDF.type))
    assert SAN.Claim in types
    assert not types & {SAN[fact] for fact in ROLES}


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda iri: str(iri).removeprefix(VOCAB))
def test_each_concept_is_explained_and_placed(concept: URIRef) -> None:
    scheme, _, notation = str(concept).partition("#")
    assert str(VOCABULARIES.value(concept, SKOS.notation)) == notation
    assert list(VOCABULARIES.objects(concept, SKOS.inScheme)) == [URIRef(scheme)]
    for explanation in (SKOS.prefLabel, SKOS.definition):
        [text] = VOCABULARIES.objects(concept, explanation)
        assert isinstance(text, Literal)
        assert text.language == "en"
    top = set(VOCABULARIES.objects(concept, SKOS.topConceptOf))
    broader = set(VOCABULARIES.objects(concept, SKOS.broader))
    assert top == {URIRef(scheme)} or len(broader) == 1
    assert not (top and broader)
    assert all(str(one).startswith(f"{scheme}#") for one in broader)
    assert broader <= set(CONCEPTS)


def test_the_schemes_are_those_of_the_concepts() -> None:
    assert {str(scheme) for scheme in SCHEMES} == {str(each).partition("#")[0] for each in CONCEPTS}
    for scheme in SCHEMES:
        assert VOCABULARIES.value(scheme, SKOS.prefLabel)
        assert VOCABULARIES.value(scheme, SKOS.definition)


def local_names(iris: set[str]) -> set[str]:
    return {iri.removeprefix(str(SAN)) for iri in iris if iri.startswith(str(SAN))}


def test_horned_owl_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "sanctions.owl"
    ONTOLOGY.serialize(path, format="xml")
    ontology = pyhornedowl.open_ontology_from_file(str(path), "rdf")
    assert local_names(ontology.get_classes()) == {name(term) for term in CLASSES}
    properties = ontology.get_object_properties() | ontology.get_data_properties()
    assert local_names(properties) == {name(term) for term in PROPERTIES}


def test_owlready_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "sanctions.nt"
    ONTOLOGY.serialize(path, format="nt", encoding="utf-8")
    world = owlready2.World()
    world.get_ontology(path.as_uri()).load()
    assert local_names({each.iri for each in world.classes()}) == {name(term) for term in CLASSES}
    properties = {each.iri for each in world.properties()}
    assert local_names(properties) == {name(term) for term in PROPERTIES}
    visit = world[str(SAN.Visit)]
    assert {each.name for each in visit.ancestors()} >= {"Visit", "Meeting", "Event"}
