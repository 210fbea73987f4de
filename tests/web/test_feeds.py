"""/v1/changes as Atom, JSON Feed and Server-Sent Events, and of what one wants to hear of alone."""

import re
from typing import Any

import feedparser
import pytest
from flask.testing import FlaskClient
from lxml import etree

from kgapi import media
from tests.web.test_changes import KEY, changes, send

IRAN, CUBA = "country/ir", "country/cu"
ON_CUBA = "The United States imposed sanctions on Cuba over human rights abuses."
ATOM = "{http://www.w3.org/2005/Atom}"
ARCHIVED = "{http://purl.org/syndication/history/1.0}archive"


def atom(client: FlaskClient, address: str = "/v1/changes?format=atom") -> Any:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.content_type == media.ATOM.content_type
    read = feedparser.parse(answer.data)
    assert not read.bozo
    return read


def facts_of(client: FlaskClient, **wanted: str) -> list[tuple[str, str]]:
    answer = client.get("/v1/changes", query_string={**wanted, "limit": 500})
    return [
        (kind, fact["iri"])
        for change in answer.json["items"]  # type: ignore[index]
        for kind in ("added", "changed", "removed")
        for fact in change[kind]
    ]


def fill(client: FlaskClient, number: int) -> None:
    """That many changes without facts."""
    begin = reached(client)
    for each in range(number):
        name = f"/graphs?graph=https://example.org/{begin}-{each}"
        data = "<urn:s> <urn:p> <urn:o> ."
        client.put(name, data=data, headers={**KEY, "Content-Type": "text/turtle"})


def drop(client: FlaskClient, told: dict[str, Any]) -> None:
    """Take an article away."""
    article = told["article"]["id"]
    graph = next(each["graph"] for each in changes(client) if each["article"] == article)
    client.delete("/graphs", query_string={"graph": graph}, headers=KEY)


def reached(client: FlaskClient) -> int:
    """The number of the last change."""
    answer = client.get("/v1/changes", headers={"Accept": "text/event-stream"})
    return int(answer.headers["Last-Event-ID"])


