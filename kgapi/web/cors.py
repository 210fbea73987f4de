"""Pages of any origin may read every answer, errors included (Fetch standard section 3.2).

There are no cookies here, and whoever writes sends a token: no origin can borrow anybody's rights.
"""

from flask import Flask, Response, request

_EXPOSED = (
    "Accept-Patch, Allow, Content-Disposition, Content-Location, Content-Profile, Deprecation, ETag,"
    " Link, Location, Retry-After, Sunset, WWW-Authenticate, X-Pagination"
)
_ALLOWED = (
    "Accept, Accept-Profile, Authorization, Content-Encoding, Content-Type, Idempotency-Key,"
    " If-Match, If-None-Match, Last-Event-ID"
)
# How long a browser may remember the answer to a preflight, in seconds.
_REMEMBER = "86400"


OPEN = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": _EXPOSED}
"""The headers that let a page of any origin read an answer."""


def install(app: Flask) -> None:
    """Open every answer of an application to pages of any origin."""
    app.after_request(_open)


def _open(response: Response) -> Response:
    response.headers.update(OPEN)
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
        response.headers["Access-Control-Allow-Headers"] = _ALLOWED
        response.headers["Access-Control-Max-Age"] = _REMEMBER
    return response
