"""What the client asked for: ``?format=`` first, then the Accept header."""

from functools import partial

from flask import request

from kgapi import media
from kgapi.media import Choose
from kgapi.web.body import Parameters, once


def choice(given: Parameters) -> Choose:
    """How to choose a representation for a request with these parameters."""
    if wanted := once(given, "format"):
        return media.named(wanted)
    return partial(media.negotiate, request.headers.get("Accept", ""))
