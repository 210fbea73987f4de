"""What changed as a feed to subscribe to: Atom (RFC 4287) and JSON Feed 1.1, newest first.

The feed has what came last; what was before is in archives (RFC 5005 section 4), which never
change.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import json, request
from lxml import etree
from lxml.builder import ElementMaker

from kgapi import feeds, media
from kgapi.errors import NotFound
from kgapi.exports.xml import writable
from kgapi.feeds import Notice, Wanted
from kgapi.journal import reads
from kgapi.web.addresses import here
from kgapi.web.body import address, asked_without
from kgapi.web.parts import parts

# Changes that an archive has, of whatever they are about: so its place is fixed.
_ARCHIVE = 100
_NEVER = "1970-01-01T00:00:00Z"
_ATOM, _HISTORY = "http://www.w3.org/2005/Atom", "http://purl.org/syndication/history/1.0"
_WORDS = {"added": "", "changed": "Told otherwise: ", "removed": "No longer told: "}


@dataclass(frozen=True, slots=True)
class Feed:
    """Notices, newest first. ``older`` is the number of the archive that comes before, None for
    none; ``archive`` that of this one, None for what came last."""

    notices: Sequence[Notice]
    updated: str
    archive: int | None
    older: int | None


def feed(
    connection: sqlite3.Connection, wanted: Wanted, since: int, archive: int | None = None
) -> Feed:
    """What came last behind a change, or what an archive has of it. Raises NotFound."""
    last = reads.last(connection)
    whole = last // _ARCHIVE
    if archive is not None and archive >= whole:
        raise NotFound(f"there is no archive {archive} of this feed")
    # With the last whole archive: a feed shall not be empty once it is full.
    number = max(0, whole - 1) if archive is None else archive
    begin = max(number * _ARCHIVE, since)
    end = last if archive is None else (archive + 1) * _ARCHIVE
    changes = feeds.selected(connection, wanted, begin, 2 * _ARCHIVE, until=end)
    before = feeds.last_before(connection, wanted, begin)
    return Feed(
        notices=feeds.notices(connection, changes)[::-1],
        updated=changes[-1].at if changes else reads.latest(connection) or _NEVER,
        archive=archive,
        older=(before - 1) // _ARCHIVE if before > since else None,
    )


def atom(feed: Feed) -> bytes:
    """A feed as Atom."""
    make = ElementMaker(namespace=_ATOM, nsmap={None: _ATOM, "fh": _HISTORY})
    document = make.feed(
        make.id(_name()),
        make.title(writable(_title())),
        make.updated(feed.updated),
        make.author(make.name(writable(parts().settings.title))),
        make.generator("kgapi"),
        *([etree.Element(f"{{{_HISTORY}}}archive")] if feed.archive is not None else []),
        *(make.link(rel=relation, href=href) for relation, href in _links(feed, media.ATOM)),
        *(_entry(make, notice) for notice in feed.notices),
    )
    written: bytes = etree.tostring(document, xml_declaration=True, encoding="utf-8")
    return written


def json_feed(feed: Feed) -> bytes:
    """A feed as JSON Feed 1.1; older archives are its further pages."""
    links = dict(_links(feed, media.JSON_FEED))
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(),
        "home_page_url": request.url_root,
        "feed_url": links["self"],
        **({"next_url": links["prev-archive"]} if "prev-archive" in links else {}),
        "authors": [{"name": parts().settings.title}],
        "items": [_item(notice) for notice in feed.notices],
    }
    return json.dumps(document).encode()


WRITERS: Mapping[media.MediaType, Callable[[Feed], bytes]] = {
    media.ATOM: atom,
    media.JSON_FEED: json_feed,
}


def _entry(make: Any, notice: Notice) -> Any:
    fact = notice.fact
    links = [make.link(rel="alternate", href=writable(here(fact.fact)))]
    if notice.source:
        links.append(make.link(rel="via", href=writable(notice.source)))
    return make.entry(
        make.id(notice.id),
        make.title(writable(_headline(notice))),
        make.updated(notice.change.at),
        *links,
        make.category(term=fact.kind),
        *([make.category(term=fact.type)] if fact.type else []),
        make.summary(writable(_summary(notice))),
    )


def _item(notice: Notice) -> dict[str, Any]:
    change, fact = notice.change, notice.fact
    return {
        "id": notice.id,
        "url": here(fact.fact),
        **({"external_url": notice.source} if notice.source else {}),
        "title": _headline(notice),
        "content_text": _summary(notice),
        "date_published": change.at,
        "tags": [tag for tag in (fact.kind, fact.type) if tag],
        "_kgapi": {
            "seq": change.seq,
            "revision": change.revision,
            "kind": fact.kind,
            "fact": fact.fact,
            "type": fact.type,
            "article": parts().iris.article_of(change.graph),
            "graph": change.graph or None,
        },
    }


def _headline(notice: Notice) -> str:
    return _WORDS[notice.fact.kind] + (notice.fact.label or notice.fact.fact)


def _summary(notice: Notice) -> str:
    """The sentences that say so, and where they stand."""
    said = " … ".join(notice.sentences) or notice.fact.label
    return f"{said} ({notice.headline})" if notice.headline else said


def _title() -> str:
    return f"{parts().settings.title}: what changed"


def _name() -> str:
    """The IRI of the feed, whatever its form and at whatever address it is asked for."""
    asked = urlencode(sorted(_asked()))
    return f"{parts().iris.base}{request.path[1:]}{'?' if asked else ''}{asked}"


def _links(feed: Feed, form: media.MediaType) -> Sequence[tuple[str, str]]:
    """Relations and addresses of this feed and those that it leads to."""

    def part(archive: int | None) -> str:
        more = [] if archive is None else [("archive", str(archive))]
        return address([*_asked(), ("format", form.name), *more])

    links = [("self", part(feed.archive)), ("current", part(None))]
    return links if feed.older is None else [*links, ("prev-archive", part(feed.older))]


def _asked() -> list[tuple[str, str]]:
    """What the feed is asked for, whatever the form and the part of it."""
    return asked_without("format", "archive")
