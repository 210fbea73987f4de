"""The JSON of ``/v1`` as linked data: one context makes triples of the very same members.

Whoever asks for ``application/json`` is told of the context in a Link (JSON-LD 1.1 section 6.1);
in ``application/ld+json`` it stands in the body, and a page is part of a hydra:Collection. What the
context says is in the graph; members that cannot be said so that it is, are left out of it: what a
fact is where it is only claimed, numbers that are decimals there, dates of a known precision.
"""

import json
from functools import cache
from typing import Any

from flask import Response, g, request
from flask.views import MethodView

from kgapi import media
from kgapi.web import context as of_ontology
from kgapi.web.blueprint import Blueprint
from kgapi.web.pages import View
from kgapi.web.signposting import link

_RELATION = "http://www.w3.org/ns/json-ld#context"
_LEFT_OUT = ("type", "date", "begin", "end", "confidence", "value")
_EVIDENCE = {
    "start": {"@id": "oa:start", "@type": "xsd:integer"},
    "end": {"@id": "oa:end", "@type": "xsd:integer"},
    "text": {"@id": "oa:exact", "@language": "en"},
}
_VIEW = {
    name: {"@id": f"hydra:{name}", "@type": "@id"} for name in ("first", "previous", "next", "last")
}
_STATEMENT = {
    # It is the article that was published, not that it states something.
    "published": None,
    "speaker": {"@id": "prov:wasAttributedTo", "@type": "@id"},
    "inferred": {
        "@id": "san:inferred",
        "@type": "@vocab",
        "@context": {"speaker": "san:speaker"},
    },
}
# Members that are named otherwise than in the context of the ontology.
_OF_REST = {
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "iri": "@id",
    "roles": "@nest",
    "values": "@nest",
    "properties": "@nest",
    "article": {"@id": "dcterms:source", "@type": "@id"},
    "published": {"@id": "schema:datePublished", "@type": "xsd:date"},
    "language": "schema:inLanguage",
    "digest": "schema:sha256",
    "text": {"@id": "schema:articleBody", "@language": "en"},
    "ambiguousName": {"@id": "san:ambiguousName", "@language": "en"},
    "demonym": {"@id": "san:demonym", "@language": "en"},
    "metonym": {"@id": "san:metonym", "@language": "en"},
    "evidence": {"@id": "san:evidence", "@context": _EVIDENCE},
    "statements": {"@reverse": "san:states", "@context": _STATEMENT},
    "names": {"@id": "skos:altLabel", "@language": "en"},
    "same_as": {"@id": "skos:exactMatch", "@type": "@id"},
    "items": {"@id": "hydra:member", "@type": "@id"},
    "total": "hydra:totalItems",
    "view": {"@id": "hydra:view", "@context": _VIEW},
}

blueprint = Blueprint(
    "context", __name__, url_prefix="/v1", description="What the members of the JSON mean."
)


@cache
def context() -> dict[str, Any]:
    """The terms of ``/v1``: those of the ontology, and how its JSON differs."""
    terms = of_ontology.context()
    left_out = dict.fromkeys(_LEFT_OUT)
    return {**terms, **left_out, **_OF_REST, "action": terms["actionType"]}


@blueprint.route("/context.jsonld")
class Context(MethodView):
    @blueprint.doc(responses={"200": {"content": {media.JSON_LD.type: {"schema": {}}}}})
    def get(self) -> Response:
        """The JSON-LD context of all that is told under `/v1`."""
        return Response(json.dumps({"@context": context()}), content_type=media.JSON_LD.type)


def linked(blueprint: Blueprint) -> Blueprint:
    """The same blueprint, still without routes; its GETs give JSON or, asked for it, JSON-LD."""
    blueprint.json_ld = True
    blueprint.before_request(_choose)
    blueprint.after_request(_tell)
    return blueprint


def _choose() -> None:
    if request.method in {"GET", "HEAD"}:
        accept = request.headers.get("Accept", "")
        g.representation = media.negotiate(accept, (media.JSON, media.JSON_LD))


def _tell(response: Response) -> Response:
    chosen = g.get("representation")
    if chosen:
        response.vary.add("Accept")
    if not chosen or response.status_code != 200 or response.mimetype != media.JSON.type:
        return response
    address = f"{request.url_root}v1/context.jsonld"
    if chosen is media.JSON_LD:
        told = {"@context": address} | _of_page() | response.get_json()
        response.set_data(json.dumps(told, ensure_ascii=False))
        response.content_type = media.JSON_LD.type
    else:
        response.headers.add("Link", link(address, _RELATION, type=media.JSON_LD.type))
    return response


def _of_page() -> dict[str, Any]:
    """What makes a hydra:Collection, with a view of it, of the JSON of a page."""
    view: View | None = g.get("view")
    if view is None:
        return {}
    ways = {("previous" if name == "prev" else name): to for name, to in view.ways.items()}
    return {
        "@id": view.collection,
        "@type": "hydra:Collection",
        "view": {"@id": request.url, "@type": "hydra:PartialCollectionView", **ways},
    }
