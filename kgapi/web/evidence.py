"""/v1/facts/{kind}/{key}/sources and /v1/compare: who else says so, and who says otherwise."""

from dataclasses import replace
from typing import Any

from flask.views import MethodView
from marshmallow import Schema, fields

from kgapi.queries import compare, reads, sources
from kgapi.queries.compare import Comparison
from kgapi.queries.reads import ArticleRead
from kgapi.queries.sources import Sources
from kgapi.web.blueprint import Blueprint
from kgapi.web.conditions import journal_tag, revalidated
from kgapi.web.filters import Thing
from kgapi.web.found import known
from kgapi.web.parts import parts
from kgapi.web.schemas import (
    ArticleSchema,
    FactSchema,
    ReferenceSchema,
    StatementSchema,
    about,
)

sourced = revalidated(
    Blueprint("sources", __name__, url_prefix="/v1/facts", description="Who else says so."),
    journal_tag,
)
compared = revalidated(
    Blueprint("compare", __name__, url_prefix="/v1", description="Two articles side by side.")
)


class DifferenceSchema(Schema):
    """Where two facts about one event differ."""

    kind = fields.String(
        metadata=about(
            "date, value, direction, sender, reason or realis; development: what was ahead was told"
            " to be so later."
        )
    )
    one = fields.List(fields.String(), metadata=about("What the first says."))
    other = fields.List(fields.String(), metadata=about("What the other says."))


class OtherSchema(Schema):
    """Another fact about the same event."""

    fact = fields.Nested(FactSchema)
    differences = fields.List(fields.Nested(DifferenceSchema))


class OriginSchema(Schema):
    """Where an article comes from."""

    url = fields.String(metadata=about("Its address."))
    title = fields.String(allow_none=True, metadata=about("What is there calls itself."))
    host = fields.String(allow_none=True, metadata=about("The host, without `www.`."))


class SourceSchema(Schema):
    """That an article states a fact."""

    fact = fields.Nested(
        ReferenceSchema, metadata=about("The fact: this, or one that says the same.")
    )
    statement = fields.Nested(StatementSchema)
    origin = fields.Nested(OriginSchema, allow_none=True)
    group = fields.Integer(metadata=about("Sources of one group do not stand for themselves."))


class TieSchema(Schema):
    """Why two statements do not stand for themselves."""

    one = fields.String(metadata=about("IRI of a statement."))
    other = fields.String(metadata=about("IRI of another."))
    because = fields.String(
        metadata=about(
            "The same article, source, speaker or wording; or one names the source of the other."
        )
    )
    resemblance = fields.Float(metadata=about("How much wording they share, from 0 to 1."))


class SourcesSchema(Schema):
    """The sources of a fact."""

    fact = fields.Nested(FactSchema)
    sources = fields.List(fields.Nested(SourceSchema), metadata=about("Who says so."))
    independent = fields.Integer(metadata=about("Groups of sources that nothing ties together."))
    ties = fields.List(fields.Nested(TieSchema))
    same = fields.List(
        fields.Nested(ReferenceSchema),
        metadata=about("Other facts that tell the same event alike."),
    )
    contradictions = fields.List(
        fields.Nested(OtherSchema), metadata=about("Those that tell the same event otherwise.")
    )
    developments = fields.List(
        fields.Nested(OtherSchema),
        metadata=about("Those that tell what became of it, or what was ahead."),
    )
    warnings = fields.List(fields.String(), metadata=about("Where not everything was looked at."))


class CompareArguments(Schema):
    """Which articles."""

    a = Thing(required=True, metadata=about("An article: its IRI, or article/{key}."))
    b = Thing(required=True, metadata=about("Another one."))


class PairSchema(Schema):
    """What either article tells of one event."""

    a = fields.Nested(FactSchema)
    b = fields.Nested(FactSchema)
    differences = fields.List(fields.Nested(DifferenceSchema))


class ComparisonSchema(Schema):
    """Two articles side by side."""

    a = fields.Nested(ArticleSchema)
    b = fields.Nested(ArticleSchema)
    both = fields.List(fields.Nested(PairSchema), metadata=about("What both say."))
    conflicts = fields.List(
        fields.Nested(PairSchema), metadata=about("What both tell, and tell otherwise.")
    )
    only_a = fields.List(fields.Nested(FactSchema), metadata=about("What the first alone says."))
    only_b = fields.List(fields.Nested(FactSchema), metadata=about("What the other alone says."))
    warnings = fields.List(fields.String(), metadata=about("Where not everything was looked at."))


@sourced.route("/<kind>/<key>/sources")
class FactSources(MethodView):
    @sourced.response(200, SourcesSchema)
    @sourced.fails(404, 503)
    def get(self, kind: str, key: str) -> dict[str, Any]:
        """Who states a fact, how independent they are, and who tells the same event otherwise."""
        iri = str(parts().iris.thing(f"{kind}/{key}"))
        with parts().journal.reading() as connection:
            found = known(sources.read(parts().engine, connection, iri), "fact", iri)
        most = f"{sources.MOST_FACTS} other facts and {sources.MOST_SOURCES} statements"
        return _told(found, f"only {most} were looked at: there are more")


@compared.route("/compare")
class Compare(MethodView):
    @compared.arguments(CompareArguments, location="query")
    @compared.response(200, ComparisonSchema)
    @compared.fails(404, 503)
    def get(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """What two articles both say, what only one says, and where they differ on one event."""
        found = compare.read(parts().engine, *(_article(arguments[name]) for name in ("a", "b")))
        return _told(found, f"only the first {compare.MOST_FACTS} facts of each were compared")


def _told(found: Sources | Comparison, too_much: str) -> dict[str, Any]:
    members = {name: getattr(found, name) for name in found.__dataclass_fields__}
    return members | {"warnings": [] if found.whole else [too_much]}


def _article(iri: str) -> ArticleRead:
    """An article without its text."""
    return replace(known(reads.article(parts().engine, iri), "article", iri), text=None)
