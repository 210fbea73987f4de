"""What the REST doors show of the seed graph."""

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.conftest import Server


def everything(http: httpx.Client, path: str, **asked: str) -> list[dict[str, Any]]:
    """All items of a collection, by following ``next``; bounded, so that a loop cannot run on."""
    items: list[dict[str, Any]] = []
    address: str | None = f"{path}?{urlencode({'limit': 40, **asked})}"
    for _ in range(200):
        if address is None:
            return items
        page = http.get(address).json()
        items += page["items"]
        address, total = page["next"], page["total"]
    raise AssertionError(f"{path} never ends; {total} promised")


@pytest.mark.parametrize("path", ["v1/articles", "v1/facts", "v1/entities"])
def test_a_collection_holds_as_many_as_it_says(live: Server, path: str) -> None:
    items = everything(live.http, path)
    assert len({item["id"] for item in items}) == len(items)
    assert len(items) == live.http.get(path).json()["total"] > 10


def test_every_fact_shows_article_sentence_voice_confidence_and_rule(live: Server) -> None:
    texts: dict[str, str] = {}
    for fact in everything(live.http, "v1/facts"):
        assert fact["statements"], fact["id"]
        for statement in fact["statements"]:  # type: ignore[attr-defined]
            key = statement["article"]["iri"].rpartition("/")[2]
            text = texts.setdefault(key, live.http.get(f"v1/articles/{key}").json()["text"])
            assert statement["evidence"]
            for evidence in statement["evidence"]:
                assert text[evidence["start"] : evidence["end"]] == evidence["text"]
            assert 0 < statement["confidence"] <= 1
            assert statement["rule"]
            assert statement["modality"] in {"stated", "quoted", "reported", "opinion"}
            if statement["modality"] in {"quoted", "reported"}:
                assert statement["speaker"], fact["id"]


def test_facts_of_an_article_are_those_of_that_article_alone(live: Server) -> None:
    for article in everything(live.http, "v1/articles")[:5]:
        key = str(article["id"]).rpartition("/")[2]
        facts = everything(live.http, f"v1/articles/{key}/facts")
        assert len(facts) == article["facts"]
        for fact in facts:
            for statement in fact["statements"]:  # type: ignore[attr-defined]
                assert statement["article"]["iri"] == article["id"]


def test_an_entity_tells_its_names_and_its_facts(live: Server) -> None:
    iran = live.http.get("v1/entities/country/ir").json()
    assert (iran["label"], iran["type"]) == ("Iran", "Country")
    assert "http://www.wikidata.org/entity/Q794" in iran["same_as"]
    facts = everything(live.http, "v1/entities/country/ir/facts")
    assert facts
    for fact in facts:
        fillers = [each["iri"] for group in fact["roles"].values() for each in group]  # type: ignore[attr-defined]
        assert iran["id"] in fillers


def test_the_openapi_document_names_every_route(live: Server) -> None:
    document = live.http.get("openapi.json").json()
    assert document["openapi"].startswith("3.")
    for path in (
        "/v1/articles", "/v1/articles/{key}", "/v1/articles/{key}/facts", "/v1/facts",
        "/v1/facts/{kind}/{key}", "/v1/entities", "/v1/entities/{kind}/{key}", "/sparql", "/healthz",
    ):  # fmt: skip
        assert path in document["paths"], path


def test_health_counts_what_is_there(live: Server) -> None:
    health = live.http.get("healthz").json()
    assert health["status"] == "ok"
    assert health["articles"] >= 12
