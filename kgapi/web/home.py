"""/ and /search: where to begin, for people and for programs."""

from typing import Any

from flask import Response, jsonify, request
from flask.views import MethodView
from marshmallow import Schema, fields, validate

from kgapi import __version__, media
from kgapi.errors import Busy
from kgapi.index import articles
from kgapi.index.search import Hit
from kgapi.media import MediaType
from kgapi.queries import listing
from kgapi.queries.reads import Page
from kgapi.web.blueprint import Blueprint
from kgapi.web.body import url_parameters
from kgapi.web.conditions import is_known, journal_tag, revalidation
from kgapi.web.html import page
from kgapi.web.negotiate import choice
from kgapi.web.parts import parts
from kgapi.web.problems import PROBLEM
from kgapi.web.signposting import link

blueprint = Blueprint("home", __name__, description="Where to begin.")

_DOORS = (
    "v1/articles",
    "v1/facts",
    "v1/entities",
    "v1/review",
    "v1/changes",
    "v1/feed",
    "v1/queries",
    "sparql",
    "graphs",
    "dataset",
    "dumps/",
    "ontology",
    "vocab",
    "reconcile",
    "problems",
    "openapi.json",
    "healthz",
)
# Relations of RFC 8288 and RFC 8631, and the property by which service descriptions name a door.
_LINKS = (
    (".well-known/void", "describedby"),
    ("openapi.json", "service-desc"),
    ("sparql", "http://www.w3.org/ns/sparql-service-description#endpoint"),
)
_KINDS = {"entity": "Who and what", "fact": "Facts", "article": "Articles"}
_LATEST, _FOUND = 6, 15


class WordsArguments(Schema):
    """What to look for."""

    q = fields.String(
        load_default="",
        validate=validate.Length(max=1_000),
        metadata={"description": 'Words that must all be there; "phrases" as they are.'},
    )


@blueprint.route("/")
class Home(MethodView):
    @blueprint.doc(responses={"200": {"description": "Where to go from here."}})
    @blueprint.alt_response(406, **PROBLEM)
    def get(self) -> Response:
        """Where to go from here: the doors for programs, a page for people."""
        chosen = choice(url_parameters())((media.JSON, media.HTML))
        etag = _tag(chosen)
        headers = {"Vary": "Accept", "Link": ", ".join(_links()), **revalidation(etag)}
        if etag and is_known(etag):
            return Response(status=304, headers=headers)
        told = _page() if chosen is media.HTML else _doors()
        told.headers.update(headers)
        return told


@blueprint.route("/search")
class SearchPage(MethodView):
    @blueprint.arguments(WordsArguments, location="query")
    @blueprint.doc(responses={"200": {"description": "A page of what was found."}})
    @blueprint.alt_response(503, **PROBLEM)
    def get(self, arguments: dict[str, Any]) -> Response:
        """Things, facts and articles by words, as a page; the same for programs is `/v1/search`."""
        words = arguments["q"].strip()
        sections = _sections(words) if words else []
        return page("search.html", title="Search", asked=words, sections=sections)


def _links() -> list[str]:
    return [link(request.url_root + path, relation) for path, relation in _LINKS]


def _tag(chosen: MediaType) -> str | None:
    """ETag of what there is to see; None before the index has been made."""
    try:
        return journal_tag(chosen.name)
    except Busy:
        return None


def _doors() -> Response:
    doors = [request.url_root + path for path in _DOORS]
    return jsonify(name="kgapi", version=__version__, doors=doors)


def _page() -> Response:
    house = parts()
    # The tag has waited for it.
    counts = listing.held(house.journal)
    with house.journal.reading() as connection:
        latest = articles.latest(connection, _LATEST) if counts else []
    return page(
        "home.html",
        title=house.settings.title,
        counts=counts,
        latest=latest,
        version=__version__,
    )


def _sections(words: str) -> list[tuple[str, Page[Hit]]]:
    """What was found, by kind; nothing of a kind of which there is nothing."""
    with parts().journal.reading() as connection:
        found = [
            (name, listing.found(connection, words, [kind], None, "", _FOUND))
            for kind, name in _KINDS.items()
        ]
    return [(name, hits) for name, hits in found if hits.total]
