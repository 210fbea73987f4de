"""/v1/entities: who and what takes part in facts, and how it hangs together."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from flask.views import MethodView
from marshmallow import Schema, fields, validate

from kgapi import media
from kgapi.errors import NotAcceptable, NotFound
from kgapi.exports import ftm
from kgapi.graph.vocab import ROLE_ORDER
from kgapi.index import entities
from kgapi.queries import listing
from kgapi.queries.reads import EntityRead
from kgapi.web.blueprint import Blueprint
from kgapi.web.conditions import journal_tag, revalidated
from kgapi.web.filters import (
    FACTS,
    OwnFactArguments,
    Thing,
    any_of,
    class_below,
    facts_page,
    selection,
)
from kgapi.web.found import known
from kgapi.web.jsonld import linked
from kgapi.web.pages import page_arguments, paged
from kgapi.web.parts import parts
from kgapi.web.schemas import EntitySchema, PageArguments, ReferenceSchema, page_of

blueprint = revalidated(
    linked(
        Blueprint(
            "entities", __name__, url_prefix="/v1/entities", description="Who and what takes part."
        )
    ),
    journal_tag,
)

_CLASSES = (
    "Agent", "Place", "Currency", "Asset", "Post", "Programme", "LegalInstrument", "Agreement",
)  # fmt: skip


class EntitiesArguments(PageArguments):
    """Which entities."""

    type = any_of("Its class, or one above that", class_below(_CLASSES))
    country = any_of("The country that it is, or to which it belongs", Thing())


class LinkArguments(PageArguments):
    """Which way links go."""

    direction = fields.String(
        load_default="in",
        validate=validate.OneOf(["in", "out"]),
        metadata={"description": "in: what leads to the entity. out: what it leads to."},
    )


class LinkSchema(Schema):
    """Links by one predicate, one way."""

    predicate = fields.String(metadata={"description": "A role or property, by local name."})
    direction = fields.String(metadata={"description": "in: towards the entity. out: from it."})
    total = fields.Integer(metadata={"description": "How many there are."})
    href = fields.String(metadata={"description": "Address of the first page of them."})


class LinksSchema(Schema):
    """The predicates by which an entity is linked."""

    items = fields.List(fields.Nested(LinkSchema))


@blueprint.route("")
class Entities(MethodView):
    @blueprint.arguments(EntitiesArguments, location="query")
    @blueprint.response(200, page_of(EntitySchema))
    @blueprint.fails(503)
    def get(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Entities that take part in facts, in the order of their IRIs."""
        after, limit = page_arguments(arguments)
        types, countries = arguments.get("type", []), arguments.get("country", [])
        with parts().journal.reading() as connection:
            found = listing.listed_entities(connection, types, countries, after, limit)
        return paged(found)


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
    @blueprint.fails(404, 406, 503)
    def get(self, arguments: dict[str, Any], kind: str, key: str) -> EntityRead | Response:
        """One entity: its names, its class, the same thing elsewhere."""
        found = _read(kind, key)
        return _as_ftm(found) if arguments["format"] == media.FTM.name else found


@blueprint.route("/<kind>/<key>/facts")
class EntityFacts(MethodView):
    @blueprint.arguments(OwnFactArguments, location="query")
    @blueprint.response(200, FACTS)
    @blueprint.fails(404, 503)
    def get(self, arguments: dict[str, Any], kind: str, key: str) -> dict[str, Any]:
        """The facts in which an entity takes part."""
        iri = _read(kind, key).id
        return facts_page(arguments, selection(arguments, (arguments["own_role"], iri)))


@blueprint.route("/<kind>/<key>/neighbours")
class Neighbours(MethodView):
    @blueprint.arguments(OwnFactArguments(exclude=("facet",)), location="query")
    @blueprint.response(200, page_of(EntitySchema))
    @blueprint.fails(404, 503)
    def get(self, arguments: dict[str, Any], kind: str, key: str) -> dict[str, Any]:
        """Who and what takes part in facts beside an entity, and in how many of them.

        In the order of their IRIs; `facet=entity` of its facts has the commonest.
        """
        after, limit = page_arguments(arguments)
        iri = _read(kind, key).id
        with parts().journal.reading() as connection:
            wanted = selection(arguments, (arguments["own_role"], iri))
            return paged(listing.neighbours(connection, iri, wanted, after, limit))


def _as_ftm(found: EntityRead) -> Response:
    house = parts()
    told = ftm.about(house.engine, found.id, house.iris, house.settings.max_page_size)
    if not told:
        raise NotAcceptable(
            f"FollowTheMoney has no schema for a {found.type}", offered=[media.JSON.type]
        )
    return Response(map(ftm.line, told), content_type=media.FTM.content_type)


@blueprint.route("/<kind>/<key>/links")
class Links(MethodView):
    @blueprint.response(200, LinksSchema)
    @blueprint.fails(404, 503)
    def get(self, kind: str, key: str) -> dict[str, Any]:
        """The roles and properties by which an entity is linked, and how often."""
        iri = _read(kind, key).id
        with parts().journal.reading() as connection:
            found = entities.groups(connection, iri, ROLE_ORDER)
        return {"items": [_group(each) for each in found]}


@blueprint.route("/<kind>/<key>/links/<predicate>")
class LinksBy(MethodView):
    @blueprint.arguments(LinkArguments, location="query")
    @blueprint.response(200, page_of(ReferenceSchema))
    @blueprint.fails(404, 503)
    def get(self, arguments: dict[str, Any], kind: str, key: str, predicate: str) -> dict[str, Any]:
        """The facts and entities to which an entity is linked by one role or property."""
        after, limit = page_arguments(arguments)
        inward = arguments["direction"] == "in"
        iri = _read(kind, key).id
        with parts().journal.reading() as connection:
            found = listing.links(
                connection, iri, predicate, inward=inward, after=after, limit=limit
            )
        if not found.total:
            raise NotFound(f"{iri} has no links {arguments['direction']} by {predicate}")
        return paged(found)


def _group(found: entities.Group) -> dict[str, Any]:
    direction = "in" if found.inward else "out"
    address = f"{request.base_url}/{found.predicate}?{urlencode({'direction': direction})}"
    return {
        "predicate": found.predicate,
        "direction": direction,
        "total": found.total,
        "href": address,
    }


def _read(kind: str, key: str) -> EntityRead:
    iri = str(parts().iris.thing(f"{kind}/{key}"))
    with parts().journal.reading() as connection:
        return known(listing.entity(connection, iri), "entity", iri)
