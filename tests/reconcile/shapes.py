"""What the answers of a reconciliation service must look like, as JSON Schema (draft 2020-12).

Written from the text of the specifications: the report of version 0.2 of 2023-04-10, and the draft
of version 1.0. Where the text leaves a member free, so does this; members that it does not name are
not allowed, so that a slip of the pen in a name shows.
"""

from typing import Any

from jsonschema import Draft202012Validator

Shape = dict[str, Any]

TEXT: Shape = {"type": "string", "minLength": 1}
ANY_TEXT: Shape = {"type": "string"}
FLAG: Shape = {"type": "boolean"}
NUMBER: Shape = {"type": "number"}
URL: Shape = {"type": "string", "pattern": "^https?://[^ ]+$"}
DIRECTION: Shape = {"enum": ["ltr", "rtl", "auto"]}


def members(required: dict[str, Shape], optional: dict[str, Shape] | None = None) -> Shape:
    """An object with these members and no others."""
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": sorted(required),
        "additionalProperties": False,
    }


def array(of: Shape, **more: Any) -> Shape:
    return {"type": "array", "items": of, **more}


def table(of: Shape) -> Shape:
    """An object whose members may have any name."""
    return {"type": "object", "additionalProperties": of}


def either(*shapes: Shape) -> Shape:
    return {"oneOf": list(shapes)}


def check(told: Any, shape: Shape) -> None:
    """Raises ValidationError for what does not look as it must."""
    Draft202012Validator.check_schema(shape)
    Draft202012Validator(shape).validate(told)


# Section 2: core concepts. A class among others is an identifier, or an object with a name.
TYPE = members({"id": TEXT, "name": TEXT})
TYPES = array(either(TEXT, TYPE))
OFFER = members({"id": TEXT, "name": TEXT}, {"description": ANY_TEXT})
BROAD = members({"id": TEXT, "name": TEXT}, {"description": ANY_TEXT, "broader": array(OFFER)})
SUGGESTED = members({"id": TEXT, "name": TEXT}, {"description": ANY_TEXT, "notable": TYPES})
WORTH = {"type": ["number", "boolean"]}


def _service(path: Shape) -> Shape:
    return members(
        {"service_url": URL, "service_path": ANY_TEXT},
        {"flyout_service_url": URL, "flyout_service_path": path},
    )


_SUGGEST = _service({"type": "string", "pattern": r"\$\{id\}"})


class V02:
    """Version 0.2."""

    # Section 3.1; the view templates have {{id}} (section 2.1).
    manifest = members(
        {
            "versions": array(TEXT, contains={"const": "0.2"}),
            "name": TEXT,
            "identifierSpace": URL,
            "schemaSpace": URL,
        },
        {
            "defaultTypes": array(TYPE, uniqueItems=True),
            "documentation": URL,
            "logo": URL,
            "serviceVersion": TEXT,
            "view": members({"url": {"type": "string", "pattern": r"\{\{id\}\}"}}),
            "feature_view": members({"url": {"type": "string", "pattern": r"\{\{id\}\}"}}),
            "preview": members(
                {
                    "url": {"type": "string", "pattern": r"\{\{id\}\}"},
                    "width": {"type": "integer", "minimum": 1},
                    "height": {"type": "integer", "minimum": 1},
                }
            ),
            "suggest": members({}, {"entity": _SUGGEST, "type": _SUGGEST, "property": _SUGGEST}),
            "extend": members(
                {},
                {
                    "propose_properties": members({"service_url": URL, "service_path": ANY_TEXT}),
                    "property_settings": {"type": "array"},
                },
            ),
            "batchSize": {"type": "integer", "minimum": 1},
            "authentication": {"type": "object"},
        },
    )
    # Section 4.2.
    results = table(
        members(
            {
                "result": array(
                    members(
                        {"id": TEXT, "name": TEXT, "type": TYPES, "score": NUMBER},
                        {
                            "description": ANY_TEXT,
                            "match": FLAG,
                            "features": array(members({"id": TEXT, "value": WORTH})),
                        },
                    )
                )
            }
        )
    )
    # Section 6.3 and 6.4.
    entities = members({"result": array(SUGGESTED)})
    properties = members({"result": array(OFFER)})
    types = members({"result": array(BROAD)})
    flyout = members({"id": TEXT, "html": TEXT})
    # Section 7.2.
    proposals = members(
        {"properties": array(OFFER)}, {"type": TEXT, "limit": {"type": "integer", "minimum": 1}}
    )
    # Section 7.4; a value is an entity, or a literal under the name of its datatype.
    value = either(
        members({"id": TEXT, "name": TEXT}, {"description": ANY_TEXT}),
        members({"str": ANY_TEXT}),
        members({"int": {"type": "integer"}}),
        members({"float": NUMBER}),
        members({"bool": FLAG}),
        members({"date": {"type": "string", "pattern": r"^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d"}}),
        members({}),
    )
    column = members({"id": TEXT, "name": TEXT}, {"type": TYPE, "service": URL})
    extension = members({"meta": array(column), "rows": table(table(array(value)))})


class Draft:
    """The draft of version 1.0."""

    manifest = members(
        {
            "versions": array(TEXT, contains={"const": "1.0-draft"}),
            "name": TEXT,
            "view": members({"url": {"type": "string", "pattern": r"\{\+?id\}"}}),
        },
        {
            "defaultTypes": array(TYPE, uniqueItems=True),
            "documentation": URL,
            "logo": URL,
            "serviceVersion": TEXT,
            "featureView": members({"url": {"type": "string", "pattern": r"\{\+?id\}"}}),
            "preview": members(
                {
                    "width": {"type": "integer", "minimum": 1},
                    "height": {"type": "integer", "minimum": 1},
                }
            ),
            "suggest": members({}, {"entity": FLAG, "property": FLAG, "type": FLAG}),
            "extend": members(
                {}, {"proposeProperties": FLAG, "propertySettings": {"type": "array"}}
            ),
            "batchSize": {"type": "integer", "minimum": 1},
            "authentication": {"type": "object"},
            "lang": TEXT,
            "dir": DIRECTION,
            "standardizedScore": FLAG,
        },
    )
    results = members(
        {
            "results": array(
                members(
                    {
                        "candidates": array(
                            members(
                                {"id": TEXT, "name": TEXT, "type": TYPES, "match": FLAG},
                                {
                                    "description": ANY_TEXT,
                                    "score": {"type": "number", "minimum": 0, "maximum": 100},
                                    "features": array(
                                        members({"id": TEXT, "name": TEXT, "value": WORTH})
                                    ),
                                },
                            )
                        )
                    }
                )
            )
        }
    )
    extension = members(
        {
            "meta": array(V02.column),
            "rows": array(
                members(
                    {
                        "id": TEXT,
                        "properties": array(members({"id": TEXT, "values": array(V02.value)})),
                    }
                )
            ),
        }
    )
