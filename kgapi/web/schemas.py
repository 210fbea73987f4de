"""The one JSON spelling of what the reads return."""

from functools import cache
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_dump, validate
from marshmallow.fields import Field

from kgapi.facts.records import is_line


def is_name(text: str) -> None:
    """Raise ValidationError for what cannot be kept as a line of words."""
    if not is_line(text):
        raise ValidationError("A line of words without control characters, not too long.")


def about(text: str) -> dict[str, str]:
    """What OpenAPI says of a member, as the ``metadata`` of its field."""
    return {"description": text}


class ReferenceSchema(Schema):
    """Something named, as others mention it."""

    iri = fields.String(metadata=about("Its IRI."))
    label = fields.String(metadata=about("Its name, in English."))
    type = fields.String(metadata=about("Local name of its ontology class."))


class EvidenceSchema(Schema):
    """A span of the article's stored text, in Unicode code points."""

    start = fields.Integer(metadata=about("Offset of its first character."))
    end = fields.Integer(metadata=about("Offset behind its last character."))
    text = fields.String(metadata=about("Exactly the characters between them."))


class TimeSchema(Schema):
    """When, as honestly as the wording allows."""

    date = fields.String(
        allow_none=True, metadata=about("The day, month or year, where it is one.")
    )
    begin = fields.String(allow_none=True, metadata=about("Begin of a state, at known precision."))
    end = fields.String(allow_none=True, metadata=about("End of a state, at known precision."))
    earliest = fields.String(allow_none=True, metadata=about("First day in question."))
    latest = fields.String(allow_none=True, metadata=about("Last day in question."))
    text = fields.String(allow_none=True, metadata=about("The time as the source words it."))


class StatementSchema(Schema):
    """That one article states a fact."""

    id = fields.String(metadata=about("Its IRI."))
    article = fields.Nested(ReferenceSchema)
    published = fields.String(metadata=about("Day of the article's publication."))
    modality = fields.String(metadata=about("Voice: stated, quoted, reported or opinion."))
    speaker = fields.Nested(ReferenceSchema, allow_none=True)
    confidence = fields.Float(metadata=about("From 0 to 1."))
    rule = fields.String(metadata=about("The rule that found it."))
    extractor = fields.String(
        allow_none=True, metadata=about("What found it, with who submitted it where somebody did.")
    )
    inferred = fields.List(fields.String(), metadata=about("Roles filled by inference."))
    evidence = fields.List(fields.Nested(EvidenceSchema))


class FactSchema(Schema):
    """A fact, and who states it."""

    id = fields.String(metadata=about("Its IRI."))
    label = fields.String(metadata=about("A line of words for it."))
    type = fields.String(metadata=about("Local name of its ontology class."))
    claimed = fields.Boolean(metadata=about("True where no article states it in its own voice."))
    action = fields.String(allow_none=True, metadata=about("Concept of the action scheme."))
    roles = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Nested(ReferenceSchema)),
        metadata=about("Who or what takes part, by role."),
    )
    values = fields.Dict(keys=fields.String(), metadata=about("Everything else, by property."))
    time = fields.Nested(TimeSchema)
    realis = fields.String(
        metadata=about("actual, planned, threatened, possible, denied, cancelled.")
    )
    statements = fields.List(fields.Nested(StatementSchema))


class ArticleSchema(Schema):
    """An article that is in the graph."""

    id = fields.String(metadata=about("Its IRI."))
    headline = fields.String()
    published = fields.String(metadata=about("Day of publication."))
    language = fields.String(metadata=about("BCP 47 tag."))
    digest = fields.String(metadata=about("SHA-256 of its text in UTF-8."))
    source = fields.String(allow_none=True, metadata=about("Where it comes from."))
    source_title = fields.String(allow_none=True)
    facts = fields.Integer(metadata=about("How many facts it states."))
    text = fields.String(allow_none=True, metadata=about("Its text, where the store keeps it."))


