"""Whom a name means, and whom it begins."""

import sqlite3

import pytest

from kgapi.index import candidates, suggestions

IDS = "https://kgapi.example.org/id/"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("Iran", "country/ir"),
        ("ИРАН", "country/ir"),
        ("Islamic Republic of Iran", "country/ir"),
        ("Russian Federation", "country/ru"),
        ("Bank Mellí", "organization/bank-melli"),
        ("IRGC", "organization/islamic-revolutionary-guard-corps"),
        ("Myanmar", "country/mm"),
    ],
)
def test_a_name_finds_its_entity_first(full: sqlite3.Connection, name: str, path: str) -> None:
    found = candidates(full, name, limit=5)
    assert found[0].iri == IDS + path
    assert found[0].label == found[0].names[0]
    assert len(found) <= 5


def test_candidates_are_of_the_types_wanted(full: sqlite3.Connection) -> None:
    agents = {each.type for each in candidates(full, "Iran", ["Agent"])}
    assert "Country" in agents
    assert agents <= {"Country", "Organization", "AgentGroup", "Person"}
    assert candidates(full, "Iran", ["Vessel"]) == []
    assert candidates(full, "") == candidates(full, "---") == []


def test_those_in_more_facts_are_suggested_first(full: sqlite3.Connection) -> None:
    found = suggestions(full, "i", limit=20)
    whole = [each for each in found if each.name.lower().startswith("i")]
    assert found[: len(whole)] == whole
    assert [each.facts for each in whole] == sorted((each.facts for each in whole), reverse=True)
    assert len({each.iri for each in found}) == len(found) == 20


@pytest.mark.parametrize(
    ("prefix", "path"),
    [
        ("iRà", "country/ir"),
        ("Ира", "country/ir"),
        ("republic of  tür", "country/tr"),
        ("emirates", "country/ae"),
        ("revolutionary gua", "organization/islamic-revolutionary-guard-corps"),
    ],
)
def test_prefixes_are_folded(full: sqlite3.Connection, prefix: str, path: str) -> None:
    assert IDS + path in [each.iri for each in suggestions(full, prefix)]


@pytest.mark.parametrize(
    "prefix", ["", " ", "*", '"', "zzzz", "a" * 10_000, 'x" OR "y', "NOT", "?"]
)
def test_no_prefix_is_an_error(full: sqlite3.Connection, prefix: str) -> None:
    assert all(each.label for each in suggestions(full, prefix))


def test_suggestions_are_of_the_types_wanted(full: sqlite3.Connection) -> None:
    assert {each.type for each in suggestions(full, "r", ["Currency"])} == {"Currency"}
