"""A page of a collection: what was asked for, and how to ask for the next."""

from typing import Any
from urllib.parse import urlencode

from flask import request

from kgapi.queries.reads import Page
from kgapi.web.parts import parts


def page_arguments(arguments: dict[str, Any]) -> tuple[str, int]:
    """(after, limit) as asked, with the limit that the settings grant."""
    settings = parts().settings
    limit = arguments.get("limit", settings.page_size)
    return arguments["after"], min(limit, settings.max_page_size)


def paged(page: Page[Any]) -> dict[str, Any]:
    """The page as the body of an answer, with the address of the next one."""
    return {"items": page.items, "total": page.total, "next": _address(page.next)}


def _address(after: str | None) -> str | None:
    if after is None:
        return None
    return f"{request.base_url}?{urlencode({**request.args, 'after': after})}"
