"""The JSON-LD context: short keys for all terms, and the same triples as the Turtle."""

import json
from pathlib import Path
from typing import Any

import pytest
from rdflib import OWL, RDF, SKOS, Graph, Namespace, URIRef
from rdflib.compare import isomorphic

from kgapi.reference import files

# rdflib's own JSON-LD parser still uses the class that rdflib advises against.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")

SAN = Namespace("https://w3id.org/kgapi/sanctions#")
VOCAB = "https://w3id.org/kgapi/vocab/"
FOLDER = files.ontology()
ONTOLOGY = Graph().parse(FOLDER / "sanctions.ttl")
VOCABULARIES = Graph().parse(FOLDER / "vocabularies.ttl")


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), "a key stands twice in an object"
    return dict(pairs)


TEXT = (FOLDER / "context.jsonld").read_text(encoding="utf-8")
CONTEXT = json.loads(TEXT, object_pairs_hook=unique)["@context"]


def expand(**document: Any) -> Graph:
    text = json.dumps({"@context": CONTEXT, "id": "https://kgapi.example.org/id/x", **document})
    return Graph().parse(data=text, format="json-ld")


def own(*kinds: URIRef) -> list[str]:
    terms = {str(term) for kind in kinds for term in ONTOLOGY.subjects(RDF.type, kind)}
    return sorted(term.removeprefix(str(SAN)) for term in terms if term.startswith(str(SAN)))


@pytest.mark.parametrize("name", own(OWL.Class))
def test_each_class_is_a_type(name: str) -> None:
    assert set(expand(type=name).objects(None, RDF.type)) == {SAN[name]}


CONCEPTS_OF = {
    "actionType": "action",
    "measureType": "measure",
    "reason": "reason",
    "status": "status",
    "realis": "realis",
    "modality": "modality",
    "indicator": "indicator",
    "direction": "direction",
    "unit": "unit",
    "bound": "bound",
    "zone": "zone",
    "verdict": "verdict",
}


@pytest.mark.parametrize("name", own(OWL.ObjectProperty))
def test_each_object_property_leads_to_a_node(name: str) -> None:
    [value] = expand(**{name: "https://kgapi.example.org/id/y"}).objects(None, SAN[name])
    assert value == URIRef("https://kgapi.example.org/id/y")


@pytest.mark.parametrize("name", own(OWL.DatatypeProperty))
def test_each_datatype_property_has_a_value(name: str) -> None:
    [value] = expand(**{name: {"@value": "2018", "type": "xsd:gYear"}}).objects(None, SAN[name])
    assert str(value) == "2018"


@pytest.mark.parametrize(("name", "scheme"), CONCEPTS_OF.items())
def test_concepts_go_by_their_notation(name: str, scheme: str) -> None:
    concepts = set(VOCABULARIES.subjects(SKOS.inScheme, URIRef(VOCAB + scheme)))
    assert concepts
    for concept in concepts:
        notation = str(VOCABULARIES.value(concept, SKOS.notation))
        assert set(expand(**{name: notation}).objects(None, SAN[name])) == {concept}


def test_terms_go_by_their_local_name() -> None:
    graph = expand(claimedType="SanctionsAction", inferred=["actor", "target"])
    assert set(graph.objects(None, SAN.claimedType)) == {SAN.SanctionsAction}
    assert set(graph.objects(None, SAN.inferred)) == {SAN.actor, SAN.target}


def test_the_end_of_a_passage_is_not_the_end_of_a_fact() -> None:
    oa = Namespace("http://www.w3.org/ns/oa#")
    passage = expand(type="Passage", start=0, end=4)
    assert [value.toPython() for value in passage.objects(None, oa.end)] == [4]
    fact = expand(type="SanctionsMeasure", end={"@value": "2019-01-27", "type": "xsd:date"})
    assert list(fact.objects(None, SAN.end))


@pytest.mark.parametrize(
    "path", sorted(FOLDER.glob("examples/valid/*.jsonld")), ids=lambda p: p.stem
)
def test_json_ld_says_what_the_turtle_says(path: Path) -> None:
    assert isomorphic(
        Graph().parse(path, format="json-ld"), Graph().parse(path.with_suffix(".ttl"))
    )


@pytest.mark.parametrize("path", sorted(FOLDER.glob("examples/valid/*.ttl")), ids=lambda p: p.stem)
def test_turtle_survives_the_way_through_json_ld(path: Path) -> None:
    graph = Graph().parse(path)
    document = graph.serialize(format="json-ld", context=CONTEXT)
    assert isomorphic(graph, Graph().parse(data=document, format="json-ld"))
