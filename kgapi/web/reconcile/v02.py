"""/reconcile: Reconciliation Service API 0.2, as OpenRefine speaks it.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

import re
from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from flask.views import MethodView
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from kgapi import __version__
from kgapi.errors import BadRequest, UnsupportedMediaType
from kgapi.matching.score import Condition, Wanted
from kgapi.queries.reads import SAN
from kgapi.web.blueprint import Blueprint
from kgapi.web.body import (
    FORM,
    Parameters,
    body,
    json_value,
    loaded,
    once,
    parameters,
    url_parameters,
)
from kgapi.web.conditions import revalidated
from kgapi.web.html import framed_page
from kgapi.web.parts import parts
from kgapi.web.reconcile import offers, service
from kgapi.web.reconcile.documented import CALLBACK, PAGE, SCRIPT, asking, sending
from kgapi.web.reconcile.service import Query

blueprint = revalidated(
    Blueprint(
        "reconcile",
        __name__,
        url_prefix="/reconcile",
        description="Reconciliation Service API 0.2: which entities do names mean?",
    ),
    service.tag,
)

_CALLBACK = re.compile(CALLBACK, re.ASCII)


def values(given: Any) -> tuple[str, ...]:
    """One or more property values as texts; of entities, the identifiers. Raises ValidationError."""
    if isinstance(given, list):
        return tuple(text for each in given for text in values(each))
    match given:
        case bool():
            return ("true" if given else "false",)
        case str() | int() | float():
            return (str(given),)
        case {"id": str(identifier)}:
            return (identifier,)
    raise ValidationError('A string, a number, true, false, {"id": …}, or an array of these.')


class Values(fields.Field[tuple[str, ...]]):
    """One value or several, as texts; not too many, and none too long."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[str, ...]:
        found = values(value)
        if len(found) > 50 or any(len(text) > 1000 for text in found):
            raise ValidationError("At most 50 values, of 1000 characters at most.")
        return found


class _Property(Schema):
    pid = fields.String(required=True)
    v = Values(required=True)


