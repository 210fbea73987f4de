"""RDF 1.2: statements as reifiers say what the graphs of articles say, and can be turned back."""

import gzip
from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from kgapi.exports.datasets import RDF, reified
from kgapi.graph.vocab import SAN
from kgapi.reference import files
from tests.conftest import BASE
from tests.exports.conftest import Exported

TYPE, REIFIES = ox.NamedNode(f"{RDF}type"), ox.NamedNode(f"{RDF}reifies")
CLAIM, CLAIMED_TYPE = ox.NamedNode(SAN.Claim), ox.NamedNode(SAN.claimedType)
ASSERTING = {"https://w3id.org/kgapi/vocab/modality#stated"}


def turned_back(triples: Iterable[ox.Triple]) -> set[ox.Triple]:
    """A graph of statements and claims from one in RDF 1.2: what is reified and not asserted is a
    claim of its subject."""
    held = set(triples)
    plain = {triple for triple in held if triple.predicate != REIFIES}
    inner = {triple.object for triple in held if triple.predicate == REIFIES}
    for triple in inner - plain:
        assert isinstance(triple, ox.Triple)
        if triple.predicate == TYPE:
            plain |= {
                ox.Triple(triple.subject, TYPE, CLAIM),
                ox.Triple(triple.subject, CLAIMED_TYPE, triple.object),
            }
        else:
            plain.add(triple)
    return plain


def by_graph(data: bytes) -> dict[object, set[ox.Triple]]:
    found: dict[object, set[ox.Triple]] = defaultdict(set)
    for quad in ox.parse(gzip.decompress(data), ox.RdfFormat.N_QUADS):
        found[quad.graph_name].add(quad.triple)
    return found


def test_it_turns_back_into_the_very_graphs(exported: Exported) -> None:
    graphs = by_graph(exported("dataset.nq.gz"))
    again = by_graph(exported("reified.nq.gz"))
    assert again.keys() == graphs.keys()
    assert len(graphs) == 22
    for name, triples in again.items():
        assert turned_back(triples) == graphs[name], name


def test_the_examples_of_the_ontology_turn_back() -> None:
    for path in sorted(files.ontology("examples").glob("valid/*.ttl")):
        graph = {quad.triple for quad in ox.parse(path=path, base_iri=BASE)}
        assert turned_back(reified(graph)) == graph, path.name


def test_every_syntax_holds_the_same_triples(exported: Exported) -> None:
    wanted = {str(t) for each in by_graph(exported("reified.nq.gz")).values() for t in each}
    for name, syntax in (
        ("reified.nt", ox.RdfFormat.N_TRIPLES),
        ("reified.ttl", ox.RdfFormat.TURTLE),
    ):
        found = {str(quad.triple) for quad in ox.parse(exported(name), syntax)}
        assert {each for each in found if "_:" not in each} == {
            each for each in wanted if "_:" not in each
        }
        assert len(found) == len(wanted)


def test_each_statement_reifies_its_fact_and_only_claims_are_not_asserted(
    exported: Exported,
) -> None:
    store = ox.Store()
    store.load(exported("reified.nt"), ox.RdfFormat.N_TRIPLES)
    query = """
        PREFIX san: <https://w3id.org/kgapi/sanctions#>
        PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        SELECT ?statement ?modality (EXISTS { ?fact a ?class } AS ?asserted)
        WHERE {
          ?statement san:states ?fact ; san:modality ?modality ; rdf:reifies <<( ?fact a ?class )>>
        }"""
    found = list(store.query(query))  # type: ignore[call-overload]
    statements = {row["statement"] for row in found}
    assert statements == {
        quad.subject for quad in store.quads_for_pattern(None, ox.NamedNode(SAN.states), None)
    }
    unasserted = {row["modality"].value for row in found if row["asserted"].value == "false"}
    assert unasserted
    assert not unasserted & ASSERTING
    assert not list(store.quads_for_pattern(None, TYPE, CLAIM))
