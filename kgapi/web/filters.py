"""Which facts a request asks for: its parameters, each checked, and the page of them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema
from webargs.fields import DelimitedList

from kgapi.graph.vocab import ROLE_ORDER
from kgapi.index import below
from kgapi.index.selection import Selection
from kgapi.queries import listing, reads
from kgapi.reference import ontology
from kgapi.web.pages import page_arguments, paged
from kgapi.web.parts import parts
from kgapi.web.schemas import FactSchema, PageArguments, about, page_of

_PATH = re.compile(r"[a-z][a-z-]*/[^/\s]+")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\Z")
_FACTS = ("Event", "SanctionsMeasure", "EconomicEffect", "Tenure", "Judgement")
# Dimensions of the index that parameters of the same name choose from.
_THINGS = ("target", "sender", "speaker", "entity", "country", "article")
_CONCEPTS = (
    "reason", "measure", "action", "realis", "modality", "status", "indicator", "direction",
)  # fmt: skip
_FACETS = ("type", *_THINGS, *_CONCEPTS, "source")
# Values of a facet that are told.
MOST = 50


class Thing(fields.String):
    """An entity or article: an IRI, or the ``kind/key`` of one of ours."""

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> str:
        text = str(super()._deserialize(value, *rest, **more))
        if _PATH.fullmatch(text):
            return str(parts().iris.thing(text))
        if _IRI.fullmatch(text):
            return text
        raise ValidationError("An IRI, or kind/key of one of ours, such as country/ir.")


def any_of(told: str, field: fields.Field[Any]) -> DelimitedList:
    """A parameter of several values, separated by commas."""
    metadata = {"description": f"{told}; several, separated by commas, mean any of them."}
    return DelimitedList(field, validate=validate.Length(min=1, max=100), metadata=metadata)


def class_below(classes: Iterable[str]) -> fields.String:
    """A class by its local name, one of some or below them."""
    return fields.String(validate=validate.OneOf(below(classes)))


def concept(scheme: str) -> fields.String:
    """A concept by its local name, one of a scheme."""
    return fields.String(validate=validate.OneOf(sorted(ontology.shipped().schemes[scheme])))


def _one_of(names: Iterable[str], told: str, **more: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(list(names)), metadata=about(told), **more)


class Period(Schema):
    """When."""

    since = fields.Date(
        data_key="from", metadata=about("It may have happened on this day or later.")
    )
    until = fields.Date(
        data_key="to", metadata=about("It may have happened on this day or earlier.")
    )

    @validates_schema
    def _in_order(self, data: Mapping[str, Any], **_: Any) -> None:
        if "since" in data and "until" in data and data["since"] > data["until"]:
            raise ValidationError("That is before `from`.", "to")


class _Filters(Period, PageArguments):
    """Which facts, and what to count of them."""

    target = any_of("Whom or what it is directed at", Thing())
    sender = any_of("Who imposes it, or acts upon sanctions", Thing())
    speaker = any_of("Whose words they are", Thing())
    entity = any_of("Who or what takes part in it, in whatever role", Thing())
    country = any_of("A country that takes part, or to which someone who does belongs", Thing())
    article = any_of("An article that states it", Thing())
    type = any_of("Its class, or one above that", class_below(_FACTS))
    reason = any_of("The ground that is given", concept("reason"))
    measure = any_of("What the sanctions restrict", concept("measure"))
    action = any_of("The kind of act", concept("action"))
    realis = any_of("Whether it is real, planned, threatened …", concept("realis"))
    modality = any_of("The voice in which an article tells it", concept("modality"))
    status = any_of("How the measure stands", concept("status"))
    indicator = any_of("What is measured", concept("indicator"))
    direction = any_of("Which way that moves", concept("direction"))
    source = any_of(
        "Host that an article comes from, such as news.example.org",
        fields.String(validate=validate.Regexp(_HOST, error="The name of a host.")),
    )
    claimed = fields.Boolean(
        metadata=about("true: only what no article states in its own voice. false: the rest.")
    )
    confidence = fields.Float(
        validate=validate.Range(min=0, max=1),
        metadata=about("The least confidence that one of its statements must have."),
    )
    facet = DelimitedList(
        fields.String(validate=validate.OneOf(_FACETS)),
        metadata=about(
            f"Count the facts by the values of this, the {MOST} commonest; several with commas."
        ),
    )


class FactArguments(_Filters):
    """Which facts, and what to count of them."""

    role = _one_of(ROLE_ORDER, "The role in which `entity` takes part.")

    @validates_schema
    def _whose(self, data: Mapping[str, Any], **_: Any) -> None:
        if "role" in data and "entity" not in data:
            raise ValidationError("A role is that of an `entity`.", "role")


class OwnFactArguments(_Filters):
    """Which facts of one entity, and what to count of them."""

    own_role = _one_of(
        ROLE_ORDER, "The role in which it takes part.", data_key="role", load_default="entity"
    )


class MeasureArguments(FactArguments):
    """Which measures."""

    in_force = fields.Date(
        metadata=about(
            "Only what is told as real, has no other day of begin or end, and is not told as lifted,"
            " expired, suspended or only threatened."
        )
    )


class SharedSchema(Schema):
    """A value that facts share."""

    value = fields.String(metadata=about("IRI, local name of a class or concept, or host."))
    label = fields.String(allow_none=True, metadata=about("Its name, where it is an entity."))
    facts = fields.Integer(metadata=about("How many of all the facts have it."))


FACETS: dict[str, fields.Field[Any]] = {
    "facets": fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Nested(SharedSchema)),
        metadata=about(
            "Numbers of facts for each `facet` that was asked for, the commonest first."
        ),
    )
}
FACTS = type(page_of(FactSchema)).from_dict(FACETS, name="FacetedFactPage")()
"""A page of facts, with facets."""


def selection(arguments: Mapping[str, Any], *further: tuple[str, str]) -> Selection:
    """The facts that the parameters ask for, among those that have further values of dimensions."""
    asked = [
        # `role` says in which dimension to look for the entity.
        (arguments.get("role", name) if name == "entity" else name, arguments[name])
        for name in (*_THINGS, *_CONCEPTS, "source")
        if name in arguments
    ]
    if "type" in arguments:
        asked.append(("type", below(arguments["type"])))
    return Selection(
        terms=(*asked, *((name, [value]) for name, value in further)),
        claimed=arguments.get("claimed"),
        confidence=arguments.get("confidence"),
        since=arguments.get("since"),
        until=arguments.get("until"),
        in_force=arguments.get("in_force"),
        dated=arguments.get("dated"),
    )


def facts_page(arguments: Mapping[str, Any], wanted: Selection) -> dict[str, Any]:
    """A page of the facts of a selection, with the facets asked for, as the body of an answer."""
    after, limit = page_arguments(arguments)
    house = parts()
    with house.journal.reading() as connection:
        keys = listing.keys(connection, wanted, after, limit)
        facets = listing.shared(connection, wanted, arguments.get("facet", ()), MOST)
    facts = reads.facts_among(house.engine, [key.iri for key in keys.items])
    return paged(keys.holding(facts)) | {"facets": facets}