class _Query(Schema):
    query = fields.String(validate=validate.Length(min=1, max=1000))
    type = Values()
    type_strict = fields.String(validate=validate.OneOf(["any", "should", "all"]))
    limit = fields.Integer(strict=True, validate=validate.Range(min=1))
    properties = fields.List(fields.Nested(_Property), validate=validate.Length(max=50))

    @validates_schema
    def _asks_something(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data.get("query") and not data.get("properties"):
            raise ValidationError("Send a `query`, or `properties`, or both.")


class Wish(Schema):
    """A property that an extension is to have. What it could be set to, nothing heeds."""

    id = fields.String(required=True)
    settings = fields.Dict()


class Extension(Schema):
    """Which properties of which entities are wanted."""

    ids = fields.List(fields.String(), required=True)
    properties = fields.List(fields.Nested(Wish), required=True, validate=validate.Length(max=50))


_FORM = {
    FORM: {
        "schema": {
            "type": "object",
            "properties": {"queries": {"type": "string"}, "extend": {"type": "string"}},
        }
    }
}


def _asking(*names: str) -> dict[str, Any]:
    return asking(*names, "callback", content=SCRIPT)


@blueprint.after_request
def _as_script(response: Response) -> Response:
    """JSONP, where a callback is named: the answer as the one argument of a call."""
    callback = request.args.get("callback")
    if request.method != "GET" or callback is None or response.mimetype != "application/json":
        return response
    # These two end lines in older scripts, and JSON has them as they are.
    text = response.get_data(as_text=True).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    response.set_data(f"/**/{callback}({text.strip()});")
    response.mimetype = "text/javascript"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@blueprint.before_request
def _check_callback() -> None:
    callback = request.args.get("callback")
    if callback is not None and not _CALLBACK.fullmatch(callback):
        raise BadRequest("`callback` is the name of a function, as in jQuery.done_1")


@blueprint.route("", strict_slashes=False)
class Reconcile(MethodView):
    @blueprint.doc(**_asking("queries", "extend"))
    @blueprint.fails(400, 413)
    def get(self) -> ResponseReturnValue:
        """What the service offers; with `queries` or `extend`, the same as POST."""
        given = url_parameters()
        return jsonify(_answer(given) if _KEYS & set(given) else manifest())

    @blueprint.doc(**sending(_FORM))
    @blueprint.fails(400, 413, 415)
    def post(self) -> ResponseReturnValue:
        """Candidates for each of some names, or properties of some entities."""
        if request.mimetype != FORM:
            raise UnsupportedMediaType(f"queries come as {FORM}, not as {request.mimetype}")
        sent = body(parts().settings.max_query, "a batch of queries")
        given = parameters(request.query_string, sent)
        if not _KEYS & set(given):
            raise BadRequest("send `queries` or `extend`")
        return jsonify(_answer(given))


_KEYS = {"queries", "extend"}


def _answer(given: Parameters) -> dict[str, Any]:
    if (batch := once(given, "queries")) is not None:
        return _reconciled(_object(batch, "queries"))
    return _extended(_object(once(given, "extend") or "", "extend"))


def _object(text: str, name: str) -> dict[str, Any]:
    found = json_value(text, f"`{name}`")
    if not isinstance(found, dict):
        raise BadRequest(f"`{name}` is a JSON object")
    return found


def _reconciled(batch: Mapping[str, Any]) -> dict[str, Any]:
    service.check_size(len(batch))
    queries = {key: _query(loaded(_Query(), given, key)) for key, given in batch.items()}
    found = service.matched([*queries.values()])
    return {
        key: {"result": [service.candidate_json(one) for one in candidates]}
        for key, candidates in zip(queries, found, strict=True)
    }


def _query(given: Mapping[str, Any]) -> Query:
    """A query as it is wanted."""
    conditions = tuple(
        Condition(offers.property_of(each["pid"]).id, tuple(map(service.path_of, each["v"])))
        for each in given.get("properties", ())
    )
    wanted = Wanted(
        names=(given["query"],) if "query" in given else (),
        types=tuple(offers.type_of(each).id for each in given.get("type", ())),
        every=given.get("type_strict") == "all",
        strict=given.get("type_strict") != "should",
        conditions=conditions,
        paths=(service.path_of(given["query"]),) if "query" in given else (),
    )
    return Query(wanted, given.get("limit"))


def _extended(given: Mapping[str, Any]) -> dict[str, Any]:
    asked = loaded(Extension(), given, "extend")
    service.check_size(len(asked["ids"]))
    columns = [offers.property_of(each["id"]) for each in asked["properties"]]
    return {
        "meta": [service.meta_json(offer) for offer in columns],
        "rows": {
            identifier: {offer.id: service.values(found, offer) for offer in columns}
            for identifier, found in service.extended(asked["ids"], columns)
        },
    }


def manifest() -> dict[str, Any]:
    """What the service is and offers (section 3.1)."""
    house, root = parts(), f"{request.url_root}reconcile"
    suggest = {
        name: {
            "service_url": root,
            "service_path": f"/suggest/{name}",
            "flyout_service_url": root,
            "flyout_service_path": f"/flyout/{name}?id=${{id}}",
        }
        for name in ("entity", "type", "property")
    }
    width, height = service.PREVIEW
    return {
        "versions": ["0.2"],
        "name": house.settings.title,
        "identifierSpace": f"{house.settings.base}id/",
        "schemaSpace": SAN,
        "serviceVersion": __version__,
        "view": {"url": f"{request.url_root}id/{{{{id}}}}"},
        "defaultTypes": service.default_types(),
        "suggest": suggest,
        "preview": {"url": f"{root}/preview?id={{{{id}}}}", "width": width, "height": height},
        "extend": {"propose_properties": {"service_url": root, "service_path": "/properties"}},
        "batchSize": house.settings.max_batch,
    }


@blueprint.route("/suggest/<any(entity, type, property):kind>")
class Suggest(MethodView):
    @blueprint.doc(**_asking("prefix", "cursor", "limit", "type"))
    @blueprint.fails(400, 404)
    def get(self, kind: str) -> ResponseReturnValue:
        """Entities, classes or properties whose name starts so, for combo boxes."""
        given = url_parameters()
        skip = service.whole_number(once(given, "cursor"), "cursor", 0) or 0
        return jsonify(result=suggestions(kind, given, skip))


def suggestions(kind: str, given: Parameters, skip: int) -> list[dict[str, Any]]:
    """The suggestions for a prefix (section 6.2). Raises BadRequest where there is none."""
    prefix = once(given, "prefix")
    if prefix is None:
        raise BadRequest("send a `prefix`")
    limit = service.granted(service.whole_number(once(given, "limit"), "limit", 1))
    if kind == "entity":
        return [
            service.entity_json(each) | {"notable": [service.type_json(each.type)]}
            for each in service.suggested(prefix, _types(given), skip, limit)
        ]
    found = offers.types() if kind == "type" else offers.properties()
    told = service.offered(found, prefix, skip, limit)
    if kind == "property":
        return [service.offer_json(offer) for offer in told]
    return [
        service.offer_json(offer)
        | {"broader": list(map(service.offer_json, offers.broader(offer.id)))}
        for offer in told
    ]


def _types(given: Parameters) -> list[str]:
    return [name for each in given.get("type", ()) for name in each.split(",") if name]


@blueprint.route("/flyout/<any(entity, type, property):kind>")
class Flyout(MethodView):
    @blueprint.doc(**_asking("id"))
    @blueprint.fails(400, 404)
    def get(self, kind: str) -> ResponseReturnValue:
        """A few words on an entity, a class or a property, as HTML in JSON."""
        identifier = _identifier()
        if kind == "entity":
            return jsonify(service.entity_flyout(identifier))
        named = offers.type_of if kind == "type" else offers.property_of
        return jsonify(service.offer_flyout(named(identifier)))


@blueprint.route("/preview")
class Preview(MethodView):
    @blueprint.doc(**asking("id", content=PAGE))
    @blueprint.fails(400, 404)
    def get(self) -> ResponseReturnValue:
        """An entity in a small frame: names, class, a few facts with their sentences."""
        return framed_page("reconcile-preview.html", **service.preview(_identifier()))


def _identifier() -> str:
    identifier = once(url_parameters(), "id")
    if not identifier:
        raise BadRequest("send an `id`")
    return identifier


@blueprint.route("/properties")
class Properties(MethodView):
    @blueprint.doc(**_asking("type", "limit"))
    @blueprint.fails(400)
    def get(self) -> ResponseReturnValue:
        """The properties that entities of a class may have."""
        return jsonify(proposals(url_parameters()))


def proposals(given: Parameters) -> dict[str, Any]:
    """What to ask of entities of a class. Raises BadRequest for a class that is none."""
    type_ = offers.type_of(once(given, "type") or "Agent")
    limit = service.whole_number(once(given, "limit"), "limit", 1)
    told = [service.offer_json(offer) for offer in offers.properties_of(type_.id)[:limit]]
    return {"type": type_.id, "properties": told} | ({"limit": limit} if limit else {})
