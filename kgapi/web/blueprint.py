"""flask-smorest's Blueprint, made strict: a parameter that nobody knows is an error, not a silence."""

from collections.abc import Callable, Sequence
from typing import Any

import flask_smorest
from marshmallow import RAISE
from webargs.flaskparser import FlaskParser

from kgapi import media
from kgapi.web.problems import PROBLEM
from kgapi.web.schemas import PageSchema

_OF_PAGES = {
    name: {"description": words, "schema": {"type": "string"}}
    for name, words in (
        ("Link", "The first, previous, next and last page, as far as they can be had (RFC 8288)."),
        ("X-Pagination", "JSON: `total`, `total_pages`, `limit`, and `limit_asked` if it was cut."),
    )
}

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class _StrictParser(FlaskParser):
    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012  # as webargs has it
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": RAISE,
    }


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest has no type hints
    """Routes of one kind of resource. ``json_ld`` says that their JSON comes as JSON-LD, too."""

    ARGUMENTS_PARSER = _StrictParser()
    json_ld = False

    def response(self, status_code: int, schema: Any = None, **told: Any) -> Decorator:
        """Document an answer, with all that follows from what it is."""
        is_page = isinstance(schema, PageSchema)
        if is_page:
            told = {"headers": _OF_PAGES} | told
        decorators = [super().response(status_code, schema, **told)]
        if is_page:
            decorators.append(self.fails(400))
        if self.json_ld and status_code == 200:
            also = {"schema": schema, "content_type": media.JSON_LD.type}
            decorators += [self.alt_response(200, **also), self.fails(406)]
        return _all(decorators)

    def fails(self, *statuses: int) -> Decorator:
        """Document the statuses with which a view answers a problem."""
        return _all([self.alt_response(status, **PROBLEM) for status in statuses])


def _all(decorators: Sequence[Decorator]) -> Decorator:
    """These decorators as one, the first next to the view."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        for decorator in decorators:
            view = decorator(view)
        return view

    return decorate
