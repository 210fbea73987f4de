"""Conditional requests (RFC 9110 section 13) on graphs, and on whatever is made of the whole store.

The entity tag of a graph's representation is the tag of its content and the name of the media type:
``"…digest…-ttl"``. A write is about the graph, so there the tag of any representation will do.

All else that is made of the store has a weak tag of the store's revision, so that a client that has
it is told so before anything is worked out: ``W/"…revision….…house….json"``.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from hashlib import sha256
from typing import TypeVar

from flask import Blueprint, Response, g, request

from kgapi import __version__, media
from kgapi.errors import PreconditionFailed, PreconditionRequired
from kgapi.media import MediaType
from kgapi.settings import Settings
from kgapi.store.engine import Condition
from kgapi.web.parts import parts

AnyBlueprint = TypeVar("AnyBlueprint", bound=Blueprint)

FOR_GOOD = "public, max-age=604800, immutable"
"""Cache-Control of what is written once and never changes; a journal may yet be made anew."""

_TAG = re.compile(r'(?:W/)?"([^"]*)"|(\*)')


def entity_tag(tag: str, media_type: MediaType) -> str:
    """The value of ETag for a representation of a graph."""
    return f'"{tag}-{media_type.name}"'


def is_fresh(etag: str) -> bool:
    """Whether the client of a GET has this representation already (section 13.1.2)."""
    known = _tags("If-None-Match")
    return known is not None and ("*" in known or etag.strip('"') in known)


def revision_tag(name: str) -> str | None:
    """ETag of what is made of the store as it is now, in the media type of that short name.

    None where the engine cannot tell one state from another. Ask before the store is read: what is
    read later may be newer than its tag, never older.
    """
    revision = parts().engine.revision()
    return None if revision is None else f'W/"{revision}.{_house(parts().settings)}.{name}"'


def journal_tag(name: str) -> str:
    """ETag of what is made of the journal, which is brought up to date for it where that can be
    done soon. Else the tag is of an older state, and so may the answer be. Raises Busy."""
    return f'W/"{parts().journal.current()}.{_house(parts().settings)}.{name}"'


def is_known(etag: str) -> bool:
    """Whether the client of a GET names this very tag. ``*`` names none: nothing is made yet."""
    known = _tags("If-None-Match")
    return known is not None and etag.removeprefix("W/").strip('"') in known


def revalidation(etag: str | None) -> dict[str, str]:
    """The headers of an answer that has this tag: keep it, and ask each time whether it holds."""
    return {"ETag": etag, "Cache-Control": "no-cache"} if etag else {}


def revalidated(
    blueprint: AnyBlueprint, tag: Callable[[str], str | None] = revision_tag
) -> AnyBlueprint:
    """The same blueprint; its GETs give JSON made of the store, and 304 where the client has it.

    ``tag`` says what it is made of: ``revision_tag`` or ``journal_tag``.
    """
    blueprint.before_request(partial(_answer_unless_known, tag))
    blueprint.after_request(_tell_tag)
    return blueprint


def _answer_unless_known(tag: Callable[[str], str | None]) -> Response | None:
    chosen = g.get("representation", media.JSON)
    g.tag = tag(chosen.name) if request.method in {"GET", "HEAD"} else None
    return Response(status=304) if g.tag and is_known(g.tag) else None


def _tell_tag(response: Response) -> Response:
    if response.status_code in {200, 304}:
        response.headers.update(revalidation(g.get("tag")))
    return response


@cache
def _house(settings: Settings) -> str:
    """What else an answer depends on: another version, or other settings, may word it otherwise."""
    told = replace(settings, token="", store="")
    return sha256(f"{__version__} {told}".encode()).hexdigest()[:8]


def require_match(content: str | None) -> None:
    """Let a write go on where If-Match names what is there now (RFC 6585 section 3).

    That is by the tag of any answer that is made of the store as it is, or by the ``content`` tag of
    the graph in question. Raises PreconditionRequired and PreconditionFailed.
    """
    known = _tags("If-Match")
    if known is None:
        raise PreconditionRequired("send If-Match with the ETag that you know, or with *")
    revision = parts().engine.revision()
    present = f"{revision}.{_house(parts().settings)}."
    is_present = revision is not None and any(tag.startswith(present) for tag in known)
    by_content = content is not None and content in (_graph_tags("If-Match") or ())
    if "*" not in known and not is_present and not by_content:
        raise PreconditionFailed("something was written since you read: get it again")


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
