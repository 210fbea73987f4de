"""What a service says of itself: that it is well, and where its doors are."""

from flask import jsonify, request
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


@blueprint.route("/")
def doors() -> ResponseReturnValue:
    """Where to go from here."""
    paths = (
        "v1/articles",
        "v1/facts",
        "v1/entities",
        "sparql",
        "graphs",
        "openapi.json",
        "healthz",
    )
    return jsonify(
        name="kgapi", version=__version__, doors=[request.url_root + path for path in paths]
    )
