"""/docs: every route for people to read, as OpenAPI describes it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app

from kgapi import media
from kgapi.web.blueprint import Blueprint
from kgapi.web.html import page
from kgapi.web.negotiate import content

blueprint = Blueprint("reference", __name__, description="Every route, for people to read.")

_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Route:
    """An operation: what OpenAPI says of it in ``told``."""

    method: str
    path: str
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """The routes of one tag."""

    name: str
    description: str
    routes: Sequence[Route]


@blueprint.route("/docs")
@blueprint.doc(responses={"200": {"description": "A page.", "content": content([media.HTML])}})
def reference() -> Response:
    """Every route with its parameters and answers, as a page."""
    api = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    found = list(groups(api.spec.to_dict()))
    return page("reference.html", title="REST API", groups=found, type_of=type_of)


def groups(openapi: Mapping[str, Any]) -> Iterator[Group]:
    """The routes by their tags; of saved queries the list alone, for each is told there."""
    routes = [
        Route(method, path, item[method])
        for path, item in openapi["paths"].items()
        for method in _METHODS
        if method in item and not path.startswith("/v1/queries/")
    ]
    for tag in openapi["tags"]:
        mine = [route for route in routes if tag["name"] in route.told["tags"]]
        yield Group(tag["name"], tag["description"], mine)


def type_of(schema: Mapping[str, Any]) -> str:
    """The type of a parameter in words."""
    if choices := schema.get("enum"):
        return ", ".join(f"`{choice}`" for choice in choices)
    if schema.get("type") == "array":
        return f"several: {type_of(schema.get('items', {}))}"
    kind = schema.get("type", "string")
    return str(schema.get("format") or (" or ".join(kind) if isinstance(kind, list) else kind))
