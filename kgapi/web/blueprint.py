"""flask-smorest's Blueprint, made strict: a parameter that nobody knows is an error, not a silence."""

import flask_smorest
from marshmallow import RAISE
from webargs.flaskparser import FlaskParser


class _StrictParser(FlaskParser):
    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012  # as webargs has it
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": RAISE,
    }


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest has no type hints
    """Routes of one kind of resource."""

    ARGUMENTS_PARSER = _StrictParser()
