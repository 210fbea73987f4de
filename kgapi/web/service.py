"""What a service says of itself: that it is well."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from kgapi import __version__, media
from kgapi.queries import listing
from kgapi.web.blueprint import Blueprint
from kgapi.web.parts import parts

blueprint = Blueprint("service", __name__, description="The service itself.")


@blueprint.route("/healthz")
def health() -> ResponseReturnValue:
    """Answers while the server serves and its store can be read.

    Articles and facts are those of the index; null before it has been made.
    """
    house = parts()
    house.engine.query("ASK {}", media.always(media.RESULTS_JSON)).read()
    held = listing.held(house.journal, patience=0)
    return jsonify(
        status="ok",
        version=__version__,
        articles=held and held.articles,
        facts=held and held.facts,
    )
