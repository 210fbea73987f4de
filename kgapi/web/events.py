"""What changed as Server-Sent Events (HTML Standard section 9.2).

An answer has what there is, and tells in the header Last-Event-ID how far it got. That is all of it
for a server that knows no more of it; ours (`kgapi.server.streams`) goes on from there, asking for
more each time that something changed.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping

from flask import Response

from kgapi import feeds, media
from kgapi.feeds import Wanted
from kgapi.graph.iris import Iris
from kgapi.journal import Change, reads

# Changes in one answer, and milliseconds after which a client whose stream broke off comes back.
_PIECE = 100
_COME_BACK = 3_000


def events(
    connection: sqlite3.Connection, wanted: Wanted, since: str | None, iris: Iris
) -> Response:
    """The changes that are wanted since then; None: since now."""
    last = reads.last(connection)
    after = last if since is None else min(reads.place(connection, since), last)
    found = feeds.selected(connection, wanted, after, _PIECE, until=last)
    reached = found[-1].seq if len(found) == _PIECE else last
    return Response(
        _written(found, reached, iris),
        content_type=media.EVENT_STREAM.content_type,
        headers=_headers(reached),
    )


def _headers(reached: int) -> Mapping[str, str]:
    return {
        "Cache-Control": "no-store",
        "Vary": "Accept",
        "Last-Event-ID": str(reached),
        # nginx would keep events until it has enough of them.
        "X-Accel-Buffering": "no",
    }


def _written(changes: Iterable[Change], reached: int, iris: Iris) -> str:
    told = "".join(
        f"event: change\nid: {change.seq}\ndata: {json.dumps(feeds.told(change, iris))}\n\n"
        for change in changes
    )
    # Without data this is no event, but it counts: whatever was not wanted is not asked for again.
    return f"retry: {_COME_BACK}\n\n{told}id: {reached}\n\n"