class EntitySchema(Schema):
    """Somebody or something that takes part in facts."""

    id = fields.String(metadata=about("Its IRI."))
    label = fields.String()
    type = fields.String(metadata=about("Local name of its ontology class."))
    names = fields.List(fields.String(), metadata=about("Other names."))
    same_as = fields.List(fields.String(), metadata=about("The same thing elsewhere."))
    properties = fields.Dict(
        keys=fields.String(), metadata=about("What else is known of it; not in lists.")
    )
    facts = fields.Integer(allow_none=True, metadata=about("How many facts it takes part in."))

    @post_dump
    def _without_unknown(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        """JSON-LD has no null where properties are nested."""
        return {name: value for name, value in told.items() if name != "properties" or value}


class PageArguments(Schema):
    """Where in a collection to begin, and how much of it to take."""

    cursor = fields.String(
        load_default="",
        metadata=about(
            "Where the page begins, as `next` and the links have it; empty: at the first."
        ),
    )
    limit = fields.Integer(
        validate=validate.Range(min=1),
        metadata=about("Items on the page. A server has a most, and says so."),
    )


class ArticleArguments(Schema):
    """What the sender of an article says of it; wins over what the article says itself."""

    published = fields.Date(metadata=about("Day of publication, YYYY-MM-DD."))
    headline = fields.String(validate=validate.Length(min=1, max=500))
    source = fields.Url(schemes={"http", "https"}, metadata=about("Where it comes from."))


class PageSchema(Schema):
    """A page of a collection."""


@cache
def page_of(item: type[Schema]) -> Schema:
    """A page of a collection; one schema for each kind of item, so that OpenAPI names it once."""
    name = item.__name__.removesuffix("Schema")
    members: dict[str, Field[Any]] = {
        "items": fields.List(fields.Nested(item)),
        "total": fields.Integer(metadata=about("Items in the whole collection.")),
        "limit": fields.Integer(metadata=about("Items that a page has at most, as granted.")),
        "next": fields.String(allow_none=True, metadata=about("Address of the next page, if any.")),
        "warnings": fields.List(
            fields.String(), metadata=about("Where the page is not quite what was asked for.")
        ),
    }
    return PageSchema.from_dict(members, name=f"{name}Page")()


class ChangeSchema(Schema):
    """What a write did to one graph, and to the facts that the graph tells."""

    seq = fields.Integer(metadata=about("Its number: each later change has a larger one."))
    revision = fields.String(metadata=about("The revision of the store that it came with."))
    at = fields.String(metadata=about("When, in UTC."))
    graph = fields.String(
        allow_none=True, metadata=about("IRI of the graph; null for the default graph.")
    )
    kind = fields.String(metadata=about("What became of the graph: added, changed or removed."))
    article = fields.String(
        allow_none=True, metadata=about("IRI of the article that the graph is about.")
    )
    added = fields.List(
        fields.Nested(ReferenceSchema), metadata=about("Facts that the graph tells now.")
    )
    changed = fields.List(
        fields.Nested(ReferenceSchema), metadata=about("Facts that it tells otherwise.")
    )
    removed = fields.List(
        fields.Nested(ReferenceSchema), metadata=about("Facts that it tells no longer.")
    )


class IngestedSchema(Schema):
    """An article as it was taken, and the facts found in it."""

    article = fields.Nested(ArticleSchema)
    facts = fields.List(fields.Nested(FactSchema))
    waiting = fields.Integer(
        metadata=about("How many more facts wait at `/v1/review` for a decision.")
    )
    warnings = fields.List(
        fields.String(), metadata=about("What a reader of the facts should know.")
    )


class SubmittedSchema(Schema):
    """Facts as they were submitted."""

    graph = fields.String(metadata=about("IRI of the graph of this submission."))
    facts = fields.List(fields.Nested(FactSchema), metadata=about("Those that are told."))
    waiting = fields.List(
        fields.String(), metadata=about("IRIs of the proposals that wait for a decision.")
    )


class DecisionSchema(Schema):
    """What somebody decided on a proposal."""

    verdict = fields.String(metadata=about("accept or reject."))
    by = fields.String(metadata=about("Who decided."))
    note = fields.String(allow_none=True, metadata=about("Why."))
    at = fields.String(metadata=about("When, in UTC."))


class ProposalSchema(Schema):
    """A fact that waits for a decision."""

    id = fields.String(metadata=about("Its IRI."))
    label = fields.String(metadata=about("A line of words for it."))
    article = fields.Nested(ReferenceSchema)
    extractor = fields.String(metadata=about("What found it, by name and version."))
    by = fields.String(allow_none=True, metadata=about("Who submitted it, where somebody did."))
    fact = fields.Dict(
        keys=fields.String(),
        metadata=about("The fact as `kgapi extract` prints it, with its evidence."),
    )
    decision = fields.Nested(DecisionSchema, allow_none=True)


class DecisionArguments(Schema):
    """A decision on a proposal."""

    decision = fields.String(
        required=True,
        validate=validate.OneOf(["accept", "reject"]),
        metadata=about("accept: the article says so. reject: it does not."),
    )
    by = fields.String(
        required=True, validate=is_name, metadata=about("Who decides: a person or a program.")
    )
    note = fields.String(
        load_default=None, allow_none=True, validate=is_name, metadata=about("Why.")
    )
