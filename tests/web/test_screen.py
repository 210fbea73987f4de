"""Screening a text and names, over the seed graph."""

from typing import Any

import pytest

from kgapi import facts, news
from kgapi.facts.rules.extractor import RulesExtractor
from kgapi.reference import files
from tests.conftest import BASE, Server

TEXT = """The US Treasury sanctioned Oleg Deripaska in April 2018. Months later it delisted Rusal.

"These sanctions are illegal," Russian Foreign Minister Sergei Lavrov said on Monday. Lavrov met
Vladimir Vladimirovich Putin in Moscow."""


def screened(live: Server, **asked: Any) -> list[dict[str, Any]]:
    answer = live.http.post("/v1/screen", json=asked)
    assert answer.status_code == 200, answer.text
    mentions: list[dict[str, Any]] = answer.json()["mentions"]
    return mentions


def test_names_of_a_text_with_offsets_roles_and_owners(live: Server) -> None:
    found = screened(live, text=TEXT, types=["Person", "Organization"])
    for each in found:
        assert TEXT[each["start"] : each["end"]] == each["text"]
    assert [(each["text"], each["roles"]) for each in found] == [
        ("US Treasury", ["sender"]),
        ("Oleg Deripaska", ["target"]),
        ("Rusal", ["target"]),
        ("Sergei Lavrov", ["speaker"]),
        ("Lavrov", []),
        ("Vladimir Vladimirovich Putin", []),
    ]
    owners = [each["candidates"][0]["id"] for each in found if each["candidates"][0]["match"]]
    assert owners == [
        f"{BASE}id/organization/us-treasury",
        f"{BASE}id/person/oleg-deripaska",
        f"{BASE}id/organization/rusal",
        f"{BASE}id/person/sergei-lavrov",
        f"{BASE}id/person/sergei-lavrov",
        f"{BASE}id/person/vladimir-putin",
    ]
    assert found[4]["name"] == "Sergei Lavrov"


def test_listed_and_delisted_are_told_apart_by_sender(live: Server) -> None:
    rusal, sovcomflot, nobody = screened(live, names=["Русал", "Совкомфлот", "Zyzzyva Quux"])
    states = {each["sender"]["label"]: each["state"] for each in _sanctions(rusal)}
    assert states["United States"] == "delisted"
    assert {each["state"] for each in _sanctions(sovcomflot)} == {"listed"}
    for each in _sanctions(sovcomflot):
        path = each["fact"].removeprefix(f"{BASE}id/")
        assert live.http.get(f"/v1/facts/{path}").json()["type"] == "SanctionsAction"
    assert nobody["candidates"] == []
    assert (rusal["start"], rusal["end"], rusal["roles"]) == (None, None, [])


def _sanctions(mention: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = mention["candidates"][0]["sanctions"]
    assert found
    return found


def test_classes_and_limits_restrict(live: Server) -> None:
    (found,) = screened(live, names=["Iran"], types=["Organization"], limit=2)
    assert {each["type"] for each in found["candidates"]} == {"Organization"}
    assert len(found["candidates"]) == 2
    assert not any(each["match"] for each in found["candidates"])
    assert screened(live, text=TEXT, types=["Vessel"]) == []


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"text": "x", "names": ["y"]}, 400),
        ({"text": ""}, 400),
        ({"text": 7}, 400),
        ({"names": []}, 400),
        ({"names": [""]}, 400),
        ({"names": "Rusal"}, 400),
        ({"names": ["Rusal"], "limit": 0}, 400),
        ({"names": ["Rusal"], "types": ["Starship"]}, 400),
        ({"names": ["Rusal"], "colour": "red"}, 400),
        ({"names": ["Rusal"] * 51}, 413),
        ({"text": "Rusal was delisted. " * 6_000}, 413),
        (
            {"text": "Die Vereinigten Staaten haben ihre Sanktionen gegen Rusal aufgehoben. " * 9},
            422,
        ),
    ],
)
def test_what_cannot_be_screened_is_told(live: Server, asked: dict[str, Any], status: int) -> None:
    answer = live.http.post("/v1/screen", json=asked)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_broken_bodies_are_told(live: Server) -> None:
    kind = {"Content-Type": "application/json"}
    assert live.http.post("/v1/screen", content="{", headers=kind).status_code == 400
    assert live.http.post("/v1/screen", data={"names": "Rusal"}).status_code == 415


@pytest.mark.parametrize(
    "path", sorted(files.seeds("articles").glob("*.md"))[:3], ids=lambda p: p.stem
)
def test_screening_reads_a_text_as_ingesting_does(path: Any) -> None:
    article = news.read(path.read_bytes(), "text/markdown")
    (extraction,) = RulesExtractor().extract([article])
    named, told = facts.read(article)
    assert tuple(told) == extraction.facts
    assert all(each.start < each.end for each in named)
