"""/v1/network: who sanctions whom."""

from typing import Any

from flask import Response, json, jsonify
from flask.views import MethodView
from marshmallow import Schema, fields, validate

from kgapi import media
from kgapi.exports import network as written
from kgapi.queries import network
from kgapi.queries.network import Network
from kgapi.web.blueprint import Blueprint
from kgapi.web.conditions import journal_tag, revalidated
from kgapi.web.filters import Period, Thing, any_of, concept, selection
from kgapi.web.parts import parts
from kgapi.web.representations import FormArguments, as_text, chosen, offering
from kgapi.web.schemas import ReferenceSchema, about

_FORMS = (media.JSON, media.RESULTS_CSV, media.GRAPHML, media.GEXF)
_MOST = 5_000

blueprint = revalidated(
    offering(
        Blueprint("network", __name__, url_prefix="/v1", description="Who sanctions whom."), _FORMS
    ),
    journal_tag,
)


class NetworkArguments(Period, FormArguments):
    """Which sanctions."""

    sender = any_of("Who sanctions", Thing())
    target = any_of("Who is sanctioned", Thing())
    measure = any_of("What the sanctions restrict", concept("measure"))
    measure.data_key = "type"
    reason = any_of("The ground that is given", concept("reason"))
    realis = any_of("Whether it is real, planned, threatened …", concept("realis"))
    claimed = fields.Boolean(
        metadata=about("true: only what no article states in its own voice. false: the rest.")
    )
    limit = fields.Integer(
        load_default=500,
        validate=validate.Range(min=1),
        metadata=about(f"Edges, and as many that name no sender; {_MOST:,} at most."),
    )


class BoundsSchema(Schema):
    """First and last day in question; null is open."""

    earliest = fields.String(allow_none=True)
    latest = fields.String(allow_none=True)


class EdgeSchema(Schema):
    """That a sender sanctions a target, as articles tell it."""

    sender = fields.Nested(
        ReferenceSchema, allow_none=True, metadata=about("Null where nobody says who does.")
    )
    target = fields.Nested(ReferenceSchema)
    types = fields.List(fields.String(), metadata=about("What the sanctions restrict."))
    reasons = fields.List(fields.String(), metadata=about("The grounds that are given."))
    realis = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata=about("Facts by how real they are."),
    )
    first = fields.Nested(
        BoundsSchema, allow_none=True, metadata=about("When the first that is dated was.")
    )
    last = fields.Nested(
        BoundsSchema, allow_none=True, metadata=about("When the last that is dated was.")
    )
    undated = fields.Integer(metadata=about("Facts of which no time is told."))
    first_published = fields.String(
        allow_none=True, metadata=about("Day of the first article that tells of it.")
    )
    last_published = fields.String(
        allow_none=True, metadata=about("Day of the last article that tells of it.")
    )
    articles = fields.Integer(metadata=about("How many articles tell of it."))
    facts = fields.Integer(metadata=about("Measures, and acts that impose or threaten."))
    relieved = fields.Integer(metadata=about("Acts that ease or end."))
    stated = fields.Integer(
        metadata=about("Of all these, those that some article states in its own voice.")
    )
    claimed = fields.Integer(metadata=about("Of all these, those that no article states so."))
    sanctions = fields.List(
        fields.Nested(ReferenceSchema),
        metadata=about(f"The first {network.MOST_TOLD} of `facts`."),
    )
    relief = fields.List(
        fields.Nested(ReferenceSchema),
        metadata=about(f"The first {network.MOST_TOLD} of `relieved`."),
    )


class NetworkSchema(Schema):
    """Who sanctions whom, the edges of the most articles first."""

    nodes = fields.List(fields.Nested(ReferenceSchema), metadata=about("Who stands in the edges."))
    edges = fields.List(fields.Nested(EdgeSchema), metadata=about("Those that name a sender."))
    unnamed = fields.List(fields.Nested(EdgeSchema), metadata=about("Those that name none."))
    total = fields.Integer(metadata=about("Edges that name a sender, all of them."))
    total_unnamed = fields.Integer(metadata=about("Edges that name none, all of them."))
    facts = fields.Integer(metadata=about("Facts that the edges are made of."))
    limit = fields.Integer(metadata=about("Edges of each kind that are told at most, as granted."))
    warnings = fields.List(
        fields.String(), metadata=about("Where this is not quite what was asked for.")
    )


@blueprint.route("/network")
class SanctionsNetwork(MethodView):
    @blueprint.arguments(NetworkArguments, location="query")
    @blueprint.response(200, NetworkSchema)
    @blueprint.alt_response(200, **as_text(media.RESULTS_CSV))
    @blueprint.alt_response(200, **as_text(media.GRAPHML))
    @blueprint.alt_response(200, **as_text(media.GEXF))
    @blueprint.fails(406, 503)
    def get(self, arguments: dict[str, Any]) -> Response:
        """Who sanctions whom, why and since when, as an edge for each pair.

        As CSV, GraphML and GEXF, too: those two have no edges without a sender; there, each target
        says how many facts name none.
        """
        limit = min(arguments["limit"], _MOST)
        with parts().journal.reading() as connection:
            found = network.read(connection, selection(arguments), limit)
        form = chosen()
        if form is media.JSON:
            warnings = _warnings(found, arguments["limit"], limit)
            told = NetworkSchema().dump(found)
            answer = jsonify({**told, "limit": limit, "warnings": warnings})
        else:
            answer = Response(_WRITERS[form.name](found), content_type=form.content_type)
        numbers = {"total": found.total, "total_unnamed": found.total_unnamed, "limit": limit}
        answer.headers["X-Pagination"] = json.dumps(numbers)
        return answer


_WRITERS: dict[str, Any] = {
    media.RESULTS_CSV.name: written.csv,
    media.GRAPHML.name: written.graphml,
    media.GEXF.name: written.gexf,
}


def _warnings(found: Network, wanted: int, limit: int) -> list[str]:
    told = []
    if wanted > limit:
        told.append(f"limit is {limit} at most here, not {wanted}")
    if max(found.total, found.total_unnamed) > limit:
        told.append(
            f"only the {limit} edges of the most articles are told; narrow it, or ask for more"
        )
    if not found.whole:
        told.append(
            f"made of the first {network.MOST_FACTS:,} facts alone: narrow it by days or parties"
        )
    return told
