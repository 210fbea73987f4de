"""The shapes and rules, each shown to let right graphs pass and to catch wrong ones.

An example is a test case by being there. Comments at the head of the file tell what must be found:
``# breaks: words of a violation's message``, ``# warns: words of a warning's``; nothing else may.
"""

import re
from functools import cache
from pathlib import Path

import pyshacl
import pytest
from rdflib import OWL, RDF, RDFS, SH, Graph, Literal, Namespace, Node, URIRef
from rdflib.collection import Collection
from rdflib.compare import isomorphic

from kgapi.graph import shapes
from kgapi.graph.shapes import Report, Result
from kgapi.reference import files

SAN = Namespace("https://w3id.org/kgapi/sanctions#")
SCHEMA = Namespace("https://schema.org/")
SHAPE = Namespace("https://w3id.org/kgapi/shapes#")
ID = Namespace("https://kgapi.example.org/id/")
FOLDER = files.ontology()
SHAPES = Graph().parse(FOLDER / "shapes.ttl")
ONTOLOGY = Graph().parse(FOLDER / "sanctions.ttl")
RULES = sorted(FOLDER.glob("rules/*.rq"))
VALID = sorted(FOLDER.glob("examples/valid/*.ttl"))
INVALID = sorted(FOLDER.glob("examples/invalid/*.ttl"))
SEVERITY = {"breaks": "Violation", "warns": "Warning"}


def stem(path: Path) -> str:
    return path.stem


@cache
def report_of(path: Path) -> Report:
    return shapes.validate(Graph().parse(path))


