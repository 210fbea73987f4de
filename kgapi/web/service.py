"""What a service says of itself: that it is well."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from kgapi import __version__
from kgapi.queries import reads
from kgapi.web.blueprint import Blueprint
from kgapi.web.parts import parts

blueprint = Blueprint("service", __name__, description="The service itself.")


@blueprint.route("/healthz")
def health() -> ResponseReturnValue:
    """Answers while the server serves and its store can be read."""
    counted = reads.counts(parts().engine)
    return jsonify(status="ok", version=__version__, articles=counted.articles, facts=counted.facts)
