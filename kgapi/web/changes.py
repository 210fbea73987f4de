"""/v1/changes: what changed in the store, as JSON, or quad by quad as RDF Patch."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from flask.views import MethodView

from kgapi import media
from kgapi.journal import Change, reads
from kgapi.queries.reads import Page
from kgapi.web.blueprint import Blueprint
from kgapi.web.conditions import is_known, journal_tag, revalidation
from kgapi.web.negotiate import choice
from kgapi.web.pages import page_arguments, paged
from kgapi.web.parts import parts
from kgapi.web.problems import PROBLEM
from kgapi.web.schemas import ChangesArguments, ChangeSchema, page_of

blueprint = Blueprint(
    "changes", __name__, url_prefix="/v1/changes", description="What changed in the store."
)

_ANSWERS = {
    "responses": {
        "200": {
            "description": "The changes, as they are told or quad by quad.",
            "content": {
                media.JSON.type: {"schema": page_of(ChangeSchema)},
                media.RDF_PATCH.type: {"schema": {"type": "string"}},
            },
        },
        "304": {"description": "You have it already: nothing was written since."},
    }
}


@blueprint.route("")
class Changes(MethodView):
    @blueprint.arguments(ChangesArguments, location="query")
    @blueprint.doc(**_ANSWERS)
    @blueprint.response(200, page_of(ChangeSchema))
    @blueprint.alt_response(400, **PROBLEM)
    @blueprint.alt_response(406, **PROBLEM)
    @blueprint.alt_response(503, **PROBLEM)
    def get(
        self, arguments: dict[str, Any]
    ) -> Response | tuple[dict[str, Any], int, dict[str, str]]:
        """What changed since then, in the order in which it did.

        As RDF Patch it is one document, of as many changes as there are where no `limit` is given:
        an empty store in which all of it is carried out from the first change on is this one.
        """
        chosen = choice({})((media.JSON, media.RDF_PATCH))
        etag = journal_tag(chosen.name)
        headers = {"Vary": "Accept", **revalidation(etag)}
        if is_known(etag):
            return Response(status=304, headers=headers)
        if chosen is media.RDF_PATCH:
            return _patch(arguments, headers)
        return paged(_page(arguments)), 200, headers


def _page(arguments: dict[str, Any]) -> Page[dict[str, Any]]:
    after, limit = page_arguments(arguments)
    with parts().journal.reading() as connection:
        since = reads.place(connection, arguments["since"])
        begin = reads.place(connection, after) if after else since
        found = reads.after(connection, begin, limit)
        last = reads.last(connection)
    more = str(found[-1].seq) if found and found[-1].seq < last else None
    return Page([_told(each) for each in found], max(0, last - since), more)


def _patch(arguments: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    journal = parts().journal
    with journal.reading() as connection:
        since = reads.place(connection, arguments["since"])
        last = reads.last(connection)
    until = min(since + arguments.get("limit", last), last)
    later = f'<{request.base_url}?since={max(since, until)}>; rel="next"'
    return Response(
        journal.patch(since, until),
        content_type=media.RDF_PATCH.content_type,
        headers={**headers, "Link": later},
    )


def _told(change: Change) -> dict[str, Any]:
    by_kind: dict[str, list[dict[str, str]]] = {"added": [], "changed": [], "removed": []}
    for each in change.facts:
        by_kind[each.kind].append({"iri": each.fact, "label": each.label, "type": each.type})
    return {
        "seq": change.seq,
        "revision": change.revision,
        "at": change.at,
        "graph": change.graph or None,
        "kind": change.kind,
        "article": parts().iris.article_of(change.graph),
        **by_kind,
    }
