"""Lookups answered on the event loop, as the application answered one of them before.

All answers of a revision to lookups in one representation have the same headers but for their
length. So the application is asked once, and only the bodies of the others are worked out.
"""

from collections.abc import Callable
from urllib.parse import unquote_plus

from kgapi import media
from kgapi.media import MediaType
from kgapi.server.refusal import Headers

LookUp = Callable[[str, MediaType], bytes | None]
"""The small answer to a lookup; None for what is none, or not small."""

Variant = tuple[bytes, ...]

_PATH, _QUERY = b"/sparql", b"query="
_OFFERS = {offer.content_type.encode(): offer for offer in media.SOLUTIONS}


class Lookups:
    """What is known of answers to lookups, for one revision of the store."""

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._revision = ""
        self._models: dict[Variant, tuple[MediaType, Headers]] = {}

    def learn(
        self, revision: str, path: bytes, query: bytes, variant: Variant, headers: Headers
    ) -> None:
        """Take note of the headers of an answer, if it is one to a lookup."""
        found = {name.lower(): value for name, value in headers}
        offer = _OFFERS.get(found.get(b"content-type", b""))
        text = _text(path, query)
        if offer is None or text is None or b"content-encoding" in found:
            return
        if self._look_up(text, offer) is not None:
            self._turn_to(revision)
            others = [pair for pair in headers if pair[0].lower() != b"content-length"]
            self._models[variant] = (offer, others)

    def answer(
        self, revision: str, path: bytes, query: bytes, variant: Variant
    ) -> tuple[Headers, bytes] | None:
        """Headers and body of the answer to a request; None where the application has to give it."""
        self._turn_to(revision)
        model = self._models.get(variant)
        text = _text(path, query) if model else None
        if model is None or text is None:
            return None
        offer, headers = model
        body = self._look_up(text, offer)
        if body is None:
            return None
        return [*headers, (b"content-length", b"%d" % len(body))], body

    def _turn_to(self, revision: str) -> None:
        if revision != self._revision:
            self._models.clear()
            self._revision = revision


def _text(path: bytes, query: bytes) -> str | None:
    """The text of a query that is the only parameter."""
    if path != _PATH or not query.startswith(_QUERY) or b"&" in query:
        return None
    try:
        return unquote_plus(query[len(_QUERY) :].decode("ascii"), errors="strict")
    except UnicodeDecodeError:
        return None
