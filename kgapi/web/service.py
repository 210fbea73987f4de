"""What a service says of itself: that it is well."""

from typing import Any

from marshmallow import Schema, fields

from kgapi import __version__, media
from kgapi.queries import listing
from kgapi.web.blueprint import Blueprint
from kgapi.web.parts import parts
from kgapi.web.problems import PROBLEM

blueprint = Blueprint("service", __name__, description="The service itself.")


class HealthSchema(Schema):
    """How a server is, and how much it holds."""

    status = fields.String(metadata={"description": "ok."})
    version = fields.String(metadata={"description": "The version of kgapi."})
    articles = fields.Integer(allow_none=True, metadata={"description": "Articles in the index."})
    facts = fields.Integer(allow_none=True, metadata={"description": "Facts in the index."})


@blueprint.route("/healthz")
@blueprint.response(200, HealthSchema)
@blueprint.alt_response(503, **PROBLEM)
def health() -> dict[str, Any]:
    """Answers while the server serves and its store can be read.

    Articles and facts are those of the index; null before it has been made.
    """
    house = parts()
    house.engine.query("ASK {}", media.always(media.RESULTS_JSON)).read()
    held = listing.held(house.journal)
    return {
        "status": "ok",
        "version": __version__,
        "articles": held and held.articles,
        "facts": held and held.facts,
    }
