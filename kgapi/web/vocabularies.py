"""/ontology, /vocab, /shapes and /context.jsonld: the words in which everything here is said."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from flask import Response, request
from flask.views import MethodView

from kgapi import __version__, media
from kgapi.errors import NotFound
from kgapi.graph.vocab import SCHEMES
from kgapi.media import MediaType
from kgapi.queries.descriptions import text
from kgapi.reference import files, terms
from kgapi.reference.turtle import local
from kgapi.store import rdf
from kgapi.web import context
from kgapi.web.blueprint import Blueprint
from kgapi.web.body import url_parameters
from kgapi.web.conditions import is_known, revalidation
from kgapi.web.html import page
from kgapi.web.negotiate import choice, content
from kgapi.web.problems import PROBLEM
from kgapi.web.signposting import OFFERS, link

blueprint = Blueprint("vocabularies", __name__, description="The ontology and its vocabularies.")

_ONTOLOGY = "https://w3id.org/kgapi/sanctions"
_SHAPES = "https://w3id.org/kgapi/shapes"
_VOCAB = str(SCHEMES)
_OWL = "http://www.w3.org/2002/07/owl#"
_ANSWER = {
    "200": {
        "description": "The terms, for programs and for people.",
        "content": content(OFFERS),
    }
}


@dataclass(frozen=True, slots=True)
class Source:
    """What is served under one address: a file, or the part of it about one subject.

    ``path`` is the address without suffix, ``iri`` what it is called everywhere.
    """

    path: str
    iri: str
    file: str
    part: str = ""


_OF_ONTOLOGY = Source("ontology", _ONTOLOGY, "sanctions.ttl")
_OF_VOCABULARIES = Source("vocab", _VOCAB, "vocabularies.ttl")
_OF_SHAPES = Source("shapes", _SHAPES, "shapes.ttl")


@blueprint.route("/ontology")
@blueprint.route("/ontology.<suffix>")
class Ontology(MethodView):
    @blueprint.doc(responses=_ANSWER)
    @blueprint.alt_response(404, **PROBLEM)
    @blueprint.alt_response(406, **PROBLEM)
    def get(self, suffix: str = "") -> Response:
        """The ontology: classes and properties, in OWL and as a page with an anchor for each."""
        return _served(_OF_ONTOLOGY, suffix, lambda: _explained("ontology.html", _ontology()))


@blueprint.route("/vocab")
@blueprint.route("/vocab.<suffix>")
class Vocabularies(MethodView):
    @blueprint.doc(responses=_ANSWER)
    @blueprint.alt_response(404, **PROBLEM)
    @blueprint.alt_response(406, **PROBLEM)
    def get(self, suffix: str = "") -> Response:
        """All vocabularies, in SKOS and as a page."""
        schemes = [each for each in terms.vocabularies() if each.kind == "scheme"]
        told = {"title": "Vocabularies", "schemes": schemes, "count": _sizes()}
        return _served(_OF_VOCABULARIES, suffix, lambda: _explained("vocabularies.html", told))


@blueprint.route("/vocab/<name>")
class Vocabulary(MethodView):
    @blueprint.doc(responses=_ANSWER)
    @blueprint.alt_response(404, **PROBLEM)
    @blueprint.alt_response(406, **PROBLEM)
    def get(self, name: str) -> Response:
        """One vocabulary and its concepts, in SKOS and as a page with an anchor for each."""
        stem, _, suffix = name.partition(".")
        scheme = next((each for each in terms.vocabularies() if each.iri == _VOCAB + stem), None)
        if scheme is None:
            raise NotFound(f"there is no vocabulary {stem}; /vocab lists them")
        source = Source(f"vocab/{stem}", scheme.iri, "vocabularies.ttl", scheme.iri)
        concepts = [each for each in terms.vocabularies() if each.scheme == scheme.iri]
        told = {"title": scheme.label, "scheme": scheme, "concepts": concepts}
        return _served(source, suffix, lambda: _explained("vocabulary.html", told))


@blueprint.route("/shapes")
@blueprint.route("/shapes.<suffix>")
class Shapes(MethodView):
    @blueprint.doc(responses=_ANSWER)
    @blueprint.alt_response(404, **PROBLEM)
    @blueprint.alt_response(406, **PROBLEM)
    def get(self, suffix: str = "") -> Response:
        """What the graph of an article must look like, in SHACL."""
        return _served(_OF_SHAPES, suffix, None)


@blueprint.route("/context.jsonld")
class Context(MethodView):
    @blueprint.doc(
        responses={
            "200": {
                "description": "The context.",
                "content": {media.JSON_LD.type: {"schema": {"type": "object"}}},
            }
        }
    )
    def get(self) -> Response:
        """The JSON-LD context of every document here."""
        etag = f'W/"{_digest(context.FILE)}"'
        headers = revalidation(etag)
        if is_known(etag):
            return Response(status=304, headers=headers)
        data = _bytes(context.FILE)
        return Response(data, content_type=media.JSON_LD.type, headers=headers)


def _served(source: Source, suffix: str, explain: Callable[[], Response] | None) -> Response:
    """A source in the representation asked for; ``explain`` makes its page, where it has one."""
    offers = OFFERS if explain else media.GRAPHS
    if suffix and suffix not in {offer.name for offer in offers}:
        raise NotFound(f"there is no {source.path}.{suffix}")
    choose = media.named(suffix) if suffix else choice(url_parameters())
    chosen = choose(offers)
    here = f"{request.url_root}{source.path}"
    etag = f'W/"{_digest(source.file)}-{chosen.name}"'
    headers = {
        "Vary": "Accept",
        "Content-Location": f"{here}.{chosen.name}",
        "Link": ", ".join(_links(source.iri, here, chosen, offers)),
        **revalidation(etag),
    }
    if is_known(etag):
        return Response(status=304, headers=headers)
    answer = explain() if explain and chosen is media.HTML else _data(source, chosen)
    answer.headers.update(headers)
    return answer


def _links(iri: str, here: str, chosen: MediaType, offers: tuple[MediaType, ...]) -> Iterator[str]:
    yield link(iri, "cite-as")
    for offer in offers:
        if offer is not chosen:
            yield link(f"{here}.{offer.name}", "alternate", type=offer.type)


def _data(source: Source, chosen: MediaType) -> Response:
    data = _written(source.file, source.part, chosen)
    return Response(data, content_type=chosen.content_type)


@cache
def _bytes(file: str) -> bytes:
    """A file as it was when it was first asked for, as all that is made of it is."""
    return files.ontology(file).read_bytes()


@cache
def _digest(file: str) -> str:
    """What changes with a file, and with whoever presents it."""
    return sha256(__version__.encode() + _bytes(file)).hexdigest()[:16]


@cache
def _written(file: str, part: str, chosen: MediaType) -> bytes:
    """A file in a syntax; in Turtle, and whole, it is as its authors wrote it."""
    data = _bytes(file)
    if chosen is media.TURTLE and not part:
        return data
    triples = [
        each
        for each in rdf.read(data, media.TURTLE)
        if not part or _is_of(part, text(each.subject))
    ]
    return rdf.serialized(triples, chosen, context.prefixes() | {"owl": _OWL})


def _is_of(scheme: str, subject: str) -> bool:
    return subject == scheme or subject.startswith(f"{scheme}#")


def _explained(template: str, told: Mapping[str, Any]) -> Response:
    return page(template, offers=OFFERS, labels=terms.labels(), **told)


@cache
def _ontology() -> Mapping[str, Any]:
    """The ontology as its page tells it: what it is, and its terms by kind."""
    about = {
        local(each.predicate.value): text(each.object)
        for each in rdf.read(_bytes(_OF_ONTOLOGY.file), media.TURTLE)
        if text(each.subject) == _ONTOLOGY
    }
    known = terms.ontology()
    return {
        "title": about["title"],
        "about": about,
        "sections": [
            (kind, [each for each in known if each.kind == kind])
            for kind in ("class", "object property", "datatype property")
        ],
        "below": _below(known),
        "of_class": _of_class(known),
    }


def _below(known: tuple[terms.Term, ...]) -> dict[str, list[str]]:
    """The terms right below each, by IRI."""
    found: dict[str, list[str]] = {}
    for each in known:
        for parent in each.parents:
            found.setdefault(parent, []).append(each.iri)
    return found


def _of_class(known: tuple[terms.Term, ...]) -> dict[str, list[str]]:
    """The properties that each class has for itself, by IRI."""
    found: dict[str, list[str]] = {}
    for each in known:
        for owner in each.domain:
            found.setdefault(owner, []).append(each.iri)
    return found


def _sizes() -> dict[str, int]:
    """How many concepts each scheme has, by IRI."""
    found: dict[str, int] = {}
    for each in terms.vocabularies():
        found[each.scheme] = found.get(each.scheme, 0) + 1
    return found
