"""Reading is open; writing needs ``Authorization: Bearer TOKEN``."""

import hmac
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import ParamSpec, TypeVar

from flask import request

from kgapi.errors import Forbidden, Unauthorized
from kgapi.web.parts import parts

P = ParamSpec("P")
R = TypeVar("R")


def digest(token: str) -> str:
    """What is kept of a token: its SHA-256, as hexadecimal digits."""
    return sha256(token.encode()).hexdigest()


def authorize() -> None:
    """Let the request at hand write. Raises Unauthorized without a token, Forbidden for a wrong one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("send the header `Authorization: Bearer TOKEN` with your token")
    kept = parts().token_digest
    if not kept:
        raise Forbidden("this server takes no writing: no token is set (KGAPI_TOKEN)")
    if not hmac.compare_digest(digest(token.strip()), kept):
        raise Forbidden("that token is not the one that this server knows")


def writes(view: Callable[P, R]) -> Callable[P, R]:
    """A view that needs the token."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        authorize()
        return view(*args, **kwargs)

    return guarded
