"""/dataset and /.well-known/void: what there is, how much of it, and how to get it."""

from flask import Response, request
from flask.views import MethodView

from kgapi import media
from kgapi.media import MediaType
from kgapi.store import rdf
from kgapi.web.blueprint import Blueprint
from kgapi.web.body import url_parameters
from kgapi.web.catalogue import PREFIXES, Catalogue
from kgapi.web.conditions import is_known, revalidation, revision_tag
from kgapi.web.html import page
from kgapi.web.negotiate import choice, content
from kgapi.web.parts import parts
from kgapi.web.problems import PROBLEM

blueprint = Blueprint("dataset", __name__, description="The dataset as a whole.")

_ANSWER = {
    "200": {
        "description": "The description of the dataset.",
        "content": content(media.GRAPHS),
    }
}


@blueprint.route("/.well-known/void")
class Void(MethodView):
    @blueprint.doc(responses=_ANSWER)
    @blueprint.alt_response(406, **PROBLEM)
    def get(self) -> Response:
        """VoID and DCAT: counts that follow the data, and every way to it."""
        return _described(media.GRAPHS)


@blueprint.route("/dataset")
class Dataset(MethodView):
    @blueprint.doc(responses=_ANSWER)
    @blueprint.alt_response(406, **PROBLEM)
    def get(self) -> Response:
        """The same, and a page for people."""
        return _described((*media.GRAPHS, media.HTML))


def _described(offers: tuple[MediaType, ...]) -> Response:
    chosen = choice(url_parameters())(offers)
    etag = revision_tag(chosen.name)
    headers = {"Vary": "Accept", **revalidation(etag)}
    if etag and is_known(etag):
        return Response(status=304, headers=headers)
    house = parts()
    counts = house.census.of(house.engine, f"{house.settings.base}id/")
    if chosen is media.HTML:
        told = page(
            "dataset.html",
            root=request.url_root,
            title=house.settings.title,
            license=house.settings.license,
            counts=counts,
            offers=media.GRAPHS,
        )
    else:
        catalogue = Catalogue(request.url_root, house.settings, counts)
        data = rdf.serialized(catalogue.triples(), chosen, PREFIXES)
        told = Response(data, content_type=chosen.content_type)
    told.headers.update(headers)
    return told
