"""/v1/articles: articles in, articles and their facts out."""

from typing import Any

from flask import request
from flask.views import MethodView

from kgapi import media, news
from kgapi.errors import NotFound
from kgapi.facts import submitted
from kgapi.pipeline import Policy, graph_of_article, ingest, remove, submit
from kgapi.queries import listing, reads
from kgapi.store.engine import ALWAYS, Condition
from kgapi.web.access import writes
from kgapi.web.blueprint import Blueprint
from kgapi.web.body import body
from kgapi.web.conditions import journal_tag, require_match, revalidated, revision_tag
from kgapi.web.found import known
from kgapi.web.idempotency import KeyArguments, idempotent
from kgapi.web.jsonld import linked
from kgapi.web.pages import page_arguments, paged
from kgapi.web.parts import parts
from kgapi.web.schemas import (
    ArticleArguments,
    ArticleSchema,
    FactSchema,
    IngestedSchema,
    PageArguments,
    SubmittedSchema,
    page_of,
)


def _tag_of_view(name: str) -> str | None:
    """The list is made of the index, everything else of the store."""
    is_list = request.endpoint == f"{blueprint.name}.{Articles.__name__}"
    return journal_tag(name) if is_list else revision_tag(name)


blueprint = revalidated(
    linked(
        Blueprint(
            "articles",
            __name__,
            url_prefix="/v1/articles",
            description="Articles and what they state.",
        )
    ),
    _tag_of_view,
)

_BODY = {
    "requestBody": {
        "required": True,
        "description": "The article itself, in one of these media types.",
        "content": {name: {"schema": {"type": "string"}} for name in sorted(news.READERS)},
    },
    "security": [{"token": []}],
}
_FACTS = {
    "requestBody": {
        "required": True,
        "description": "Who submits (`by`) and the `facts`, as `/v1/schemas/facts` describes them.",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["by", "facts"],
                    "properties": {
                        "by": {"type": "string"},
                        "facts": {"type": "array", "items": {"type": "object"}},
                    },
                }
            }
        },
    },
    "security": [{"token": []}],
}


_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string"},
    "description": "The ETag of the article, or of its graph, as you know it; or `*`.",
}


@blueprint.route("")
class Articles(MethodView):
    @blueprint.arguments(PageArguments, location="query")
    @blueprint.response(200, page_of(ArticleSchema))
    @blueprint.fails(503)
    def get(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Articles in the order of their IRIs, which begin with their day of publication."""
        after, limit = page_arguments(arguments)
        house = parts()
        with house.journal.reading() as connection:
            return paged(listing.listed_articles(house.engine, connection, after, limit))

    @blueprint.arguments(ArticleArguments, location="query")
    @blueprint.arguments(KeyArguments, location="headers", as_kwargs=True)
    @blueprint.doc(**_BODY)
    @blueprint.response(201, IngestedSchema)
    @blueprint.alt_response(200, schema=IngestedSchema, description="It was here; it is replaced.")
    @blueprint.fails(401, 403, 413, 415, 422, 502)
    @writes
    @idempotent
    def post(self, arguments: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
        """Read an article, find its facts, and store both.

        The same article again changes nothing, unless it is read otherwise now. Nothing is stored of
        an article that cannot be read or whose facts break a shape.
        """
        house = parts()
        article = news.read(
            body(house.settings.max_article, "an article"),
            request.content_type or "",
            hints=news.Hints(**arguments),
        )
        (done,) = ingest(
            [article],
            house.extractor(),
            house.engine,
            house.iris,
            Policy.of(house.settings),
        )
        read = _read(done.iri)
        facts = reads.facts_of_article(house.engine, done.iri, "", read.facts or 1)
        told = {
            "article": read,
            "facts": facts.items,
            "waiting": done.waiting,
            "warnings": done.extraction.warnings,
        }
        location = f"{request.base_url}/{done.iri.rpartition('/')[2]}"
        return told, 201 if done.is_new else 200, {"Location": location}


@blueprint.route("/<key>")
class Article(MethodView):
    @blueprint.response(200, ArticleSchema)
    @blueprint.fails(404)
    def get(self, key: str) -> reads.ArticleRead:
        """One article."""
        return _read(_iri(key))

    @blueprint.doc(security=[{"token": []}], parameters=[_IF_MATCH])
    @blueprint.response(204, description="It is gone.")
    @blueprint.fails(401, 403, 404, 412, 428)
    @writes
    def delete(self, key: str) -> None:
        """Remove an article, with all that it states and all that was decided on it.

        What other articles state as well is still told.
        """
        house, article = parts(), _read(_iri(key)).id
        tag = _tag(graph_of_article(article, house.iris))
        require_match(tag)
        unless_changed = Condition(match=frozenset({tag})) if tag else ALWAYS
        remove(article, house.engine, house.iris, unless_changed)


@blueprint.route("/<key>/facts")
class ArticleFacts(MethodView):
    @blueprint.arguments(PageArguments, location="query")
    @blueprint.response(200, page_of(FactSchema))
    @blueprint.fails(404)
    def get(self, arguments: dict[str, Any], key: str) -> dict[str, Any]:
        """What one article states, each fact with the sentences that say so."""
        after, limit = page_arguments(arguments)
        return paged(reads.facts_of_article(parts().engine, _read(_iri(key)).id, after, limit))

    @blueprint.arguments(KeyArguments, location="headers", as_kwargs=True)
    @blueprint.doc(**_FACTS)
    @blueprint.response(201, SubmittedSchema)
    @blueprint.alt_response(200, schema=SubmittedSchema, description="It was here already.")
    @blueprint.fails(401, 403, 404, 409, 413, 422)
    @writes
    @idempotent
    def post(self, key: str) -> tuple[dict[str, Any], int]:
        """Submit facts that the article states, each with the words that say so.

        All are taken or none. The same submission again changes nothing; it survives that the
        article is ingested again.
        """
        house = parts()
        data = body(house.settings.max_article, "a submission")
        taken = submit(
            submitted.read(data),
            _iri(key),
            house.engine,
            house.iris,
            review_below=house.settings.review_below,
        )
        facts = reads.facts_of_graph(house.engine, taken.graph)
        told = {"graph": taken.graph, "facts": facts, "waiting": taken.waiting}
        return told, 201 if taken.is_new else 200


def _iri(key: str) -> str:
    return str(parts().iris.thing(f"article/{key}"))


def _tag(graph: str) -> str | None:
    """The tag of a graph's content, None where it is not there."""
    try:
        answer = parts().engine.get_graph(graph, media.always(media.N_TRIPLES))
    except NotFound:
        return None
    answer.read()
    return answer.tag


def _read(iri: str) -> reads.ArticleRead:
    return known(reads.article(parts().engine, iri), "article", iri)
