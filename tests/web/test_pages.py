"""Pages of collections: three views of the ways between them, and cursors that hold under writes."""

import json
import threading
from collections.abc import Iterator

import httpx
import pytest
from flask.testing import FlaskClient
from werkzeug.http import parse_list_header, parse_options_header

from kgapi.errors import BadCursor
from kgapi.web.cursors import seal, unseal
from tests.conftest import TOKEN, Server

KEY = {"Authorization": f"Bearer {TOKEN}"}
COLLECTIONS = [
    "v1/articles",
    "v1/facts",
    "v1/entities",
    "v1/entities/country/ir/facts",
    "v1/review",
]
# Those that know the pages before a page, too.
BOTH_WAYS = ["v1/articles", "v1/entities/country/ir/facts"]


def links(value: str) -> dict[str, str]:
    """The addresses of a Link header by their relations."""
    found = {}
    for each in parse_list_header(value):
        address, options = parse_options_header(each)
        found[options["rel"]] = address.strip("<>")
    return found


def pages(http: httpx.Client, address: str | None, relation: str) -> Iterator[httpx.Response]:
    """The page at an address and those that it leads to; bounded, so that a loop cannot run on."""
    for _ in range(500):
        if address is None:
            return
        page = http.get(address)
        assert page.status_code == 200, page.text
        yield page
        address = page.links.get(relation, {}).get("url")
    raise AssertionError("these pages never end")


def ids(found: list[httpx.Response]) -> list[str]:
    return [item["id"] for page in found for item in page.json()["items"]]


@pytest.mark.parametrize("path", COLLECTIONS)
def test_following_next_to_the_end_gives_exactly_the_total(live: Server, path: str) -> None:
    found = list(pages(live.http, f"{path}?limit=17", "next"))
    assert len(set(ids(found))) == len(ids(found)) == found[0].json()["total"]
    for page in found:
        numbers = json.loads(page.headers["X-Pagination"])
        assert numbers == {
            "total": page.json()["total"],
            "total_pages": len(found) if ids(found) else 0,
            "limit": 17,
        }
        assert page.links.get("next", {}).get("url") == page.json()["next"]
        assert page.links["first"]["url"] == f"{live.address}{path}?limit=17"


@pytest.mark.parametrize("path", BOTH_WAYS)
def test_the_way_back_shows_the_same_pages(live: Server, path: str) -> None:
    there = list(pages(live.http, f"{path}?limit=3", "next"))
    assert len(there) > 3
    assert {page.links["last"]["url"] for page in there} == {str(there[-1].url)}
    back = list(pages(live.http, str(there[-1].url), "prev"))
    assert [page.json()["items"] for page in back] == [page.json()["items"] for page in there[::-1]]
    assert "prev" not in there[0].links


def test_a_page_before_a_short_one_begins_at_the_begin(live: Server) -> None:
    second = live.http.get(live.http.get("v1/articles?limit=2").json()["next"])
    wide = live.http.get(str(second.url).replace("limit=2", "limit=5"))
    assert live.http.get(wide.links["prev"]["url"]).url == live.http.get("v1/articles?limit=5").url


def test_a_limit_over_the_most_is_cut_and_said(live: Server) -> None:
    page = live.http.get("v1/articles?limit=1000000")
    assert page.json()["limit"] == 500
    assert page.json()["warnings"] == ["limit is 500 at most here, not 1000000"]
    assert json.loads(page.headers["X-Pagination"])["limit_asked"] == 1_000_000
    assert live.http.get("v1/articles?limit=500").json()["warnings"] == []


