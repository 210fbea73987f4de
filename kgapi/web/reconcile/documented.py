"""How the routes are described in OpenAPI: what they are asked with, and what they answer."""

from typing import Any

CALLBACK = r"[A-Za-z_$][A-Za-z0-9_$]{0,63}(\.[A-Za-z_$][A-Za-z0-9_$]{0,63}){0,7}"
"""Names of functions, with dots between them, and nothing else: what is sent is a script."""

_TEXT: dict[str, Any] = {"type": "string"}
_PARAMETERS: dict[str, dict[str, Any]] = {
    "callback": _TEXT | {"pattern": f"^{CALLBACK}$", "description": "Function to call (JSONP)."},
    "cursor": {"type": "integer", "minimum": 0, "description": "So many to skip."},
    "extend": _TEXT | {"description": "A data extension query, in JSON."},
    "id": _TEXT | {"minLength": 1, "description": "Identifier."},
    "limit": {"type": "integer", "minimum": 1, "description": "So many at most."},
    "offset": {"type": "integer", "minimum": 0, "description": "So many to skip."},
    "prefix": _TEXT | {"description": "The begin of a name, or of a word of it."},
    "queries": _TEXT | {"description": "A batch of queries, in JSON."},
    "type": _TEXT | {"description": "A class, by its local name in the ontology."},
}
_REQUIRED = {"id", "prefix"}

JSON: dict[str, Any] = {"application/json": {"schema": {"type": "object"}}}
SCRIPT: dict[str, Any] = JSON | {"text/javascript": {"schema": _TEXT}}
PAGE: dict[str, Any] = {"text/html": {"schema": _TEXT}}


def answering(content: dict[str, Any]) -> dict[str, Any]:
    """What a route answers where all is well."""
    return {"200": {"description": "The answer, as the specification has it.", "content": content}}


def asking(*names: str, content: dict[str, Any] = JSON) -> dict[str, Any]:
    """A route that is asked with these parameters in the URL."""
    return {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": name in _REQUIRED,
                "schema": _PARAMETERS[name],
            }
            for name in names
        ],
        "responses": answering(content),
    }


def sending(content: dict[str, Any]) -> dict[str, Any]:
    """A route that is sent a body."""
    return {
        "requestBody": {"required": True, "content": content},
        "responses": answering(JSON),
    }
