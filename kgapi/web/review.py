"""/v1/review: facts that wait until somebody decides, and the deciding."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from flask import Response, json
from flask.views import MethodView

from kgapi.facts import schema
from kgapi.graph import review
from kgapi.graph.review import Decision
from kgapi.pipeline import decide
from kgapi.queries import reads
from kgapi.web.access import writes
from kgapi.web.blueprint import Blueprint
from kgapi.web.body import body, json_object
from kgapi.web.conditions import revalidated
from kgapi.web.found import known
from kgapi.web.idempotency import KeyArguments, idempotent
from kgapi.web.pages import page_arguments, paged
from kgapi.web.parts import parts
from kgapi.web.schemas import DecisionArguments, PageArguments, ProposalSchema, page_of

blueprint = revalidated(
    Blueprint("review", __name__, url_prefix="/v1", description="Facts that wait for a decision.")
)

_SCHEMA = "application/schema+json"
_LONGEST = 10_000
_DECISION = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": DecisionArguments}},
    },
    "security": [{"token": []}],
}


@blueprint.route("/review")
class Proposals(MethodView):
    @blueprint.arguments(PageArguments, location="query")
    @blueprint.response(200, page_of(ProposalSchema))
    def get(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Facts that wait for a decision, in the order of their IRIs."""
        after, limit = page_arguments(arguments)
        page = reads.proposals(parts().engine, after, limit)
        return paged(page.holding([_told(each) for each in page.items]))


@blueprint.route("/review/<key>")
class Proposal(MethodView):
    @blueprint.response(200, ProposalSchema)
    @blueprint.fails(404)
    def get(self, key: str) -> dict[str, Any]:
        """One fact that waits, or what was decided on it."""
        return _told(_read(key))

    @blueprint.arguments(KeyArguments, location="headers", as_kwargs=True)
    @blueprint.doc(**_DECISION)
    @blueprint.response(200, ProposalSchema)
    @blueprint.fails(400, 401, 403, 404, 409, 413, 422)
    @writes
    @idempotent
    def post(self, key: str) -> dict[str, Any]:
        """Accept or reject it, once and for all.

        What is accepted is told from now on, what is rejected never, however often the article is
        ingested again. The same decision again changes nothing; another one is a conflict.
        """
        told = json_object(body(_LONGEST, "a decision"), DecisionArguments())
        now = datetime.now(UTC).replace(microsecond=0)
        decision = Decision(told["decision"], told["by"].strip(), told["note"], now)
        decide(_read(key).id, decision, parts().engine, parts().iris)
        return _told(_read(key))


@blueprint.route("/schemas/facts")
@blueprint.doc(responses={"200": {"content": {_SCHEMA: {"schema": {"type": "object"}}}}})
def fact_schema() -> Response:
    """The JSON Schema of the facts that can be submitted, made from the ontology."""
    return Response(json.dumps(schema.submission()), content_type=_SCHEMA)


def _read(key: str) -> reads.ProposalRead:
    iri = str(parts().iris.thing(f"proposal/{key}"))
    return known(reads.proposal(parts().engine, iri), "proposal", iri)


def _told(proposal: reads.ProposalRead) -> dict[str, Any]:
    fact, origin = review.read(proposal.proposed)
    return asdict(proposal) | {
        "fact": fact,
        "extractor": " ".join(origin.extractor),
        "by": origin.by,
    }
