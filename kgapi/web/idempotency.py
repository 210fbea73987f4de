"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): the same POST again changes nothing.

Whoever is unsure whether a POST arrived sends it again under the same key, and gets the answer to
the first one. What came to nothing is not kept: the same key may try again.
"""

import re
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from io import BytesIO
from typing import ParamSpec, TypeVar

from flask import Response, after_this_request, request
from marshmallow import Schema, fields

from kgapi.errors import BadRequest
from kgapi.web.answers import Kept
from kgapi.web.body import body
from kgapi.web.parts import parts

P = ParamSpec("P")
R = TypeVar("R")

# A string of RFC 9651 section 3.3.3; clients forget the quotes.
_KEY = re.compile(r'"([\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x5b\x5d-\x7e]{1,255})')
_KEPT = ("Content-Type", "Location")


class KeyArguments(Schema):
    """The header, for the documentation of a view and as a keyword of ``idempotent``."""

    idempotency_key = fields.String(
        data_key="Idempotency-Key",
        load_default=None,
        metadata={
            "description": "A name for this request, so that it can be sent again: it is done once."
        },
    )


def idempotent(view: Callable[P, R]) -> Callable[P, R | Response]:
    """A view of a POST that is done once for each Idempotency-Key, by those who may write.

    It is under ``arguments(KeyArguments, location="headers", as_kwargs=True)``.
    """

    @wraps(view)
    def once(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        key = _key(kwargs.pop("idempotency_key"))
        if key is None:
            return view(*args, **kwargs)
        kept = parts().answers.begin(key, _request())
        if kept:
            return Response(kept.body, kept.status, list(kept.headers))

        @after_this_request
        def keep(response: Response) -> Response:
            if 200 <= response.status_code < 300:
                parts().answers.keep(key, _answer(response))
            else:
                parts().answers.drop(key)
            return response

        return view(*args, **kwargs)

    return once


def _key(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    found = _KEY.fullmatch(value.strip())
    if not found:
        raise BadRequest("Idempotency-Key is a string of 1 to 255 visible characters, in quotes")
    return found[1] or found[2]


def _request() -> str:
    """A digest of what is asked; the view can still read the body."""
    data = body(parts().settings.max_article, "what is posted")
    request.stream = BytesIO(data)
    asked = f"{request.method} {request.full_path} {request.content_type}\n"
    return sha256(asked.encode() + data).hexdigest()


def _answer(response: Response) -> Kept:
    headers = [(name, response.headers[name]) for name in _KEPT if name in response.headers]
    return Kept(response.status_code, headers, response.get_data())