def expected(path: Path) -> list[tuple[str, str]]:
    heads = re.findall(r"^# (breaks|warns): (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return [(SEVERITY[kind], words) for kind, words in heads]


def is_meant(result: Result, severity: str, words: str) -> bool:
    return result.severity == severity and words in result.message


@pytest.mark.parametrize("path", VALID, ids=stem)
def test_valid_examples_conform(path: Path) -> None:
    report = report_of(path)
    assert report.conforms, report.text
    assert_exactly(report, expected(path))


@pytest.mark.parametrize("path", INVALID, ids=stem)
def test_invalid_examples_are_caught(path: Path) -> None:
    heads = expected(path)
    assert heads
    report = report_of(path)
    assert report.conforms == all(severity == "Warning" for severity, _ in heads)
    assert_exactly(report, heads)


def assert_exactly(report: Report, heads: list[tuple[str, str]]) -> None:
    for head in heads:
        assert any(is_meant(result, *head) for result in report.results), (head, report.text)
    for result in report.results:
        assert any(is_meant(result, *head) for head in heads), str(result)


def test_each_shape_and_each_rule_catches_something() -> None:
    named = set(SHAPES.subjects(SH.message)) | {SHAPE[path.stem] for path in RULES}
    fired = {result.shape for path in (*VALID, *INVALID) for result in report_of(path).results}
    assert named == fired


def test_shapes_are_shapes() -> None:
    """Against the shapes graph of the SHACL recommendation itself, appendix C."""
    conforms, _, text = pyshacl.validate(
        Graph(), shacl_graph=Graph().parse(FOLDER / "shapes.ttl"), meta_shacl=True
    )
    assert conforms, text


@pytest.mark.parametrize("path", RULES, ids=stem)
def test_rules_have_a_header(path: Path) -> None:
    query = path.read_text(encoding="utf-8")
    head = dict(re.findall(r"^#\+ (\w+): (.+)$", query, re.MULTILINE))
    assert [name for name in head if name != "scope"] == ["summary", "severity", "message"]
    assert head.get("scope", "triple") == "triple"
    assert head["severity"] in {"violation", "warning"}
    assert set(re.findall(r"\{\?(\w+)\}", head["message"])) <= {"focus", "path", "value"}


def test_shapes_agree_with_the_ontology() -> None:
    facts = set(ONTOLOGY.objects(SAN.states, SCHEMA.rangeIncludes)) - {SAN.Claim}
    lower = {each for fact in facts for each in ONTOLOGY.transitive_subjects(RDFS.subClassOf, fact)}
    claimed = SHAPES.value(SHAPE.ClaimedType, SH["in"])
    assert set(items(claimed)) == {
        each for each in lower if (each, RDF.type, OWL.Class) in ONTOLOGY
    }

    roles = set(ONTOLOGY.transitive_subjects(RDFS.subPropertyOf, SAN.involves)) - {SAN.involves}
    events = set(ONTOLOGY.transitive_subjects(RDFS.subClassOf, SAN.Event))
    of_events = {
        role for role in roles if set(ONTOLOGY.objects(role, SCHEMA.domainIncludes)) & events
    }
    path = SHAPES.value(SHAPE.SomebodyInvolved, SH.path)
    assert set(items(SHAPES.value(path, SH.alternativePath))) == of_events


def items(head: Node | None) -> list[Node]:
    assert head is not None
    return list(Collection(SHAPES, head))


MISSING_SENDER = FOLDER / "examples/valid/sender-unknown.ttl"
SELF_SANCTION = FOLDER / "examples/invalid/sender-is-target.ttl"


def test_findings_say_where() -> None:
    [result] = report_of(SELF_SANCTION).results
    assert result.focus == ID["measure/sanctions"]
    assert result.path == SAN.imposedBy
    assert result.value == ID["country/ru"]
    assert result.severity == "Violation"
    assert result.shape == SHAPE.MeasureSenderIsNotTarget
    assert str(result) in report_of(SELF_SANCTION).text


def test_the_report_is_a_shacl_report() -> None:
    broken, warned = report_of(SELF_SANCTION).graph(), report_of(MISSING_SENDER).graph()
    assert list(broken.objects(None, SH.conforms)) == [Literal(False)]
    assert list(warned.objects(None, SH.conforms)) == [Literal(True)]
    assert set(warned.objects(None, SH.resultSeverity)) == {SH.Warning}
    [finding] = broken.objects(None, SH.result)
    assert broken.value(finding, SH.sourceConstraintComponent) == SH.DisjointConstraintComponent
    assert isomorphic(broken, Graph().parse(data=broken.serialize()))


@pytest.mark.parametrize("name", ["nobody-involved", "judgement-told-as-fact"])
def test_the_report_has_paths_of_several_steps(name: str) -> None:
    report = report_of(FOLDER / f"examples/invalid/{name}.ttl")
    [result] = report.results
    assert result.path is None
    graph = report.graph()
    [steps] = graph.objects(None, SH.resultPath)
    assert list(graph.predicate_objects(steps))


def test_the_same_graph_has_the_same_report() -> None:
    path = FOLDER / "examples/invalid/claimed-type-of-an-entity.ttl"
    triples = sorted(Graph().parse(path))
    forwards, backwards = Graph(), Graph()
    for triple in triples:
        forwards.add(triple)
    for triple in reversed(triples):
        backwards.add(triple)
    assert shapes.validate(forwards) == shapes.validate(backwards)


def test_violations_come_first() -> None:
    report = report_of(FOLDER / "examples/invalid/earliest-after-latest.ttl")
    assert [result.severity for result in report.results] == ["Violation", "Warning"]


def test_the_graph_stays_as_it_is() -> None:
    graph, context = Graph().parse(MISSING_SENDER), Graph().parse(SELF_SANCTION)
    before = set(graph), set(context)
    shapes.validate(graph, context)
    assert (set(graph), set(context)) == before


def test_the_context_tells_the_types_of_what_is_only_mentioned() -> None:
    graph = Graph().parse(MISSING_SENDER)
    country = URIRef(ID["country/ir"])
    graph.remove((country, None, None))
    alone = shapes.validate(graph)
    assert "target does not take this kind of value: ir" in alone.text
    context = Graph().add((country, RDF.type, SAN.Country))
    assert shapes.validate(graph, context).conforms


def test_the_context_itself_is_not_judged() -> None:
    context = Graph().parse(SELF_SANCTION)
    graph = Graph().parse(MISSING_SENDER)
    assert shapes.validate(graph, context).conforms


def test_what_is_no_iri_is_found() -> None:
    graph = Graph().parse(MISSING_SENDER)
    graph.add((ID["measure/iran"], RDFS.seeAlso, URIRef("not an IRI")))
    report = shapes.validate(graph)
    assert not report.conforms
    assert "cannot be written as RDF" in report.text


def test_an_empty_graph_breaks_nothing() -> None:
    assert shapes.validate(Graph()) == Report(())


def test_what_was_right_once_is_no_excuse_for_what_is_wrong() -> None:
    """Rules that judge single triples remember the kinds that are right, and those alone."""
    right, wrong = FOLDER / "examples/valid/sender-unknown.ttl", SELF_SANCTION
    for path in (right, wrong, right, wrong):
        graph = Graph().parse(path)
        once = [str(result) for result in shapes.validate(graph).results]
        for subject in sorted(set(graph.subjects()), key=str):
            broken = Graph() + graph
            broken.add((subject, SAN.nowhere, subject))
            for _ in range(2):
                told = [str(each) for each in shapes.validate(broken).results]
                assert set(told) > set(once)
