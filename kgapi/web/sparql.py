"""/sparql: SPARQL 1.1 Protocol, query and update, and what the service says of itself."""

import re

from flask import Response, request
from flask.views import MethodView

from kgapi import media
from kgapi.errors import BadRequest, UnsupportedMediaType
from kgapi.media import Choose
from kgapi.store import forms, rdf
from kgapi.store.engine import Dataset
from kgapi.web.access import authorize
from kgapi.web.blueprint import Blueprint
from kgapi.web.body import FORM, Parameters, body, once, parameters, text, url_parameters
from kgapi.web.conditions import is_known, revalidation, revision_tag
from kgapi.web.description import description
from kgapi.web.examples import example, examples, prefixes
from kgapi.web.html import page
from kgapi.web.negotiate import choice, content
from kgapi.web.parts import parts
from kgapi.web.problems import PROBLEM

blueprint = Blueprint("sparql", __name__, url_prefix="/sparql", description="SPARQL 1.1.")

_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_BODIES = (FORM, _QUERY, _UPDATE)

_OF_QUERIES = ("default-graph-uri", "named-graph-uri")
_OF_UPDATES = ("using-graph-uri", "using-named-graph-uri")


def _graphs_parameter(name: str, words: str) -> dict[str, object]:
    schema = {"type": "array", "items": {"type": "string"}}
    return {"in": "query", "name": name, "schema": schema, "description": words}


_FORMAT = {
    "in": "query",
    "name": "format",
    "schema": {"type": "string"},
    "description": "Representation by short name (json, xml, csv, tsv, ttl, jsonld, nt, rdf).",
}
_DATASET = [
    _graphs_parameter("default-graph-uri", "Graphs whose merge is the query's default graph."),
    _graphs_parameter("named-graph-uri", "Graphs that GRAPH can name in the query."),
]
_USING = [
    _graphs_parameter("using-graph-uri", "Graphs that WHERE of an update sees as default graph."),
    _graphs_parameter("using-named-graph-uri", "Graphs that GRAPH can name in an update's WHERE."),
]
_TIMEOUT = {
    "in": "query",
    "name": "timeout",
    "schema": {"type": "number", "exclusiveMinimum": 0},
    "description": "Time that this may take, in seconds, at most what the server grants.",
}
_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}", re.ASCII)
_GET = [
    {"in": "query", "name": "query", "schema": {"type": "string"}, "description": "The query."},
    *_DATASET,
    _FORMAT,
    _TIMEOUT,
    {
        "in": "query",
        "name": "example",
        "schema": {"type": "string"},
        "description": "One of the questions of the ontology, to begin with in a browser.",
    },
]
_ANSWER = {
    "description": "Solutions, a truth value, or a graph.",
    "content": content((*media.SOLUTIONS, *media.GRAPHS)),
}
_POST = {
    "required": True,
    "content": {
        FORM: {
            "schema": {
                "type": "object",
                "properties": {"query": {"type": "string"}, "update": {"type": "string"}},
            }
        },
        _QUERY: {"schema": {"type": "string"}},
        _UPDATE: {"schema": {"type": "string"}},
    },
}


