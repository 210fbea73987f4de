"""/v1/screen: whom a text, or a list of names, may mean, and how they stand with sanctions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask.views import MethodView
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from kgapi import news, screening
from kgapi.errors import TooLarge
from kgapi.matching.score import Candidate, Wanted
from kgapi.reference import ontology
from kgapi.screening import Mention, Sanction
from kgapi.web.blueprint import Blueprint
from kgapi.web.body import json_body
from kgapi.web.parts import parts
from kgapi.web.reconcile import offers, service
from kgapi.web.reconcile.service import Query
from kgapi.web.schemas import ReferenceSchema, about

blueprint = Blueprint(
    "screen", __name__, url_prefix="/v1/screen", description="Names checked against the graph."
)

# So many different names in one text are looked up, for each that a batch may have.
_NAMES = 4


class ScreenSchema(Schema):
    """A text in English, or names; the classes that count, and how many candidates each."""

    text = fields.String(validate=validate.Length(min=1))
    names = fields.List(
        fields.String(validate=validate.Length(min=1, max=1000)), validate=validate.Length(min=1)
    )
    types = fields.List(fields.String(), load_default=list)
    limit = fields.Integer(strict=True, load_default=3, validate=validate.Range(min=1))

    @validates_schema
    def _is_one_of_both(self, data: Mapping[str, Any], **_: Any) -> None:
        if ("text" in data) == ("names" in data):
            raise ValidationError("Send a `text`, or `names`.")


class SanctionSchema(Schema):
    """How an entity stands with one sender of sanctions, by the last act that the graph has."""

    sender = fields.Nested(ReferenceSchema, allow_none=True)
    state = fields.String(metadata=about("listed or delisted."))
    action = fields.String(metadata=about("The last act, as a concept of the action scheme."))
    day = fields.String(metadata=about("Its day, else that of the article that tells of it."))
    fact = fields.String(metadata=about("The fact that says so, by its IRI."))


class CandidateSchema(Schema):
    """Somebody or something that may be meant."""

    id = fields.String(metadata=about("Its IRI."))
    label = fields.String()
    type = fields.String(metadata=about("Local name of its ontology class."))
    score = fields.Float(metadata=about("From 0 to 100."))
    match = fields.Boolean(metadata=about("Whether it may be taken for the one meant."))
    features = fields.Dict(keys=fields.String(), metadata=about("What is behind the score."))
    sanctions = fields.List(fields.Nested(SanctionSchema))


class MentionSchema(Schema):
    """A name, and whose it may be."""

    text = fields.String(metadata=about("The name as it stands there."))
    start = fields.Integer(allow_none=True, metadata=about("Offset of it, in code points."))
    end = fields.Integer(allow_none=True, metadata=about("Offset behind it."))
    name = fields.String(metadata=about("The name in full, as the text has it elsewhere."))
    type = fields.String(allow_none=True, metadata=about("Class, as far as the text shows it."))
    roles = fields.List(fields.String(), metadata=about("Of target, sender and speaker."))
    candidates = fields.List(fields.Nested(CandidateSchema))


class ScreenedSchema(Schema):
    """The names, in reading order."""

    mentions = fields.List(fields.Nested(MentionSchema))


@blueprint.route("")
class Screen(MethodView):
    @blueprint.doc(
        requestBody={
            "required": True,
            "content": {"application/json": {"schema": ScreenSchema}},
        }
    )
    @blueprint.response(200, ScreenedSchema)
    @blueprint.fails(400, 413, 415, 422)
    def post(self) -> dict[str, Any]:
        """Find the names in a text, or take names as they are, and say whose they may be.

        Nothing is stored.
        """
        most = parts().settings.max_screen
        asked = json_body(most, "what is to be screened", ScreenSchema())
        types = [offers.type_of(each).id for each in asked["types"]]
        mentions = [each for each in _mentions(asked) if _counts(each, types)]
        found = _found(mentions, types, asked["limit"])
        standing = _standing(found.values())
        return {
            "mentions": [
                _told(each, [_candidate(one, standing) for one in found[each.name, each.type]])
                for each in mentions
            ]
        }


Found = dict[tuple[str, str | None], list[Candidate]]


def _mentions(asked: Mapping[str, Any]) -> list[Mention]:
    if "text" in asked:
        return screening.mentions(news.read(asked["text"].encode(), "text/plain"))
    service.check_size(len(asked["names"]))
    return [Mention(name, None, None, name, None, ()) for name in asked["names"]]


def _counts(mention: Mention, types: Sequence[str]) -> bool:
    """Whether a mention may be of these classes, as far as the text shows."""
    return not types or mention.type is None or ontology.shipped().within(mention.type, types)


def _found(mentions: Sequence[Mention], types: Sequence[str], limit: int) -> Found:
    """The candidates for each name once. Raises TooLarge for too many names."""
    wanted = dict.fromkeys((each.name, each.type) for each in mentions)
    most = parts().settings.max_batch * _NAMES
    if len(wanted) > most:
        raise TooLarge(f"the text has more than {most:,} names: screen it in parts", limit=most)
    found = service.matched([_query(name, type_, types, limit) for name, type_ in wanted])
    return dict(zip(wanted, found, strict=True))


def _query(name: str, type_: str | None, types: Sequence[str], limit: int) -> Query:
    """What is asked for strictly; what the text shows of the class is a feature."""
    if types:
        return Query(Wanted((name,), tuple(types)), limit)
    return Query(Wanted((name,), (type_,) if type_ else (), strict=False), limit)


def _standing(found: Iterable[list[Candidate]]) -> dict[str, list[Sanction]]:
    house = parts()
    paths = {one.profile.path for candidates in found for one in candidates}
    return screening.sanctions(
        house.engine, [str(house.iris.thing(path)) for path in sorted(paths)]
    )


def _candidate(one: Candidate, standing: Mapping[str, list[Sanction]]) -> dict[str, Any]:
    iri = str(parts().iris.thing(one.profile.path))
    return {
        "id": iri,
        "label": one.profile.label,
        "type": one.profile.type,
        "score": one.score,
        "match": one.match,
        "features": one.features,
        "sanctions": standing[iri],
    }


def _told(mention: Mention, candidates: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "text": mention.text,
        "start": mention.start,
        "end": mention.end,
        "name": mention.name,
        "type": mention.type,
        "roles": mention.roles,
        "candidates": candidates,
    }
