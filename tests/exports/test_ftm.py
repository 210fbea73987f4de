"""FollowTheMoney: what is exported is valid to its library, comes back the same, and is in the graph."""

import json
from typing import Any

import pytest
from followthemoney import model

from kgapi.exports import ftm
from kgapi.graph.iris import Iris
from kgapi.queries.reads import FactRead, Reference
from tests.conftest import BASE, Server
from tests.exports.conftest import Exported

IRIS = Iris(BASE)


def parsed(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


@pytest.fixture(scope="module")
def entities(exported: Exported) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in parsed(exported("entities.ftm.json"))}


def test_every_line_is_valid_and_has_what_its_schema_needs(
    entities: dict[str, dict[str, Any]],
) -> None:
    for each in entities.values():
        proxy = model.get_proxy(each)
        proxy.schema.validate(each)
        assert not [name for name in proxy.schema.required if not proxy.get(name)], each
        assert set(each["properties"]) <= set(proxy.schema.properties)


def test_the_library_reads_it_cleans_it_and_writes_the_same(
    entities: dict[str, dict[str, Any]],
) -> None:
    for each in entities.values():
        again = model.get_proxy(each, cleaned=False).to_dict()
        again["properties"] = {name: sorted(told) for name, told in again["properties"].items()}
        wanted = {name: sorted(told) for name, told in each["properties"].items()}
        assert again == {**each, "properties": wanted}


def test_ids_are_unique_sorted_and_lead_back(
    live: Server, exported: Exported, entities: dict[str, dict[str, Any]]
) -> None:
    ids = [each["id"] for each in parsed(exported("entities.ftm.json"))]
    assert ids == sorted(ids)
    assert len(ids) == len(entities)
    for each in entities.values():
        if each["schema"] in {"Person", "PublicBody", "Organization"}:
            answer = live.http.get(f"v1/entities/{each['id'].replace('.', '/', 1)}")
            assert answer.json()["id"] in each["properties"]["sourceUrl"]
            assert answer.json()["label"] in each["properties"]["name"]


def test_whatever_is_referred_to_is_there(entities: dict[str, dict[str, Any]]) -> None:
    for each in entities.values():
        for prop, value in model.get_proxy(each).itervalues():
            if prop.type.name == "entity":
                assert prop.range
                assert model.get_proxy(entities[value]).schema.is_a(prop.range)


def test_sanctions_are_those_that_articles_vouch_for(
    live: Server, entities: dict[str, dict[str, Any]]
) -> None:
    sanctions = [each for each in entities.values() if each["schema"] == "Sanction"]
    assert len(sanctions) > 30
    for each in sanctions:
        (iri,) = each["properties"]["recordId"]
        fact = live.http.get(f"v1/facts/{iri.partition('/id/')[2]}").json()
        assert not fact["claimed"]
        assert fact["realis"] == "actual"
        assert {ftm.identifier(one["iri"], IRIS) for one in fact["roles"]["target"]} >= set(
            each["properties"]["entity"]
        )
        # What others are quoted with is no proof.
        stated = [told for told in fact["statements"] if told["modality"] == "stated"]
        words = {one["text"] for told in stated for one in told["evidence"]}
        assert words == set(each["properties"]["description"])
        articles = {ftm.identifier(told["article"]["iri"], IRIS) for told in stated}
        assert articles == set(each["properties"]["proof"])


def test_one_sanction_as_it_stands(entities: dict[str, dict[str, Any]]) -> None:
    (found,) = [
        each for name, each in entities.items() if name.startswith("event.2018-11-05-impose-")
    ]
    told = found["properties"]
    assert told["entity"] == ["country.ir"]
    assert (told["authority"], told["country"]) == (["United States"], ["us"])
    assert told["startDate"] == ["2018-11-05"]
    assert told["provisions"] == ["export", "financial", "transport"]
    assert told["sourceUrl"] == ["https://home.treasury.gov/news/press-releases/sm541"]
    iran = entities["country.ir"]["properties"]
    assert iran["wikidataId"] == ["Q794"]
    assert "Islamic Republic of Iran" in iran["alias"]


