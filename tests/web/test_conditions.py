"""Answers that a client has already: told so by the revision of the store, before any work."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kgapi.app import create_app
from kgapi.settings import Settings
from kgapi.store.embedded import EmbeddedEngine
from kgapi.store.engine import Engine
from tests.conftest import TOKEN

KEY = {"Authorization": f"Bearer {TOKEN}"}
QUERY = "SELECT * { ?s ?p ?o } LIMIT 1"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s a <https://example.org/C> }"
PATHS = [
    "/v1/articles",
    "/v1/facts",
    "/v1/entities",
    "/v1/review",
    "/v1/network",
    f"/sparql?query={QUERY}",
]


def write(client: FlaskClient, number: int) -> None:
    update = f"INSERT DATA {{ GRAPH <a:g> {{ <a:{number}> a <https://example.org/C> }} }}"
    assert client.post("/sparql", data={"update": update}, headers=KEY).status_code == 204


@pytest.mark.parametrize("path", PATHS)
def test_the_same_again_is_a_304_until_something_is_written(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')
    assert first.headers["Cache-Control"] == "no-cache"
    for method in (client.get, client.head):
        again = method(path, headers={"If-None-Match": f'"other", {tag}'})
        assert again.status_code == 304
        assert again.headers["ETag"] == tag
        assert "Accept-Encoding" in again.headers["Vary"]
        assert again.data == b""
    write(client, 1)
    later = client.get(path, headers={"If-None-Match": tag})
    assert later.status_code == 200
    assert later.headers["ETag"] != tag


def test_an_answer_is_never_older_than_its_tag(client: FlaskClient) -> None:
    tag = ""
    for number in range(5):
        write(client, number)
        answer = client.get(f"/sparql?query={COUNT}", headers={"If-None-Match": tag})
        (row,) = answer.json["results"]["bindings"]  # type: ignore[index]
        assert int(row["n"]["value"]) == number + 1
        tag = answer.headers["ETag"]


def test_each_representation_has_its_own_tag(client: FlaskClient) -> None:
    tags = {
        client.get(f"/sparql?query={QUERY}&format={name}").headers["ETag"]
        for name in ("json", "xml", "csv", "tsv")
    }
    assert len(tags) == 4
    by_header = client.get(f"/sparql?query={QUERY}", headers={"Accept": "text/csv"})
    assert by_header.headers["ETag"] in tags


@pytest.mark.parametrize("query", ["SELECT (NOW() AS ?n) {}", "ASK { FILTER(RAND() < 2) }"])
def test_what_may_differ_the_next_time_has_no_tag(client: FlaskClient, query: str) -> None:
    tag = client.get(f"/sparql?query={QUERY}").headers["ETag"]
    answer = client.get(f"/sparql?query={query}", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "ETag" not in answer.headers


def test_a_star_names_no_answer_that_is_still_to_be_made(client: FlaskClient) -> None:
    answer = client.get(f"/sparql?query={QUERY}", headers={"If-None-Match": "*"})
    assert answer.status_code == 200


def test_errors_and_posts_have_no_tag(client: FlaskClient) -> None:
    for answer in (
        client.get("/v1/facts/event/none"),
        client.get("/v1/facts?limit=none"),
        client.get("/sparql?query=SELECT"),
        client.post("/sparql", data={"query": QUERY}),
    ):
        assert "ETag" not in answer.headers


def test_another_setting_is_another_answer(app: Flask, engine: Engine) -> None:
    other = create_app(Settings(store=":memory:", token=TOKEN, page_size=7), engine)
    tags = {each.test_client().get("/v1/facts").headers["ETag"] for each in (app, other)}
    assert len(tags) == 2


def test_another_process_is_another_revision() -> None:
    one, two = EmbeddedEngine(), EmbeddedEngine()
    assert one.revision() != two.revision()
    assert one.revision() == one.revision()


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ("query=ASK {}&timeout=0", "number of seconds"),
        ("query=ASK {}&timeout=-1", "number of seconds"),
        ("query=ASK {}&timeout=soon", "number of seconds"),
        ("query=ASK {}&timeout=1e3", "number of seconds"),
        ("query=ASK {}&timeout=", "number of seconds"),
        ("query=ASK {}&timeout=31", "at most 30 seconds"),
        ("query=ASK {}&timeout=1&timeout=2", "exactly one `timeout`"),
        ("query=ASK {}&query=ASK {}", "exactly one `query`"),
        ("query=ASK {}&format=json&format=xml", "one representation at a time"),
        ("query=ASK {}&update=DROP ALL", ""),
    ],
)
def test_parameters_that_contradict_are_refused(
    client: FlaskClient, parameters: str, words: str
) -> None:
    form = {"content_type": "application/x-www-form-urlencoded"}
    for answer in (
        client.get(f"/sparql?{parameters}"),
        client.post("/sparql", data=parameters, **form),
    ):
        assert answer.status_code == 400
        assert words in answer.json["detail"]  # type: ignore[index]


def test_an_update_has_a_ceiling_of_its_own(client: FlaskClient) -> None:
    for seconds, status in (("60", 204), ("0.5", 204), ("60.1", 400)):
        form = {"update": "CREATE SILENT GRAPH <a:b>", "timeout": seconds}
        assert client.post("/sparql", data=form, headers=KEY).status_code == status


def test_the_timeout_asked_for_is_granted(client: FlaskClient) -> None:
    for seconds in ("30", "2.5", ".5"):
        assert client.get(f"/sparql?query=ASK {{}}&timeout={seconds}").status_code == 200


def test_format_wins_over_accept(client: FlaskClient) -> None:
    answer = client.get(f"/sparql?query={QUERY}&format=csv", headers={"Accept": "application/json"})
    assert answer.mimetype == "text/csv"
