"""Our own look-ups find what pyshacl finds, result for result."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from random import Random

import pyshacl
import pytest
from rdflib import RDF, RDFS, SH, SKOS, XSD, BNode, Graph, Literal, Namespace, Node, URIRef

from kgapi.graph import shacl
from kgapi.graph.shacl import Data, Result, Triple
from kgapi.reference import files
from kgapi.reference.turtle import local

SAN = Namespace("https://w3id.org/kgapi/sanctions#")
OA = Namespace("http://www.w3.org/ns/oa#")
FOLDER = files.ontology()
EXAMPLES = sorted(FOLDER.glob("examples/*/*.ttl"))
TANGLED = 400
# Where values have no order pyshacl gives up, or lets pass what SPARQL cannot compare.
COMPARED = {OA.start, OA.end, SAN.earliest, SAN.latest, SAN.confidence}


@cache
def shapes() -> Graph:
    return Graph().parse(FOLDER / "shapes.ttl")


@cache
def background() -> tuple[Triple, ...]:
    ontology = Graph().parse(FOLDER / "sanctions.ttl").parse(FOLDER / "vocabularies.ttl")
    wanted = (RDFS.subClassOf, SKOS.inScheme)
    return tuple(triple for each in wanted for triple in ontology.triples((None, each, None)))


def by_pyshacl(triples: Iterable[Triple]) -> list[Result]:
    data = Graph()
    for triple in (*triples, *background()):
        data.add(triple)
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes(), inplace=True)
    return ordered(result_of(report, node) for node in report.objects(None, SH.result))


def result_of(report: Graph, node: Node) -> Result:
    def held(name: URIRef) -> Node:
        return next(report.objects(node, name))

    path = report.value(node, SH.resultPath)
    return Result(
        focus=held(SH.focusNode),
        path=path if isinstance(path, URIRef) else None,
        value=report.value(node, SH.value),
        severity=local(str(held(SH.resultSeverity))),
        message=str(held(SH.resultMessage)),
        shape=held(SH.sourceShape),
        component=held(SH.sourceConstraintComponent),
    )


def by_look_ups(triples: Iterable[Triple]) -> list[Result]:
    data = Data(triples, Data(background()))
    return ordered(result for shape in shacl.compiled(shapes()) for result in shape.results(data))


def ordered(results: Iterable[Result]) -> list[Result]:
    return sorted(results, key=repr)


@pytest.mark.parametrize("folder", ["valid", "invalid"])
def test_both_find_the_same_in_all_examples_together(folder: str) -> None:
    triples = list(apart(path for path in EXAMPLES if path.parent.name == folder))
    found = by_look_ups(triples)
    assert found == by_pyshacl(triples)
    if folder == "invalid":
        own = set(shapes().subjects(SH.message))
        assert {result.shape for result in found} >= own - WARNED


# Shapes that only warn are broken by examples that are valid.
WARNED = set(shapes().subjects(SH.severity, SH.Warning))


def apart(paths: Iterable[Path]) -> Iterator[Triple]:
    """The triples of all files, the nodes of each renamed so that none says more of another's."""
    for number, path in enumerate(paths):

        def renamed(node: Node, mark: str = f"/{number}") -> Node:
            if isinstance(node, BNode):
                return BNode(f"{node}{mark[1:]}")
            own = isinstance(node, URIRef) and "kgapi.example.org" in node
            return URIRef(f"{node}{mark}") if own else node

        for subject, predicate, value in Graph().parse(path):
            yield renamed(subject), predicate, renamed(value)
            if predicate == SAN.claimedType:
                yield renamed(subject), RDF.type, value


@pytest.mark.parametrize(
    "seed", [1, 2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 20))]
)
def test_both_find_the_same_in_tangled_graphs(seed: int) -> None:
    """Properties taken away, doubled, and given values that belong elsewhere."""
    random = Random(seed)
    graph = list(apart(EXAMPLES))
    nodes = sorted({node for triple in graph for node in triple}, key=str)
    odd = [
        BNode("odd"),
        Literal("1", datatype=XSD.date),
        Literal(""),
        Literal(7),
        Literal("x", "en"),
    ]
    for _ in range(TANGLED):
        at = random.randrange(len(graph))
        subject, predicate, value = graph[at]
        match random.randrange(4) if predicate not in COMPARED else 0:
            case 0:
                graph[at] = graph[-1]
            case 1:
                graph.append((subject, predicate, random.choice(nodes)))
            case 2:
                graph[at] = (subject, predicate, random.choice(odd))
            case _:
                graph.append((random.choice(graph)[0], predicate, value))
    tangled = list(dict.fromkeys(graph))
    found = by_look_ups(tangled)
    assert len(found) > 100
    assert found == by_pyshacl(tangled)


@pytest.mark.parametrize(
    "constraint",
    [
        "sh:uniqueLang true",
        "sh:closed true",
        "sh:nodeKind sh:Literal",
        "sh:path [ sh:zeroOrMorePath rdf:type ]",
    ],
)
def test_a_shape_that_is_not_understood_is_refused(constraint: str) -> None:
    text = f"""
        @prefix sh: <http://www.w3.org/ns/shacl#> .
        @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
        <urn:shape> sh:targetClass <urn:class> ; {constraint} ."""
    with pytest.raises(ValueError, match="not understood"):
        shacl.compiled(Graph().parse(data=text))
