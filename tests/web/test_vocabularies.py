"""/ontology, /vocab, /shapes and /context.jsonld: loaded by the tools that people load them with."""

import re
from pathlib import Path

import owlready2
import pyhornedowl
import pytest
import rdflib
from rdflib.compare import isomorphic
from rdflib.namespace import OWL, RDF, SKOS

from kgapi.reference import files
from tests.conftest import Server

ONTOLOGY = "https://w3id.org/kgapi/sanctions"
VOCAB = "https://w3id.org/kgapi/vocab/"
# What the OWL API sends, on which Protégé and ROBOT stand.
OWL_API = (
    "application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, */*; q=0.09"
)
SYNTAXES = {"ttl": "turtle", "jsonld": "json-ld", "nt": "nt", "rdf": "xml"}
SCHEMES = [
    str(iri).removeprefix(VOCAB)
    for iri in rdflib.Graph()
    .parse(files.ontology("vocabularies.ttl"))
    .subjects(RDF.type, SKOS.ConceptScheme)
]


def file(name: str) -> rdflib.Graph:
    return rdflib.Graph().parse(files.ontology(name))


@pytest.mark.parametrize(
    ("place", "name"),
    [("ontology", "sanctions.ttl"), ("vocab", "vocabularies.ttl"), ("shapes", "shapes.ttl")],
)
@pytest.mark.parametrize("suffix", SYNTAXES)
def test_every_syntax_says_what_the_file_says(
    live: Server, place: str, name: str, suffix: str
) -> None:
    answer = live.http.get(f"/{place}.{suffix}").raise_for_status()
    told = rdflib.Graph().parse(data=answer.text, format=SYNTAXES[suffix])
    assert isomorphic(told, file(name))
    assert answer.headers["Content-Location"] == f"{live.address}{place}.{suffix}"


@pytest.fixture(scope="module")
def for_owl_tools(live: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ontology as a tool of OWL gets it."""
    answer = live.http.get("/ontology", headers={"Accept": OWL_API}).raise_for_status()
    assert answer.headers["Content-Type"] == "application/rdf+xml"
    kept = tmp_path_factory.mktemp("owl") / "ontology.rdf"
    kept.write_bytes(answer.content)
    return kept


def test_horned_owl_loads_what_an_owl_tool_gets(for_owl_tools: Path) -> None:
    loaded = pyhornedowl.open_ontology_from_file(str(for_owl_tools))
    assert str(loaded.get_iri()) == ONTOLOGY
    assert str(loaded.get_version_iri()) == f"{ONTOLOGY}/0.1.0"
    assert f"{ONTOLOGY}#Designation" in loaded.get_classes()
    assert f"{ONTOLOGY}#imposedBy" in loaded.get_object_properties()


def test_owlready_loads_what_an_owl_tool_gets(for_owl_tools: Path) -> None:
    world = owlready2.World()
    loaded = world.get_ontology(for_owl_tools.as_uri()).load()
    designation = world[f"{ONTOLOGY}#Designation"]
    assert designation in loaded.classes()
    assert world[f"{ONTOLOGY}#SanctionsMeasure"] in designation.is_a


def test_each_term_of_the_ontology_has_an_anchor(live: Server) -> None:
    page = live.http.get("/ontology.html").text
    anchors = set(re.findall(r'<section class="term" id="([^"]*)"', page))
    graph = file("sanctions.ttl")
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    terms = {str(iri) for kind in kinds for iri in graph.subjects(RDF.type, kind)}
    own = {iri.removeprefix(f"{ONTOLOGY}#") for iri in terms if iri.startswith(ONTOLOGY)}
    assert anchors == own
    for iri in graph.objects(None, SKOS.definition):
        assert str(iri)[:40].replace('"', "&#34;").replace("'", "&#39;") in page


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_concept_has_an_anchor_on_the_page_of_its_scheme(live: Server, scheme: str) -> None:
    page = live.http.get(f"/vocab/{scheme}.html").text
    anchors = set(re.findall(r'<section class="term" id="([^"]*)"', page))
    concepts = file("vocabularies.ttl").subjects(SKOS.inScheme, rdflib.URIRef(VOCAB + scheme))
    assert anchors == {str(iri).partition("#")[2] for iri in concepts}


@pytest.mark.parametrize("suffix", SYNTAXES)
def test_a_vocabulary_is_its_scheme_and_concepts(live: Server, suffix: str) -> None:
    answer = live.http.get(f"/vocab/action.{suffix}").raise_for_status()
    told = rdflib.Graph().parse(data=answer.text, format=SYNTAXES[suffix])
    whole = file("vocabularies.ttl")
    wanted = {triple for triple in whole if str(triple[0]).split("#")[0] == f"{VOCAB}action"}
    assert set(told) == wanted
    assert answer.links["cite-as"]["url"] == f"{VOCAB}action"


@pytest.mark.parametrize("place", ["ontology", "vocab", "vocab/reason"])
@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "text/turtle"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-triples", "application/n-triples"),
        ("application/rdf+xml", "application/rdf+xml"),
    ],
)
def test_accept_chooses(live: Server, place: str, accept: str, kind: str) -> None:
    answer = live.http.get(f"/{place}", headers={"Accept": accept})
    assert answer.headers["Content-Type"].partition(";")[0] == kind
    assert "Accept" in answer.headers["Vary"]
    again = live.http.get(
        f"/{place}", headers={"Accept": accept, "If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("place", "status"),
    [
        ("vocab/nothing", 404),
        ("vocab/action.png", 404),
        ("ontology.png", 404),
        ("shapes.html", 404),
    ],
)
def test_what_is_not_there(live: Server, place: str, status: int) -> None:
    assert live.http.get(f"/{place}").status_code == status


def test_what_nobody_offers_is_a_406(live: Server) -> None:
    answer = live.http.get("/shapes", headers={"Accept": "image/png"})
    assert answer.status_code == 406


def test_the_context_is_the_one_of_the_ontology(live: Server) -> None:
    answer = live.http.get("/context.jsonld")
    assert answer.headers["Content-Type"] == "application/ld+json"
    assert answer.content == files.ontology("context.jsonld").read_bytes()
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert live.http.get("/context.jsonld", headers=tag).status_code == 304
