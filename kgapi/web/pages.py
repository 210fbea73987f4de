"""A page of a collection: what was asked for, and the ways from it, told in three forms.

The body has ``next``; Link (RFC 8288) has first, previous, next and last; X-Pagination counts, in
flask-smorest's form as far as pages without numbers go. Places are keys, not numbers: whatever is
written meanwhile, no item comes twice and none that stays is left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, after_this_request, g, json, request

from kgapi.queries.reads import Page
from kgapi.web.cursors import seal, unseal
from kgapi.web.parts import parts

# What asks for another page, or another form, of the same answer.
_OF_THE_PAGE = {"cursor", "limit", "format"}


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
    """The page as the body of an answer. Its headers go with the answer to the request at hand.

    The page is the one for what ``page_arguments`` gave.
    """
    asked: _Asked = g.asked
    ways = dict(_ways(page, asked))

    def tell(response: Response) -> Response:
        links = (f'<{address}>; rel="{relation}"' for relation, address in ways.items())
        response.headers.add("Link", ", ".join(links))
        response.headers["X-Pagination"] = json.dumps(_numbers(page, asked))
        return response

    after_this_request(tell)
    return {
        "items": page.items,
        "total": page.total,
        "limit": asked.limit,
        "next": ways.get("next"),
        "warnings": list(_warnings(page, asked)),
    }


def _ways(page: Page[Any], asked: _Asked) -> Iterator[tuple[str, str]]:
    """Relation and address of each page that one can go to from this one."""
    keys = {"first": "", "prev": page.previous, "next": page.next, "last": page.last}
    for relation, key in keys.items():
        if key is not None:
            yield relation, _address(key, asked)


def _address(after: str, asked: _Asked) -> str:
    given = request.args.to_dict(flat=False)
    given.pop("cursor", None)
    if "limit" in given:
        given["limit"] = [str(asked.limit)]
    if after:
        given["cursor"] = [seal(after, _question())]
    return f"{request.base_url}?{urlencode(given, doseq=True)}" if given else request.base_url


def _question() -> str:
    """What the collection is asked, whatever the page: a cursor is good for that alone."""
    asked = request.args.items(multi=True)
    return (
        f"{request.path}?{urlencode(sorted(pair for pair in asked if pair[0] not in _OF_THE_PAGE))}"
    )


def _numbers(page: Page[Any], asked: _Asked) -> dict[str, int]:
    numbers = {
        "total": page.total,
        "total_pages": -(-page.total // asked.limit),
        "limit": asked.limit,
        "count": len(page.items),
    }
    return numbers | ({"limit_asked": asked.wanted} if asked.wanted > asked.limit else {})


def _warnings(page: Page[Any], asked: _Asked) -> Iterator[str]:
    if asked.wanted > asked.limit:
        yield f"limit is {asked.limit} at most here, not {asked.wanted}"
    if asked.after and not page.items:
        yield "this page is past the end of the collection"
