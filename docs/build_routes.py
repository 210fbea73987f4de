"""Write routes.md: every route with its parameters and answers, made from the OpenAPI description.

python docs/build_routes.py
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
HEAD = """# The routes

Every route, with the parameters that it takes and the answers that it gives besides what can go wrong
anywhere. It is made from the server's own description, `/openapi.json`, by `python docs/build_routes.py`.
The kinds of problems behind 4xx and 5xx are explained at `/problems`. Of the routes of saved queries only
their list is here: `/v1/queries` tells which ones a server has.
"""
_METHODS = ("get", "post", "put", "patch", "delete")


def page(openapi: Mapping[str, Any]) -> str:
    """The page as Markdown."""
    routes = [
        (method, path, item[method])
        for path, item in openapi["paths"].items()
        for method in _METHODS
        if method in item and not path.startswith("/v1/queries/")
    ]
    told = [HEAD]
    for tag in openapi["tags"]:
        mine = [route for route in routes if tag["name"] in route[2]["tags"]]
        told.append(f"\n## {tag['name']}\n\n{tag['description']}\n")
        told += [
            line for method, path, operation in mine for line in _route(method, path, operation)
        ]
    return "".join(told)


def _route(method: str, path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n### `{method.upper()} {path}`\n"
    if summary := operation.get("summary"):
        yield f"\n{summary}{' Needs the token.' if operation.get('security') else ''}\n"
    if given := operation.get("parameters"):
        yield "\n| parameter | type | what it is |\n| --- | --- | --- |\n"
        yield from (_parameter(each) for each in given)
    if body := operation.get("requestBody"):
        yield f"\nTakes {', '.join(f'`{name}`' for name in body['content'])}.\n"
    answers = [_answer(*each) for each in sorted(operation["responses"].items())]
    yield f"\nAnswers {'; '.join(each for each in answers if each)}.\n"


def _parameter(given: Mapping[str, Any]) -> str:
    where = "" if given["in"] == "query" else f" ({given['in']})"
    needed = ", required" if given.get("required") and given["in"] != "path" else ""
    words = given.get("description", "").replace("|", "\\|")
    return f"| `{given['name']}`{where} | {_type(given.get('schema', {}))}{needed} | {words} |\n"


def _type(schema: Mapping[str, Any]) -> str:
    if choices := schema.get("enum"):
        return ", ".join(f"`{choice}`" for choice in choices)
    if schema.get("type") == "array":
        return f"several: {_type(schema.get('items', {}))}"
    kind = schema.get("type", "string")
    return str(schema.get("format") or (" or ".join(kind) if isinstance(kind, list) else kind))


def _answer(status: str, answer: Mapping[str, Any]) -> str:
    if status == "default":
        return ""
    types = [name for name in answer.get("content", {}) if name != "application/problem+json"]
    return f"{status} ({', '.join(f'`{name}`' for name in types)})" if types else status


def main() -> None:
    from kgapi.app import create_app
    from kgapi.settings import Settings
    from kgapi.store.embedded import EmbeddedEngine

    app = create_app(Settings(store=":memory:"), EmbeddedEngine())
    openapi = app.test_client().get("/openapi.json").json
    (ROOT / "docs" / "routes.md").write_text(page(openapi), "utf-8")


if __name__ == "__main__":
    main()
