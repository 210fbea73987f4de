"""/graphs: SPARQL 1.1 Graph Store HTTP Protocol."""

from collections.abc import Iterator
from uuid import uuid4

from flask import Response, request
from flask.views import MethodView

from kgapi import media
from kgapi.errors import BadRequest, UnsupportedMediaType
from kgapi.media import MediaType
from kgapi.store import rdf, rdf_patch
from kgapi.store.engine import Condition
from kgapi.web.access import writes
from kgapi.web.blueprint import Blueprint
from kgapi.web.body import Parameters, body, once, text, url_parameters
from kgapi.web.conditions import condition, entity_tag, is_fresh
from kgapi.web.negotiate import choice, content
from kgapi.web.parts import parts

blueprint = Blueprint(
    "graphs", __name__, url_prefix="/graphs", description="SPARQL 1.1 Graph Store HTTP Protocol."
)

_PATCHES = [offer.type for offer in media.PATCHES]
_FILES = "multipart/form-data"

_WHICH = [
    {
        "in": "query",
        "name": "graph",
        "schema": {"type": "string", "format": "iri"},
        "description": "IRI of the graph.",
    },
    {
        "in": "query",
        "name": "default",
        "schema": {"type": "string"},
        "allowEmptyValue": True,
        "description": "The default graph.",
    },
]
_CONTENT = content(media.GRAPHS)
_ANSWER = {"200": {"description": "The graph.", "content": _CONTENT}}
_BODY = {"required": True, "content": _CONTENT}
_WRITTEN = {
    "201": {"description": "The graph is new."},
    "204": {"description": "Done."},
}
_PATCH = {
    "required": True,
    "content": {name: {"schema": {"type": "string"}} for name in _PATCHES},
}
_DONE = {"204": {"description": "Done."}}
_TOKEN: list[dict[str, list[str]]] = [{"token": []}]


class _Graph:
    """What each method does to a graph, once it is known which one it is."""

    def read(self, name: str | None) -> Response:
        answer = parts().engine.get_graph(name, choice(url_parameters()))
        etag = entity_tag(answer.tag or "", answer.media_type)
        headers = {"Vary": "Accept", "ETag": etag}
        if is_fresh(etag):
            return Response(status=304, headers=headers)
        return Response(answer.body, content_type=answer.media_type.content_type, headers=headers)

    def replace(self, name: str | None) -> Response:
        media_type = _media_type(request.mimetype)
        is_new = parts().engine.put_graph(
            name, _data(), media_type, name or request.url, _condition()
        )
        return _written(is_new)

    def add(self, name: str | None) -> Response:
        data, media_type = _documents(name or request.url)
        if not data.strip():
            return Response(status=204)
        is_new = parts().engine.post_graph(name, data, media_type, name or request.url, condition())
        return _written(is_new)

    def change(self, name: str | None) -> Response:
        if request.mimetype not in _PATCHES:
            raise UnsupportedMediaType(
                f"a graph is patched with {' or '.join(_PATCHES)},"
                f" not {request.mimetype or 'untyped'}",
                accepted=_PATCHES,
            )
        update = text(body(parts().settings.max_query, "a patch"))
        if request.mimetype == media.RDF_PATCH.type:
            update = rdf_patch.update(update, name)
        parts().engine.patch_graph(name, update, _condition())
        return Response(status=204)

    def remove(self, name: str | None) -> Response:
        parts().engine.delete_graph(name, _condition())
        return Response(status=204)


_graph = _Graph()


@blueprint.route("")
class Graphs(MethodView):
    """Graphs named in the query of the URL (section 4.2)."""

    @blueprint.doc(parameters=_WHICH, responses=_ANSWER)
    @blueprint.fails(400, 404, 406)
    def get(self) -> Response:
        """A graph (section 5.2)."""
        return _graph.read(_named())

    @blueprint.doc(parameters=_WHICH, requestBody=_BODY, responses=_WRITTEN, security=_TOKEN)
    @blueprint.fails(400, 412, 415, 428)
    @writes
    def put(self) -> Response:
        """Replace a graph, or make it (section 5.3)."""
        return _graph.replace(_named())

    @blueprint.doc(parameters=_WHICH, requestBody=_BODY, responses=_WRITTEN, security=_TOKEN)
    @blueprint.fails(400, 412, 415)
    @writes
    def post(self) -> Response:
        """Add to a graph (section 5.5); without a name for it, make a new one and say where."""
        if request.query_string:
            return _graph.add(_named())
        place = f"{request.base_url}/{uuid4()}"
        response = _graph.add(place)
        if response.status_code == 201:
            response.headers["Location"] = place
        return response

    @blueprint.doc(
        parameters=_WHICH,
        requestBody=_PATCH,
        responses=_DONE,
        security=_TOKEN,
    )
    @blueprint.fails(400, 404, 412, 415, 422, 428)
    @writes
    def patch(self) -> Response:
        """Change a graph with an update or an RDF Patch that changes no other (section 5.7)."""
        return _graph.change(_named())

    @blueprint.doc(parameters=_WHICH, responses=_DONE, security=_TOKEN)
    @blueprint.fails(404, 412, 428)
    @writes
    def delete(self) -> Response:
        """Drop a graph, or empty the default graph (section 5.4)."""
        return _graph.remove(_named())


