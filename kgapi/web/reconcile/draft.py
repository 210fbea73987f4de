"""/reconcile/1.0-draft: the Reconciliation Service API as its draft of version 1.0 has it.

https://reconciliation-api.github.io/specs/1.0-draft/
"""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask.views import MethodView
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from kgapi import __version__
from kgapi.matching.score import Candidate, Condition, Wanted
from kgapi.queries import names
from kgapi.web.blueprint import Blueprint
from kgapi.web.body import json_body, once, url_parameters
from kgapi.web.conditions import revalidated
from kgapi.web.parts import parts
from kgapi.web.reconcile import offers, service, v02
from kgapi.web.reconcile.documented import JSON, answering, asking, sending
from kgapi.web.reconcile.service import Query

VERSION = "1.0-draft"

FEATURES = {
    "exact": "the very name, but for case",
    "folded": "the same words in ASCII letters",
    "words": "how alike the words are in letters",
    "sounds": "how alike the words are in sound",
    "initials": "one name abbreviates the other",
    "numbers": "the same numbers",
    "type": "of a class asked for",
    "id": "the identifier asked for",
}

blueprint = revalidated(
    Blueprint(
        "reconcile-draft",
        __name__,
        url_prefix=f"/reconcile/{VERSION}",
        description="Reconciliation Service API, draft of 1.0.",
    ),
    service.tag,
)


_DIRECTION = validate.OneOf(["ltr", "rtl", "auto"])


class _Condition(Schema):
    match_type = fields.String(
        required=True, data_key="matchType", validate=validate.OneOf(["name", "id", "property"])
    )
    property_id = fields.String(data_key="propertyId")
    values = v02.Values(required=True, data_key="propertyValue")
    required = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    quantifier = fields.String(
        load_default="any",
        data_key="matchQuantifier",
        validate=validate.OneOf(["any", "all", "none"]),
    )
    lang = fields.String()
    dir = fields.String(validate=_DIRECTION)

    @validates_schema
    def _names_its_property(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["match_type"] == "property" and not data.get("property_id"):
            raise ValidationError("A condition on a property names it.", "propertyId")


class _Query(Schema):
    conditions = fields.List(
        fields.Nested(_Condition), required=True, validate=validate.Length(min=1, max=50)
    )
    type = fields.String()
    limit = fields.Integer(strict=True, validate=validate.Range(min=1))
    lang = fields.String()
    dir = fields.String(validate=_DIRECTION)


class _Batch(Schema):
    queries = fields.List(fields.Nested(_Query), required=True)


def _sent(schema: Schema) -> dict[str, Any]:
    return json_body(parts().settings.max_query, "a batch of queries", schema)


@blueprint.route("/")
class Manifest(MethodView):
    @blueprint.doc(responses=answering(JSON))
    def get(self) -> ResponseReturnValue:
        """What the service offers."""
        house = parts()
        width, height = service.PREVIEW
        return jsonify(
            {
                "versions": [VERSION],
                "name": house.settings.title,
                "serviceVersion": __version__,
                "view": {"url": f"{request.url_root}id/{{+id}}"},
                "defaultTypes": service.default_types(),
                "suggest": {"entity": True, "property": True, "type": True},
                "preview": {"width": width, "height": height},
                "extend": {"proposeProperties": True},
                "batchSize": house.settings.max_batch,
                "standardizedScore": True,
                "lang": "en",
                "dir": "ltr",
            }
        )


@blueprint.route("/match")
class Match(MethodView):
    @blueprint.doc(**sending(JSON))
    @blueprint.fails(400, 413, 415)
    def post(self) -> ResponseReturnValue:
        """Candidates for each of some queries, in their order."""
        batch = _sent(_Batch())["queries"]
        service.check_size(len(batch))
        found = service.matched([_query(given) for given in batch])
        return jsonify(
            results=[{"candidates": [_candidate(one) for one in each]} for each in found]
        )


def _query(given: Mapping[str, Any]) -> Query:
    conditions = given["conditions"]
    wanted = Wanted(
        names=tuple(_values(conditions, "name")),
        types=(offers.type_of(given["type"]).id,) if "type" in given else (),
        conditions=tuple(_condition(each) for each in conditions if _filters(each)),
        paths=tuple(_values(conditions, "id")),
    )
    return Query(wanted, given.get("limit"))


def _values(conditions: list[Mapping[str, Any]], match_type: str) -> Iterator[str]:
    """What an entity may be called, or its identifier may be; not what it may not be."""
    for each in conditions:
        if each["match_type"] == match_type and each["quantifier"] != "none":
            yield from map(service.path_of, each["values"])


def _filters(condition: Mapping[str, Any]) -> bool:
    """Whether a condition says more than for which names and identifiers to look."""
    return bool(
        condition["match_type"] == "property"
        or condition["required"]
        or condition["quantifier"] == "none"
    )


def _condition(given: Mapping[str, Any]) -> Condition:
    name = {"name": names.NAME, "id": names.ID}.get(given["match_type"])
    return Condition(
        name or offers.property_of(given["property_id"]).id,
        tuple(map(service.path_of, given["values"])),
        given["quantifier"],
        given["required"],
    )


def _candidate(one: Candidate) -> dict[str, Any]:
    """The same as in version 0.2, with names for the features."""
    features = [
        {"id": name, "name": _feature(name), "value": value} for name, value in one.features.items()
    ]
    return service.candidate_json(one) | {"features": features}


def _feature(name: str) -> str:
    return FEATURES.get(name) or f"{name.partition(':')[2]} as asked for"


@blueprint.route("/suggest/<any(entity, type, property):kind>")
class Suggest(MethodView):
    @blueprint.doc(**asking("prefix", "offset", "limit", "type"))
    @blueprint.fails(400, 404)
    def get(self, kind: str) -> ResponseReturnValue:
        """Entities, classes or properties whose name starts so."""
        given = url_parameters()
        skip = service.whole_number(once(given, "offset"), "offset", 0) or 0
        return jsonify(result=v02.suggestions(kind, given, skip))


@blueprint.route("/preview")
class Preview(v02.Preview):
    """The same as in version 0.2."""


@blueprint.route("/extend")
class Extend(MethodView):
    @blueprint.doc(**sending(JSON))
    @blueprint.fails(400, 413, 415)
    def post(self) -> ResponseReturnValue:
        """Properties of some entities."""
        asked = _sent(v02.Extension())
        service.check_size(len(asked["ids"]))
        columns = [offers.property_of(each["id"]) for each in asked["properties"]]
        rows = [
            {
                "id": identifier,
                "properties": [
                    {"id": offer.id, "values": service.values(found, offer)} for offer in columns
                ],
            }
            for identifier, found in service.extended(asked["ids"], columns)
        ]
        return jsonify(meta=[service.meta_json(offer) for offer in columns], rows=rows)


@blueprint.route("/extend/propose")
class Proposals(MethodView):
    @blueprint.doc(**asking("type", "limit"))
    @blueprint.fails(400)
    def get(self) -> ResponseReturnValue:
        """The properties that entities of a class may have."""
        return jsonify(v02.proposals(url_parameters()))
