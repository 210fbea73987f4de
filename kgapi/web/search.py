"""/v1/search and /v1/suggest: facts, entities and articles by words, entities by how they begin."""

from dataclasses import replace
from html import escape
from typing import Any

from flask.views import MethodView
from marshmallow import Schema, fields, validate

from kgapi.index import search, suggestions
from kgapi.index.selection import Selection
from kgapi.queries import listing
from kgapi.web.blueprint import Blueprint
from kgapi.web.conditions import journal_tag, revalidated
from kgapi.web.filters import FACETS, MOST, FactArguments, any_of, class_below, selection
from kgapi.web.pages import page_arguments, paged
from kgapi.web.parts import parts
from kgapi.web.schemas import page_of

blueprint = revalidated(
    Blueprint("search", __name__, url_prefix="/v1", description="Finding by words and names."),
    journal_tag,
)

_KINDS = ("fact", "entity", "article")


class SearchArguments(FactArguments):
    """What to look for."""

    q = fields.String(
        required=True,
        validate=validate.Length(max=1_000),
        metadata={
            "description": 'Words that must all be there, in any form and order; "phrases" as they are.'
        },
    )
    kind = any_of(
        "Look for these alone: fact, entity, article",
        fields.String(validate=validate.OneOf(_KINDS)),
    )


class SuggestArguments(Schema):
    """How names begin."""

    prefix = fields.String(
        required=True,
        validate=validate.Length(max=200),
        metadata={
            "description": "The begin of a name, or of any word of it. Accents do not count."
        },
    )
    type = any_of("Class of the entity, or one above that", class_below(["Agent"]))
    limit = fields.Integer(
        load_default=10,
        validate=validate.Range(min=1, max=50),
        metadata={"description": "Suggestions at most."},
    )


class SpanSchema(Schema):
    """Where a hit is in the text of its snippet, in Unicode code points."""

    start = fields.Integer(metadata={"description": "Offset of its first character."})
    end = fields.Integer(metadata={"description": "Offset behind its last character."})


class SnippetSchema(Schema):
    """Words in which something was found."""

    part = fields.String(
        metadata={"description": "What they are: label, name, evidence, headline or text."}
    )
    text = fields.String(metadata={"description": "The words."})
    hits = fields.List(fields.Nested(SpanSchema))
    article = fields.String(
        allow_none=True, metadata={"description": "The article whose words they are."}
    )
    start = fields.Integer(
        allow_none=True, metadata={"description": "Offset of the words in the text of the article."}
    )
    html = fields.Method("_html", metadata={"description": "The words, with hits in `mark`."})

    def _html(self, snippet: search.Snippet) -> str:
        told, at = [], 0
        for hit in snippet.hits:
            told += [escape(snippet.text[at : hit.start]), "<mark>"]
            told += [escape(snippet.text[hit.start : hit.end]), "</mark>"]
            at = hit.end
        return "".join([*told, escape(snippet.text[at:])])


class HitSchema(Schema):
    """Something that was found."""

    kind = fields.String(metadata={"description": "fact, entity or article."})
    id = fields.String(attribute="iri", metadata={"description": "Its IRI."})
    label = fields.String(metadata={"description": "A line of words for it."})
    type = fields.String(metadata={"description": "Local name of its ontology class."})
    score = fields.Float(metadata={"description": "The better it fits, the higher."})
    snippets = fields.List(fields.Nested(SnippetSchema))


class SuggestionSchema(Schema):
    """An entity that may be meant."""

    id = fields.String(attribute="iri", metadata={"description": "Its IRI."})
    label = fields.String()
    type = fields.String(metadata={"description": "Local name of its ontology class."})
    name = fields.String(metadata={"description": "The name of it that begins like that."})
    facts = fields.Integer(metadata={"description": "How many facts it takes part in."})


class SuggestionsSchema(Schema):
    """Entities that may be meant, the likeliest first."""

    items = fields.List(fields.Nested(SuggestionSchema))


HITS = type(page_of(HitSchema)).from_dict(FACETS, name="FacetedHitPage")()


@blueprint.route("/search")
class Search(MethodView):
    @blueprint.arguments(SearchArguments, location="query")
    @blueprint.response(200, HITS)
    @blueprint.fails(503)
    def get(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Facts, entities and articles that have all the words, the best first.

        With any of the parameters that choose facts, only such facts are found. Facets count facts.
        """
        after, limit = page_arguments(arguments)
        chosen = selection(arguments)
        wanted = None if chosen == Selection() else chosen
        kinds = arguments.get("kind", _KINDS)
        with parts().journal.reading() as connection:
            found = listing.found(connection, arguments["q"], kinds, wanted, after, limit)
            facets = {}
            if "facet" in arguments:
                # What has no word in it is found by no fact.
                words = search.words(arguments["q"]) or '""'
                facets = listing.shared(
                    connection, replace(chosen, words=words), arguments["facet"], MOST
                )
        return paged(found) | {"facets": facets}


@blueprint.route("/suggest")
class Suggest(MethodView):
    @blueprint.arguments(SuggestArguments, location="query")
    @blueprint.response(200, SuggestionsSchema)
    @blueprint.fails(503)
    def get(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Entities a word of whose name begins so, those in the most facts first."""
        with parts().journal.reading() as connection:
            found = suggestions(
                connection, arguments["prefix"], arguments.get("type", ()), arguments["limit"]
            )
        return {"items": found}
