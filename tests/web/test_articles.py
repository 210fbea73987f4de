"""Articles in; articles and their facts out. Bad ones are told why, and nothing of them is kept."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from kgapi import media
from kgapi.store.embedded import EmbeddedEngine
from tests.conftest import TOKEN

TEXT = (
    "US leaves nuclear deal\n\n8 May 2018\n\n"
    "The United States withdrew from the JCPOA on Tuesday. "
    "The United States imposed sanctions on Iran over its nuclear programme.\n"
)
AUTH = {"Authorization": f"Bearer {TOKEN}"}


def post(
    client: FlaskClient, body: str | bytes, media_type: str = "text/plain", **query: str
) -> Any:
    return client.post(
        "/v1/articles", data=body, content_type=media_type, headers=AUTH, query_string=query
    )


def test_an_article_comes_back_with_its_facts(client: FlaskClient) -> None:
    answer = post(client, TEXT)
    assert answer.status_code == 201
    article, facts = answer.json["article"], answer.json["facts"]
    assert article["published"] == "2018-05-08"
    assert article["facts"] == len(facts) >= 2
    assert client.get(answer.headers["Location"]).json == article
    for fact in facts:
        for statement in fact["statements"]:
            assert statement["article"]["iri"] == article["id"]
            for evidence in statement["evidence"]:
                assert article["text"][evidence["start"] : evidence["end"]] == evidence["text"]
    (imposed,) = [fact for fact in facts if fact["action"] == "impose"]
    assert [each["label"] for each in imposed["roles"]["target"]] == ["Iran"]
    assert imposed["values"]["reason"] == ["nuclear-programme"]


def test_the_same_article_twice_is_replaced_not_doubled(
    client: FlaskClient, engine: EmbeddedEngine
) -> None:
    first = post(client, TEXT)
    graphs = list(engine.graphs())
    second = post(client, TEXT)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert list(engine.graphs()) == graphs
    assert client.get("/v1/articles").json["total"] == 1


def test_text_html_markdown_and_json_are_all_read(client: FlaskClient) -> None:
    body = TEXT.split("\n\n")[2].strip()
    page = (
        "<html><head><title>US leaves nuclear deal</title>"
        '<meta property="article:published_time" content="2018-05-08"></head>'
        f"<body><article><h1>US leaves nuclear deal</h1><p>{body}</p><p>{body}</p></article></body></html>"
    )
    markdown = f"---\nheadline: US leaves nuclear deal\ndate: 2018-05-08\n---\n{body}\n"
    record = json.dumps({"text": body, "headline": "US leaves", "published": "2018-05-08"})
    for data, media_type in (
        (page, "text/html"),
        (markdown, "text/markdown"),
        (record, "application/json"),
    ):
        answer = post(client, data, media_type)
        assert answer.status_code == 201, answer.json
        assert "impose" in {fact["action"] for fact in answer.json["facts"]}


def test_what_the_sender_says_wins(client: FlaskClient) -> None:
    answer = post(
        client, TEXT, published="2018-05-09", headline="Another", source="https://example.org/a"
    )
    article = answer.json["article"]
    assert (article["published"], article["headline"]) == ("2018-05-09", "Another")
    assert article["source"] == "https://example.org/a"


@pytest.mark.parametrize(
    ("body", "media_type", "status", "words"),
    [
        ("", "text/plain", 422, "empty"),
        ("   \n\n ", "text/plain", 422, "empty"),
        (b"\x00\x01\x02\xff" * 50, "text/plain", 422, "text"),
        ("{", "application/json", 422, "JSON"),
        ('{"text": 7}', "application/json", 422, "text"),
        ('{"text": "x", "colour": "red"}', "application/json", 422, "colour"),
        (TEXT, "image/png", 415, "text/plain"),
        (TEXT, "", 415, "text/plain"),
        ("x " * 600_000, "text/plain", 413, "1,000,000"),
        (
            "Le gouvernement français a annoncé mardi de nouvelles sanctions contre la Russie, "
            "après des mois de négociations difficiles entre les pays membres de l'Union.",
            "text/plain", 422, "fr",
        ),
        ("The United States imposed sanctions on Iran.", "text/plain", 422, "published"),
    ],
)  # fmt: skip
def test_what_is_no_article_is_told_why_and_nothing_is_kept(
    client: FlaskClient,
    engine: EmbeddedEngine,
    body: str | bytes,
    media_type: str,
    status: int,
    words: str,
) -> None:
    before = list(engine.dump(media.N_QUADS))
    answer = post(client, body, media_type)
    assert answer.status_code == status, answer.data
    assert answer.content_type == "application/problem+json"
    assert words in answer.json["detail"]
    assert list(engine.dump(media.N_QUADS)) == before


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Basic abc"}, 401),
        ({"Authorization": "Bearer "}, 401),
        ({"Authorization": "Bearer wrong"}, 403),
    ],
)
def test_writing_needs_the_token(client: FlaskClient, headers: dict[str, str], status: int) -> None:
    answer = client.post("/v1/articles", data=TEXT, content_type="text/plain", headers=headers)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert client.get("/v1/articles").json["total"] == 0


def test_pages_lead_from_one_to_the_next_without_loss(client: FlaskClient) -> None:
    for day in range(1, 8):
        assert post(client, TEXT + f"Day {day}.\n", published=f"2018-06-0{day}").status_code == 201
    address, seen = "/v1/articles?limit=3", []
    while address:
        page = client.get(address).json
        seen += [item["id"] for item in page["items"]]
        assert page["total"] == 7
        address = page["next"]
    assert len(seen) == len(set(seen)) == 7
    assert seen == sorted(seen)
