"""/sparql: SPARQL 1.1 Protocol section 2.1, query by GET, by form and by direct POST."""

from flask import Response, request
from flask.views import MethodView

from kgapi import media
from kgapi.errors import BadRequest, TooLarge, UnsupportedMediaType
from kgapi.store.engine import Dataset
from kgapi.web.blueprint import Blueprint
from kgapi.web.negotiate import choice
from kgapi.web.parts import parts
from kgapi.web.problems import PROBLEM

blueprint = Blueprint("sparql", __name__, url_prefix="/sparql", description="SPARQL 1.1.")

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"

_PARAMETERS = [
    {"in": "query", "name": "query", "schema": {"type": "string"}, "description": "The query."},
    {
        "in": "query",
        "name": "default-graph-uri",
        "schema": {"type": "array", "items": {"type": "string"}},
        "description": "Graphs whose merge is the default graph, instead of all graphs.",
    },
    {
        "in": "query",
        "name": "named-graph-uri",
        "schema": {"type": "array", "items": {"type": "string"}},
        "description": "Graphs that GRAPH can name, instead of all graphs.",
    },
    {
        "in": "query",
        "name": "format",
        "schema": {"type": "string"},
        "description": "Representation by short name (json, xml, csv, tsv, ttl, jsonld, nt, rdf).",
    },
]
_ANSWER = {
    "description": "Solutions, a truth value, or a graph.",
    "content": {
        offer.type: {"schema": {"type": "string"}} for offer in (*media.SOLUTIONS, *media.GRAPHS)
    },
}


@blueprint.route("")
class Sparql(MethodView):
    @blueprint.doc(parameters=_PARAMETERS, responses={"200": _ANSWER})
    @blueprint.alt_response(400, **PROBLEM)
    @blueprint.alt_response(406, **PROBLEM)
    def get(self) -> Response:
        """Answer a query. The default graph is the union of all named graphs."""
        return _answer(_the_one(request.args.getlist("query")))

    @blueprint.doc(
        requestBody={
            "required": True,
            "content": {
                _FORM: {"schema": {"type": "object", "properties": {"query": {"type": "string"}}}},
                _QUERY: {"schema": {"type": "string"}},
            },
        },
        responses={"200": _ANSWER},
    )
    @blueprint.alt_response(400, **PROBLEM)
    @blueprint.alt_response(406, **PROBLEM)
    @blueprint.alt_response(413, **PROBLEM)
    @blueprint.alt_response(415, **PROBLEM)
    def post(self) -> Response:
        """Answer a query that a form or the body itself carries."""
        if request.mimetype == _FORM:
            return _answer(_the_one(request.form.getlist("query")))
        if request.mimetype == _QUERY:
            return _answer(_text(request.stream.read(parts().settings.max_query + 1)))
        raise UnsupportedMediaType(
            f"a query comes as {_FORM} or {_QUERY}, not {request.mimetype or 'untyped'}",
            accepted=[_FORM, _QUERY],
        )


def _answer(text: str) -> Response:
    if len(text.encode()) > parts().settings.max_query:
        raise TooLarge(f"a query has at most {parts().settings.max_query:,} bytes here")
    answer = parts().engine.query(text, choice(), _dataset())
    headers = {"Vary": "Accept"}
    return Response(answer.body, content_type=answer.media_type.content_type, headers=headers)


def _dataset() -> Dataset:
    default = request.values.getlist("default-graph-uri")
    named = request.values.getlist("named-graph-uri")
    return Dataset(default, named) if default or named else Dataset()


def _the_one(values: list[str]) -> str:
    if len(values) != 1:
        raise BadRequest(f"send exactly one `query` parameter, not {len(values)}")
    return values[0]


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"the query is not UTF-8: {error}") from None