def test_atom_has_an_entry_for_each_fact_with_its_sentence(client: FlaskClient) -> None:
    told = send(client)
    read = atom(client)
    assert read.version == "atom10"
    assert [entry.link for entry in read.entries] == [
        f"http://localhost/doc/{fact['id'].partition('/id/')[2]}"
        for fact in sorted(told["facts"], key=lambda fact: str(fact["id"]), reverse=True)
    ]
    assert client.get(read.entries[0].link).status_code == 200
    for entry in read.entries:
        assert "imposed sanctions on Iran on 3 March 2026" in entry.summary
        assert entry.updated == read.feed.updated == changes(client)[-1]["at"]
    # RFC 4287 section 4.1: what a feed and an entry must have, once.
    document = etree.fromstring(client.get("/v1/changes?format=atom").data)
    for element in (document, *document.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
    assert document.find(ARCHIVED) is None


def test_entries_keep_their_ids_and_what_goes_is_told(client: FlaskClient) -> None:
    told = send(client)
    before = {entry.id: entry.title for entry in atom(client).entries}
    drop(client, told)
    after = {entry.id: entry.title for entry in atom(client).entries}
    assert before.items() < after.items()
    gone = after.keys() - before.keys()
    assert len(gone) == len(before) > 0
    assert {after[each] for each in gone} == {f"No longer told: {t}" for t in before.values()}
    # What is no longer there is still told in the words that it had.
    assert all("3 March 2026" in entry.summary for entry in atom(client).entries)


def test_only_what_one_wants_to_hear_of(client: FlaskClient) -> None:
    before = reached(client)
    iran = {fact["id"] for fact in send(client)["facts"]}
    cuba = {fact["id"] for fact in send(client, ON_CUBA)["facts"]}
    assert iran
    assert cuba
    of = lambda **wanted: {iri for _, iri in facts_of(client, since=str(before), **wanted)}  # noqa: E731
    assert of(entity=IRAN) == of(country=IRAN) == iran
    assert of(entity=CUBA) <= cuba
    assert of(entity=f"{IRAN},{CUBA}") == of(entity=IRAN) | of(entity=CUBA)
    assert of(entity=CUBA, reason="human-rights")
    assert not of(entity=IRAN, reason="human-rights")
    assert of(programme="programme/eu-2016-44") == set()
    read = atom(client, f"/v1/changes?format=atom&country={CUBA}")
    assert len(read.entries) == len(of(country=CUBA)) > 0
    total = client.get("/v1/changes", query_string={"country": CUBA}).json["total"]  # type: ignore[index]
    assert total == 1


def test_who_hears_of_a_reason_hears_when_it_is_taken_back(client: FlaskClient) -> None:
    send(client, ON_CUBA)
    before = reached(client)
    update = (
        "PREFIX san: <https://w3id.org/kgapi/sanctions#>"
        " DELETE { GRAPH ?g { ?f san:reason ?r } } WHERE { GRAPH ?g { ?f san:reason ?r } }"
    )
    assert client.post("/sparql", data={"update": update}, headers=KEY).status_code == 204
    told = facts_of(client, since=str(before), reason="human-rights")
    assert told
    assert {kind for kind, _ in told} == {"changed"}


def test_pages_of_what_is_wanted_follow_each_other(client: FlaskClient) -> None:
    for number in range(3):
        send(client, f"{ON_CUBA} That was round {number}.")
        send(client, f"The United States imposed sanctions on Iran. That was round {number}.")
    address = f"/v1/changes?limit=1&country={CUBA}"
    seen = []
    for _ in range(5):
        page: Any = client.get(address).json
        assert page["total"] == 3
        seen += [each["seq"] for each in page["items"]]
        if page["next"] is None:
            break
        address = page["next"]
    assert len(set(seen)) == len(seen) == 3


def test_archives_lead_to_everything_and_never_change(client: FlaskClient) -> None:
    send(client)
    fill(client, 120)
    send(client, ON_CUBA)
    fill(client, 200 - reached(client) % 100)
    send(client, "The European Union imposed sanctions on Belarus.")
    seen: list[str] = []
    pages: list[str] = []
    address = "/v1/changes?format=atom"
    for _ in range(10):
        read = atom(client, address)
        seen += [entry.id for entry in read.entries]
        links = {link.rel: link.href for link in read.feed.links}
        assert links["current"].endswith("/v1/changes?format=atom")
        if "prev-archive" not in links:
            break
        address = links["prev-archive"]
        pages.append(address)
    assert len(pages) >= 1
    assert len(set(seen)) == len(seen) == len(facts_of(client))
    archived = [client.get(page) for page in pages]
    send(client, "Canada imposed sanctions on Myanmar.")
    for page, answer in zip(pages, archived, strict=True):
        assert "immutable" in answer.headers["Cache-Control"]
        assert etree.fromstring(answer.data).find(ARCHIVED) is not None
        assert client.get(page).data == answer.data
    assert client.get("/v1/changes?format=atom&archive=99").status_code == 404


def test_json_feed_says_the_same(client: FlaskClient) -> None:
    send(client)
    answer = client.get("/v1/changes", headers={"Accept": media.JSON_FEED.type})
    assert answer.content_type == media.JSON_FEED.type
    told: Any = answer.json
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    entries = atom(client).entries
    assert [(each["id"], each["title"], each["content_text"]) for each in told["items"]] == [
        (entry.id, entry.title, entry.summary) for entry in entries
    ]
    assert {each["_kgapi"]["fact"] for each in told["items"]} == {
        iri for _, iri in facts_of(client)
    }
    again = client.get(told["feed_url"], headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_what_xml_cannot_write_does_no_harm(client: FlaskClient) -> None:
    send(client)
    update = (
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>"
        " PREFIX san: <https://w3id.org/kgapi/sanctions#>"
        ' DELETE { GRAPH ?g { ?f rdfs:label ?l } } INSERT { GRAPH ?g { ?f rdfs:label "a\\u0001<b" } }'
        " WHERE { GRAPH ?g { ?s san:states ?f . ?f rdfs:label ?l } }"
    )
    assert client.post("/sparql", data={"update": update}, headers=KEY).status_code == 204
    titles = {entry.title_detail.value for entry in atom(client).entries}
    assert any("a\N{REPLACEMENT CHARACTER}<b" in title.replace("&lt;", "<") for title in titles)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"format": "atom", "limit": "3"}, 400),
        ({"format": "json", "archive": "0"}, 400),
        ({"format": "rdfp", "country": IRAN}, 400),
        ({"format": "sse", "cursor": "x"}, 400),
        ({"format": "atom", "archive": "-1"}, 422),
        ({"format": "rss"}, 406),
        ({"reason": "no-such-reason"}, 422),
        ({"entity": "no entity"}, 422),
        ({"format": "sse", "since": "yesterday"}, 400),
    ],
)
def test_what_has_no_meaning_is_told_so(
    client: FlaskClient, asked: dict[str, str], status: int
) -> None:
    answer = client.get("/v1/changes", query_string=asked)
    assert answer.status_code == status
    assert answer.content_type == media.PROBLEM.type


def test_events_go_on_where_they_were(client: FlaskClient) -> None:
    stream = {"Accept": "text/event-stream"}
    begun = client.get("/v1/changes", headers=stream)
    assert begun.content_type == media.EVENT_STREAM.content_type
    assert "data:" not in begun.text
    known = begun.headers["Last-Event-ID"]
    assert known == str(reached(client))
    send(client)
    more = client.get("/v1/changes", headers={**stream, "Last-Event-ID": known})
    assert re.findall(r"^id: (\d+)$", more.text, re.MULTILINE) == [str(reached(client))] * 2
    assert more.text.count("event: change\n") == 1
    other = client.get(f"/v1/changes?country={CUBA}", headers={**stream, "Last-Event-ID": known})
    assert "data:" not in other.text
    assert other.headers["Last-Event-ID"] == str(reached(client))
    everything = client.get("/v1/changes?since=0", headers=stream)
    assert everything.text.count("event: change\n") == reached(client)
    bad = client.get("/v1/changes", headers={**stream, "Last-Event-ID": "x"})
    assert bad.status_code == 400