@blueprint.route("/<path:path>")
class DirectGraph(MethodView):
    """Graphs whose IRI is the URL of the request (section 4.1)."""

    @blueprint.doc(responses=_ANSWER)
    @blueprint.fails(404, 406)
    def get(self, path: str) -> Response:
        """The graph that has this URL as its IRI (section 5.2)."""
        return _graph.read(_here())

    @blueprint.doc(requestBody=_BODY, responses=_WRITTEN, security=_TOKEN)
    @blueprint.fails(400, 412, 415, 428)
    @writes
    def put(self, path: str) -> Response:
        """Replace it, or make it (section 5.3)."""
        return _graph.replace(_here())

    @blueprint.doc(requestBody=_BODY, responses=_WRITTEN, security=_TOKEN)
    @blueprint.fails(400, 412, 415)
    @writes
    def post(self, path: str) -> Response:
        """Add to it (section 5.5)."""
        return _graph.add(_here())

    @blueprint.doc(
        requestBody=_PATCH,
        responses=_DONE,
        security=_TOKEN,
    )
    @blueprint.fails(400, 404, 412, 415, 422, 428)
    @writes
    def patch(self, path: str) -> Response:
        """Change it with an update or an RDF Patch that changes no other (section 5.7)."""
        return _graph.change(_here())

    @blueprint.doc(responses=_DONE, security=_TOKEN)
    @blueprint.fails(404, 412, 428)
    @writes
    def delete(self, path: str) -> Response:
        """Drop it (section 5.4)."""
        return _graph.remove(_here())


@blueprint.after_request
def _tell_patches(response: Response) -> Response:
    """Accept-Patch, where a client may want to know (RFC 5789 section 3.1)."""
    if request.method == "OPTIONS" or response.status_code == 415:
        response.headers["Accept-Patch"] = ", ".join(_PATCHES)
    return response


def _named() -> str | None:
    """The graph that the URL's query names: its IRI, None for the default graph."""
    given = _only({"graph", "default"})
    if len(given.keys() & {"graph", "default"}) != 1:
        raise BadRequest("say which graph: either `?graph=IRI` or `?default`")
    once(given, "default")
    name = once(given, "graph")
    return None if name is None else rdf.named(name).value


def _here() -> str:
    _only(set())
    return rdf.named(request.base_url).value


def _only(names: set[str]) -> Parameters:
    """The URL's parameters. A slip of the pen is never the whole store: others are refused."""
    given = url_parameters()
    allowed = names | ({"format"} if request.method in {"GET", "HEAD"} else set())
    if strange := sorted(given.keys() - allowed):
        raise BadRequest(f"`{strange[0]}` is no parameter here; on offer: {sorted(allowed)}")
    return given


def _condition() -> Condition:
    return condition(required=parts().settings.require_if_match)


def _data() -> bytes:
    return body(parts().settings.max_graph, "a graph")


def _documents(base: str) -> tuple[bytes, MediaType]:
    """The body of a POST as one document; of several files their merge."""
    if request.mimetype != _FILES:
        data = _data()
        # Nothing is nothing in every syntax.
        return data, _media_type(request.mimetype) if data.strip() else media.N_TRIPLES
    request.max_content_length = parts().settings.max_graph
    return rdf.merged(_files(), base), media.N_TRIPLES


def _files() -> Iterator[tuple[bytes, MediaType]]:
    for files in request.files.listvalues():
        for file in files:
            yield file.stream.read(), _media_type(file.mimetype)


def _media_type(name: str) -> MediaType:
    for offer in media.GRAPHS:
        if offer.type == name:
            return offer
    types = [offer.type for offer in media.GRAPHS]
    raise UnsupportedMediaType(
        f"a graph comes as {', '.join(types)}, not {name or 'untyped'}", accepted=types
    )


def _written(is_new: bool) -> Response:
    return Response(status=201 if is_new else 204)
