"""What the client asked for: ``?format=`` first, then the Accept header."""

from functools import partial

from flask import request

from kgapi import media
from kgapi.media import Choose
from kgapi.web.body import Parameters


def choice(given: Parameters) -> Choose:
    """How to choose a representation for a request with these parameters."""
    wanted = ",".join(given.get("format", ())).split(",")
    if names := [name.strip() for name in wanted if name.strip()]:
        return media.named(*names)
    return partial(media.negotiate, request.headers.get("Accept", ""))
