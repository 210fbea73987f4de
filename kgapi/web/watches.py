"""/v1/watches: what somebody wants to hear of, told by a webhook or as a feed."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, request, url_for
from flask.views import MethodView
from marshmallow import Schema, ValidationError, fields, validate

from kgapi import media
from kgapi.errors import NotFound
from kgapi.feeds import DIMENSIONS
from kgapi.watches import ACTIVE, Watch, Watches, destinations, new_secret, usable_secret
from kgapi.web.access import writes
from kgapi.web.blueprint import Blueprint
from kgapi.web.body import body, json_object, url_parameters
from kgapi.web.conditions import is_known, journal_tag, revalidation
from kgapi.web.filters import Thing, concept
from kgapi.web.negotiate import choice, content
from kgapi.web.parts import parts
from kgapi.web.problems import PROBLEM
from kgapi.web.syndication import WRITERS, feed

blueprint = Blueprint(
    "watches", __name__, url_prefix="/v1/watches", description="What somebody wants to hear of."
)

_TOKEN: dict[str, Any] = {"security": [{"token": []}]}
# Bytes of what says what to watch.
_LONGEST = 100_000


def _about(text: str) -> dict[str, str]:
    return {"description": text}


def _is_secret(text: str) -> None:
    if not usable_secret(text):
        raise ValidationError("`whsec_` and 24 to 64 bytes in base64.")


def _several(told: str, field: fields.Field[Any]) -> fields.List[Any]:
    return fields.List(
        field, validate=validate.Length(min=1, max=100), metadata=_about(f"{told}; any of them.")
    )


class WatchArguments(Schema):
    """What to watch: facts that have one of the values of each member; without any, everything."""

    entity = _several("Who or what takes part", Thing())
    country = _several("Countries that take part, or to which someone who does belongs", Thing())
    programme = _several("Sanctions programmes", Thing())
    reason = _several("Grounds that are given", concept("reason"))
    url = fields.String(metadata=_about("Where each change is posted to; without it, none is."))
    secret = fields.String(
        validate=_is_secret,
        metadata=_about("Key that signs what is posted; without it, one is made."),
    )


class WatchSchema(Schema):
    """A watch, and how its webhook does."""

    id = fields.String()
    created = fields.String(metadata=_about("When, in UTC."))
    entity = fields.List(fields.String())
    country = fields.List(fields.String())
    programme = fields.List(fields.String())
    reason = fields.List(fields.String())
    url = fields.String(allow_none=True, metadata=_about("Its webhook."))
    secret = fields.String(metadata=_about("Told once, when the watch is made."))
    feed = fields.String(metadata=_about("Address of the same as a feed."))
    state = fields.String(metadata=_about("active, or given up after too many failures."))
    reached = fields.Integer(metadata=_about("The `seq` up to which everything has been told."))
    failures = fields.Integer(metadata=_about("How often the next change was tried in vain."))
    next_try = fields.String(allow_none=True, metadata=_about("When it is tried again, in UTC."))
    last_delivery = fields.String(
        allow_none=True, metadata=_about("When a change was last taken, in UTC.")
    )
    error = fields.String(allow_none=True, metadata=_about("Why the last try was in vain."))


class WatchesSchema(Schema):
    """All watches."""

    items = fields.List(fields.Nested(WatchSchema))


class FeedArguments(Schema):
    """Which part of a feed, in which form."""

    format = fields.String(metadata=_about("atom or jsonfeed; wins over Accept."))
    archive = fields.Integer(
        validate=validate.Range(min=0), metadata=_about("An older part, as the feed leads to it.")
    )


@blueprint.route("")
class AllWatches(MethodView):
    @blueprint.doc(**_TOKEN)
    @blueprint.response(200, WatchesSchema)
    @blueprint.alt_response(401, **PROBLEM)
    @blueprint.alt_response(403, **PROBLEM)
    @writes
    def get(self) -> dict[str, Any]:
        """All watches, the oldest first."""
        return {"items": [_told(watch) for watch in _watches().all()]}

    @blueprint.doc(
        **_TOKEN,
        requestBody={
            "required": True,
            "content": {media.JSON.type: {"schema": WatchArguments}},
        },
    )
    @blueprint.response(201, WatchSchema)
    @blueprint.alt_response(400, **PROBLEM)
    @blueprint.alt_response(401, **PROBLEM)
    @blueprint.alt_response(403, **PROBLEM)
    @blueprint.alt_response(409, **PROBLEM)
    @blueprint.alt_response(413, **PROBLEM)
    @blueprint.alt_response(422, **PROBLEM)
    @writes
    def post(self) -> tuple[dict[str, Any], int, dict[str, str]]:
        """Watch what changes from now on."""
        asked = json_object(body(_LONGEST, "a watch"), WatchArguments())
        url, secret = asked.get("url"), None
        if url is not None:
            destinations(url, parts().settings.webhooks.split())
            secret = asked.get("secret") or new_secret()
        wanted = {name: asked[name] for name in DIMENSIONS if name in asked}
        watch = _watches().add(wanted, url, secret, parts().journal.current().seq)
        told = _told(watch) | ({"secret": secret} if secret else {})
        return told, 201, {"Location": f"{request.base_url}/{watch.id}"}


@blueprint.route("/<key>")
class OneWatch(MethodView):
    @blueprint.doc(**_TOKEN)
    @blueprint.response(200, WatchSchema)
    @blueprint.alt_response(401, **PROBLEM)
    @blueprint.alt_response(403, **PROBLEM)
    @blueprint.alt_response(404, **PROBLEM)
    @writes
    def get(self, key: str) -> dict[str, Any]:
        """A watch, and how its webhook does."""
        return _told(_found(key))

    @blueprint.doc(**_TOKEN)
    @blueprint.response(204)
    @blueprint.alt_response(401, **PROBLEM)
    @blueprint.alt_response(403, **PROBLEM)
    @blueprint.alt_response(404, **PROBLEM)
    @writes
    def delete(self, key: str) -> None:
        """Watch no longer."""
        if not _watches().remove(key):
            raise _unknown(key)


@blueprint.route("/<key>/feed")
class WatchFeed(MethodView):
    @blueprint.arguments(FeedArguments, location="query")
    @blueprint.doc(
        responses={
            "200": {"content": content(WRITERS)},
            "304": {"description": "You have it already: nothing was written since."},
        }
    )
    @blueprint.response(200)
    @blueprint.alt_response(404, **PROBLEM)
    @blueprint.alt_response(406, **PROBLEM)
    @blueprint.alt_response(503, **PROBLEM)
    def get(self, arguments: dict[str, Any], key: str) -> Response:
        """What a watch is about as Atom or JSON Feed. Who knows the address needs no token."""
        watch = _found(key)
        chosen = choice(url_parameters())(tuple(WRITERS))
        etag = journal_tag(f"{chosen.name}-{watch.id}")
        headers = {"Vary": "Accept", **revalidation(etag)}
        if is_known(etag):
            return Response(status=304, headers=headers)
        with parts().journal.reading() as connection:
            found = feed(connection, watch.wanted, 0, arguments.get("archive"))
        written = WRITERS[chosen](found)
        return Response(written, content_type=chosen.content_type, headers=headers)


def _watches() -> Watches:
    return Watches(parts().journal.folder, parts().settings.max_watches)


def _found(key: str) -> Watch:
    watch = _watches().get(key)
    if watch is None:
        raise _unknown(key)
    return watch


def _unknown(key: str) -> NotFound:
    return NotFound(f"there is no watch {key}")


def _told(watch: Watch) -> dict[str, Any]:
    return {
        "id": watch.id,
        "created": watch.created,
        **watch.wanted,
        "url": watch.url,
        "feed": url_for("watches.WatchFeed", key=watch.id, _external=True),
        "state": watch.state,
        "reached": watch.reached,
        "failures": watch.failures,
        "next_try": _time(watch.next_try) if watch.failures and watch.state == ACTIVE else None,
        "last_delivery": watch.delivered,
        "error": watch.error,
    }


def _time(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    return moment.replace("+00:00", "Z")
