"""Webhooks of a real server: signed, in order, again until they are taken, and never lost."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kgapi.watches import signature
from tests.conftest import TOKEN, Server
from tests.watches.receiver import Delivery, Receiver, receiving

KEY = {"Authorization": f"Bearer {TOKEN}"}
SETTINGS = {
    "KGAPI_TOKEN": TOKEN,
    "KGAPI_WORKERS": "1",
    "KGAPI_WEBHOOK_PAUSE": "1",
    "KGAPI_WEBHOOK_ATTEMPTS": "3",
}


def serve(store: Path | str, receiver: Receiver, **settings: str) -> Server:
    allowed = {"KGAPI_WEBHOOKS": f"http://127.0.0.1:{receiver.port}/"}
    return Server(store, "--no-seeds", **{**SETTINGS, **allowed, **settings}).ready()


def watch(server: Server, receiver: Receiver, **asked: Any) -> dict[str, Any]:
    answer = server.http.post("v1/watches", json={"url": receiver.url, **asked}, headers=KEY)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def state(server: Server, key: str) -> dict[str, Any]:
    told: dict[str, Any] = server.http.get(f"v1/watches/{key}", headers=KEY).json()
    return told


def until(server: Server, key: str, **wanted: object) -> dict[str, Any]:
    """The state of a watch once it is as wanted."""
    for _ in range(300):
        told = state(server, key)
        if all(told[name] == value for name, value in wanted.items()):
            return told
        time.sleep(0.1)
    raise AssertionError(f"{wanted} has not come: {told}")


def send(server: Server, country: str, number: int = 0) -> str:
    """The IRI of an article on sanctions against a country."""
    text = f"The United States imposed sanctions on {country} over human rights abuses. {number}"
    headers = {**KEY, "Content-Type": "text/plain"}
    answer = server.http.post("v1/articles?published=2026-03-04", content=text, headers=headers)
    answer.raise_for_status()
    return str(answer.json()["article"]["id"])


def verified(delivery: Delivery, secret: str) -> bool:
    name, sent = delivery.headers["webhook-id"], delivery.headers["webhook-timestamp"]
    assert abs(int(sent) - time.time()) < 300
    signed = signature(secret, name, int(sent), delivery.body)
    return delivery.headers["webhook-signature"] == signed


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.mark.parametrize("store", ["store", ":memory:"])
def test_what_is_watched_is_told_signed_and_in_order(
    tmp_path: Path, receiver: Receiver, store: str
) -> None:
    with serve(store if store == ":memory:" else tmp_path / store, receiver) as server:
        told = watch(server, receiver, country=["country/cu"])
        articles = []
        for number in range(4):
            articles.append(send(server, "Cuba", number))
            send(server, "Iran", number)
        came = receiver.wait(4)
        assert [each.data["article"] for each in came] == articles
        assert all(verified(each, told["secret"]) for each in came)
        assert {each.path for each in came} == {"/hook"}
        assert {each.headers["host"] for each in came} == {f"127.0.0.1:{receiver.port}"}
        assert len({each.headers["webhook-id"] for each in came}) == 4
        changes = server.http.get("v1/changes?country=country/cu").json()["items"]
        assert [each.data for each in came] == [{"watch": told["id"], **each} for each in changes]
        last = server.http.get("v1/changes").json()["items"][-1]["seq"]
        assert until(server, told["id"], reached=last)["last_delivery"]
        server.http.delete(f"v1/watches/{told['id']}", headers=KEY)
        send(server, "Cuba", 9)
        time.sleep(1)
        assert len(receiver.came) == 4


@pytest.mark.slow
def test_a_receiver_that_was_down_gets_everything_after_a_server_that_was_killed(
    tmp_path: Path, receiver: Receiver
) -> None:
    store = tmp_path / "store"
    with serve(store, receiver, KGAPI_WEBHOOK_ATTEMPTS="100") as server:
        told = watch(server, receiver)
        receiver.status = 503
        articles = [send(server, "Cuba", number) for number in range(3)]
        receiver.wait(2)
        failing = state(server, told["id"])
        assert failing["failures"] >= 1
        assert failing["next_try"]
        assert failing["error"] == "it answered 503"
        # The same one each time: nothing behind it is told before.
        assert {each.data["article"] for each in receiver.came} == {articles[0]}
        server.process.kill()
        server.process.wait()
    receiver.came.clear()
    receiver.status = 200
    with serve(store, receiver) as server:
        came = receiver.wait(3)
        assert [each.data["article"] for each in came] == articles
        assert all(verified(each, told["secret"]) for each in came)
        articles.append(send(server, "Iran"))
        assert receiver.wait(4)[-1].data["article"] == articles[-1]
        assert until(server, told["id"], failures=0)["error"] is None


@pytest.mark.slow
def test_a_receiver_that_does_not_come_back_is_given_up(tmp_path: Path) -> None:
    with receiving() as receiver:
        pass
    with serve(tmp_path / "store", receiver) as server:
        told = watch(server, receiver)
        send(server, "Cuba")
        given_up = until(server, told["id"], state="given up", failures=3)
        assert given_up["next_try"] is None
        assert given_up["error"].startswith("no answer")
        assert server.http.get(given_up["feed"]).status_code == 200


@pytest.mark.parametrize(
    ("status", "state"), [(302, "active"), (410, "given up")], ids=["redirected", "gone"]
)
def test_redirects_are_not_followed_and_who_is_gone_is_left(
    tmp_path: Path, receiver: Receiver, status: int, state: str
) -> None:
    receiver.status = status
    with serve(tmp_path / "store", receiver, KGAPI_WEBHOOK_PAUSE="60") as server:
        told = watch(server, receiver)
        send(server, "Cuba")
        found = until(server, told["id"], failures=1, state=state)
        assert found["error"] == f"it answered {status}"
        assert [each.path for each in receiver.came] == ["/hook"]


def test_where_a_webhook_leads_is_looked_at_each_time(tmp_path: Path, receiver: Receiver) -> None:
    store = tmp_path / "store"
    with serve(store, receiver) as server:
        told = watch(server, receiver)
    with serve(store, receiver, KGAPI_WEBHOOKS="") as server:
        send(server, "Cuba")
        found = until(server, told["id"], failures=1)
        assert "public Internet" in found["error"]
        assert receiver.came == []
