"""/v1/changes: what changed, for those who come back for it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kgapi import media
from kgapi.graph.iris import Iris
from kgapi.graph.vocab import SAN
from kgapi.store.embedded import EmbeddedEngine
from tests.conftest import TOKEN
from tests.journal.writes import canonical, held, replayed

KEY = {"Authorization": f"Bearer {TOKEN}"}
ARTICLE = "The United States imposed sanctions on Iran on 3 March 2026."
PATCH = {"Accept": media.RDF_PATCH.type}


def send(client: FlaskClient, text: str = ARTICLE, day: str = "2026-03-04") -> dict[str, Any]:
    answer = client.post(
        f"/v1/articles?published={day}",
        data=text,
        headers={**KEY, "Content-Type": "text/plain"},
    )
    assert answer.status_code in {200, 201}
    told: dict[str, Any] = answer.json
    return told


def changes(client: FlaskClient, since: object = 0) -> list[dict[str, Any]]:
    answer = client.get("/v1/changes", query_string={"since": since, "limit": 100})
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.json["items"]  # type: ignore[index]
    assert answer.json["total"] == len(items)  # type: ignore[index]
    return items


def last(client: FlaskClient) -> int:
    return int(changes(client)[-1]["seq"])


def test_an_article_adds_its_facts_and_takes_them_with_it(client: FlaskClient, iris: Iris) -> None:
    before = last(client)
    told = send(client)
    (change,) = changes(client, before)
    assert change["kind"] == "added"
    assert change["article"] == told["article"]["id"]
    assert change["graph"].startswith(f"{iris.base}graph/article/")
    assert [(fact["iri"], fact["label"], fact["type"]) for fact in change["added"]] == [
        (fact["id"], fact["label"], fact["type"]) for fact in told["facts"]
    ]
    assert change["added"]
    assert change["changed"] == change["removed"] == []
    client.delete("/graphs", query_string={"graph": change["graph"]}, headers=KEY)
    (gone,) = changes(client, change["seq"])
    assert gone["kind"] == "removed"
    assert gone["removed"] == change["added"]


def test_the_same_again_is_no_change(client: FlaskClient) -> None:
    send(client)
    before = last(client)
    send(client)
    assert changes(client, before) == []


def test_a_fact_is_changed_where_its_statement_is(client: FlaskClient) -> None:
    told = send(client)
    before = last(client)
    (fact, *_) = told["facts"]
    statement = fact["statements"][0]["id"]
    confidence = f"GRAPH ?g {{ <{statement}> <{SAN.confidence}>"
    old, new = f"{{ {confidence} ?c }} }}", f"{{ {confidence} 0.33 }} }}"
    update = f"DELETE {old} INSERT {new} WHERE {old}"
    assert client.post("/sparql", data={"update": update}, headers=KEY).status_code == 204
    (change,) = changes(client, before)
    assert change["kind"] == "changed"
    assert [each["iri"] for each in change["changed"]] == [fact["id"]]
    assert change["added"] == change["removed"] == []


def test_the_default_graph_has_no_name(client: FlaskClient) -> None:
    before = last(client)
    client.put(
        "/graphs?default", data="<a:s> <a:p> 1 .", headers={**KEY, "Content-Type": "text/turtle"}
    )
    (change,) = changes(client, before)
    assert (change["graph"], change["article"], change["kind"]) == (None, None, "added")


def test_since_is_a_change_a_revision_or_a_time(client: FlaskClient) -> None:
    known = changes(client)[-1]
    begun = datetime.now(UTC)
    send(client)
    new = changes(client, known["seq"])
    assert len(new) == 1
    assert changes(client, known["revision"]) == new
    assert changes(client, begun.isoformat()) == new
    # Where it does not say, it is UTC.
    assert changes(client, begun.replace(tzinfo=None).isoformat()) == new
    assert changes(client, begun.date().isoformat()) == changes(client)
    for later in (
        new[0]["seq"],
        new[0]["seq"] + 1_000,
        10**30,
        new[0]["revision"],
        (begun + timedelta(days=1)).isoformat(),
    ):
        assert changes(client, later) == []


@pytest.mark.parametrize(
    "since", ["yesterday", "-1", "1.5", "2026-13-01", "0" * 8 + "-1", "x-y", ""]
)
def test_a_since_that_is_nothing_is_told_so(client: FlaskClient, since: str) -> None:
    for headers in ({}, PATCH):
        answer = client.get("/v1/changes", query_string={"since": since}, headers=headers)
        assert answer.status_code == 400
        assert answer.content_type == media.PROBLEM.type
        assert "`since`" in answer.json["detail"]  # type: ignore[index]


def test_pages_follow_each_other_whatever_is_written_meanwhile(client: FlaskClient) -> None:
    address: str | None = "/v1/changes?limit=2"
    seen: list[int] = []
    for number in range(50):
        if address is None:
            break
        page = client.get(address).json
        seen += [each["seq"] for each in page["items"]]  # type: ignore[index]
        address = page["next"]  # type: ignore[index]
        if number < 2:
            send(client, f"The European Union imposed sanctions on Iran {number + 2} times.")
    assert seen == list(range(1, 7))


def test_the_patch_of_everything_makes_the_store(
    client: FlaskClient, engine: EmbeddedEngine
) -> None:
    send(client)
    first = client.get("/v1/changes", headers=PATCH)
    assert first.content_type == media.RDF_PATCH.type
    send(client, "Iran condemned the sanctions of the United States.")
    client.delete("/graphs", query_string={"graph": changes(client)[-2]["graph"]}, headers=KEY)
    address = first.headers["Link"].partition("<")[2].partition(">")[0]
    rest = client.get(address, headers=PATCH)
    assert canonical(replayed([first.data, rest.data])) == held(engine)
    # As much of it as was asked for, and the way to the rest.
    some = client.get("/v1/changes?limit=3", headers=PATCH)
    assert some.data.count(b"TX .") == 3
    assert some.headers["Link"].endswith('?since=3>; rel="next"')


def test_nothing_new_is_a_304_in_each_representation(client: FlaskClient) -> None:
    for accept in (media.JSON, media.RDF_PATCH):
        headers = {"Accept": accept.type}
        tag = client.get("/v1/changes", headers=headers).headers["ETag"]
        known = {**headers, "If-None-Match": tag}
        assert client.get("/v1/changes", headers=known).status_code == 304
        send(client, f"The United States imposed sanctions on Iran. {accept.name}")
        assert client.get("/v1/changes", headers=known).status_code == 200


def test_other_representations_are_refused(client: FlaskClient) -> None:
    assert client.get("/v1/changes", headers={"Accept": "text/turtle"}).status_code == 406
    assert client.get("/v1/changes?sinse=3").status_code == 422


def test_numbers_begin_anew_with_another_store_in_memory(app: Flask) -> None:
    client = app.test_client()
    revision = changes(client)[-1]["revision"]
    store, _, _ = revision.rpartition("-")
    assert changes(client, f"{store}-0") == changes(client)


def test_openapi_describes_all_representations(client: FlaskClient) -> None:
    described = client.get("/openapi.json").json["paths"]["/v1/changes"]["get"]  # type: ignore[index]
    answer = described["responses"]["200"]
    assert set(answer["content"]) == {
        offer.type
        for offer in (
            media.JSON,
            media.RDF_PATCH,
            media.ATOM,
            media.JSON_FEED,
            media.EVENT_STREAM,
        )
    }
    assert answer["description"]
