"""/v1/feed: what changed as a Linked Data Event Stream (https://w3id.org/ldes/specification).

Members are versions of facts. They lie on pages of so many changes each, pages in groups, and the
root leads to the groups, each by the time of what is there (TREE). A page that is full never
changes, nor does a group.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from flask import Response, request
from flask.views import MethodView
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kgapi import feeds, media
from kgapi.errors import NotFound
from kgapi.feeds import EVERYTHING, Notice
from kgapi.journal import reads
from kgapi.store import rdf
from kgapi.web.blueprint import Blueprint
from kgapi.web.conditions import FOR_GOOD, is_known, revalidation
from kgapi.web.context import prefixes
from kgapi.web.negotiate import content
from kgapi.web.parts import parts
from kgapi.web.problems import PROBLEM
from kgapi.web.representations import FormArguments, chosen, offering

# Changes on a page, and pages in a group.
PAGE, GROUP = 100, 100
_OFFERS = (media.TURTLE, media.JSON_LD, media.N_QUADS, media.TRIG, media.N_TRIPLES)

blueprint = offering(
    Blueprint("ldes", __name__, url_prefix="/v1/feed", description="What changed as linked data."),
    _OFFERS,
)

_PREFIXES = {
    "as": "https://www.w3.org/ns/activitystreams#",
    "dcterms": "http://purl.org/dc/terms/",
    "ldes": "https://w3id.org/ldes#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "tree": "https://w3id.org/tree#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_EVENTS = {"created": "as:Create", "updated": "as:Update", "deleted": "as:Delete"}


@dataclass(frozen=True, slots=True)
class _Span:
    """A run of changes: those behind ``begin``, as many as there are up to ``size``."""

    name: str
    begin: int
    size: int
    last: int

    @property
    def end(self) -> int:
        return min(self.begin + self.size, self.last)

    @property
    def is_full(self) -> bool:
        return self.begin + self.size <= self.last


_ANSWERS = {
    "responses": {
        "200": {
            "description": "A node of the stream.",
            "content": content(_OFFERS),
        },
        "304": {"description": "You have it already."},
    }
}


@blueprint.route("")
class Root(MethodView):
    @blueprint.arguments(FormArguments, location="query")
    @blueprint.doc(**_ANSWERS)
    @blueprint.response(200)
    @blueprint.alt_response(406, **PROBLEM)
    @blueprint.alt_response(503, **PROBLEM)
    def get(self, _: dict[str, Any]) -> Response:
        """The stream, and the way to all of it."""
        parts().journal.current()
        with parts().journal.reading() as connection:
            last = reads.last(connection)
            groups = _spans("group", 0, last, PAGE * GROUP, last)
            told = [*_stream(), *_node(connection, _address(), groups)]
        return _answer(told, is_full=False)


@blueprint.route("/group/<int:number>")
class Group(MethodView):
    @blueprint.arguments(FormArguments, location="query")
    @blueprint.doc(**_ANSWERS)
    @blueprint.response(200)
    @blueprint.alt_response(404, **PROBLEM)
    @blueprint.alt_response(406, **PROBLEM)
    @blueprint.alt_response(503, **PROBLEM)
    def get(self, _: dict[str, Any], number: int) -> Response:
        """The way to some of its pages."""
        parts().journal.current()
        with parts().journal.reading() as connection:
            span = _span(connection, "group", number, PAGE * GROUP)
            pages = _spans("page", span.begin, span.end, PAGE, span.last)
            told = [*_stream(), *_node(connection, _address(span), pages)]
        return _answer(told, is_full=span.is_full)


@blueprint.route("/page/<int:number>")
class Page(MethodView):
    @blueprint.arguments(FormArguments, location="query")
    @blueprint.doc(**_ANSWERS)
    @blueprint.response(200)
    @blueprint.alt_response(404, **PROBLEM)
    @blueprint.alt_response(406, **PROBLEM)
    @blueprint.alt_response(503, **PROBLEM)
    def get(self, _: dict[str, Any], number: int) -> Response:
        """Some of its members, in the order of time."""
        parts().journal.current()
        with parts().journal.reading() as connection:
            span = _span(connection, "page", number, PAGE)
            told = [*_stream(), *_members(connection, span)]
        return _answer(told, is_full=span.is_full)


def _answer(triples: list[Triple], *, is_full: bool) -> Response:
    form = chosen()
    body = rdf.serialized(triples, form, _PREFIXES | prefixes())
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = revalidation(etag)
    if is_full:
        headers["Cache-Control"] = FOR_GOOD
    if is_known(etag):
        return Response(status=304, headers=headers)
    return Response(body, content_type=form.content_type, headers=headers)


def _span(connection: sqlite3.Connection, name: str, number: int, size: int) -> _Span:
    """The changes of a page or group. Raises NotFound."""
    last = reads.last(connection)
    if number * size >= last:
        raise NotFound(f"the stream has no {name} {number} yet")
    return _Span(f"{name}/{number}", number * size, size, last)


def _spans(name: str, begin: int, end: int, size: int, last: int) -> Iterator[_Span]:
    for place in range(begin, end, size):
        yield _Span(f"{name}/{place // size}", place, size, last)


def _address(span: _Span | None = None) -> NamedNode:
    """The root, or the page or group of a span."""
    return NamedNode(f"{request.url_root}v1/feed{f'/{span.name}' if span else ''}")


def _collection() -> NamedNode:
    return NamedNode(f"{request.url_root}v1/feed#stream")


def _stream() -> Iterator[Triple]:
    """What every node says of the stream."""
    stream, root = _collection(), _address()
    yield Triple(stream, _term("rdf:type"), _term("ldes:EventStream"))
    yield Triple(stream, _term("tree:view"), root)
    for path, term in (
        ("timestampPath", "dcterms:created"),
        ("versionOfPath", "dcterms:isVersionOf"),
        ("versionCreatePath", "rdf:type"),
        ("versionCreateObject", "as:Create"),
        ("versionUpdatePath", "rdf:type"),
        ("versionUpdateObject", "as:Update"),
        ("versionDeletePath", "rdf:type"),
        ("versionDeleteObject", "as:Delete"),
    ):
        yield Triple(stream, _term(f"ldes:{path}"), _term(term))


def _node(
    connection: sqlite3.Connection, node: NamedNode, spans: Iterable[_Span]
) -> Iterator[Triple]:
    """A node that leads to others, by the times of what is there."""
    bounds = [(span, cls, seq) for span in spans for cls, seq in _bounds(span)]
    found = reads.changes(connection, [seq for _, _, seq in bounds])
    times = {change.seq: change.at for change in found}
    yield Triple(node, _term("rdf:type"), _term("tree:Node"))
    for span, cls, seq in bounds:
        relation = BlankNode(f"{cls}{seq}")
        yield Triple(node, _term("tree:relation"), relation)
        yield Triple(relation, _term("rdf:type"), _term(f"tree:{cls}"))
        yield Triple(relation, _term("tree:node"), _address(span))
        yield Triple(relation, _term("tree:path"), _term("dcterms:created"))
        yield Triple(relation, _term("tree:value"), _time(times[seq]))


def _bounds(span: _Span) -> Iterator[tuple[str, int]]:
    """Relations to a run of changes, each with the number of the change that is the bound."""
    yield "GreaterThanOrEqualToRelation", span.begin + 1
    if span.is_full:
        yield "LessThanOrEqualToRelation", span.end


def _members(connection: sqlite3.Connection, span: _Span) -> Iterator[Triple]:
    yield Triple(_address(span), _term("rdf:type"), _term("tree:Node"))
    changes = feeds.selected(connection, EVERYTHING, span.begin, PAGE, until=span.end)
    for change in changes:
        for place, notice in enumerate(feeds.notices(connection, [change])):
            member = NamedNode(f"{_address(span).value}#change-{change.seq}-{place}")
            yield Triple(_collection(), _term("tree:member"), member)
            yield Triple(member, _term("rdf:type"), _term(_EVENTS[feeds.event(connection, notice)]))
            yield from _version(member, notice)


def _version(member: NamedNode, notice: Notice) -> Iterator[Triple]:
    """A version of a fact: where it is from, in which words, and what is said of it."""
    change, fact = notice.change, NamedNode(notice.fact.fact)
    yield Triple(member, _term("dcterms:isVersionOf"), fact)
    yield Triple(member, _term("dcterms:created"), _time(change.at))
    article = parts().iris.article_of(change.graph)
    if article:
        yield Triple(member, _term("dcterms:source"), NamedNode(article))
    for sentence in notice.sentences:
        yield Triple(member, _term("as:summary"), Literal(sentence))
    for triple in sorted(notice.triples, key=str):
        if triple.subject == fact:
            own = rdf.apart(triple, change.seq)
            yield Triple(member, own.predicate, own.object)


def _time(at: str) -> Literal:
    return Literal(at, datatype=_term("xsd:dateTime"))


def _term(name: str) -> NamedNode:
    prefix, _, local = name.partition(":")
    return NamedNode(_PREFIXES[prefix] + local)
