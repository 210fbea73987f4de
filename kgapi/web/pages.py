"""A page of a collection: what was asked for, and the ways from it, told in several forms.

The body has ``next``; Link (RFC 8288) has first, prev, next and last, and JSON-LD has them in a
view; X-Pagination counts, in flask-smorest's form as far as pages without numbers go. Places are
keys, not numbers: whatever is written meanwhile, no item comes twice and none that stays is left
out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, after_this_request, g, json, request

from kgapi.queries.reads import Page
from kgapi.web.body import address, asked_without
from kgapi.web.cursors import seal, unseal
from kgapi.web.parts import parts
from kgapi.web.signposting import link


@dataclass(frozen=True, slots=True)
class View:
    """A page as a part of its collection: the address of the one, and those of other pages."""

    collection: str
    ways: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Asked:
    """``after`` is the key behind which the page begins; ``wanted`` the limit before it was cut."""

    after: str
    limit: int
    wanted: int


def page_arguments(arguments: Mapping[str, Any]) -> tuple[str, int]:
    """(after, limit) as asked, with the limit that the settings grant. Raises BadCursor."""
    settings = parts().settings
    wanted = arguments.get("limit", settings.page_size)
    cursor = arguments["cursor"]
    after = unseal(cursor, _question()) if cursor else ""
    g.asked = _Asked(after, min(wanted, settings.max_page_size), wanted)
    return g.asked.after, g.asked.limit


def paged(page: Page[Any]) -> dict[str, Any]:
    """The page as the body of an answer, for which it is announced, too."""
    asked: _Asked = g.asked
    return {
        "items": page.items,
        "total": page.total,
        "limit": asked.limit,
        "next": announce(page).get("next"),
        "warnings": list(_warnings(page, asked)),
    }


def announce(page: Page[Any]) -> Mapping[str, str]:
    """Tell of a page in the headers of the answer to the request at hand; the ways from it.

    The page is the one for what ``page_arguments`` gave.
    """
    asked: _Asked = g.asked
    ways = dict(_ways(page, asked))
    g.view = View(address(_filters()), ways)

    def tell(response: Response) -> Response:
        links = (link(target, relation) for relation, target in ways.items())
        response.headers.add("Link", ", ".join(links))
        response.headers["X-Pagination"] = json.dumps(_numbers(page, asked))
        return response

    after_this_request(tell)
    return ways


def _ways(page: Page[Any], asked: _Asked) -> Iterator[tuple[str, str]]:
    """Relation and address of each page that one can go to from this one."""
    keys = {"first": "", "prev": page.previous, "next": page.next, "last": page.last}
    for relation, key in keys.items():
        if key is not None:
            yield relation, _address(key, asked)


def _address(after: str, asked: _Asked) -> str:
    limit = [("limit", str(asked.limit))] if "limit" in request.args else []
    cursor = [("cursor", seal(after, _question()))] if after else []
    return address([*_filters(), *limit, *cursor])


def _question() -> str:
    """What the collection is asked, whatever the page: a cursor is good for that alone."""
    return f"{request.path}?{urlencode(sorted(_filters()))}"


def _filters() -> list[tuple[str, str]]:
    """What is asked for, whatever the page of it."""
    return asked_without("cursor", "limit")


def _numbers(page: Page[Any], asked: _Asked) -> dict[str, int]:
    numbers = {
        "total": page.total,
        "total_pages": -(-page.total // asked.limit),
        "limit": asked.limit,
    }
    return numbers | ({"limit_asked": asked.wanted} if asked.wanted > asked.limit else {})


def _warnings(page: Page[Any], asked: _Asked) -> Iterator[str]:
    if asked.wanted > asked.limit:
        yield f"limit is {asked.limit} at most here, not {asked.wanted}"
    if asked.after and not page.items:
        yield "this page is past the end of the collection"
