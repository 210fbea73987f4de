"""/id and /doc: every IRI that is minted here leads to a document (W3C Note: Cool URIs)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import pyoxigraph as ox
from flask import Response, redirect, request
from flask.typing import ResponseReturnValue
from flask.views import MethodView
from marshmallow import fields

from kgapi import media
from kgapi.errors import BadRequest, NotFound
from kgapi.queries.descriptions import FULL, RDF_TYPE, Description, describe, links_page
from kgapi.store import rdf
from kgapi.web import framing, profiles
from kgapi.web.addresses import here
from kgapi.web.blueprint import Blueprint
from kgapi.web.body import url_parameters
from kgapi.web.conditions import is_known, journal_tag, revalidation
from kgapi.web.context import FILE, expanded, prefixes, term
from kgapi.web.negotiate import choice, content
from kgapi.web.parts import parts
from kgapi.web.portraits import portrait
from kgapi.web.problems import PROBLEM
from kgapi.web.representations import FormArguments
from kgapi.web.signposting import OFFERS, Document, link

blueprint = Blueprint(
    "documents", __name__, description="Linked data: a document for everything that has an IRI."
)

_VARY = "Accept, Accept-Profile"
_ANSWER = {
    "200": {
        "description": "What is told of the thing.",
        "content": content(OFFERS),
    },
    "304": {"description": "You have it already: nothing was written since."},
}


class DocumentArguments(FormArguments):
    """Which part of a document, in which representation."""

    profile = fields.String(
        data_key="_profile",
        metadata={"description": "full, brief, labels or prov; wins over Accept-Profile."},
    )
    link = fields.String(
        metadata={"description": "A property: a page of whoever points at the thing by it."}
    )
    after = fields.String(
        load_default="", metadata={"description": "Where that page begins; take it from the link."}
    )


@blueprint.route("/id/<kind>/<key>")
class Identifier(MethodView):
    @blueprint.doc(responses={"303": {"description": "The document about the thing."}})
    def get(self, kind: str, key: str) -> ResponseReturnValue:
        """A thing is not its document: from the one to the other (303)."""
        query = f"?{request.query_string.decode()}" if request.query_string else ""
        place = f"{here(_thing(kind, key))}{query}"
        answer = redirect(place, 303)
        answer.headers["Link"] = link(place, "describedby")
        answer.headers["Vary"] = _VARY
        return answer


@blueprint.route("/graph/<path:name>")
class GraphIdentifier(MethodView):
    @blueprint.doc(responses={"303": {"description": "The graph."}})
    def get(self, name: str) -> ResponseReturnValue:
        """From the IRI of a named graph to its triples (303)."""
        graph = quote(str(parts().iris.graph(name)), safe="")
        return redirect(f"{request.url_root}graphs?graph={graph}", 303)


@blueprint.route("/doc/<kind>/<key>")
class ThingDocument(MethodView):
    @blueprint.arguments(DocumentArguments, location="query")
    @blueprint.doc(responses=_ANSWER)
    @blueprint.alt_response(400, **PROBLEM)
    @blueprint.alt_response(404, **PROBLEM)
    @blueprint.alt_response(406, **PROBLEM)
    @blueprint.alt_response(503, **PROBLEM)
    def get(self, arguments: dict[str, Any], kind: str, key: str) -> Response:
        """What is told of a thing, by Accept, by `format`, or by suffix.

        Suffixes are `.ttl`, `.jsonld`, `.nt`, `.rdf` and `.html`.
        """
        name, suffix = _split(key)
        query, thing = _query(arguments), _thing(kind, name)
        choose = media.named(suffix) if suffix else choice(url_parameters())
        document = Document(
            root=request.url_root,
            address=here(thing),
            query=query,
            thing=thing,
            media_type=choose(OFFERS),
            profile=FULL if query else profiles.chosen(arguments.get("profile")),
        )
        etag = journal_tag(f"{document.media_type.name}-{document.profile.name}")
        headers = {
            "Vary": _VARY,
            "Content-Location": document.location,
            "Content-Profile": f"<{document.profile.iri}>",
            **revalidation(etag),
        }
        if is_known(etag):
            return Response(status=304, headers=headers)
        answer = _answer(document, _described(document, arguments))
        answer.headers.update(headers)
        return answer


def _thing(kind: str, key: str) -> str:
    return str(parts().iris.thing(f"{kind}/{key}"))


def _split(key: str) -> tuple[str, str]:
    """The key of a thing and, where the last part names a representation, its suffix."""
    name, _, suffix = key.rpartition(".")
    return (name, suffix) if suffix in {offer.name for offer in OFFERS} else (key, "")


def _query(arguments: Mapping[str, Any]) -> str:
    """What tells a page of links from the document itself."""
    if "link" not in arguments:
        if arguments["after"]:
            raise BadRequest("`after` goes with `link`: after which of the links to begin")
        return ""
    if "profile" in arguments:
        raise BadRequest("`link` asks for links and `_profile` for a thing: send one of them")
    return _links_query(arguments["link"], arguments["after"])


def _links_query(name: str, after: str) -> str:
    return urlencode({"link": name, **({"after": after} if after else {})})


def _described(document: Document, arguments: Mapping[str, Any]) -> Description:
    engine = parts().engine
    with parts().journal.reading() as connection:
        if document.query:
            predicate, after = _property(arguments["link"]), arguments["after"]
            found = links_page(engine, connection, document.thing, predicate, after)
        else:
            found = describe(engine, connection, document.thing, document.profile)
    if found is None:
        raise NotFound(f"nothing is told of {document.thing}")
    return found


def _property(name: str) -> str:
    try:
        return ox.NamedNode(expanded(name)).value
    except ValueError as error:
        raise BadRequest(f"not a valid IRI: {error}") from None


def _answer(document: Document, described: Description) -> Response:
    more = _more(document, described)
    triples = described.triples | frozenset(_about(document, more.values()))
    if document.media_type is media.HTML:
        answer = portrait(document, described, more, _tree(document, triples))
    else:
        data = _written(document, triples)
        answer = Response(data, content_type=document.media_type.content_type)
    following = next(iter(more.values()), None) if document.query else None
    answer.headers["Link"] = document.links(
        described.objects(RDF_TYPE), parts().settings.license, following
    )
    return answer


def _more(document: Document, described: Description) -> dict[str, str]:
    """Where the links go on, by property."""
    return {
        each.property: f"{document.address}?{_links_query(term(each.property), each.next)}"
        for each in described.links
        if each.next
    }


def _about(document: Document, more: Iterable[str]) -> Iterator[ox.Triple]:
    """What a document says of itself."""
    page = document.address + (f"?{document.query}" if document.query else "")
    told = [
        (RDF_TYPE, expanded("foaf:Document")),
        (expanded("foaf:primaryTopic"), document.thing),
        (expanded("inDataset"), f"{document.root}dataset#dataset"),
        *((expanded("seeAlso"), each) for each in more),
    ]
    if licence := parts().settings.license:
        told.append((expanded("dcterms:license"), licence))
    for predicate, value in told:
        yield ox.Triple(ox.NamedNode(page), ox.NamedNode(predicate), ox.NamedNode(value))


def _written(document: Document, triples: frozenset[ox.Triple]) -> bytes:
    if document.media_type is media.JSON_LD:
        return framing.written(_tree(document, triples)).encode()
    return rdf.serialized(sorted(triples, key=str), document.media_type, prefixes())


def _tree(document: Document, triples: frozenset[ox.Triple]) -> framing.Object:
    """The document in JSON-LD, for whoever reads that alone or in a page."""
    return framing.framed(triples, document.thing, f"{document.root}{FILE}")
