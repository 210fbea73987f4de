"""/v1/watches: made, told, ended, by those who may write."""

from typing import Any

import feedparser
import pytest
from flask.testing import FlaskClient

from kgapi import media
from tests.web.test_changes import KEY, send
from tests.web.test_feeds import ON_CUBA

CUBA = "https://kgapi.example.org/id/country/cu"
HOOK = "https://8.8.8.8/hook"


def make(client: FlaskClient, **asked: Any) -> dict[str, Any]:
    answer = client.post("/v1/watches", json=asked, headers=KEY)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json
    assert answer.headers["Location"] == f"http://localhost/v1/watches/{told['id']}"
    return told


def test_a_watch_is_made_told_and_ended(client: FlaskClient) -> None:
    told = make(client, country=["country/cu"], reason=["human-rights"], url=HOOK)
    assert told["country"] == [CUBA]
    assert told["secret"].startswith("whsec_")
    read = client.get(f"/v1/watches/{told['id']}", headers=KEY).json
    # The secret is told once.
    assert read == {name: value for name, value in told.items() if name != "secret"}
    assert (read["state"], read["failures"], read["next_try"]) == ("active", 0, None)  # type: ignore[index]
    assert client.get("/v1/watches", headers=KEY).json == {"items": [read]}
    assert client.delete(f"/v1/watches/{told['id']}", headers=KEY).status_code == 204
    assert client.get("/v1/watches", headers=KEY).json == {"items": []}
    for method in (client.get, client.delete):
        assert method(f"/v1/watches/{told['id']}", headers=KEY).status_code == 404


def test_a_watch_has_a_feed_for_which_its_address_is_enough(client: FlaskClient) -> None:
    told = make(client, country=["country/cu"])
    assert told["url"] is None
    assert "secret" not in told
    send(client)
    facts = {fact["id"] for fact in send(client, ON_CUBA)["facts"]}
    answer = client.get(told["feed"])
    assert answer.content_type == media.ATOM.content_type
    entries = feedparser.parse(answer.data).entries
    assert {f"https://kgapi.example.org/id/{e.link.partition('/doc/')[2]}" for e in entries} == {
        fact for fact in facts if "cuba" in fact
    }
    assert entries
    headers = {"If-None-Match": answer.headers["ETag"]}
    assert client.get(told["feed"], headers=headers).status_code == 304
    items = client.get(f"{told['feed']}?format=jsonfeed").json["items"]  # type: ignore[index]
    assert [each["id"] for each in items] == [entry.id for entry in entries]


@pytest.mark.parametrize(
    ("asked", "status", "word"),
    [
        ({"url": "http://127.0.0.1:8000/hook"}, 422, "public"),
        ({"url": "http://169.254.169.254/"}, 422, "public"),
        ({"url": "nowhere"}, 422, "http"),
        ({"url": HOOK, "secret": "guess"}, 400, "secret"),
        ({"country": "country/cu"}, 400, "country"),
        ({"country": []}, 400, "country"),
        ({"country": ["Cuba !"]}, 400, "country"),
        ({"reason": ["no-such-reason"]}, 400, "reason"),
        ({"colour": ["red"]}, 400, "colour"),
        ([], 400, ""),
    ],
)
def test_what_cannot_be_watched(client: FlaskClient, asked: Any, status: int, word: str) -> None:
    answer = client.post("/v1/watches", json=asked, headers=KEY)
    assert answer.status_code == status
    assert answer.content_type == media.PROBLEM.type
    assert word in answer.text
    assert client.get("/v1/watches", headers=KEY).json == {"items": []}


def test_watches_are_for_those_who_may_write(client: FlaskClient) -> None:
    told = make(client, url=HOOK)
    address = f"/v1/watches/{told['id']}"
    for answer in (
        client.get("/v1/watches"),
        client.post("/v1/watches", json={}),
        client.get(address),
        client.delete(address),
    ):
        assert answer.status_code == 401
    assert client.get("/v1/watches/none/feed").status_code == 404
