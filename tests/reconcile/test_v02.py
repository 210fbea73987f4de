"""Version 0.2 of the reconciliation API, door by door, over the seed graph."""

import json
import re
from time import perf_counter
from typing import Any

import httpx
import pytest

from tests.conftest import BASE, Server
from tests.reconcile.shapes import V02, check


def ask(live: Server, queries: dict[str, Any]) -> Any:
    """The results of a batch that is sent as a form; their shape is checked."""
    answer = live.http.post("/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.text
    check(answer.json(), V02.results)
    return {key: told["result"] for key, told in answer.json().items()}


def refused(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    told: dict[str, Any] = answer.json()
    return told


def test_the_manifest_says_what_there_is(live: Server) -> None:
    answer = live.http.get("/reconcile", headers={"Origin": "https://openrefine.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    told = answer.json()
    check(told, V02.manifest)
    assert told["identifierSpace"] == f"{BASE}id/"
    for name, offer in told["suggest"].items():
        address = offer["service_url"] + offer["service_path"]
        found = live.http.get(address, params={"prefix": "c"}).json()["result"]
        assert found, name
        flyout = offer["flyout_service_url"] + offer["flyout_service_path"]
        shown = live.http.get(flyout.replace("${id}", found[0]["id"])).json()
        check(shown, V02.flyout)
        assert found[0]["name"] in shown["html"]
    viewed = live.http.get(told["view"]["url"].replace("{{id}}", "country%2Fir"))
    assert (viewed.status_code, viewed.headers["Location"][-15:]) == (303, "/doc/country/ir")
    propose = told["extend"]["propose_properties"]
    proposed = live.http.get(propose["service_url"] + propose["service_path"]).json()
    check(proposed, V02.proposals)


def test_a_slash_behind_the_address_does_no_harm(live: Server) -> None:
    assert live.http.get("/reconcile/").json() == live.http.get("/reconcile").json()


def test_names_in_a_form_and_in_the_url(live: Server) -> None:
    queries = {"a": {"query": "Iran"}, "b": {"query": "Sergey Lavrov", "type": "Person"}}
    found = ask(live, queries)
    first = found["a"][0]
    assert (first["id"], first["name"], first["match"]) == ("country/ir", "Iran", True)
    assert first["type"] == [{"id": "Country", "name": "Country"}]
    assert found["b"][0]["id"] == "person/sergei-lavrov"
    assert found["b"][0]["match"]
    by_get = live.http.get("/reconcile", params={"queries": json.dumps(queries)})
    assert {key: told["result"] for key, told in by_get.json().items()} == found
    for result in found.values():
        scores = [one["score"] for one in result]
        assert scores == sorted(scores, reverse=True)


def test_features_are_behind_the_score(live: Server) -> None:
    (best, *_) = ask(live, {"a": {"query": "ПУТИН Владимир", "type": ["Person"]}})["a"]
    features = {each["id"]: each["value"] for each in best["features"]}
    assert best["id"] == "person/vladimir-putin"
    assert features["folded"] is True
    assert features["exact"] is False
    assert features["type"] is True


@pytest.mark.parametrize("identifier", ["country/ir", f"{BASE}id/country/ir"])
def test_an_identifier_finds_its_entity(live: Server, identifier: str) -> None:
    (best, *_) = ask(live, {"a": {"query": identifier}})["a"]
    assert (best["id"], best["score"], best["match"]) == ("country/ir", 100, True)


@pytest.mark.parametrize(
    "value", ["Iran", "IR", "country/ir", {"id": "country/ir", "name": "Iran"}, ["Syria", "Iran"]]
)
def test_properties_are_features(live: Server, value: Any) -> None:
    asked = {"query": "Central Bank", "properties": [{"pid": "country", "v": value}], "limit": 50}
    found = {
        one["id"]: {each["id"]: each["value"] for each in one["features"]}
        for one in ask(live, {"a": asked})["a"]
    }
    assert found["organization/central-bank-of-iran"]["property:country"] is True
    assert found["organization/central-bank-of-iraq"]["property:country"] is False


def test_properties_alone_find_entities(live: Server) -> None:
    asked = {"properties": [{"pid": "alpha2", "v": "ir"}]}
    (only,) = ask(live, {"a": asked})["a"]
    assert only["id"] == "country/ir"
    tied = {"properties": [{"pid": "country", "v": "Iran"}], "type": "Organization"}
    found = {one["id"] for one in ask(live, {"a": tied | {"limit": 100}})["a"]}
    tied["properties"] = [{"pid": "country", "v": "伊朗"}]
    assert {one["id"] for one in ask(live, {"a": tied | {"limit": 100}})["a"]} == found
    assert "organization/central-bank-of-iran" in found
    assert "organization/central-bank-of-iraq" not in found


def test_classes_restrict_or_rank(live: Server) -> None:
    strict = ask(live, {"a": {"query": "Iran", "type": "Organization"}})["a"]
    assert strict
    assert {kind["id"] for one in strict for kind in one["type"]} == {"Organization"}
    soft = ask(live, {"a": {"query": "Iran", "type": "Organization", "type_strict": "should"}})["a"]
    assert (soft[0]["id"], soft[0]["score"], soft[0]["match"]) == ("country/ir", 80, False)


def test_a_limit_is_kept(live: Server) -> None:
    assert len(ask(live, {"a": {"query": "bank of Iran", "limit": 2}})["a"]) == 2


def test_the_longest_names_take_no_longer_than_others(live: Server) -> None:
    asked = {str(n): {"query": "bank " * 199 + str(n)} for n in range(20)}
    start = perf_counter()
    ask(live, asked)
    assert perf_counter() - start < 20


def test_concepts_are_found_by_their_labels(live: Server) -> None:
    asked = {"properties": [{"pid": "measureType", "v": "asset freeze"}], "limit": 50}
    found = {one["id"] for one in ask(live, {"a": asked})["a"]}
    assert "person/sergei-lavrov" in found


def test_nothing_alike_is_an_empty_result(live: Server) -> None:
    assert ask(live, {"a": {"query": "Zyzzyva Quux"}, "b": {"query": "…"}}) == {"a": [], "b": []}
    assert ask(live, {}) == {}


def test_jsonp_calls_a_function_and_nothing_else(live: Server) -> None:
    answer = live.http.get("/reconcile", params={"callback": "jQuery.done_1"})
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    called = re.fullmatch(r"/\*\*/jQuery\.done_1\((.*)\);", answer.text, re.S)
    assert called
    check(json.loads(called[1]), V02.manifest)


@pytest.mark.parametrize(
    "callback",
    ["alert(1)", "a;b", "", "<script>", "a..b", "1a", "a\n", "é", "a" * 70, "a.b" * 30, "x=y"],
)
def test_a_callback_that_is_no_name_is_refused(live: Server, callback: str) -> None:
    told = refused(live.http.get("/reconcile", params={"callback": callback}), 400)
    assert "callback" in told["detail"]


@pytest.mark.parametrize(
    ("kind", "prefix", "wanted"),
    [
        ("entity", "vladimir p", "person/vladimir-putin"),
        ("entity", "putin", "person/vladimir-putin"),
        ("entity", "country/ir", "country/ir"),
        ("entity", "irán", "country/ir"),
        ("type", "org", "Organization"),
        ("type", "group", "AgentGroup"),
        ("property", "cou", "country"),
        ("property", "type", "measureType"),
    ],
)
def test_suggestions(live: Server, kind: str, prefix: str, wanted: str) -> None:
    told = live.http.get(f"/reconcile/suggest/{kind}", params={"prefix": prefix}).json()
    check(told, {"entity": V02.entities, "type": V02.types, "property": V02.properties}[kind])
    assert wanted in [each["id"] for each in told["result"]]


def test_suggestions_go_on_from_a_cursor(live: Server) -> None:
    def at(cursor: int) -> list[str]:
        asked = {"prefix": "s", "limit": 4, "cursor": cursor, "type": "Country"}
        told = live.http.get("/reconcile/suggest/entity", params=asked).json()["result"]
        assert all(each["notable"] == [{"id": "Country", "name": "Country"}] for each in told)
        return [each["id"] for each in told]

    assert at(0)[2:] + at(4)[:2] == at(2)
    assert at(10_000) == []


def test_a_preview_is_a_page_for_a_frame(live: Server) -> None:
    template = live.http.get("/reconcile").json()["preview"]["url"]
    answer = live.http.get(template.replace("{{id}}", "person%2Fvladimir-putin"))
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert "Vladimir Putin" in answer.text
    assert "<blockquote>" in answer.text
    refused(live.http.get("/reconcile/preview", params={"id": "person/nobody"}), 404)
    refused(live.http.get("/reconcile/preview"), 400)


def test_extending_rows(live: Server) -> None:
    asked = {
        "ids": ["country/ir", "person/vladimir-putin", "person/nobody"],
        "properties": [{"id": "capital"}, {"id": "alpha2"}, {"id": "exactMatch", "settings": {}}],
    }
    answer = live.http.post("/reconcile", data={"extend": json.dumps(asked)})
    told = answer.json()
    check(told, V02.extension)
    assert [column["id"] for column in told["meta"]] == ["capital", "alpha2", "exactMatch"]
    assert told["meta"][0]["type"] == {"id": "Place", "name": "Place"}
    iran = told["rows"]["country/ir"]
    assert iran["capital"] == [{"id": "place/tehran", "name": "Tehran"}]
    assert iran["alpha2"] == [{"str": "IR"}]
    assert {"str": "http://www.wikidata.org/entity/Q794"} in iran["exactMatch"]
    assert told["rows"]["person/nobody"] == {"capital": [], "alpha2": [], "exactMatch": []}


def test_extending_with_what_facts_tell(live: Server) -> None:
    asked = {"ids": ["country/ir"], "properties": [{"id": "actor"}, {"id": "name"}]}
    told = live.http.get("/reconcile", params={"extend": json.dumps(asked)}).json()
    check(told, V02.extension)
    row = told["rows"]["country/ir"]
    assert {"id": "country/us", "name": "United States"} in row["actor"]
    assert {"str": "Islamic Republic of Iran"} in row["name"]


def test_every_proposed_property_can_be_asked_for(live: Server) -> None:
    for kind in ("Person", "Organization", "Country", "Vessel", "Programme"):
        told = live.http.get("/reconcile/properties", params={"type": kind, "limit": 30}).json()
        check(told, V02.proposals)
        wanted = [{"id": each["id"]} for each in told["properties"]]
        asked = {"ids": ["country/ir"], "properties": wanted}
        answer = live.http.post("/reconcile", data={"extend": json.dumps(asked)})
        check(answer.json(), V02.extension)


BROKEN = [
    "{",
    "[]",
    "null",
    "7",
    '{"a": 1}',
    '{"a": {}}',
    '{"a": {"query": ""}}',
    '{"a": {"query": 7}}',
    '{"a": {"query": "x", "limit": 0}}',
    '{"a": {"query": "x", "limit": "many"}}',
    '{"a": {"query": "x", "type_strict": "maybe"}}',
    '{"a": {"query": "x", "type": "Starship"}}',
    '{"a": {"query": "x", "type": {"name": "Person"}}}',
    '{"a": {"query": "x", "properties": [{"pid": "colour", "v": "red"}]}}',
    '{"a": {"query": "x", "properties": [{"pid": "country"}]}}',
    '{"a": {"query": "x", "properties": [{"v": "Iran"}]}}',
    '{"a": {"query": "x", "properties": [{"pid": "country", "v": {"no": "id"}}]}}',
    '{"a": {"query": "x", "properties": [{"pid": "country", "v": null}]}}',
    '{"a": {"query": "x", "colour": "red"}}',
    json.dumps({"a": {"properties": [{"pid": "country", "v": ["Iran"] * 51}]}}),
    json.dumps({"a": {"properties": [{"pid": "country", "v": "x" * 1001}]}}),
    json.dumps({"a": {"query": "x " * 501}}),
    "[" * 100_000,
    '{"a": {"properties": [{"pid": "country", "v": ' + "[" * 600 + "]" * 600 + "}]}}",
]


@pytest.mark.parametrize("sent", BROKEN, ids=lambda text: str(text)[:40])
def test_broken_queries_are_told(live: Server, sent: str) -> None:
    refused(live.http.post("/reconcile", data={"queries": sent}), 400)


@pytest.mark.parametrize(
    "sent",
    [
        "{",
        "{}",
        '{"ids": ["country/ir"]}',
        '{"ids": "country/ir", "properties": []}',
        '{"ids": [], "properties": [{"id": "colour"}]}',
        '{"ids": [], "properties": [{}]}',
    ],
)
def test_broken_extensions_are_told(live: Server, sent: str) -> None:
    refused(live.http.post("/reconcile", data={"extend": sent}), 400)


def test_what_is_unknown_is_named(live: Server) -> None:
    sent = '{"a": {"query": "x", "type": "Starship"}}'
    told = refused(live.http.post("/reconcile", data={"queries": sent}), 400)
    assert "Starship" in told["detail"]
    assert "Person" in told["detail"]
    for kind in ("type", "property"):
        told = refused(live.http.get(f"/reconcile/flyout/{kind}", params={"id": "colour"}), 400)
        assert "colour" in told["detail"]
    refused(live.http.get("/reconcile/flyout/entity", params={"id": "person/nobody"}), 404)
    refused(live.http.get("/reconcile/properties", params={"type": "Starship"}), 400)
    refused(live.http.get("/reconcile/suggest/starship", params={"prefix": "x"}), 404)


def test_more_than_a_batch_is_too_many(live: Server) -> None:
    most = live.http.get("/reconcile").json()["batchSize"]
    full = {str(number): {"query": "Iran", "limit": 1} for number in range(most)}
    assert len(ask(live, full)) == most
    over = json.dumps(full | {"more": {"query": "Iran"}})
    told = refused(live.http.post("/reconcile", data={"queries": over}), 413)
    assert told["limit"] == most
    ids = {"ids": [f"country/{n}" for n in range(most + 1)], "properties": []}
    refused(live.http.post("/reconcile", data={"extend": json.dumps(ids)}), 413)


def test_bodies_that_are_no_form(live: Server) -> None:
    refused(live.http.post("/reconcile", json={"queries": {}}), 415)
    refused(live.http.post("/reconcile", data={"nothing": "x"}), 400)
    refused(live.http.post("/reconcile", data={"queries": "x" * 1_100_000}), 413)


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("suggest/entity", {}),
        ("suggest/entity", {"prefix": "x", "cursor": "-1"}),
        ("suggest/entity", {"prefix": "x", "limit": "0"}),
        ("suggest/entity", {"prefix": "x", "limit": "9" * 5000}),
        ("suggest/entity", {"prefix": "x", "type": "Starship"}),
        ("properties", {"limit": "x"}),
        ("flyout/entity", {}),
    ],
)
def test_parameters_that_cannot_be_used(
    live: Server, path: str, parameters: dict[str, str]
) -> None:
    refused(live.http.get(f"/reconcile/{path}", params=parameters), 400)
