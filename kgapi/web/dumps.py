"""/dumps: all that is told, as files that are made while they are sent."""

from collections.abc import Iterator
from threading import BoundedSemaphore
from typing import IO, Any

from flask import Response, jsonify, request
from flask.views import MethodView
from marshmallow import Schema, fields

from kgapi import media
from kgapi.errors import Busy
from kgapi.exports.formats import EXPORTS, Export, named
from kgapi.graph.vocab import SAN
from kgapi.queries.census import Counts
from kgapi.store.embedded.stream import Stream
from kgapi.web.blueprint import Blueprint
from kgapi.web.body import url_parameters
from kgapi.web.codings import SMALL
from kgapi.web.conditions import is_known, revalidation, revision_tag
from kgapi.web.html import page
from kgapi.web.negotiate import choice, content
from kgapi.web.parts import parts

blueprint = Blueprint(
    "dumps", __name__, url_prefix="/dumps", description="All that is told, as files."
)

# Each takes a good part of a processor for as long as it lasts.
_AT_A_TIME = 2
_room = BoundedSemaphore(_AT_A_TIME)
# Seconds after which somebody else's may be done.
_LATER = 30


class DumpSchema(Schema):
    """A file that can be had."""

    name = fields.String(metadata={"description": "Its name, the last segment of its address."})
    url = fields.String(metadata={"description": "Where it is."})
    type = fields.String(metadata={"description": "Its media type."})
    summary = fields.String(metadata={"description": "What is in it."})
    items = fields.String(metadata={"description": "What its items are."})
    count = fields.Integer(
        allow_none=True,
        metadata={"description": "About how many items there are; null where nobody counts them."},
    )


class DumpsSchema(Schema):
    """The files that can be had, and of which revision of the store they are now."""

    revision = fields.String(
        allow_none=True, metadata={"description": "Null where the store cannot tell."}
    )
    items = fields.List(fields.Nested(DumpSchema))


class NoArguments(Schema):
    """No parameter at all."""


@blueprint.route("/")
class Dumps(MethodView):
    @blueprint.response(200, DumpsSchema)
    @blueprint.fails(406)
    def get(self) -> Response:
        """What there is to download; a page in browsers."""
        chosen = choice(url_parameters())((media.JSON, media.HTML))
        etag = revision_tag(chosen.name)
        headers = {"Vary": "Accept", **revalidation(etag)}
        if etag and is_known(etag):
            return Response(status=304, headers=headers)
        told = {"revision": parts().engine.revision(), "items": _listed()}
        if chosen is media.HTML:
            answer = page("dumps.html", root=request.url_root, title=parts().settings.title, **told)
        else:
            answer = jsonify(DumpsSchema().dump(told))
        answer.headers.update(headers)
        return answer


def _listed() -> list[dict[str, Any]]:
    house = parts()
    counts = house.census.of(house.engine, f"{house.settings.base}id/")
    return [
        {
            "name": export.name,
            "url": f"{request.url_root}dumps/{export.name}",
            "type": export.media_type.type,
            "summary": export.summary,
            "items": export.of,
            "count": _count(export, counts),
        }
        for export in EXPORTS.values()
    ]


def _count(export: Export, counts: Counts) -> int | None:
    if export.of == "triples":
        return counts.triples
    if export.of == "statements":
        return sum(part.entities for part in counts.classes if part.iri == str(SAN.Statement))
    return None


_FILES = content(export.media_type for export in EXPORTS.values())
_ANSWER = {
    "200": {"description": "The file, as it is made.", "content": _FILES},
    "304": {"description": "You have it already: nothing was written since."},
}


_NAME = {
    "in": "path",
    "name": "name",
    "required": True,
    "schema": {"type": "string", "enum": list(EXPORTS)},
    "description": "Which file.",
}


@blueprint.route("/<name>", parameters=[_NAME])
class Dump(MethodView):
    @blueprint.arguments(NoArguments, location="query")
    @blueprint.doc(responses=_ANSWER)
    @blueprint.fails(404, 501, 503)
    def get(self, _: dict[str, Any], name: str) -> Response:
        """One of the files: of one revision of the store, from its first byte to its last."""
        export = named(name)
        export.check()
        etag = revision_tag(export.name)
        headers = {
            "Content-Disposition": f'attachment; filename="{export.name}"',
            **revalidation(etag),
        }
        if etag and is_known(etag):
            return Response(status=304, headers=headers)
        body = _unsent() if request.method == "HEAD" else _made(export)
        return Response(body, content_type=export.media_type.content_type, headers=headers)


def _unsent() -> Iterator[bytes]:
    """What HEAD has for a body: nobody gets it, and it is as worth compressing as the file is."""
    yield bytes(SMALL)


def _made(export: Export) -> Stream:
    """The file as it is made. Raises Busy while others are made, and what making it raises."""
    engine, iris = parts().engine, parts().iris
    if not _room.acquire(blocking=False):
        raise Busy(
            f"{_AT_A_TIME} files are being made at the moment, as many as there may be",
            retry_after=_LATER,
        )

    def write(sink: IO[bytes]) -> None:
        try:
            export.write(engine, iris, sink)
        finally:
            _room.release()

    return Stream(write)
