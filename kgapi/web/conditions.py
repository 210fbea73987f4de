"""Conditional requests (RFC 9110 section 13) on graphs.

The entity tag of a representation is the tag of the graph's content and the name of the media type:
``"…digest…-ttl"``. A write is about the graph, so there the tag of any representation will do.
"""

import re

from flask import request

from kgapi.errors import PreconditionFailed, PreconditionRequired
from kgapi.media import MediaType
from kgapi.store.engine import Expect, whatever

_TAG = re.compile(r'(?:W/)?"([^"]*)"|(\*)')


def entity_tag(tag: str, media_type: MediaType) -> str:
    """The value of ETag for a representation of a graph."""
    return f'"{tag}-{media_type.name}"'


def is_fresh(etag: str) -> bool:
    """Whether the client of a GET has this representation already (section 13.1.2)."""
    known = _tags("If-None-Match")
    return known is not None and ("*" in known or etag.strip('"') in known)


def expectation(*, required: bool = False) -> Expect:
    """The condition of a write, as If-Match and If-None-Match have it.

    Raises PreconditionFailed where it does not hold, and PreconditionRequired (RFC 6585 section 3)
    where there is none, the graph is there and one is ``required``.
    """
    match, none_match = _tags("If-Match"), _tags("If-None-Match")
    if match is None and none_match is None:
        return _nothing_is_there if required else whatever

    def expect(tag: str | None) -> None:
        if match is not None and not _names(match, tag):
            raise PreconditionFailed("the graph is not the one of If-Match: get it again")
        if none_match is not None and _names(none_match, tag):
            raise PreconditionFailed("the graph is there, and If-None-Match says it should not be")

    return expect


def _nothing_is_there(tag: str | None) -> None:
    if tag is not None:
        raise PreconditionRequired(
            "this server overwrites nothing unseen: send If-Match with the ETag of the graph"
        )


def _tags(header: str) -> set[str] | None:
    """The tags of a header, None where it is not sent; a weak tag is as good as a strong one."""
    value = request.headers.get(header)
    if value is None:
        return None
    return {tag or star for tag, star in _TAG.findall(value)}


def _names(tags: set[str], tag: str | None) -> bool:
    if tag is None:
        return False
    return "*" in tags or tag in {each.rpartition("-")[0] for each in tags}
