"""One shape for errors: RFC 9457 problem documents, whatever went wrong and whoever noticed."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, json, request
from flask_smorest import Api
from marshmallow import INCLUDE, Schema, fields
from werkzeug import exceptions as werkzeug
from werkzeug.exceptions import HTTPException

from kgapi import media
from kgapi.errors import (
    BadRequest,
    Forbidden,
    InvalidParameter,
    KgapiError,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    RangeNotSatisfiable,
    TooLarge,
    Unauthorized,
    UnsupportedMediaType,
)
from kgapi.media import MediaType
from kgapi.web.html import page

_SHAPES = (media.PROBLEM, media.HTML, media.TEXT)
_OF_STATUS = {
    kind.status: kind
    for kind in (
        Unauthorized,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        NotAcceptable,
        PreconditionFailed,
        TooLarge,
        UnsupportedMediaType,
        RangeNotSatisfiable,
        InvalidParameter,
        PreconditionRequired,
    )
}


class ProblemSchema(Schema):
    """A problem document (RFC 9457 section 3), with members of its kind of problem beside these."""

    class Meta:
        unknown = INCLUDE

    type = fields.String(metadata={"description": "What kind of problem this is, as an IRI."})
    title = fields.String(metadata={"description": "The kind of problem in words."})
    status = fields.Integer(metadata={"description": "The HTTP status."})
    detail = fields.String(metadata={"description": "What is wrong this time, and how to mend it."})
    errors = fields.Dict(metadata={"description": "What is wrong with each parameter, by name."})


# What views add to their documentation for an answer of this shape.
PROBLEM: dict[str, Any] = {"schema": ProblemSchema, "content_type": media.PROBLEM.type}


class ProblemApi(Api):  # type: ignore[misc]  # flask-smorest has no type hints
    """flask-smorest's Api, told to describe and answer errors in our one shape."""

    ERROR_SCHEMA = ProblemSchema

    def _register_responses(self) -> None:
        """What flask-smorest answers by itself, in OpenAPI: with the media type of problems."""
        named = {status.name: status.phrase for status in HTTPStatus if status >= 400}
        for name, words in {**named, self.DEFAULT_ERROR_RESPONSE_NAME: "What went wrong."}.items():
            content = {media.PROBLEM.type: {"schema": ProblemSchema}}
            self.spec.components.response(
                name, {"description": words, "content": content}, lazy=True
            )

    def _register_error_handlers(self) -> None:
        """The application's handlers serve every route, these views included."""


def install(app: Flask) -> None:
    """Answer every error of an application with a problem document."""
    app.register_error_handler(KgapiError, _of_ours)
    app.register_error_handler(HTTPException, _of_http)


def _of_ours(error: KgapiError) -> Response:
    response = _problem(error.status, error.slug, error.title, error.detail, error.extra)
    if error.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="kgapi"'
    if "retry_after" in error.extra:
        response.headers["Retry-After"] = str(error.extra["retry_after"])
    return response


def _of_http(error: HTTPException) -> Response:
    kind, detail, extra = _words(error)
    response = _problem(error.code or kind.status, kind.slug, kind.title, detail, extra)
    if isinstance(error, werkzeug.MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _words(error: HTTPException) -> tuple[type[KgapiError], str, dict[str, Any]]:
    kind = kind_of(error.code or KgapiError.status)
    # flask-smorest keeps what its schemas found wrong in ``data``.
    data: Mapping[str, Any] = getattr(error, "data", {})
    if "messages" in data:
        errors = {"errors": data["messages"]}
        return InvalidParameter, "Parameters cannot be used as given.", errors
    match error:
        case werkzeug.MethodNotAllowed(valid_methods=methods):
            return kind, f"{request.path} takes {', '.join(sorted(methods or ()))}", {}
        case werkzeug.RequestEntityTooLarge() if limit := request.max_content_length:
            return kind, f"the body is over the limit of {limit:,} bytes", {"limit": limit}
        case werkzeug.NotFound():
            return kind, f"there is nothing at {request.path}", {}
    return kind, error.description or kind.title, {}


def kind_of(status: int) -> type[KgapiError]:
    """The kind of what HTTP itself refuses with a status."""
    ours = BadRequest if status < KgapiError.status else KgapiError
    return _OF_STATUS.get(status, ours)


def _problem(status: int, slug: str, title: str, detail: str, extra: Mapping[str, Any]) -> Response:
    body = {
        "type": f"{request.url_root}problems/{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        **extra,
    }
    return _shown(body, status)


def _shown(body: Mapping[str, Any], status: int) -> Response:
    """A problem in the representation that the client likes: JSON unless it asks for another."""
    match _liked():
        case media.HTML:
            response = page("problem.html", title=body["title"], problem=body)
        case media.TEXT:
            response = Response(f"{body['title']}: {body['detail']}\n", mimetype=media.TEXT.type)
        case _:
            response = Response(json.dumps(body), content_type=media.PROBLEM.content_type)
    response.status_code = status
    response.vary.add("Accept")
    return response


def _liked() -> MediaType:
    if request.path.endswith(".html") or request.args.get("format") == media.HTML.name:
        return media.HTML
    try:
        return media.negotiate(request.headers.get("Accept", ""), _SHAPES)
    except NotAcceptable:
        return media.PROBLEM
