"""Answers as values, read without the engine's help from every format the standard has.

SPARQL 1.1 Query Results JSON, CSV and TSV, SPARQL Query Results XML, the result-set vocabulary
that older tests are written in, and RDF graphs. Lexical forms are kept as they stand.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from tests.conformance.matching import Row, Table, Term

_XSD = "http://www.w3.org/2001/XMLSchema#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
_SRX = "{http://www.w3.org/2005/sparql-results#}"

XML = "application/sparql-results+xml"
JSON = "application/sparql-results+json"
CSV = "text/csv"
TSV = "text/tab-separated-values"
TURTLE = "text/turtle"
RDF_XML = "application/rdf+xml"
MEDIA_TYPES = {
    ".srx": XML, ".srj": JSON, ".csv": CSV, ".tsv": TSV,
    ".ttl": TURTLE, ".rdf": RDF_XML, ".nt": "application/n-triples",
}  # fmt: skip


@dataclass(frozen=True)
class Solutions:
    """What SELECT gives. ``ordered`` where the document itself numbers its rows."""

    variables: Sequence[str]
    rows: Sequence[Mapping[str, Term]]
    ordered: bool = False

    def table(self) -> Table:
        """Rows with their columns in the order of the variables' names."""
        names = sorted({*self.variables, *(name for row in self.rows for name in row)})
        return [tuple(row.get(name) for name in names) for row in self.rows]


@dataclass(frozen=True)
class Triples:
    """What CONSTRUCT gives; a graph is a set."""

    rows: frozenset[Row]

    def table(self) -> Table:
        return list(self.rows)


Answer = Solutions | Triples | bool


def read(data: bytes, media_type: str, base: str | None = None) -> Answer:
    """The answer that a document of this media type holds."""
    match media_type:
        case "application/sparql-results+json":
            return _json(json.loads(data))
        case "application/sparql-results+xml":
            return _xml(ElementTree.fromstring(data))
        case "text/csv":
            return _csv(data.decode("utf-8"))
        case "text/tab-separated-values":
            return _tsv(data.decode("utf-8"))
    graph = triples(data, media_type, base)
    results = [s for s, p, o in graph if p == _node(_RDF, "type") and o == _node(_RS, "ResultSet")]
    return _result_set(results[0], graph) if results else Triples(frozenset(graph))


def triples(data: bytes, media_type: str, base: str | None = None) -> list[Row]:
    """The triples of an RDF document, none twice."""
    form = RdfFormat.from_media_type(media_type)
    assert form, media_type
    return list(dict.fromkeys(tuple(quad.triple) for quad in parse(data, form, base_iri=base)))


def _json(document: Any) -> Solutions | bool:
    """SPARQL 1.1 Query Results JSON section 3."""
    if "boolean" in document:
        assert isinstance(document["boolean"], bool)
        return document["boolean"]
    rows = [
        {name: _json_term(term) for name, term in binding.items()}
        for binding in document["results"]["bindings"]
    ]
    return Solutions(document["head"]["vars"], rows)


def _json_term(term: dict[str, str]) -> Term:
    match term["type"]:
        case "uri":
            return NamedNode(term["value"])
        case "bnode":
            return BlankNode(_label(term["value"]))
        # "typed-literal" is the working draft's word, section 3.2.2 of 2007.
        case "literal" | "typed-literal":
            return _literal(term["value"], term.get("datatype"), term.get("xml:lang"))
    raise AssertionError(f"no such kind of term: {term}")


def _xml(root: ElementTree.Element) -> Solutions | bool:
    """SPARQL Query Results XML section 2."""
    assert root.tag == f"{_SRX}sparql", root.tag
    truth = root.find(f"{_SRX}boolean")
    if truth is not None:
        return (truth.text or "").strip() == "true"
    names = [each.attrib["name"] for each in root.iterfind(f"{_SRX}head/{_SRX}variable")]
    rows = [
        {each.attrib["name"]: _xml_term(each[0]) for each in result}
        for result in root.iterfind(f"{_SRX}results/{_SRX}result")
    ]
    return Solutions(names, rows)


def _xml_term(element: ElementTree.Element) -> Term:
    text = element.text or ""
    match element.tag.removeprefix(_SRX):
        case "uri":
            return NamedNode(text)
        case "bnode":
            return BlankNode(_label(text))
        case "literal":
            language = element.get("{http://www.w3.org/XML/1998/namespace}lang")
            return _literal(text, element.get("datatype"), language)
    raise AssertionError(f"no such kind of term: {element.tag}")


def _csv(text: str) -> Solutions:
    """SPARQL 1.1 CSV section 3: values without their kind, so each is a string or a blank node."""
    names, *lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    return Solutions(names, [dict(zip(names, map(_csv_term, line), strict=True)) for line in lines])


def _csv_term(text: str) -> Term:
    return BlankNode(_label(text[2:])) if text.startswith("_:") else Literal(text)


def _tsv(text: str) -> Solutions:
    """SPARQL 1.1 TSV section 4: terms as in Turtle, nothing where unbound."""
    header, *lines = text.rstrip("\r\n").split("\n")
    names = [name.removeprefix("?") for name in header.split("\t")]
    rows = []
    for line in lines:
        fields = line.rstrip("\r").split("\t")
        bound = zip(names, fields, strict=True)
        rows.append({name: _turtle_term(field) for name, field in bound if field})
    return Solutions(names, rows)


def _turtle_term(text: str) -> Term:
    if text.startswith("_:"):
        return BlankNode(_label(text[2:]))
    document = f"<x:s> <x:p> {text} .".encode()
    ((_, _, term),) = triples(document, TURTLE)
    return term


def _result_set(result: Term, graph: Sequence[Row]) -> Solutions | bool:
    """The vocabulary of DAWG's result sets, with rs:index where order counts."""

    def values(subject: Term, name: str) -> Iterator[Term]:
        return (o for s, p, o in graph if s == subject and p == _node(_RS, name))

    for truth in values(result, "boolean"):
        assert isinstance(truth, Literal)
        return truth.value in {"true", "1"}
    rows, places = [], []
    for solution in values(result, "solution"):
        places += [
            int(place.value) for place in values(solution, "index") if isinstance(place, Literal)
        ]
        row = {}
        for binding in values(solution, "binding"):
            (name,), (term,) = values(binding, "variable"), values(binding, "value")
            assert isinstance(name, Literal)
            row[name.value] = term
        rows.append(row)
    names = [each.value for each in values(result, "resultVariable") if isinstance(each, Literal)]
    if places:
        assert len(places) == len(rows), "some rows have an index, others not"
        rows = [row for _, row in sorted(zip(places, rows, strict=True), key=lambda pair: pair[0])]
    return Solutions(names, rows, ordered=bool(places))


def _literal(value: str, datatype: str | None, language: str | None) -> Literal:
    if language:
        return Literal(value, language=language)
    return Literal(value, datatype=NamedNode(datatype or f"{_XSD}string"))


def _label(text: str) -> str:
    """A label that every reader takes: documents may use characters that Turtle's labels lack."""
    return "b" + re.sub(r"[^A-Za-z0-9]", lambda found: f"x{ord(found[0]):x}x", text)


def _node(namespace: str, name: str) -> NamedNode:
    return NamedNode(namespace + name)
