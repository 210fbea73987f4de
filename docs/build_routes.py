"""Write routes.md: every route with its parameters and answers, made from the OpenAPI description.

python docs/build_routes.py
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kgapi.web.reference import groups, type_of

ROOT = Path(__file__).parents[1]
HEAD = """# The routes

Every route, with the parameters that it takes and the answers that it gives besides what can go wrong
anywhere. It is made from the server's own description, `/openapi.json`, by `python docs/build_routes.py`.
The kinds of problems behind 4xx and 5xx are explained at `/problems`. Of the routes of saved queries only
their list is here: `/v1/queries` tells which ones a server has.
"""


def page(openapi: Mapping[str, Any]) -> str:
    """The page as Markdown."""
    told = [HEAD]
    for group in groups(openapi):
        told.append(f"\n## {group.name}\n\n{group.description}\n")
        told += [
            line for each in group.routes for line in _route(each.method, each.path, each.told)
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
    return f"| `{given['name']}`{where} | {type_of(given.get('schema', {}))}{needed} | {words} |\n"


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