def test_what_no_fact_is_about_is_left_out(entities: dict[str, dict[str, Any]]) -> None:
    assert "country.ad" not in entities


def test_one_entity_comes_with_all_that_is_held_against_it(
    live: Server, entities: dict[str, dict[str, Any]]
) -> None:
    for key in ("country.ir", "country.ru", "person.sergei-lavrov"):
        answer = live.http.get(f"v1/entities/{key.replace('.', '/', 1)}", params={"format": "ftm"})
        assert answer.headers["Content-Type"].startswith("application/json+ftm")
        lines = parsed(answer.content)
        assert lines[0]["id"] == key
        given = {each["id"] for each in lines}
        wanted = {
            name
            for name, each in entities.items()
            if key in [*each["properties"].get("entity", ()), *each["properties"].get("holder", ())]
        }
        assert wanted
        assert {
            each["id"] for each in lines if each["schema"] in {"Sanction", "Occupancy"}
        } == wanted
        for each in lines:
            model.get_proxy(each).schema.validate(each)
            for prop, value in model.get_proxy(each).itervalues():
                assert prop.type.name != "entity" or value in given


def test_what_the_format_has_nothing_for_is_a_problem(live: Server) -> None:
    assert live.http.get("v1/entities/country/xx?format=ftm").status_code == 404
    assert live.http.get("v1/entities/country/ir?format=docx").status_code == 422
    answer = live.http.get("v1/entities/currency/irr?format=ftm")
    assert answer.status_code == 406
    assert answer.json()["offered"] == ["application/json"]


@pytest.mark.parametrize(
    ("iri", "wanted"),
    [
        (f"{BASE}id/country/ir", "country.ir"),
        (f"{BASE}id/measure/2018-11-us-iran-0b87e273", "measure.2018-11-us-iran-0b87e273"),
    ],
)
def test_an_id_is_kind_and_key(iri: str, wanted: str) -> None:
    assert ftm.identifier(iri, IRIS) == wanted


@pytest.mark.parametrize(
    "iri", ["https://elsewhere.example/x", f"{BASE}id/person/l%C3%A9o", f"{BASE}id/person/a_b"]
)
def test_an_id_that_the_format_does_not_take_is_a_digest(iri: str) -> None:
    found = ftm.identifier(iri, IRIS)
    proxy = model.get_proxy({"id": "x", "schema": "Sanction", "properties": {}})
    proxy.add("entity", found)
    assert proxy.get("entity") == [found]


def fact(**more: Any) -> FactRead:
    """A fact that is a sanction, but for what is given."""
    told: dict[str, Any] = {
        "id": f"{BASE}id/measure/x",
        "label": "x",
        "type": "SanctionsMeasure",
        "claimed": False,
        "action": None,
        "roles": {"target": [Reference(f"{BASE}id/country/ir", "Iran", "Country")]},
        "values": {},
        "time": dict.fromkeys(("date", "begin", "end", "earliest", "latest", "text")),
        "realis": "actual",
        "statements": [],
    }
    return FactRead(**told | more)


def test_only_what_is_vouched_for_and_so_is_a_sanction() -> None:
    measure = Reference(f"{BASE}id/measure/y", "y", "SanctionsMeasure")
    act = {"type": "SanctionsAction", "action": "impose"}
    assert ftm.is_sanction(fact())
    assert ftm.is_sanction(fact(**act))
    assert not ftm.is_sanction(fact(claimed=True))
    assert not ftm.is_sanction(fact(realis="planned"))
    assert not ftm.is_sanction(fact(values={"status": "threatened"}))
    assert not ftm.is_sanction(fact(type="SanctionsAction", action="lift"))
    assert not ftm.is_sanction(fact(**act, roles={"concerns": [measure]}))
    assert not ftm.is_sanction(fact(type="Visit"))


def test_a_sanction_on_nothing_the_format_knows_is_none() -> None:
    programme = Reference(f"{BASE}id/programme/iran", "Iran", "Programme")
    assert ftm.record(fact(roles={"target": [programme]}), {}, IRIS) is None
