"""/v1/changes: what changed in the store, as JSON, a feed, a stream of events, or quad by quad."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from flask.views import MethodView
from marshmallow import Schema, fields, validate

from kgapi import feeds, media
from kgapi.errors import BadRequest
from kgapi.journal import reads
from kgapi.media import MediaType
from kgapi.queries.reads import Page
from kgapi.web.blueprint import Blueprint
from kgapi.web.body import url_parameters
from kgapi.web.conditions import FOR_GOOD, is_known, journal_tag, revalidation
from kgapi.web.events import events
from kgapi.web.negotiate import choice, content
from kgapi.web.pages import page_arguments, paged
from kgapi.web.parts import parts
from kgapi.web.problems import PROBLEM
from kgapi.web.schemas import ChangeSchema, PageArguments, page_of
from kgapi.web.signposting import link
from kgapi.web.syndication import WRITERS, feed
from kgapi.web.topics import TopicArguments, wanted

blueprint = Blueprint(
    "changes", __name__, url_prefix="/v1/changes", description="What changed in the store."
)

_OFFERS = (media.JSON, media.RDF_PATCH, *WRITERS, media.EVENT_STREAM)
_ANSWERS = {
    "responses": {
        "200": {
            "description": "The changes, as they are told or quad by quad.",
            "content": {
                media.JSON.type: {"schema": page_of(ChangeSchema)},
                **content(_OFFERS[1:]),
            },
        },
        "304": {"description": "You have it already: nothing was written since."},
    }
}


class ChangesArguments(PageArguments, TopicArguments):
    """Which changes, and in which form."""

    since = fields.String(
        metadata={
            "description": "Only what is new since then: the `seq` of a change, a `revision`, or a"
            " date or date-time of ISO 8601. Without it everything; of events, what is yet to come."
        },
    )
    format = fields.String(
        metadata={"description": f"{', '.join(offer.name for offer in _OFFERS)}; wins over Accept."}
    )
    archive = fields.Integer(
        validate=validate.Range(min=0),
        metadata={"description": "Of Atom and JSON Feed: an older part, as the feed leads to it."},
    )


class EventArguments(Schema):
    """Where a stream of events goes on."""

    last_event_id = fields.String(
        data_key="Last-Event-ID",
        load_default=None,
        metadata={"description": "Of events: only what comes after this one; wins over `since`."},
    )


@blueprint.route("")
class Changes(MethodView):
    @blueprint.arguments(ChangesArguments, location="query")
    @blueprint.arguments(EventArguments, location="headers", as_kwargs=True)
    @blueprint.doc(**_ANSWERS)
    @blueprint.response(200, page_of(ChangeSchema))
    @blueprint.alt_response(400, **PROBLEM)
    @blueprint.alt_response(404, **PROBLEM)
    @blueprint.alt_response(406, **PROBLEM)
    @blueprint.alt_response(503, **PROBLEM)
    def get(
        self, arguments: dict[str, Any], last_event_id: str | None
    ) -> Response | tuple[dict[str, Any], int, dict[str, str]]:
        """What changed since then, in the order in which it did.

        With `entity`, `country`, `programme` or `reason`, only changes of such facts, and those
        facts alone. Atom and JSON Feed have an entry for each fact, newest first. As RDF Patch it is
        one document, of as many changes as there are where no `limit` is given: an empty store in
        which all of it is carried out from the first change on is this one.
        """
        chosen = choice(url_parameters())(_OFFERS)
        _check(chosen, arguments)
        if chosen is media.EVENT_STREAM:
            return _events(arguments, last_event_id)
        etag = journal_tag(chosen.name)
        headers = {"Vary": "Accept", **revalidation(etag)}
        if is_known(etag):
            return Response(status=304, headers=headers)
        if chosen is media.RDF_PATCH:
            return _patch(arguments, headers)
        if chosen in WRITERS:
            return _feed(chosen, arguments, headers)
        return paged(_page(arguments)), 200, headers


def _check(chosen: MediaType, arguments: Mapping[str, Any]) -> None:
    """Raises BadRequest for what the representation has no use for."""
    useless = {
        "archive": chosen not in WRITERS,
        "limit": chosen not in {media.JSON, media.RDF_PATCH},
        "cursor": chosen is not media.JSON,
        **dict.fromkeys(feeds.DIMENSIONS, chosen is media.RDF_PATCH),
    }
    for name, is_useless in useless.items():
        if is_useless and arguments.get(name, "") != "":
            raise BadRequest(f"`{name}` has no meaning for {chosen.type}")


def _events(arguments: Mapping[str, Any], last_event_id: str | None) -> Response:
    house = parts()
    house.journal.current()
    with house.journal.reading() as connection:
        since = last_event_id or arguments.get("since")
        return events(connection, wanted(arguments), since, house.iris)


def _feed(chosen: MediaType, arguments: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    with parts().journal.reading() as connection:
        since = reads.place(connection, arguments.get("since", "0"))
        found = feed(connection, wanted(arguments), since, arguments.get("archive"))
    told = headers if found.archive is None else {"Vary": "Accept", "Cache-Control": FOR_GOOD}
    return Response(WRITERS[chosen](found), content_type=chosen.content_type, headers=dict(told))


def _page(arguments: dict[str, Any]) -> Page[dict[str, Any]]:
    after, limit = page_arguments(arguments)
    topics = wanted(arguments)
    with parts().journal.reading() as connection:
        since = reads.place(connection, arguments.get("since", "0"))
        begin = reads.place(connection, after) if after else since
        found = feeds.selected(connection, topics, begin, limit + 1)
        total = feeds.count(connection, topics, since)
    more = str(found[limit - 1].seq) if len(found) > limit else None
    return Page([feeds.told(each, parts().iris) for each in found[:limit]], total, more)


def _patch(arguments: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    journal = parts().journal
    with journal.reading() as connection:
        since = reads.place(connection, arguments.get("since", "0"))
        last = reads.last(connection)
    until = min(since + arguments.get("limit", last), last)
    later = link(f"{request.base_url}?since={max(since, until)}", "next")
    return Response(
        journal.patch(since, until),
        content_type=media.RDF_PATCH.content_type,
        headers={**headers, "Link": later},
    )