def test_openapi_tells_of_all_that_comes_with_a_page(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").json["paths"]
    for path in ("/v1/articles", "/v1/facts", "/v1/entities", "/v1/review", "/v1/queries"):
        responses = paths[path]["get"]["responses"]
        assert {"Link", "X-Pagination"} <= responses["200"]["headers"].keys()
        assert {"400", "422"} <= responses.keys()
    content = paths["/v1/facts"]["get"]["responses"]["200"]["content"]
    assert content.keys() == {"application/json", "application/ld+json"}


def add_article(client: FlaskClient, name: str) -> None:
    article = f"<https://kgapi.example.org/id/article/{name}>"
    update = f"""PREFIX san: <https://w3id.org/kgapi/sanctions#> PREFIX schema: <https://schema.org/>
        INSERT DATA {{ GRAPH <https://kgapi.example.org/graph/article/{name}> {{
          {article} a san:Article ; schema:headline "{name}"@en ; schema:inLanguage "en" ;
            schema:datePublished "2026-01-01"^^<http://www.w3.org/2001/XMLSchema#date> ;
            schema:sha256 "{name}" }} }}"""
    assert client.post("/sparql", data={"update": update}, headers=KEY).status_code == 204


def names(client: FlaskClient, address: str | None) -> tuple[list[str], int]:
    """The articles from an address on, and the total that the last page tells."""
    found, total = [], 0
    while address:
        answer = client.get(address)
        assert answer.status_code == 200
        found += [item["headline"] for item in answer.json["items"]]
        total = answer.json["total"]
        address = links(answer.headers["Link"]).get("next")
    return found, total


def test_what_is_written_meanwhile_doubles_nothing_and_leaves_nothing_out(
    client: FlaskClient,
) -> None:
    before = {f"m{number:03}" for number in range(40)}
    for name in before:
        add_article(client, name)
    stop = threading.Event()
    written: list[str] = []

    def write() -> None:
        writer = client.application.test_client()
        for number in range(2_000):
            if stop.is_set():
                return
            name = f"{'az'[number % 2]}{number:04}"
            add_article(writer, name)
            written.append(name)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        while len(written) < 4:
            stop.wait(0.01)
        found, _ = names(client, "/v1/articles?limit=3")
    finally:
        stop.set()
        thread.join()
    assert len(found) == len(set(found))
    assert before <= set(found) <= before | set(written)
    found, total = names(client, "/v1/articles?limit=7")
    assert len(found) == total == len(before) + len(written)


def test_a_page_past_the_end_says_so(client: FlaskClient) -> None:
    for name in ("a", "b", "c"):
        add_article(client, name)
    ahead = client.get("/v1/articles?limit=2").json["next"]
    drop = {"update": "DROP GRAPH <https://kgapi.example.org/graph/article/c>"}
    assert client.post("/sparql", data=drop, headers=KEY).status_code == 204
    answer = client.get(ahead)
    assert answer.status_code == 200
    assert answer.json["items"] == []
    assert answer.json["total"] == 2
    assert answer.json["warnings"] == ["this page is past the end of the collection"]
    ways = links(answer.headers["Link"])
    assert ways.keys() == {"first", "prev", "last"}
    assert [item["headline"] for item in client.get(ways["prev"]).json["items"]] == ["a", "b"]


def test_an_empty_collection_has_one_page(client: FlaskClient) -> None:
    answer = client.get("/v1/articles")
    assert (answer.json["total"], answer.json["warnings"]) == (0, [])
    assert links(answer.headers["Link"]).keys() == {"first", "last"}


@pytest.mark.parametrize(
    "change",
    [
        lambda cursor: cursor[:-1],
        lambda cursor: f"{cursor}A",
        lambda cursor: f"{cursor}=",
        lambda cursor: cursor[1:],
        lambda cursor: cursor.swapcase(),
        lambda cursor: f"-{cursor[1:]}",
        lambda cursor: "https://kgapi.example.org/id/article/a",
        lambda cursor: "é",
        lambda cursor: "\x00",
        lambda cursor: " ",
        lambda cursor: "A" * 20_000,
    ],
)
def test_a_cursor_that_somebody_made_is_refused(client: FlaskClient, change) -> None:  # type: ignore[no-untyped-def]
    add_article(client, "a")
    add_article(client, "b")
    cursor = client.get("/v1/articles?limit=1").json["next"].partition("cursor=")[2]
    answer = client.get("/v1/articles", query_string={"limit": 1, "cursor": change(cursor)})
    assert answer.status_code == 400
    assert answer.json["type"].endswith("/problems/bad-cursor")
    assert "cursor" in answer.json["errors"]


def test_a_cursor_is_good_for_its_question_alone() -> None:
    cursor = seal("https://example.org/ü", "/v1/facts?type=Vote")
    assert unseal(cursor, "/v1/facts?type=Vote") == "https://example.org/ü"
    for other in ("/v1/facts?", "/v1/facts?type=Visit", "/v1/entities?type=Vote"):
        with pytest.raises(BadCursor):
            unseal(cursor, other)


def test_a_cursor_says_nothing_of_what_is_in_it() -> None:
    assert "example" not in seal("https://example.org/", "")
