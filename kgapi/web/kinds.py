"""/problems: the kinds of problems that there are. The ``type`` of each problem leads here."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from flask import Response, json, request
from flask.views import MethodView
from marshmallow import Schema, fields

from kgapi import media
from kgapi.errors import KgapiError, NotFound
from kgapi.web.blueprint import Blueprint
from kgapi.web.body import url_parameters
from kgapi.web.html import page
from kgapi.web.negotiate import choice

blueprint = Blueprint(
    "problems", __name__, url_prefix="/problems", description="The kinds of problems."
)


@dataclass(frozen=True, slots=True)
class Kind:
    """``description`` is what somebody who meets such a problem should know."""

    slug: str
    title: str
    status: int
    description: str


class KindSchema(Schema):
    """A kind of problem."""

    type = fields.String(metadata={"description": "Its IRI, as problems of this kind have it."})
    title = fields.String(metadata={"description": "The kind of problem in words."})
    status = fields.Integer(metadata={"description": "The HTTP status that comes with it."})
    description = fields.String(metadata={"description": "What it means, and how to mend it."})


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds by their slugs, in the order of status and slug."""
    found = sorted(_kinds(KgapiError), key=lambda each: (each.status, each.slug))
    return {each.slug: each for each in found}


def _kinds(error: type[KgapiError]) -> Iterator[Kind]:
    is_any = error is KgapiError
    words = "This should not happen. Tell the operator what you did." if is_any else error.__doc__
    yield Kind(error.slug, error.title, error.status, " ".join((words or "").split()))
    for each in error.__subclasses__():
        yield from _kinds(each)


@blueprint.route("")
class Kinds(MethodView):
    @blueprint.response(200, KindSchema(many=True))
    @blueprint.fails(406)
    def get(self) -> Response:
        """All kinds of problems, as JSON or as a page."""
        return _told("problems.html", [_document(kind) for kind in kinds().values()])


@blueprint.route("/<slug>")
class OneKind(MethodView):
    @blueprint.response(200, KindSchema)
    @blueprint.fails(404, 406)
    def get(self, slug: str) -> Response:
        """One kind of problem, as JSON or as a page."""
        kind = kinds().get(slug)
        if kind is None:
            raise NotFound(f"there is no kind of problem {slug!r}")
        return _told("kind.html", _document(kind))


def _document(kind: Kind) -> dict[str, Any]:
    told = asdict(kind)
    return {"type": f"{request.url_root}problems/{told.pop('slug')}", **told}


def _told(template: str, found: Any) -> Response:
    chosen = choice(url_parameters())((media.JSON, media.HTML))
    if chosen is media.HTML:
        return page(template, root=request.url_root, found=found)
    return Response(json.dumps(found), content_type=media.JSON.type, headers={"Vary": "Accept"})
