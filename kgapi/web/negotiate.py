"""What the client asked for: ``?format=`` first, then the Accept header."""

from functools import partial

from flask import request

from kgapi import media
from kgapi.media import Choose


def choice() -> Choose:
    """How to choose a representation for the request at hand."""
    if wanted := request.values.get("format"):
        return media.named(wanted)
    return partial(media.negotiate, request.headers.get("Accept", ""))
