"""What a request carries: its parameters, each once where it counts once, and its body, within bounds."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import request
from marshmallow import Schema, ValidationError

from kgapi import media
from kgapi.errors import BadRequest, TooLarge, UnsupportedMediaType

FORM = "application/x-www-form-urlencoded"

Parameters = Mapping[str, Sequence[str]]


def parameters(*encoded: bytes) -> Parameters:
    """The values of each name in the query of a URL or in a form. Raises BadRequest."""
    found: dict[str, list[str]] = {}
    for each in encoded:
        try:
            pairs = parse_qsl(
                each.decode("utf-8"), keep_blank_values=True, encoding="utf-8", errors="strict"
            )
        except ValueError as error:
            raise BadRequest(f"the parameters are not UTF-8: {error}") from None
        for name, value in pairs:
            # YASGUI sends `using-graph-uri ` with a space behind it.
            found.setdefault(name.strip(), []).append(value)
    return found


def url_parameters() -> Parameters:
    """The parameters in the URL of the request."""
    return parameters(request.query_string)


def asked_without(*names: str) -> list[tuple[str, str]]:
    """The parameters in the URL but for some, in their order."""
    return [pair for pair in request.args.items(multi=True) if pair[0] not in names]


def address(asked: Sequence[tuple[str, str]]) -> str:
    """Where the request goes, with these parameters instead of its own."""
    return f"{request.base_url}?{urlencode(asked)}" if asked else request.base_url


def once(given: Parameters, name: str) -> str | None:
    """The one value of a parameter, None where it is not given. Raises BadRequest for several."""
    values = given.get(name, ())
    if len(values) > 1:
        raise BadRequest(f"send exactly one `{name}` parameter, not {len(values)}")
    return values[0] if values else None


def body(limit: int, what: str) -> bytes:
    """The request's body. Raises TooLarge as soon as it is over the limit, declared or not."""
    data: bytes = request.stream.read(limit + 1)
    if len(data) > limit:
        raise TooLarge(f"{what} has at most {limit:,} bytes here", limit=limit)
    return data


def json_body(limit: int, what: str, schema: Schema) -> dict[str, Any]:
    """The request's body, which says that it is JSON, as the object that a schema describes.

    Raises BadRequest, TooLarge and UnsupportedMediaType.
    """
    if request.mimetype != media.JSON.type:
        sent = request.mimetype or "nothing"
        raise UnsupportedMediaType(f"send {media.JSON.type}, not {sent}")
    return json_object(body(limit, what), schema)


def json_object(data: bytes, schema: Schema) -> dict[str, Any]:
    """A body as the JSON object that a schema describes. Raises BadRequest, by member in ``errors``."""
    return loaded(schema, json_value(data, "the body"))


def json_value(data: str | bytes, what: str) -> Any:
    """What JSON says. Raises BadRequest."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"{what} is no JSON: {error}") from None


def loaded(schema: Schema, given: Any, name: str | None = None) -> dict[str, Any]:
    """An object, or the member of this name, as its schema has it.

    Raises BadRequest, by member in ``errors``.
    """
    what = "members" if name is None else f"`{name}`"
    try:
        found: dict[str, Any] = schema.load(given)
    except ValidationError as error:
        errors = error.messages if name is None else {name: error.messages}
        raise BadRequest(f"{what} cannot be used as given", errors=errors) from None
    except RecursionError:
        raise BadRequest(f"{what} cannot be used, being nested too deeply") from None
    return found


def text(data: bytes) -> str:
    """A body as text. It is UTF-8, as SPARQL 1.1 Protocol section 2.1.3 has it.

    Raises UnsupportedMediaType where the request says otherwise, BadRequest where it is not.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in {"utf-8", "utf8", "us-ascii"}:
        raise UnsupportedMediaType(f"SPARQL comes in UTF-8, not in {charset}")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"the body is not UTF-8: {error}") from None
