"""Problem documents of the server itself, for requests that never reach the application."""

import json
from typing import TYPE_CHECKING

from kgapi import media
from kgapi.errors import KgapiError
from kgapi.web import cors

if TYPE_CHECKING:
    from uvicorn._types import ASGISendCallable as Send

Headers = list[tuple[bytes, bytes]]


def refusal(error: KgapiError) -> tuple[int, Headers, bytes]:
    """(status, headers, body) for an error, in the shape that all errors have (RFC 9457)."""
    problem = {
        "type": f"/problems/{error.slug}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        **error.extra,
    }
    body = json.dumps(problem).encode()
    headers = {
        "Content-Type": media.PROBLEM.content_type,
        "Content-Length": str(len(body)),
        **cors.OPEN,
    }
    if "retry_after" in error.extra:
        headers["Retry-After"] = str(error.extra["retry_after"])
    return error.status, [(k.encode(), v.encode()) for k, v in headers.items()], body


async def refuse(error: KgapiError, send: "Send", *more: tuple[bytes, bytes]) -> None:
    """Send an error as the whole answer, with these headers beside its own."""
    status, headers, body = refusal(error)
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *more]})
    await send({"type": "http.response.body", "body": body, "more_body": False})
