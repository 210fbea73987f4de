"""Lookups answered on the event loop, as the application answered one of them before.

All answers of a revision to lookups in one representation have the same headers but for their
length. So the application is asked once, and only the bodies of the others are worked out.
"""

from collections.abc import Callable
from urllib.parse import unquote_plus

from kgapi import media
from kgapi.media import MediaType
from kgapi.server.refusal import Headers
from kgapi.web.codings import SMALL

LookUp = Callable[[str, MediaType, int], bytes | None]
"""The answer to a lookup; None for what is none, or has more bytes than the last argument."""

Variant = tuple[bytes, ...]
"""The values of the headers that an answer depends on: those of SELECTING first."""

# What an answer may depend on, beside the URL (RFC 9110 section 12.5.5).
SELECTING = (b"host", b"accept", b"accept-encoding", b"accept-profile")
_PATH, _QUERY = b"/sparql", b"query="
# Bytes of an answer that leave as they are whatever codings are accepted, and of one where none is.
_UNCODED, _MOST = SMALL - 1, 16_384
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
        """Take note of the headers of an answer, if it is the first to a lookup."""
        self._turn_to(revision)
        if variant in self._models:
            return
        found = {name.lower(): value for name, value in headers}
        offer = _OFFERS.get(found.get(b"content-type", b""))
        text = _text(path, query)
        if offer is None or text is None or b"content-encoding" in found:
            return
        if self._look_up(text, offer, _most(variant)) is not None:
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
        body = self._look_up(text, offer, _most(variant))
        if body is None:
            return None
        return [*headers, (b"content-length", b"%d" % len(body))], body

    def _turn_to(self, revision: str) -> None:
        if revision != self._revision:
            self._models.clear()
            self._revision = revision


def _most(variant: Variant) -> int:
    return _UNCODED if variant[SELECTING.index(b"accept-encoding")] else _MOST


def _text(path: bytes, query: bytes) -> str | None:
    """The text of a query that is the only parameter."""
    if path != _PATH or not query.startswith(_QUERY) or b"&" in query:
        return None
    try:
        return unquote_plus(query[len(_QUERY) :].decode("ascii"), errors="strict")
    except UnicodeDecodeError:
        return None