@blueprint.route("")
class Sparql(MethodView):
    @blueprint.doc(
        parameters=_GET,
        responses={
            "200": _ANSWER,
            "304": {"description": "You have it already: nothing was written since."},
        },
    )
    @blueprint.alt_response(400, **PROBLEM)
    @blueprint.alt_response(403, **PROBLEM)
    @blueprint.alt_response(406, **PROBLEM)
    @blueprint.alt_response(504, **PROBLEM)
    def get(self) -> Response:
        """Answer a query; without one, describe the service."""
        given = url_parameters()
        if "update" in given:
            raise BadRequest("an update is sent by POST: a GET changes nothing")
        if given.keys() <= {"format", "example"}:
            return _describe(given)
        return _query(once(given, "query"), given)

    @blueprint.doc(
        parameters=[*_DATASET, *_USING, _FORMAT, _TIMEOUT],
        requestBody=_POST,
        responses={"200": _ANSWER, "204": {"description": "The update is done."}},
    )
    @blueprint.alt_response(400, **PROBLEM)
    @blueprint.alt_response(401, **PROBLEM)
    @blueprint.alt_response(403, **PROBLEM)
    @blueprint.alt_response(406, **PROBLEM)
    @blueprint.alt_response(409, **PROBLEM)
    @blueprint.alt_response(413, **PROBLEM)
    @blueprint.alt_response(415, **PROBLEM)
    @blueprint.alt_response(504, **PROBLEM)
    def post(self) -> Response:
        """Answer a query or carry out an update, which a form or the body itself carries.

        An update needs the token.
        """
        if request.mimetype not in _BODIES:
            raise UnsupportedMediaType(
                f"SPARQL comes as {', '.join(_BODIES)}, not {request.mimetype or 'untyped'}",
                accepted=list(_BODIES),
            )
        data = body(_limit(), "SPARQL")
        if request.mimetype == FORM:
            given = parameters(request.query_string, data)
            query, update = once(given, "query"), once(given, "update")
            if (query is None) == (update is None):
                raise BadRequest("send exactly one `query` or one `update` parameter")
        else:
            given = url_parameters()
            if "query" in given or "update" in given:
                raise BadRequest("the body is the query or the update: name none in the URL")
            is_query = request.mimetype == _QUERY
            query, update = (text(data), None) if is_query else (None, text(data))
        return _query(query, given) if update is None else _update(update, given)


def _limit() -> int:
    # In a form every byte of the text may take three, and the dataset comes on top.
    return parts().settings.max_query * (3 if request.mimetype == FORM else 1) + 100_000


def _query(query: str | None, given: Parameters) -> Response:
    if query is None:
        raise BadRequest("send exactly one `query` parameter")
    _only(_OF_QUERIES, given)
    choose, dataset = choice(given), _dataset(_OF_QUERIES, given)
    seconds = deadline(given, parts().settings.query_timeout)
    etag = _tag(query, choose)
    headers = {"Vary": "Accept", **revalidation(etag)}
    if etag and is_known(etag):
        return Response(status=304, headers=headers)
    answer = parts().engine.query(
        query, choose, dataset, deadline=seconds, client=request.remote_addr or ""
    )
    return Response(answer.body, content_type=answer.media_type.content_type, headers=headers)


def _tag(query: str, choose: Choose) -> str | None:
    """ETag of the answer to a GET, where the same query has the same answer until a write."""
    offered = forms.offers(query)
    if request.method == "POST" or not offered or not forms.repeats(query):
        return None
    return revision_tag(choose(offered).name)


def deadline(given: Parameters, most: int) -> float:
    """The seconds that the request grants, at most those of the server. Raises BadRequest."""
    asked = once(given, "timeout")
    if asked is None:
        return most
    if not _SECONDS.fullmatch(asked) or not float(asked):
        raise BadRequest(f"`timeout` is a number of seconds, such as 2.5, not {asked!r}")
    if float(asked) > most:
        raise BadRequest(f"`timeout` is at most {most} seconds here", limit=most)
    return float(asked)


def _update(update: str, given: Parameters) -> Response:
    authorize()
    _only(_OF_UPDATES, given)
    seconds = deadline(given, parts().settings.update_timeout)
    parts().engine.update(update, _dataset(_OF_UPDATES, given), deadline=seconds)
    return Response(status=204)


def _only(names: tuple[str, str], given: Parameters) -> None:
    """Refuse another dataset than that of the operation: a slip would be the whole store."""
    for name in sorted(given):
        if "graph" in name.lower() and name not in names:
            raise BadRequest(f"`{name}` is no parameter here; {' and '.join(names)} are")


def _dataset(names: tuple[str, str], given: Parameters) -> Dataset:
    default, named = (given.get(name) for name in names)
    return Dataset(default or (), named or ()) if default or named else Dataset()


def _describe(given: Parameters) -> Response:
    settings = parts().settings
    chosen = choice(given)((*media.GRAPHS, media.HTML))
    if chosen is media.HTML:
        return page(
            "sparql.html",
            endpoint=request.base_url,
            query=example(once(given, "example")),
            examples=examples(),
            prefixes=prefixes(),
            offers={"a table": media.SOLUTIONS, "a graph": media.GRAPHS},
            union=settings.default_graph == "union",
        )
    data = rdf.serialized(description(request.base_url, settings), chosen)
    return Response(data, content_type=chosen.content_type, headers={"Vary": "Accept"})
