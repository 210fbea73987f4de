"""Episodes: the columns of the Global Sanctions Data Base, filled only where an article says so."""

import csv
import io
from typing import Any

import pyoxigraph as ox
import pytest

from kgapi import media
from kgapi.exports import episodes
from kgapi.exports.episodes import COLUMNS, OBJECTIVES, TYPES, case
from kgapi.graph.iris import Iris
from kgapi.queries.query import house
from kgapi.reference import files
from kgapi.store.embedded import EmbeddedEngine
from tests.conftest import BASE, Server
from tests.exports.conftest import Exported

# As GSDB release 4 has them: their names, and the values that a cell is made of.
GSDB_COLUMNS = [
    "case_id", "sanctioned_state", "sanctioning_state", "begin", "end", "trade", "descr_trade",
    "arms", "military", "financial", "travel", "other", "target_mult", "sender_mult", "objective",
    "success",
]  # fmt: skip
GSDB_OBJECTIVES = [
    "policy_change", "destab_regime", "territorial_conflict", "prevent_war", "terrorism", "end_war",
    "human_rights", "democracy", "other",
]  # fmt: skip


@pytest.fixture(scope="module")
def cases(exported: Exported) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported("episodes.csv").decode())))


def test_the_columns_are_those_of_the_data_base(exported: Exported) -> None:
    assert exported("episodes.csv").split(b"\r\n")[0].decode().split(",") == GSDB_COLUMNS
    assert list(COLUMNS) == GSDB_COLUMNS


def test_every_cell_is_one_that_the_data_base_could_have(cases: list[dict[str, str]]) -> None:
    assert len(cases) > 15
    for row in cases:
        assert row["sanctioned_state"]
        for year in (row["begin"], row["end"]):
            assert not year or 1900 < int(year) < 2100
        for kind in ("trade", "arms", "military", "financial", "travel", "other"):
            assert row[kind] in {"", "1"}
        assert row["target_mult"] in {"0", "1"}
        assert row["sender_mult"] in ({"0", "1"} if row["sanctioning_state"] else {""})
        assert set(filter(None, row["objective"].split(","))) <= set(GSDB_OBJECTIVES)
        assert row["success"] in {"", "ongoing"}


def test_each_row_is_a_measure_or_an_act_that_rest_knows(
    live: Server, cases: list[dict[str, str]]
) -> None:
    assert len({row["case_id"] for row in cases}) == len(cases)
    for row in cases:
        fact = live.http.get(f"v1/facts/{row['case_id'].partition('/id/')[2]}").json()
        assert (fact["claimed"], fact["realis"]) == (False, "actual")
        countries = sorted(e["label"] for e in fact["roles"]["target"] if e["type"] == "Country")
        assert row["sanctioned_state"] == ", ".join(countries)
        senders = fact["roles"].get("imposedBy") or fact["roles"].get("actor") or []
        assert row["sanctioning_state"] == ", ".join(sorted(e["label"] for e in senders))


def test_the_query_alone_gives_as_many(live: Server, cases: list[dict[str, str]]) -> None:
    answer = live.http.get("sparql", params={"query": house("episodes").bind(), "format": "json"})
    found = {row["case"]["value"] for row in answer.json()["results"]["bindings"]}
    assert found == {row["case_id"] for row in cases}


def test_known_cases_are_there(cases: list[dict[str, str]]) -> None:
    found = {
        (row["sanctioned_state"], row["sanctioning_state"], row["begin"], row["financial"])
        for row in cases
    }
    assert ("Iran", "United States", "2018", "1") in found
    assert ("North Korea", "UN Security Council", "2006", "") in found
    # All that is told of the day is that it had come when the article was published.
    assert ("Russia", "European Union, United Kingdom, United States", "", "") in found


TOLD = """
PREFIX san: <https://w3id.org/kgapi/sanctions#>
PREFIX action: <https://w3id.org/kgapi/vocab/action#>
PREFIX realis: <https://w3id.org/kgapi/vocab/realis#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
<statement> san:states <act> .
<ir> a san:Country ; rdfs:label "Iran" .
<act> a san:SanctionsAction ; san:target <ir> ; san:realis realis:actual ; san:actionType action:%s ;
  san:earliest "2018-05-01"^^xsd:date ; san:latest "%s"^^xsd:date .
"""


@pytest.mark.parametrize(
    ("action", "latest", "wanted"),
    [
        ("impose", "2018-12-31", ["2018"]),
        ("impose", "2019-01-01", [""]),
        ("lift", "2018-12-31", []),
    ],
)
def test_an_act_whose_day_is_not_known_may_lie_in_a_known_year(
    engine: EmbeddedEngine, iris: Iris, action: str, latest: str, wanted: list[str]
) -> None:
    data = (TOLD % (action, latest)).encode()
    engine.put_graph(f"{BASE}graph/article/x", data, media.TURTLE, BASE)
    assert [each["begin"] for each in episodes.cases(engine, iris)] == wanted


def concepts(scheme: str) -> set[str]:
    vocabulary = ox.parse(path=files.ontology("vocabularies.ttl"))
    start = f"https://w3id.org/kgapi/vocab/{scheme}#"
    subjects = {str(getattr(quad.subject, "value", "")) for quad in vocabulary}
    return {each.removeprefix(start) for each in subjects if each.startswith(start)}


def test_the_tables_name_concepts_that_there_are() -> None:
    assert set(TYPES) == concepts("measure") - {"economic", "sectoral"}
    assert set(OBJECTIVES) <= concepts("reason")
    assert set(OBJECTIVES.values()) <= set(GSDB_OBJECTIVES)


ROW = {"case": "x", "targets": "Iran", "senders": "", "types": "", "reasons": "", "statuses": ""}


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ([{}], {"trade": "", "begin": "", "sender_mult": "", "success": "", "target_mult": "0"}),
        ([{"targets": "Iran|Belarus"}], {"sanctioned_state": "Belarus, Iran", "target_mult": "1"}),
        ([{"types": "technology|arms"}], {"trade": "1", "arms": "1", "descr_trade": "exp_part"}),
        ([{"types": "embargo"}], {"trade": "1", "descr_trade": ""}),
        ([{"types": "sectoral"}], {"trade": "", "financial": "", "other": ""}),
        ([{"senders": "UN", "senderClasses": "Organization"}], {"sender_mult": "1"}),
        ([{"senders": "Japan", "senderClasses": "Country"}], {"sender_mult": "0"}),
        ([{"begin": "2018-11"}, {"begin": "2018-05-08"}], {"begin": "2018"}),
        ([{"statuses": "in-force"}], {"success": "ongoing"}),
        ([{"statuses": "in-force"}, {"statuses": "lifted"}], {"success": ""}),
        ([{"statuses": "in-force", "end": "2020"}], {"success": "", "end": "2020"}),
        ([{"reasons": "human-rights|democracy"}], {"objective": "democracy,human_rights"}),
        ([{"reasons": "invasion"}], {"objective": ""}),
    ],
)
def test_a_case_says_what_is_told_and_no_more(
    told: list[dict[str, Any]], wanted: dict[str, str]
) -> None:
    found = case([ROW | each for each in told])
    assert {name: found[name] for name in wanted} == wanted
