"""/v1/entities: who and what takes part in facts."""

from typing import Any

from flask import Response
from flask.views import MethodView
from marshmallow import Schema, fields, validate

from kgapi import media
from kgapi.errors import NotAcceptable, NotFound
from kgapi.exports import ftm
from kgapi.queries import reads
from kgapi.web.blueprint import Blueprint
from kgapi.web.conditions import revalidated
from kgapi.web.jsonld import linked
from kgapi.web.pages import page_arguments, paged
from kgapi.web.parts import parts
from kgapi.web.problems import PROBLEM
from kgapi.web.schemas import EntitySchema, FactSchema, PageArguments, page_of

blueprint = revalidated(
    linked(
        Blueprint(
            "entities", __name__, url_prefix="/v1/entities", description="Who and what takes part."
        )
    )
)


@blueprint.route("")
class Entities(MethodView):
    @blueprint.arguments(PageArguments, location="query")
    @blueprint.response(200, page_of(EntitySchema))
    def get(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Entities that take part in facts, in the order of their IRIs."""
        after, limit = page_arguments(arguments)
        return paged(reads.entities(parts().engine, after, limit))


class EntityArguments(Schema):
    """How an entity is to be told."""

    format = fields.String(
        load_default=media.JSON.name,
        validate=validate.OneOf([media.JSON.name, media.FTM.name]),
        metadata={
            "description": "`ftm` for FollowTheMoney: the entity, the sanctions against it, the posts"
            " it holds, and the articles that say so, a line of JSON each."
        },
    )


@blueprint.route("/<kind>/<key>")
class Entity(MethodView):
    @blueprint.arguments(EntityArguments, location="query")
    @blueprint.response(200, EntitySchema)
    @blueprint.alt_response(404, **PROBLEM)
    @blueprint.alt_response(406, **PROBLEM)
    def get(self, arguments: dict[str, Any], kind: str, key: str) -> reads.EntityRead | Response:
        """One entity: its names, its class, the same thing elsewhere."""
        found = _read(kind, key)
        return _as_ftm(found) if arguments["format"] == media.FTM.name else found


@blueprint.route("/<kind>/<key>/facts")
class EntityFacts(MethodView):
    @blueprint.arguments(PageArguments, location="query")
    @blueprint.response(200, page_of(FactSchema))
    @blueprint.alt_response(404, **PROBLEM)
    def get(self, arguments: dict[str, Any], kind: str, key: str) -> dict[str, Any]:
        """The facts in which an entity takes part."""
        after, limit = page_arguments(arguments)
        found = _read(kind, key)
        return paged(reads.facts_of_entity(parts().engine, found.id, after, limit))


def _as_ftm(found: reads.EntityRead) -> Response:
    house = parts()
    told = ftm.about(house.engine, found.id, house.iris, house.settings.max_page_size)
    if not told:
        raise NotAcceptable(
            f"FollowTheMoney has no schema for a {found.type}", offered=[media.JSON.type]
        )
    return Response(map(ftm.line, told), content_type=media.FTM.content_type)


def _read(kind: str, key: str) -> reads.EntityRead:
    iri = str(parts().iris.thing(f"{kind}/{key}"))
    found = reads.entity(parts().engine, iri)
    if found is None:
        raise NotFound(f"there is no entity {iri}")
    return found
