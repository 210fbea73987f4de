"""The JSON Schema (draft 2020-12) of facts, made from the ontology: classes, roles, concepts."""

from collections.abc import Iterable
from typing import Any

from kgapi.facts import terms
from kgapi.facts.records import LONGEST
from kgapi.reference import ontology
from kgapi.reference.ontology import Property

Schema = dict[str, Any]

_STRING: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST}
_DAY: Schema = {"type": ["string", "null"], "pattern": r"^\d{4}(-\d\d(-\d\d)?)?$"}
_WITHIN: Schema = {"$ref": "#/$defs/Entity"}


def submission() -> Schema:
    """What is sent of one article: who says so, and the facts."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Facts with evidence, submitted for an article",
        **_object(
            {
                "by": _STRING | {"description": "Who submits them: a person or a program."},
                "facts": {"type": "array", "items": _ref("Fact"), "minItems": 1, "maxItems": 1000},
            },
            required=("by", "facts"),
        ),
        "$defs": {
            "Fact": {"anyOf": [_ref(name) for name in terms.fact_classes()]},
            **{name: _fact(name) for name in terms.fact_classes()},
            "Entity": _entity(terms.KINDS),
            "Evidence": _EVIDENCE,
            "Time": _TIME,
            **_schemes(),
        },
    }


def answer() -> Schema:
    """What a language model answers: facts one beside the other, each with its quote, names by
    label and class, times in the words of the text."""
    told = {"anyOf": list(map(_told, terms.fact_classes()))}
    return _object({"facts": {"type": "array", "items": told}}, required=("facts",)) | {
        "$defs": _schemes()
    }


_EVIDENCE: Schema = {
    "description": "The words of the article that say so, exactly as they stand there.",
    "anyOf": [
        {"type": "string", "minLength": 1},
        {
            "type": "object",
            "properties": {
                "text": {"type": "string", "minLength": 1},
                "start": {"type": "integer", "minimum": 0, "description": "In code points."},
                "end": {"type": "integer", "minimum": 1},
            },
            "required": ["text"],
            "additionalProperties": False,
        },
    ],
}
_TIME: Schema = {
    "type": ["object", "null"],
    "description": "The first and last day, month or year in question; null where open.",
    "properties": {
        "begin": _DAY,
        "end": _DAY,
        "text": {"type": ["string", "null"], "description": "The time as the article words it."},
        "precision": {"enum": ["day", "month", "year"]},
        "lasting": {"type": "boolean", "description": "It held throughout, not once in between."},
    },
    "additionalProperties": False,
}


def _fact(type_: str) -> Schema:
    members: Schema = {
        "type": {"const": type_},
        "roles": _object({role: _fillers(classes) for role, classes in terms.roles(type_).items()}),
        "values": _object({name: _value(name, of) for name, of in terms.values(type_).items()}),
        "time": _ref("Time"),
        "realis": _concepts("realis") | {"default": "actual"},
        "modality": _concepts("modality") | {"default": "stated"},
        "speaker": {"anyOf": [{"type": "null"}, *_named(_below("Agent"))]},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1, "default": 1},
        "rule": _STRING | {"description": "What made you conclude this, in a word."},
        "inferred": {"type": "array", "items": {"enum": list(terms.roles(type_))}},
        "evidence": {"type": "array", "items": _ref("Evidence"), "minItems": 1},
    }
    required = ["type", "evidence"]
    if terms.has_action(type_):
        members["action"] = _concepts("action")
        required.append("action")
    else:
        members["action"] = {"type": "null"}
    return _explained(type_) | _object(members, required)


def _told(type_: str) -> Schema:
    roles = {
        role: {"type": "array", "items": _called(entities)}
        for role, classes in terms.roles(type_).items()
        if (entities := [name for name in terms.KINDS if name in classes])
    }
    members: Schema = {
        "type": {"const": type_},
        "quote": {"type": "string", "minLength": 1},
        "roles": _object(roles),
        "values": _object({name: _value(name, of) for name, of in terms.values(type_).items()}),
        "time": {"type": ["string", "null"]},
        "realis": _concepts("realis"),
        "modality": _concepts("modality"),
        "speaker": {"anyOf": [{"type": "null"}, _called(_below("Agent"))]},
    }
    required = ["type", "quote", "roles"]
    if terms.has_action(type_):
        members["action"] = _concepts("action")
        required.append("action")
    return _explained(type_) | _object(members, required)


def _called(classes: Iterable[str]) -> Schema:
    told: Schema = {"label": _STRING, "type": {"enum": list(classes)}, "within": _STRING}
    return _object(told, required=("label", "type"))


def _explained(type_: str) -> Schema:
    explained = ontology.shipped().definitions.get(type_)
    return {"description": explained} if explained else {}


def _fillers(classes: Iterable[str]) -> Schema:
    """Names or objects for entities; facts, each in an object of its own, where facts may fill it."""
    allowed = set(classes)
    choices = _named([name for name in terms.KINDS if name in allowed])
    if inner := [name for name in terms.fact_classes() if name in allowed]:
        told = {"fact": {"anyOf": list(map(_ref, inner))}, "iri": {}, "label": {}, "type": {}}
        choices.append(_object(told, required=("fact",)))
    return {"type": "array", "items": {"anyOf": choices}}


def _named(classes: Iterable[str]) -> list[Schema]:
    listed = list(classes)
    if not listed:
        return []
    name = _STRING | {"description": "A name or kind/key of the reference data."}
    return [name, _entity(listed)]


def _entity(classes: Iterable[str]) -> Schema:
    members: Schema = {
        "id": _STRING | {"description": "kind/key, as in country/us; or send iri."},
        "iri": _STRING,
        "label": _STRING,
        "type": {"enum": list(classes)},
        "within": _WITHIN | {"description": "The country or body to which it belongs."},
    }
    return _object(members) | {
        "anyOf": [{"required": ["id"]}, {"required": ["iri"]}, {"required": ["label", "type"]}]
    }


def _value(name: str, about: Property) -> Schema:
    if name in terms.MANY:
        return {"type": "array", "items": _concepts(name)}
    if about.scheme is not None:
        return _concepts(name)
    if "boolean" in about.datatypes:
        return {"type": "boolean"}
    return {"type": "number"} if "decimal" in about.datatypes else _STRING


def _schemes() -> Schema:
    """The schemes from which the members of a fact take their concepts."""
    used = {about.scheme for name in terms.fact_classes() for about in terms.values(name).values()}
    return {
        f"{scheme}Concept": {"enum": sorted(concepts)}
        for scheme, concepts in sorted(ontology.shipped().schemes.items())
        if scheme in used | {"action", "realis", "modality"}
    }


def _concepts(property_: str) -> Schema:
    return _ref(f"{ontology.scheme_of(property_)}Concept")


def _below(ancestor: str) -> list[str]:
    return [name for name in terms.KINDS if ontology.shipped().is_a(name, ancestor)]


def _object(members: Schema, required: Iterable[str] = ()) -> Schema:
    return {
        "type": "object",
        "properties": members,
        "additionalProperties": False,
    } | ({"required": list(required)} if required else {})


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}
