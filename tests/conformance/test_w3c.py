"""The W3C's suites for SPARQL 1.0 and 1.1, over HTTP."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
from pyoxigraph import BlankNode, NamedNode

from tests.conformance import documents
from tests.conformance.description import described, endpoints, faults
from tests.conformance.documents import Answer, Solutions
from tests.conformance.exclusions import relaxed
from tests.conformance.manifest import Case, Data, Source
from tests.conformance.matching import (
    Row,
    Table,
    Term,
    by_value,
    fits_reduced,
    same_bag,
    same_sequence,
)
from tests.conformance.partners import Partners
from tests.conformance.target import Target

pytestmark = [pytest.mark.conformance, pytest.mark.slow]


def test_w3c(case: Case, target: Target, federation: Partners) -> None:
    match case.kind:
        case "QueryEvaluationTest" | "CSVResultFormatTest":
            _query_evaluation(case, target, federation)
        case "UpdateEvaluationTest":
            _update_evaluation(case, target)
        case "PositiveSyntaxTest" | "PositiveSyntaxTest11" | "PositiveUpdateSyntaxTest11":
            _accepted(case, target, federation)
        case "NegativeSyntaxTest" | "NegativeSyntaxTest11" | "NegativeUpdateSyntaxTest11":
            _refused(case, target)
        case "ServiceDescriptionTest":
            _service_description(case, target)
        case kind:
            raise NotImplementedError(f"no runner for {kind}")


def _query_evaluation(case: Case, target: Target, federation: Partners) -> None:
    assert case.request
    assert case.result
    names = federation.host(dict(case.services), case.request.text)
    request, result = case.request.renamed(names), case.result.renamed(names)
    target.hold(_renamed(_with_from(case), names))
    expected = documents.read(result.text.encode(), result.media_type, result.iri)
    accept = _format_for(expected, result)
    answer = target.ask(_text(request), accept)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].partition(";")[0] == accept
    _same(_read(answer.content, accept), expected, case)


def _update_evaluation(case: Case, target: Target) -> None:
    assert case.request
    target.hold(case.data)
    answer = target.change(_text(case.request))
    assert answer.is_success, f"{answer.status_code} {answer.text}"
    actual, expected = target.quads(), _quads(case.after)
    same = same_bag(actual, expected)
    assert same, _difference(actual, expected)


def _accepted(case: Case, target: Target, federation: Partners) -> None:
    """What is well formed is also carried out, on a dataset without triples.

    So relative IRIs lead to partners, and graphs that are dropped or cleared exist.
    """
    assert case.request
    request = replace(case.request, iri=federation.address + case.request.path.name)
    names = federation.host({}, request.text)
    text = _text(request.renamed(names))
    target.hold(Data())
    if "Update" in case.kind:
        for reference in re.findall(r"\b(?:DROP|CLEAR) +GRAPH +<([^>]+)>", text):
            target.change(f"CREATE SILENT GRAPH <{urljoin(request.iri, reference)}>")
        answer = target.change(text)
    else:
        answer = target.ask(text, f"{documents.JSON}, {documents.TURTLE}")
    assert answer.is_success, f"{answer.status_code} {answer.text}"


def _refused(case: Case, target: Target) -> None:
    """What is not well formed is a 400 (Protocol sections 2.1.7 and 2.2.5) and changes nothing."""
    assert case.request
    target.hold(Data())
    ask = target.change if "Update" in case.kind else target.ask
    answer = ask(_text(case.request))
    assert answer.status_code == 400, f"{answer.status_code} {answer.text}"
    assert not target.quads(), "a refused request left something behind"


def _service_description(case: Case, target: Target) -> None:
    """The three tests are told in words only; their names say what they ask."""
    match case.id.rpartition("/")[2]:
        case "returns-rdf":
            assert described(target)
        case "has-endpoint-triple":
            assert target.query in endpoints(described(target))
        case "conforms-to-schema":
            assert not faults(described(target))
        case name:
            raise NotImplementedError(name)


def _read(data: bytes, media_type: str) -> Answer:
    try:
        return documents.read(data, media_type)
    except (ElementTree.ParseError, SyntaxError, ValueError) as error:
        raise AssertionError(f"the answer is not well formed: {error}\n{data!r}") from error


def _same(actual: Answer, expected: Answer, case: Case) -> None:
    assert case.request
    assert type(actual) is type(expected)
    if isinstance(actual, bool) or isinstance(expected, bool):
        assert actual == expected
        return
    compare: Callable[[Table, Table], bool] = same_bag
    if isinstance(actual, Solutions) and isinstance(expected, Solutions):
        assert set(actual.variables) == set(expected.variables)
        if case.lax:
            compare = fits_reduced
        elif expected.ordered or _is_ordered(case.request.text):
            compare = same_sequence
    found, wanted = actual.table(), expected.table()
    same = compare(found, wanted)
    if case.iri in relaxed():
        assert not same, "the exact answer: take this test off the list of relaxations"
        found, wanted = by_value(found), by_value(wanted)
        same = compare(found, wanted)
    assert same, _difference(found, wanted)


def _difference(actual: Table, expected: Table) -> str:
    """What a reader wants to see first: the rows that have no counterpart, in N-Triples' terms."""
    lines = [
        f"{sign} {' '.join(map(str, row))}"
        for sign, rows in (
            ("missing: ", Counter(expected) - Counter(actual)),
            ("too much:", Counter(actual) - Counter(expected)),
        )
        for row in rows.elements()
    ]
    return "\n".join(lines) or "the same rows in another order"


def _format_for(expected: Answer, result: Source) -> str:
    """The format to ask for: that of the expected document, where it is one a server can give."""
    if isinstance(expected, documents.Triples):
        return documents.TURTLE
    return documents.JSON if result.path.suffix in {".ttl", ".rdf"} else result.media_type


def _text(request: Source) -> str:
    # Relative IRIs are meant to be relative to the file.
    return f"BASE <{request.iri}>\n{request.text}"


def _is_ordered(query: str) -> bool:
    """Whether ORDER BY stands after the outermost pattern, not in a sub-query of it."""
    return re.search(r"\bORDER\s+BY\b", query.rpartition("}")[2], re.IGNORECASE) is not None


def _with_from(case: Case) -> Data:
    """The dataset of a query test; files that FROM names are graphs of it."""
    assert case.request
    named = dict(case.data.named)
    for reference in re.findall(r"\bFROM\s+(?:NAMED\s+)?<([^>]+)>", case.request.text):
        source = case.request.beside(reference)
        named.setdefault(source.iri, source)
    return Data(case.data.default, tuple(named.items()))


def _renamed(data: Data, names: dict[str, str]) -> Data:
    return Data(
        tuple(source.renamed(names) for source in data.default),
        tuple((name, source.renamed(names)) for name, source in data.named),
    )


def _quads(data: Data) -> Table:
    graphs: list[tuple[Term, Source]] = [(None, source) for source in data.default]
    graphs += [(NamedNode(name), source) for name, source in data.named]
    rows: set[Row] = set()
    for place, (graph, source) in enumerate(graphs):
        for row in documents.triples(source.text.encode(), source.media_type, source.iri):
            rows.add((graph, *(_apart(term, place) for term in row)))
    return list(rows)


def _apart(term: Term, place: int) -> Term:
    """Blank nodes of one file are none of another's."""
    return BlankNode(f"f{place}{term.value}") if isinstance(term, BlankNode) else term
