"""/v1/queries: saved queries, each an operation of its own with typed parameters."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, TypedDict

from flask import Response, jsonify, request
from flask.views import MethodView
from marshmallow import Schema, ValidationError, fields, missing

from kgapi import media
from kgapi.media import MediaType
from kgapi.queries.query import Bindable, rows, table
from kgapi.queries.reads import Page, cut
from kgapi.queries.saved import Parameter, Saved
from kgapi.store import forms
from kgapi.web.blueprint import Blueprint
from kgapi.web.body import address, asked_without, once, url_parameters
from kgapi.web.conditions import is_known, revalidation, revision_tag
from kgapi.web.negotiate import choice, content
from kgapi.web.pages import announce, page_arguments, paged
from kgapi.web.parts import parts
from kgapi.web.schemas import PageArguments, page_of
from kgapi.web.signposting import link
from kgapi.web.sparql import deadline

_QUERY = media.SPARQL_QUERY.type
_OFFERS: Mapping[str, tuple[MediaType, ...]] = {
    "SELECT": (media.JSON, *media.SOLUTIONS, media.SPARQL_QUERY),
    "ASK": (media.RESULTS_JSON, media.RESULTS_XML, media.SPARQL_QUERY),
    "CONSTRUCT": (*media.GRAPHS, media.SPARQL_QUERY),
}
# How OpenAPI has the types that are not strings.
_OPENAPI: Mapping[str, Mapping[str, str]] = {
    "iri": {"format": "iri-reference"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "date": {"format": "date"},
    "boolean": {"type": "boolean"},
}


class ParameterSchema(Schema):
    """A parameter of a saved query."""

    name = fields.String()
    type = fields.String(
        metadata={"description": "string, string@LANGUAGE, iri, integer, decimal, date or boolean."}
    )
    description = fields.String()
    required = fields.Boolean()
    default = fields.String(allow_none=True)
    choices = fields.List(fields.String(), metadata={"description": "All that it may be, if few."})
    within = fields.String(
        metadata={"description": "The begin of IRIs that need not be written, if not our own."}
    )


class QuerySchema(Schema):
    """A saved query."""

    name = fields.String()
    summary = fields.String(metadata={"description": "What it asks."})
    address = fields.String(metadata={"description": "Where it is answered."})
    parameters = fields.List(fields.Nested(ParameterSchema))
    formats = fields.List(fields.String(), metadata={"description": "Media types of its answer."})
    text = fields.String(metadata={"description": "The SPARQL, with $name for each parameter."})


class _FormArguments(Schema):
    """The form of the answer, and the time that it may take."""

    format = fields.String(
        metadata={"description": "Representation by short name; `rq` is the query itself."}
    )
    timeout = fields.String(
        metadata={"type": "number", "description": "Seconds that this may take, at most."}
    )


class _Term(fields.Field[Bindable]):
    """A value of a parameter, read as a term."""

    def __init__(self, parameter: Parameter) -> None:
        def by_default() -> Bindable:
            default = parameter.default
            return None if default is None else parameter.read(default, parts().iris)

        super().__init__(
            required=parameter.required,
            load_default=missing if parameter.required else by_default,
            metadata=_schema(parameter),
        )
        self._parameter = parameter

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> Bindable:
        try:
            return self._parameter.read(value, parts().iris)
        except ValueError as error:
            raise ValidationError(str(error)) from None


def _schema(parameter: Parameter) -> dict[str, Any]:
    described: dict[str, Any] = {"type": "string", "description": parameter.description}
    described |= _OPENAPI.get(parameter.type, {})
    if parameter.choices:
        described["enum"] = list(parameter.choices)
    if parameter.default is not None:
        described["default"] = parameter.default
    return described


def queries_blueprint(saved: Mapping[str, Saved]) -> Blueprint:
    """The routes of saved queries: a list of them, and one for each."""
    blueprint = Blueprint(
        "queries", __name__, url_prefix="/v1/queries", description="Queries that are kept here."
    )

    @blueprint.route("")
    class Queries(MethodView):
        @blueprint.arguments(PageArguments, location="query")
        @blueprint.response(200, page_of(QuerySchema))
        def get(self, arguments: dict[str, Any]) -> dict[str, Any]:
            """The queries that are kept here: what they ask and which parameters they take."""
            page = cut(saved, *page_arguments(arguments))
            return paged(page.holding([_told(saved[name]) for name in page.items]))

    for each in saved.values():
        _add(blueprint, each)
    return blueprint


def _told(saved: Saved) -> dict[str, Any]:
    return {
        "name": saved.name,
        "summary": saved.query.summary,
        "address": f"{request.url_root}v1/queries/{saved.name}",
        "parameters": saved.parameters,
        "formats": [offer.type for offer in _OFFERS[saved.form]],
        "text": saved.query.text,
    }


def _add(blueprint: Blueprint, saved: Saved) -> None:
    """The route of one query. What pages there are is documented where there are any."""
    terms = {each.name: _Term(each) for each in saved.parameters}
    base = (_FormArguments, PageArguments) if saved.form == "SELECT" else (_FormArguments,)
    name = "".join(word.capitalize() for word in saved.name.split("-"))
    schema = type(f"{name}Arguments", base, dict(terms))
    told = content(_OFFERS[saved.form])
    described = {"200": {"description": saved.query.summary, "content": told}}

    @blueprint.route(f"/{saved.name}", endpoint=saved.name)
    @blueprint.doc(summary=saved.query.summary, responses=described)
    @blueprint.arguments(schema, location="query")
    @blueprint.fails(400, 406, 422, 503, 504)
    def answer(arguments: dict[str, Any]) -> Response:
        return _answer(saved, arguments)


def _answer(saved: Saved, arguments: dict[str, Any]) -> Response:
    given = url_parameters()
    values = {each.name: arguments[each.name] for each in saved.parameters}
    for name in given.keys() - {"format"}:
        once(given, name)
    chosen = choice(given)(_OFFERS[saved.form])
    text = saved.query.bind(**values)
    if chosen is media.SPARQL_QUERY:
        return Response(text, content_type=chosen.content_type, headers={"Vary": "Accept"})
    etag = _tag(text, chosen)
    if etag and is_known(etag):
        answer = Response(status=304)
    elif chosen is media.JSON or {"limit", "cursor"} & given.keys():
        answer = _page(saved, values, arguments, chosen)
    else:
        answer = _whole(text, chosen)
    answer.headers.update({"Vary": "Accept", **revalidation(etag)})
    answer.headers.add("Link", link(_of_text(), "describedby", type=_QUERY))
    return answer


def _tag(text: str, chosen: MediaType) -> str | None:
    """ETag of an answer that is the same until a write, or until the file is another."""
    if not forms.repeats(text):
        return None
    return revision_tag(sha256(f"{chosen.type} {text}".encode()).hexdigest()[:16])


def _whole(text: str, chosen: MediaType) -> Response:
    answer = parts().engine.query(text, media.always(chosen), **_bounds())
    return Response(answer.body, content_type=answer.media_type.content_type)


def _page(
    saved: Saved, values: Mapping[str, Bindable], arguments: Mapping[str, Any], chosen: MediaType
) -> Response:
    """A page by its number of solutions before it: queries have no keys."""
    after, limit = page_arguments(arguments)
    offset = int(after or 0)
    text = saved.page(limit, offset, **values)
    page = _around(offset, limit, _total(saved, values))
    if chosen is not media.JSON:
        announce(page)
        return _whole(text, chosen)
    found = parts().engine.query(text, media.always(media.RESULTS_JSON), **_bounds())
    columns, solutions = table(found)
    items = [{name: row.get(name) for name in columns} for row in solutions]
    return jsonify({"columns": columns, **paged(page.holding(items))})


def _around(offset: int, limit: int, total: int) -> Page[Any]:
    """The page at an offset, still without items."""

    def key(place: int) -> str:
        return str(place) if place > 0 else ""

    return Page(
        (),
        total,
        next=key(offset + limit) if offset + limit < total else None,
        previous=key(offset - limit) if offset else None,
        last=key((total - 1) // limit * limit),
    )


def _total(saved: Saved, values: Mapping[str, Bindable]) -> int:
    total: int = next(rows(parts().engine, saved.count(**values), **_bounds()))["total"]
    return total


class _Bounds(TypedDict):
    deadline: float
    client: str


def _bounds() -> _Bounds:
    """How long the request at hand may take, and in whose share of the work."""
    seconds = deadline(url_parameters(), parts().settings.query_timeout)
    return {"deadline": seconds, "client": request.remote_addr or ""}


def _of_text() -> str:
    """The address of the query itself, with the terms that it was asked with."""
    return address([*asked_without("format"), ("format", media.SPARQL_QUERY.name)])
