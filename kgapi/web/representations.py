"""Answers that come in several forms: which of them, by ``?format=`` and then by Accept."""

from collections.abc import Sequence
from typing import Any, TypeVar

import flask
from flask import Response, g, request
from marshmallow import Schema, fields

from kgapi.media import MediaType
from kgapi.web.body import url_parameters
from kgapi.web.negotiate import choice

AnyBlueprint = TypeVar("AnyBlueprint", bound=flask.Blueprint)


class FormArguments(Schema):
    """The form of the answer."""

    format = fields.String(
        metadata={"description": "Representation by short name; wins over Accept."}
    )


def offering(blueprint: AnyBlueprint, offers: Sequence[MediaType]) -> AnyBlueprint:
    """The same blueprint; what it answers is made in one of some forms, ``chosen()``."""

    def choose() -> None:
        if request.method in {"GET", "HEAD"}:
            g.representation = choice(url_parameters())(offers)

    def tell(response: Response) -> Response:
        response.vary.add("Accept")
        return response

    blueprint.before_request(choose)
    blueprint.after_request(tell)
    return blueprint


def chosen() -> MediaType:
    """The form in which to answer the request at hand."""
    form: MediaType = g.representation
    return form


def as_text(offer: MediaType) -> dict[str, Any]:
    """OpenAPI of an answer in a form that is text, for ``alt_response``."""
    return {"schema": {"type": "string"}, "content_type": offer.type}
