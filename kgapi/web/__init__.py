"""The door: everything that speaks HTTP."""

from pathlib import Path

from flask import Flask

from kgapi import __version__
from kgapi.queries.saved import saved
from kgapi.web import (
    articles,
    changes,
    codings,
    cors,
    dataset,
    documents,
    dumps,
    entities,
    evidence,
    facts,
    graphs,
    home,
    jsonld,
    kinds,
    ldes,
    network,
    problems,
    queries,
    reconcile,
    reference,
    review,
    screen,
    search,
    service,
    sparql,
    templating,
    timeline,
    vocabularies,
    watches,
)

BLUEPRINTS = (
    articles.blueprint,
    facts.blueprint,
    facts.single,
    entities.blueprint,
    timeline.blueprint,
    network.blueprint,
    evidence.sourced,
    evidence.compared,
    search.blueprint,
    review.blueprint,
    changes.blueprint,
    watches.blueprint,
    ldes.blueprint,
    jsonld.blueprint,
    kinds.blueprint,
    sparql.blueprint,
    graphs.blueprint,
    dataset.blueprint,
    documents.blueprint,
    *reconcile.BLUEPRINTS,
    home.blueprint,
    reference.blueprint,
    screen.blueprint,
    dumps.blueprint,
    service.blueprint,
    vocabularies.blueprint,
)

OPENAPI = {
    "API_TITLE": "kgapi",
    "API_VERSION": __version__,
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "info": {"description": "Sanctions news as a knowledge graph."},
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    },
}


def install(app: Flask) -> None:
    """Put every route and the one shape of errors into an application."""
    app.config.from_mapping(OPENAPI)
    # Members in the order of their schemas: what a thing is comes first.
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of the default provider
    app.static_folder = str(Path(__file__).with_name("static"))
    app.template_folder = str(Path(__file__).with_name("templates"))
    problems.install(app)
    templating.install(app)
    codings.install(app)
    cors.install(app)
    api = problems.ProblemApi(app)
    settings = app.extensions["kgapi"].settings
    for blueprint in (*BLUEPRINTS, queries.queries_blueprint(saved(settings.queries))):
        api.register_blueprint(blueprint)
