"""/v1/facts: every fact of the graph, with everybody who states it."""

from typing import Any

from flask.views import MethodView

from kgapi.errors import NotFound
from kgapi.queries import reads
from kgapi.web.blueprint import Blueprint
from kgapi.web.conditions import revalidated
from kgapi.web.jsonld import linked
from kgapi.web.pages import page_arguments, paged
from kgapi.web.parts import parts
from kgapi.web.problems import PROBLEM
from kgapi.web.schemas import FactSchema, PageArguments, page_of

blueprint = revalidated(
    linked(
        Blueprint(
            "facts", __name__, url_prefix="/v1/facts", description="Facts with their evidence."
        )
    )
)


@blueprint.route("")
class Facts(MethodView):
    @blueprint.arguments(PageArguments, location="query")
    @blueprint.response(200, page_of(FactSchema))
    def get(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Facts in the order of their IRIs."""
        after, limit = page_arguments(arguments)
        return paged(reads.facts(parts().engine, after, limit))


@blueprint.route("/<kind>/<key>")
class Fact(MethodView):
    @blueprint.response(200, FactSchema)
    @blueprint.alt_response(404, **PROBLEM)
    def get(self, kind: str, key: str) -> reads.FactRead:
        """One fact: who states it, where, and in which words."""
        iri = str(parts().iris.thing(f"{kind}/{key}"))
        found = reads.fact(parts().engine, iri)
        if found is None:
            raise NotFound(f"there is no fact {iri}")
        return found
