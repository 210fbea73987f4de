"""What a service says of itself: that it is well, and where its doors are."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from kgapi import __version__
from kgapi.queries import reads
from kgapi.web.blueprint import Blueprint
from kgapi.web.parts import parts

# Relations of RFC 8288 and RFC 8631, and the property by which service descriptions name a door.
_LINKS = (
    (".well-known/void", "describedby"),
    ("openapi.json", "service-desc"),
    ("sparql", "http://www.w3.org/ns/sparql-service-description#endpoint"),
)

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
        "v1/review",
        "v1/changes",
        "v1/queries",
        "sparql",
        "graphs",
        "dataset",
        "problems",
        "reconcile",
        "openapi.json",
        "healthz",
    )
    told = jsonify(
        name="kgapi", version=__version__, doors=[request.url_root + path for path in paths]
    )
    links = (f'<{request.url_root}{path}>; rel="{relation}"' for path, relation in _LINKS)
    told.headers["Link"] = ", ".join(links)
    return told
