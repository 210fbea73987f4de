"""The draft of version 1.0 of the reconciliation API, route by route, over the seed graph."""

from typing import Any

import pytest

from tests.conftest import Server
from tests.reconcile.shapes import V02, Draft, check
from tests.reconcile.test_v02 import refused

ROOT = "/reconcile/1.0-draft"


def named(*names: str, **more: Any) -> dict[str, Any]:
    value = names[0] if len(names) == 1 else list(names)
    return {"conditions": [{"matchType": "name", "propertyValue": value}], **more}


def tied(value: Any, **more: Any) -> dict[str, Any]:
    return {"matchType": "property", "propertyId": "country", "propertyValue": value, **more}


def match(live: Server, *queries: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The candidates of each query; the shape of the answer is checked."""
    answer = live.http.post(f"{ROOT}/match", json={"queries": queries})
    assert answer.status_code == 200, answer.text
    check(answer.json(), Draft.results)
    assert len(answer.json()["results"]) == len(queries)
    return [result["candidates"] for result in answer.json()["results"]]


def test_the_manifest(live: Server) -> None:
    answer = live.http.get(f"{ROOT}/")
    check(answer.json(), Draft.manifest)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    view = answer.json()["view"]["url"].replace("{+id}", "country/ir")
    assert live.http.get(view).status_code == 303
    assert live.http.get(ROOT, follow_redirects=True).json() == answer.json()


def test_results_come_in_the_order_of_the_queries(live: Server) -> None:
    found = match(
        live, named("Syria"), named("伊朗"), named("Сергей Лавров", type="Person", limit=1)
    )
    assert [result[0]["id"] for result in found] == [
        "country/sy",
        "country/ir",
        "person/sergei-lavrov",
    ]
    assert len(found[2]) == 1
    assert match(live) == []


def test_one_of_several_names_will_do(live: Server) -> None:
    ((first, *_),) = match(live, named("Zyzzyva", "Islamic Republic of Iran"))
    assert (first["id"], first["match"]) == ("country/ir", True)


def test_an_identifier(live: Server) -> None:
    asked = {"conditions": [{"matchType": "id", "propertyValue": "country/ir"}]}
    (only,) = match(live, asked)[0]
    assert (only["id"], only["score"], only["match"]) == ("country/ir", 100, True)


@pytest.mark.parametrize("quantifier", ["any", "all", "none"])
def test_conditions_that_are_required_filter(live: Server, quantifier: str) -> None:
    asked = named("central bank", limit=50)
    asked["conditions"].append(tied("Iran", required=True, matchQuantifier=quantifier))
    found = {one["id"] for one in match(live, asked)[0]}
    assert ("organization/central-bank-of-iran" in found) is (quantifier != "none")
    assert ("organization/central-bank-of-iraq" in found) is (quantifier == "none")


def test_an_entity_that_is_not_meant(live: Server) -> None:
    asked = named("Iran")
    asked["conditions"].append(
        {
            "matchType": "id",
            "propertyValue": "country/ir",
            "matchQuantifier": "none",
            "required": True,
        }
    )
    assert "country/ir" not in {one["id"] for one in match(live, asked)[0]}


def test_features_have_names(live: Server) -> None:
    asked = named("Bank Saderat", type="Organization")
    asked["conditions"].append(tied({"id": "country/ir", "name": "Iran"}))
    features = {each["id"]: each for each in match(live, asked)[0][0]["features"]}
    assert features["property:country"]["value"] is True
    assert features["property:country"]["name"] == "country as asked for"


def test_suggest_preview_propose_extend(live: Server) -> None:
    entities = live.http.get(f"{ROOT}/suggest/entity", params={"prefix": "ir", "limit": 3}).json()
    check(entities, V02.entities)
    assert len(entities["result"]) == 3
    rest = live.http.get(f"{ROOT}/suggest/entity", params={"prefix": "ir", "offset": 2}).json()
    assert rest["result"][0] == entities["result"][2]
    check(live.http.get(f"{ROOT}/suggest/type", params={"prefix": ""}).json(), V02.types)
    check(live.http.get(f"{ROOT}/suggest/property", params={"prefix": ""}).json(), V02.properties)
    shown = live.http.get(f"{ROOT}/preview", params={"id": "country/ir"})
    assert "Iran" in shown.text
    proposed = live.http.get(
        f"{ROOT}/extend/propose", params={"type": "Country", "limit": 3}
    ).json()
    check(proposed, V02.proposals)
    assert (proposed["limit"], len(proposed["properties"])) == (3, 3)
    asked = {"ids": ["country/ir", "nobody"], "properties": [{"id": "capital"}, {"id": "alpha3"}]}
    told = live.http.post(f"{ROOT}/extend", json=asked).json()
    check(told, Draft.extension)
    assert [row["id"] for row in told["rows"]] == ["country/ir", "nobody"]
    assert told["rows"][0]["properties"][1] == {"id": "alpha3", "values": [{"str": "IRN"}]}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"conditions": []},
        {"conditions": [{"matchType": "name"}]},
        {"conditions": [{"propertyValue": "Iran"}]},
        {"conditions": [{"matchType": "colour", "propertyValue": "red"}]},
        {"conditions": [{"matchType": "property", "propertyValue": "red"}]},
        {"conditions": [{"matchType": "name", "propertyValue": "x", "matchQuantifier": "some"}]},
        {"conditions": [{"matchType": "name", "propertyValue": "x", "matchQualifier": "near"}]},
        {"conditions": [{"matchType": "name", "propertyValue": "x", "required": "yes"}]},
        {"conditions": [tied("Iran") | {"propertyId": "colour"}]},
        named("x", type="Starship"),
        named("x", type=["Person", "Country"]),
        named("x", limit=0),
        named("x", type_strict="any"),
    ],
    ids=str,
)
def test_broken_queries_are_told(live: Server, query: dict[str, Any]) -> None:
    refused(live.http.post(f"{ROOT}/match", json={"queries": [query]}), 400)


def test_broken_bodies_are_told(live: Server) -> None:
    json_ = {"Content-Type": "application/json"}
    refused(live.http.post(f"{ROOT}/match", content="{", headers=json_), 400)
    refused(live.http.post(f"{ROOT}/match", content="[" * 100_000, headers=json_), 400)
    refused(live.http.post(f"{ROOT}/match", json=[]), 400)
    refused(live.http.post(f"{ROOT}/match", data={"queries": "[]"}), 415)
    refused(live.http.post(f"{ROOT}/match", json={"queries": [named("x")] * 51}), 413)
    refused(live.http.post(f"{ROOT}/extend", json={"ids": ["x"] * 51, "properties": []}), 413)
    refused(live.http.post(f"{ROOT}/extend", json={"ids": []}), 400)
    refused(live.http.get(f"{ROOT}/match"), 405)
    refused(live.http.get(f"{ROOT}/extend/propose", params={"type": "Starship"}), 400)
