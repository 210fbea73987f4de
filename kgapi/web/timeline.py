"""/v1/entities/{kind}/{key}/timeline: what happened to somebody or something, when, as far as is known."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from marshmallow import Schema, fields

from kgapi import media
from kgapi.exports import facts as table
from kgapi.exports import tables
from kgapi.queries import listing, origins, timeline
from kgapi.queries.reads import FactRead
from kgapi.web.blueprint import Blueprint
from kgapi.web.body import address, asked_without
from kgapi.web.conditions import journal_tag, revalidated
from kgapi.web.filters import OwnFactArguments, selection
from kgapi.web.found import known
from kgapi.web.pages import announce, page_arguments, paged
from kgapi.web.parts import parts
from kgapi.web.representations import FormArguments, as_text, chosen, offering
from kgapi.web.schemas import FactSchema, TimeSchema, page_of

_FORMS = (media.JSON, media.RESULTS_CSV)

blueprint = revalidated(
    offering(
        Blueprint(
            "timeline", __name__, url_prefix="/v1/entities", description="What happened when."
        ),
        _FORMS,
    ),
    journal_tag,
)


class TimelineArguments(OwnFactArguments, FormArguments):
    """Which facts."""

    undated = fields.Boolean(
        load_default=False,
        metadata={
            "description": "true: those of which no time is told, by the day of the article."
        },
    )


class PlacedTimeSchema(TimeSchema):
    """When, and how that is known."""

    precision = fields.String(
        allow_none=True, metadata={"description": "day, month or year; null for bounds alone."}
    )
    relative_to = fields.String(
        allow_none=True,
        metadata={
            "description": "The day of the article from which the words, or the only bound, are"
            " counted; null where the words name their year."
        },
    )


class EntrySchema(FactSchema):
    """A fact at its time, and who says so."""

    time = fields.Nested(PlacedTimeSchema)


class UndatedSchema(Schema):
    """What is not on the line."""

    total = fields.Integer(metadata={"description": "Facts of which no time is told."})
    href = fields.String(metadata={"description": "Address of the first page of them."})


TIMELINE = type(page_of(EntrySchema)).from_dict(
    {"undated": fields.Nested(UndatedSchema)}, name="TimelinePage"
)()
"""A page of a timeline."""


@blueprint.route("/<kind>/<key>/timeline")
class Timeline(MethodView):
    @blueprint.arguments(TimelineArguments(exclude=("facet",)), location="query")
    @blueprint.response(200, TIMELINE)
    @blueprint.alt_response(200, **as_text(media.RESULTS_CSV))
    @blueprint.fails(404, 406, 503)
    def get(self, arguments: dict[str, Any], kind: str, key: str) -> Response:
        """The facts in which an entity takes part, by their first and then by their last day.

        Where the first day is not known, by the last. Those of which no time is told are not on the
        line: `undated` says how many there are, and where. The same as CSV, a row for each article
        that tells a fact.
        """
        house = parts()
        after, limit = page_arguments(arguments)
        iri = str(house.iris.thing(f"{kind}/{key}"))
        asked = selection(arguments, (arguments["own_role"], iri))
        with house.journal.reading() as connection:
            known(listing.entity(connection, iri), "entity", iri)
            wanted = replace(asked, dated=not arguments["undated"])
            page = timeline.page(house.engine, connection, wanted, after, limit)
            undated = timeline.count(connection, replace(asked, dated=False))
        if chosen() is media.RESULTS_CSV:
            announce(page)
            return Response(_csv(page.items), content_type=media.RESULTS_CSV.content_type)
        told = paged(page) | {"undated": {"total": undated, "href": _undated()}}
        return jsonify(TIMELINE.dump(told))


def _undated() -> str:
    return address([*asked_without("cursor", "undated"), ("undated", "true")])


_MORE = ("precision", "relative_to")


def _csv(facts: Iterable[FactRead]) -> str:
    """The table of facts, with what is told of their time."""
    found = [(fact, statement) for fact in facts for statement in fact.statements]
    named = origins.read(parts().engine, (statement.article.iri for _, statement in found))
    columns = [*(column.name for column in table.COLUMNS), *_MORE]
    told = (
        {
            **table.row(fact, statement, None),
            **{name: fact.time[name] for name in _MORE},
            "source": origin.url if (origin := named.get(statement.article.iri)) else None,
        }
        for fact, statement in found
    )
    return tables.text(columns, told)
