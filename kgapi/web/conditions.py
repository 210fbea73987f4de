"""Conditional requests (RFC 9110 section 13) on graphs.

The entity tag of a representation is the tag of the graph's content and the name of the media type:
``"…digest…-ttl"``. A write is about the graph, so there the tag of any representation will do.
"""

import re

from flask import request

from kgapi.media import MediaType
from kgapi.store.engine import Condition

_TAG = re.compile(r'(?:W/)?"([^"]*)"|(\*)')


def entity_tag(tag: str, media_type: MediaType) -> str:
    """The value of ETag for a representation of a graph."""
    return f'"{tag}-{media_type.name}"'


def is_fresh(etag: str) -> bool:
    """Whether the client of a GET has this representation already (section 13.1.2)."""
    known = _tags("If-None-Match")
    return known is not None and ("*" in known or etag.strip('"') in known)


def condition(*, required: bool = False) -> Condition:
    """The condition of a write, as If-Match and If-None-Match have it.

    Where there is none and one is ``required``, a graph that is there is not written over
    (RFC 6585 section 3).
    """
    return Condition(_graph_tags("If-Match"), _graph_tags("If-None-Match"), required)


def _tags(header: str) -> frozenset[str] | None:
    """The tags of a header, None where it is not sent; a weak tag is as good as a strong one."""
    value = request.headers.get(header)
    if value is None:
        return None
    return frozenset(tag or star for tag, star in _TAG.findall(value))


def _graph_tags(header: str) -> frozenset[str] | None:
    tags = _tags(header)
    return None if tags is None else frozenset(tag.rpartition("-")[0] or tag for tag in tags)
