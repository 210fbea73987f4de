"""Writes that may be sent again: by what they say, by their key; and articles that go."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kgapi import media
from kgapi.app import create_app
from kgapi.errors import KeyReused, StillUnderWay
from kgapi.settings import Settings
from kgapi.store import open_engine
from kgapi.store.embedded import EmbeddedEngine
from kgapi.web.answers import Answers, Kept
from tests.conftest import TOKEN

AUTH = {"Authorization": f"Bearer {TOKEN}"}
TEXT = (
    "US leaves nuclear deal\n\n8 May 2018\n\n"
    "The United States withdrew from the JCPOA on Tuesday. "
    "The United States imposed sanctions on Iran over its nuclear programme.\n"
)
OTHER = TEXT.replace("Iran", "Syria").replace("nuclear deal", "talks")


def post(client: FlaskClient, text: str = TEXT, key: str | None = None, **query: str) -> Any:
    headers = AUTH | ({"Idempotency-Key": key} if key is not None else {})
    return client.post(
        "/v1/articles", data=text, content_type="text/plain", headers=headers, query_string=query
    )


def test_the_same_article_again_is_no_second_write(
    client: FlaskClient, engine: EmbeddedEngine
) -> None:
    first = post(client)
    assert first.status_code == 201
    revision = engine.revision()
    second = post(client)
    assert (second.status_code, second.json) == (200, first.json)
    assert second.headers["Location"] == first.headers["Location"]
    assert engine.revision() == revision
    moved = post(client, source="https://example.org/elsewhere")
    assert (moved.status_code, moved.json["article"]["id"]) == (200, first.json["article"]["id"])
    assert moved.json["article"]["source"] == "https://example.org/elsewhere"
    assert engine.revision() != revision


def test_what_waits_is_no_second_write_either(engine: EmbeddedEngine) -> None:
    careful = Settings(store=":memory:", token=TOKEN, review_below=0.99)
    client = create_app(careful, engine).test_client()
    first = post(client)
    assert first.json["waiting"] > 0
    revision = engine.revision()
    assert post(client).json == first.json
    assert engine.revision() == revision
    trusting = create_app(Settings(store=":memory:", token=TOKEN, review_below=0), engine)
    assert post(trusting.test_client()).json["waiting"] == 0
    assert client.get("/v1/review").json["total"] == 0


def test_the_same_key_gives_the_same_answer(client: FlaskClient, engine: EmbeddedEngine) -> None:
    first = post(client, key='"one"')
    assert first.status_code == 201
    revision = engine.revision()
    for key in ('"one"', "one", ' "one" '):
        again = post(client, key=key)
        assert (again.status_code, again.data) == (201, first.data)
        assert again.headers["Location"] == first.headers["Location"]
        assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert engine.revision() == revision


def test_the_answer_is_the_first_one_whatever_happened_since(client: FlaskClient) -> None:
    first = post(client, key="k")
    assert (
        client.delete(first.headers["Location"], headers=AUTH | {"If-Match": "*"}).status_code
        == 204
    )
    assert post(client, key="k").data == first.data
    assert client.get("/v1/articles").json["total"] == 0


def test_a_key_is_good_for_one_request(client: FlaskClient) -> None:
    post(client, key="k")
    for text, query in ((OTHER, {}), (TEXT, {"published": "2018-05-09"})):
        answer = post(client, text, key="k", **query)
        assert answer.status_code == 422
        assert answer.json["type"].endswith("/problems/key-reused")
    assert client.get("/v1/articles").json["total"] == 1
    assert post(client, OTHER, key="l").status_code == 201


def test_what_came_to_nothing_may_be_tried_again(client: FlaskClient) -> None:
    for _ in range(2):
        assert (
            post(client, "The United States imposed sanctions on Iran.", key="k").status_code == 422
        )
    assert post(client, key="k").status_code == 201


def test_who_may_not_write_takes_no_key(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "k"}
    answer = client.post("/v1/articles", data=TEXT, content_type="text/plain", headers=headers)
    assert answer.status_code == 401
    assert post(client, OTHER, key="k").status_code == 201


@pytest.mark.parametrize("key", ["", '""', "a b", '"a', "ü", '"' + "k" * 256 + '"', 'a"b', "a\\b"])
def test_what_is_no_key_is_told(client: FlaskClient, key: str) -> None:
    answer = post(client, key=key)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json["detail"]
    assert client.get("/v1/articles").json["total"] == 0


def test_many_at_once_are_one(app: Flask, engine: EmbeddedEngine) -> None:
    before = engine.revision()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post(app.test_client(), key="k"), range(8)))
    by_status = {answer.status_code for answer in answers}
    assert by_status <= {201, 409}
    assert 201 in by_status
    assert len({answer.data for answer in answers if answer.status_code == 201}) == 1
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json["type"].endswith("/problems/still-under-way")
    after = engine.revision()
    assert after != before
    assert post(app.test_client(), key="k").status_code == 201
    assert engine.revision() == after


def test_different_articles_at_once_are_all_read(app: Flask, engine: EmbeddedEngine) -> None:
    countries = ["Iran", "Syria", "Russia", "Belarus", "Cuba", "Sudan", "Mali", "Haiti"]
    texts = [TEXT.replace("Iran", country) for country in countries] * 2
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda text: post(app.test_client(), text), texts))
    assert [answer.status_code for answer in answers].count(201) == len(countries)
    for text, answer in zip(texts, answers, strict=True):
        found = [fact["label"] for fact in answer.json["facts"] if fact["action"] == "impose"]
        (country,) = (each for each in countries if each in text)
        assert [country in label for label in found] == [True]


def test_a_request_under_way_is_not_begun_again(tmp_path: Path) -> None:
    one, other = Answers(tmp_path), Answers(tmp_path)
    assert one.begin("k", "request") is None
    with pytest.raises(StillUnderWay):
        other.begin("k", "request")
    with pytest.raises(KeyReused):
        other.begin("k", "another")
    answer = Kept(201, [("Location", "/there")], b"body")
    one.keep("k", answer)
    assert other.begin("k", "request") == Kept(201, [("Location", "/there")], b"body")
    other.drop("k")
    assert one.begin("k", "another") is None


def test_old_answers_go_and_so_do_too_many(tmp_path: Path) -> None:
    few = Answers(tmp_path, most=3)
    for number in range(10):
        assert few.begin(str(number), "request") is None
        few.keep(str(number), Kept(200, [], b""))
    assert [few.begin(str(number), "request") is None for number in (9, 8)] == [False, False]
    assert few.begin("0", "request") is None
    short = Answers(tmp_path, hours=0)
    assert short.begin("9", "request") is None


def test_answers_survive_the_server(tmp_path: Path) -> None:
    settings = Settings(store=str(tmp_path / "store"), token=TOKEN)
    answers = []
    for _ in range(2):
        engine = open_engine(settings)
        answers.append(post(create_app(settings, engine).test_client(), key="k"))
        engine.close()
    assert answers[0].status_code == answers[1].status_code == 201
    assert answers[0].data == answers[1].data


def test_a_decision_has_a_key_too(engine: EmbeddedEngine) -> None:
    careful = Settings(store=":memory:", token=TOKEN, review_below=0.99)
    client = create_app(careful, engine).test_client()
    post(client)
    name = client.get("/v1/review").json["items"][0]["id"].rpartition("/")[2]
    headers = AUTH | {"Idempotency-Key": "d"}
    decision = {"decision": "accept", "by": "Ada"}
    first = client.post(f"/v1/review/{name}", json=decision, headers=headers)
    again = client.post(f"/v1/review/{name}", json=decision, headers=headers)
    assert (first.status_code, first.data) == (again.status_code, again.data)
    other = client.post(f"/v1/review/{name}", json=decision | {"by": "Bob"}, headers=headers)
    assert other.status_code == 422


# Articles that go.


def test_a_removed_article_leaves_nothing_and_takes_nobody_elses(
    engine: EmbeddedEngine,
) -> None:
    careful = Settings(store=":memory:", token=TOKEN, review_below=0.99)
    client = create_app(careful, engine).test_client()
    before = list(engine.dump(media.N_QUADS))
    kept = post(client, OTHER)
    only = list(engine.dump(media.N_QUADS))
    there = post(client).headers["Location"]
    for number, verdict in enumerate(("accept", "reject")):
        key = there.rpartition("/")[2]
        waiting = [
            each["id"]
            for each in client.get("/v1/review?limit=50").json["items"]
            if each["article"]["iri"].endswith(key)
        ]
        decided = client.post(
            f"/v1/review/{waiting[0].rpartition('/')[2]}",
            json={"decision": verdict, "by": f"Ada {number}"},
            headers=AUTH,
        )
        assert decided.status_code == 200
    tag = client.get(there).headers["ETag"]
    assert client.delete(there, headers=AUTH | {"If-Match": tag}).status_code == 204
    assert client.get(there).status_code == 404
    assert list(engine.dump(media.N_QUADS)) == only
    assert client.delete(there, headers=AUTH | {"If-Match": "*"}).status_code == 404
    gone = client.delete(kept.headers["Location"], headers=AUTH | {"If-Match": "*"})
    assert gone.status_code == 204
    assert list(engine.dump(media.N_QUADS)) == before


def test_an_article_is_removed_on_condition(client: FlaskClient, engine: EmbeddedEngine) -> None:
    there = post(client).headers["Location"]
    before = list(engine.dump(media.N_QUADS))
    assert client.delete(there).status_code == 401
    assert client.delete(there, headers=AUTH).status_code == 428
    old = client.get(there).headers["ETag"]
    post(client, OTHER)
    for wrong in (old, '"x"', 'W/"x"', ""):
        answer = client.delete(there, headers=AUTH | {"If-Match": wrong})
        assert answer.status_code == 412, wrong
    assert set(before) <= set(engine.dump(media.N_QUADS))
    key = there.rpartition("/")[2]
    graph = f"/graphs?graph=https://kgapi.example.org/graph/article/{key}"
    content = client.get(graph).headers["ETag"]
    assert client.delete(there, headers=AUTH | {"If-Match": content}).status_code == 204
    assert client.get("/v1/articles").json["total"] == 1


def test_keys_and_conditions_are_in_openapi(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").json["paths"]

    def named(path: str, method: str) -> set[str]:
        operation = paths[path][method]
        return {each["name"] for each in operation.get("parameters", ())}

    assert named("/v1/articles", "post") == {"published", "headline", "source", "Idempotency-Key"}
    assert named("/v1/articles/{key}/facts", "post") == {"Idempotency-Key"}
    assert named("/v1/review/{key}", "post") == {"Idempotency-Key"}
    assert named("/v1/articles/{key}", "delete") == {"If-Match"}


@pytest.mark.parametrize("key", ["none", "a%2Fb", "%3E", "2018-05-08-us"])
def test_what_is_not_there_cannot_be_removed(client: FlaskClient, key: str) -> None:
    post(client)
    answer = client.delete(f"/v1/articles/{key}", headers=AUTH | {"If-Match": "*"})
    assert answer.status_code == 404
    assert client.get("/v1/articles").json["total"] == 1
