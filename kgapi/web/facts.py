"""/v1/facts and the lists of some of them: events, measures, effects, claims."""

from typing import Any

from flask.views import MethodView

from kgapi.queries import reads
from kgapi.web.blueprint import Blueprint
from kgapi.web.conditions import journal_tag, revalidated
from kgapi.web.filters import FACTS, FactArguments, MeasureArguments, facts_page, selection
from kgapi.web.found import known
from kgapi.web.jsonld import linked
from kgapi.web.parts import parts
from kgapi.web.schemas import FactSchema

blueprint = revalidated(
    linked(
        Blueprint("facts", __name__, url_prefix="/v1", description="Facts with their evidence.")
    ),
    journal_tag,
)
single = revalidated(
    linked(
        Blueprint("fact", __name__, url_prefix="/v1/facts", description="A fact with its evidence.")
    )
)


@blueprint.route("/facts")
class Facts(MethodView):
    @blueprint.arguments(FactArguments, location="query")
    @blueprint.response(200, FACTS)
    @blueprint.fails(503)
    def get(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Facts by the day in their IRIs, those without one first; within a day in a fixed order."""
        return facts_page(arguments, selection(arguments))


@blueprint.route("/events")
class Events(MethodView):
    @blueprint.arguments(FactArguments, location="query")
    @blueprint.response(200, FACTS)
    @blueprint.fails(503)
    def get(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """What happened, happens or is to happen, as some article tells it in its own voice."""
        return facts_page(arguments, selection(arguments, ("in", "events")))


@blueprint.route("/measures")
class Measures(MethodView):
    @blueprint.arguments(MeasureArguments, location="query")
    @blueprint.response(200, FACTS)
    @blueprint.fails(503)
    def get(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Who sanctions whom, why and since when, as some article tells it in its own voice."""
        return facts_page(arguments, selection(arguments, ("in", "measures")))


@blueprint.route("/effects")
class Effects(MethodView):
    @blueprint.arguments(FactArguments, location="query")
    @blueprint.response(200, FACTS)
    @blueprint.fails(503)
    def get(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """What became of prices, currencies and trade, as some article tells it in its own voice."""
        return facts_page(arguments, selection(arguments, ("in", "effects")))


@blueprint.route("/claims")
class Claims(MethodView):
    @blueprint.arguments(FactArguments, location="query")
    @blueprint.response(200, FACTS)
    @blueprint.fails(503)
    def get(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Who says what: facts that some article quotes, reports or opines.

        With `claimed=true`, those that no article states in its own voice.
        """
        return facts_page(arguments, selection(arguments, ("in", "claims")))


@single.route("/<kind>/<key>")
class Fact(MethodView):
    @single.response(200, FactSchema)
    @single.fails(404)
    def get(self, kind: str, key: str) -> reads.FactRead:
        """One fact: who states it, where, and in which words."""
        iri = str(parts().iris.thing(f"{kind}/{key}"))
        return known(reads.fact(parts().engine, iri), "fact", iri)
