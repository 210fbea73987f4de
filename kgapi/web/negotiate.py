"""What the client asked for: ``?format=`` first, then the Accept header."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from flask import request

from kgapi import media
from kgapi.media import Choose, MediaType
from kgapi.web.body import Parameters


def choice(given: Parameters) -> Choose:
    """How to choose a representation for a request with these parameters."""
    wanted = ",".join(given.get("format", ())).split(",")
    if names := [name.strip() for name in wanted if name.strip()]:
        return media.named(*names)
    return partial(media.negotiate, request.headers.get("Accept", ""))


def content(offers: Iterable[MediaType]) -> dict[str, Any]:
    """Media types as the ``content`` of OpenAPI: some JSON where they are JSON, else text."""
    return {
        offer.type: {"schema": {} if offer.type.endswith("json") else {"type": "string"}}
        for offer in offers
    }
