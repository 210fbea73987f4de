"""The W3C's manifests as values: one Case a test, in the order of the manifests.

The vocabulary is that of the suites themselves: ``mf:`` lists tests, ``qt:`` says what
a query test reads, ``ut:`` what an update test reads and leaves behind.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from urllib.parse import urljoin

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store

from tests.conformance.documents import MEDIA_TYPES, RDF_XML, TURTLE

# Where the files of each suite are meant to be read from.
SUITES = {
    "sparql10": "http://www.w3.org/2001/sw/DataAccess/tests/data-r2/",
    "sparql11": "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/",
}

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
_UT = "http://www.w3.org/2009/sparql/tests/test-update#"

Node = NamedNode | BlankNode | Literal


@dataclass(frozen=True)
class Source:
    """A file of a suite, the IRI that it is read under, and names that it has others for."""

    path: Path
    iri: str
    names: tuple[tuple[str, str], ...] = ()

    @cached_property
    def text(self) -> str:
        # Not read_text: it would turn CR LF, which some tests are about, into LF.
        text = self.path.read_bytes().decode("utf-8")
        for name, other in self.names:
            text = text.replace(name, other)
        return text

    @property
    def with_base(self) -> str:
        """The text of an RDF file, for readers who do not know what it is read under."""
        if self.media_type == RDF_XML:
            return self.text.replace("<rdf:RDF", f'<rdf:RDF xml:base="{self.iri}"', 1)
        # N-Triples have no relative IRIs.
        return f"@base <{self.iri}> .\n{self.text}" if self.media_type == TURTLE else self.text

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.path.suffix]

    def renamed(self, names: Mapping[str, str]) -> "Source":
        """The same with these names replaced by others."""
        return replace(self, names=tuple(names.items()))

    def beside(self, reference: str) -> "Source":
        """The file that a relative reference in this one means."""
        return Source(self.path.parent / reference, urljoin(self.iri, reference))


@dataclass(frozen=True)
class Data:
    """A dataset as files: what the default graph merges, and the named graphs by IRI."""

    default: tuple[Source, ...] = ()
    named: tuple[tuple[str, Source], ...] = ()


@dataclass(frozen=True)
class Case:
    """One test. ``id`` is the folder and the tail of its IRI, ``kind`` the tail of its class."""

    iri: str
    id: str
    kind: str
    request: Source | None
    data: Data
    services: tuple[tuple[str, Source], ...]
    result: Source | None
    after: Data
    lax: bool


def cases(root: Path) -> Iterator[Case]:
    """All tests of the suites that lie in this folder."""
    for suite, base in SUITES.items():
        for path in sorted((root / suite).glob("*/manifest.ttl")):
            yield from _Manifest(root / suite, base, path).cases()


class _Manifest:
    """One manifest file, and the way from its terms to files."""

    def __init__(self, suite: Path, base: str, path: Path) -> None:
        self.suite, self.base, self.folder = suite, base, path.parent
        self.store = Store()
        iri = f"{base}{path.parent.name}/manifest.ttl"
        self.store.load(path=path, format=RdfFormat.TURTLE, base_iri=iri)

    def cases(self) -> Iterator[Case]:
        # Some manifests call themselves by another name than their file's.
        for lists in self.store.quads_for_pattern(None, NamedNode(_MF + "entries"), None):
            assert isinstance(lists.object, Node)
            for entry in self._items(lists.object):
                assert isinstance(entry, NamedNode)
                yield self._case(entry)

    def _case(self, test: NamedNode) -> Case:
        action, result = self._one(test, _MF + "action"), self._one(test, _MF + "result")
        # A syntax test's action is the file itself, an evaluation test's describes more.
        request: Node | None = action if isinstance(action, NamedNode) else None
        request = request or self._one(action, _QT + "query") or self._one(action, _UT + "request")
        kind = self._one(test, _RDF + "type")
        assert isinstance(kind, NamedNode)
        return Case(
            iri=test.value,
            id=f"{self.suite.name}/{self.folder.name}/{test.value.rpartition('#')[2]}",
            kind=kind.value.removeprefix(_MF),
            request=self._source(request) if request else None,
            data=self._data(action),
            services=tuple(self._services(action)),
            result=self._source(result) if isinstance(result, NamedNode) else None,
            after=self._data(result),
            lax=self._one(test, _MF + "resultCardinality") is not None,
        )

    def _data(self, node: Node | None) -> Data:
        default = [*self._all(node, _QT + "data"), *self._all(node, _UT + "data")]
        named = [*self._all(node, _QT + "graphData"), *self._all(node, _UT + "graphData")]
        return Data(
            tuple(self._source(each) for each in default),
            tuple(self._graph(each) for each in named),
        )

    def _graph(self, node: Node) -> tuple[str, Source]:
        """(IRI of the graph, its file): the file's own IRI, or the label in update tests."""
        if isinstance(node, NamedNode):
            return node.value, self._source(node)
        file, label = self._one(node, _UT + "graph"), self._one(node, _RDFS + "label")
        assert isinstance(label, Literal)
        return label.value, self._source(file)

    def _services(self, action: Node | None) -> Iterator[tuple[str, Source]]:
        for service in self._all(action, _QT + "serviceData"):
            endpoint = self._one(service, _QT + "endpoint")
            assert isinstance(endpoint, NamedNode)
            yield endpoint.value, self._source(self._one(service, _QT + "data"))

    def _source(self, node: Node | None) -> Source:
        assert isinstance(node, NamedNode), node
        assert node.value.startswith(self.base), node
        return Source(self.suite / node.value.removeprefix(self.base), node.value)

    def _one(self, subject: Node | None, predicate: str) -> Node | None:
        return next(self._all(subject, predicate), None)

    def _all(self, subject: Node | None, predicate: str) -> Iterator[Node]:
        if isinstance(subject, NamedNode | BlankNode):
            for quad in self.store.quads_for_pattern(subject, NamedNode(predicate), None):
                assert isinstance(quad.object, Node)
                yield quad.object

    def _items(self, head: Node | None) -> Iterator[Node]:
        while (first := self._one(head, _RDF + "first")) is not None:
            yield first
            head = self._one(head, _RDF + "rest")
