"""Timelines of the seed graph: what stands where, and what is told of its time."""

import csv
from io import StringIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import BASE, TOKEN, Server
from tests.web.test_reads import everything

Fact = dict[str, Any]
IRAN = "v1/entities/country/ir/timeline"
RUSSIA = "v1/entities/country/ru/timeline"
NOTHING = ("date", "begin", "end", "text")


def place(fact: Fact) -> tuple[str, str]:
    time = fact["time"]
    return time["earliest"] or time["latest"], time["latest"] or "9999-12-31"


def labelled(found: list[Fact], label: str) -> Fact:
    (one,) = [fact for fact in found if fact["label"] == label]
    return one


@pytest.mark.parametrize("path", [IRAN, RUSSIA])
def test_a_line_and_what_is_apart_are_all_facts(live: Server, path: str) -> None:
    line, apart = everything(live.http, path), everything(live.http, path, undated="true")
    facts = everything(live.http, path.replace("timeline", "facts"))
    assert sorted(f["id"] for f in line + apart) == sorted(f["id"] for f in facts)
    assert [place(f) for f in line] == sorted(place(f) for f in line)
    assert live.http.get(path).json()["undated"]["total"] == len(apart) > 0
    assert len(live.http.get(path).json()["items"][0]["statements"][0]["evidence"][0]["text"]) > 20


def test_what_has_no_time_is_never_dated(live: Server) -> None:
    href = live.http.get(IRAN).json()["undated"]["href"]
    for fact in live.http.get(href).json()["items"]:
        assert [fact["time"][name] for name in NOTHING] == [None] * 4
        assert not (fact["time"]["earliest"] and fact["time"]["latest"])
        assert fact["time"]["relative_to"] == fact["statements"][0]["published"]
        assert fact["time"]["precision"] is None


def test_times_say_how_well_they_are_known(live: Server) -> None:
    iran = everything(live.http, IRAN)
    lifted = labelled(iran, "lift: Iran")["time"]
    assert (lifted["earliest"], lifted["latest"]) == ("2016-01-01", "2016-01-31")
    assert (lifted["precision"], lifted["text"], lifted["relative_to"]) == (
        "month", "January 2016", None,
    )  # fmt: skip
    # "in November" of an article of May.
    again = next(f for f in iran if f["time"]["text"] == "in November")["time"]
    assert (again["earliest"], again["relative_to"]) == ("2018-11-01", "2018-05-09")


def test_an_open_begin_stays_open(live: Server) -> None:
    russia = everything(live.http, RUSSIA)
    at = next(n for n, fact in enumerate(russia) if fact["time"]["text"] == "By Friday evening")
    told = russia[at]["time"]
    assert (told["earliest"], told["latest"]) == (None, "2022-02-25")
    assert (told["precision"], told["relative_to"]) == (None, "2022-02-26")
    assert place(russia[at - 1])[0] <= "2022-02-25" <= place(russia[at + 1])[0]


def test_filters(live: Server) -> None:
    found = everything(live.http, IRAN, **{"from": "2018-01-01", "to": "2018-12-31"})
    assert found
    assert all(f["time"]["earliest"] <= "2018-12-31" for f in found)
    assert all((f["time"]["latest"] or "9") >= "2018-01-01" for f in found)
    targeted = everything(live.http, IRAN, role="target", type="SanctionsAction")
    assert {f["type"] for f in targeted} == {"SanctionsAction"}
    assert all(f"{BASE}id/country/ir" in {t["iri"] for t in f["roles"]["target"]} for f in targeted)
    assert labelled(targeted, "United States: impose: Iran")["realis"] == "actual"


def test_the_table_has_a_row_for_each_statement(live: Server) -> None:
    answer = live.http.get(IRAN, params={"limit": 5}, headers={"Accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'rel="next"' in answer.headers["Link"]
    told = list(csv.DictReader(StringIO(answer.text)))
    items = live.http.get(IRAN, params={"limit": 5}).json()["items"]
    wanted = [(f["id"], s["id"]) for f in items for s in f["statements"]]
    assert [(row["fact"], row["statement"]) for row in told] == wanted
    assert [row["relative_to"] or None for row in told] == [
        f["time"]["relative_to"] for f in items for _ in f["statements"]
    ]
    assert all(row["source"].startswith("http") and row["evidence"] for row in told)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("v1/entities/country/xx/timeline", 404),
        (f"{IRAN}?format=xml", 406),
        (f"{IRAN}?from=2020-01-01&to=2019-01-01", 422),
        (f"{IRAN}?role=nobody", 422),
        (f"{IRAN}?undated=perhaps", 422),
        (f"{IRAN}?facet=type", 422),
        (f"{IRAN}?cursor=made-up", 400),
    ],
)
def test_what_cannot_be_asked_is_a_problem(live: Server, asked: str, status: int) -> None:
    answer = live.http.get(asked)
    assert (answer.status_code, answer.headers["content-type"]) == (
        status, "application/problem+json",
    )  # fmt: skip
    assert answer.json()["status"] == status


def test_a_page_holds_while_others_write(client: FlaskClient) -> None:
    def told(name: str, day: str) -> str:
        return f"""<x:{name}> a san:Visit ; rdfs:label "{name}" ; san:realis realis:actual ;
            san:date "{day}"^^xsd:date ; san:earliest "{day}"^^xsd:date ; san:latest "{day}"^^xsd:date ;
            san:actor <{BASE}id/country/ir> .
            <{BASE}id/country/ir> a san:Country ; rdfs:label "Iran" .
            <x:s-{name}> san:states <x:{name}> ; san:modality modality:stated ."""

    def write(*days: str) -> None:
        told_all = " ".join(told(f"v{day}", day) for day in days)
        update = f"""PREFIX san: <https://w3id.org/kgapi/sanctions#>
            PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
            PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
            PREFIX realis: <https://w3id.org/kgapi/vocab/realis#>
            PREFIX modality: <https://w3id.org/kgapi/vocab/modality#>
            INSERT DATA {{ GRAPH <x:{days[0]}> {{ {told_all} }} }}"""
        key = {"Authorization": f"Bearer {TOKEN}"}
        assert client.post("/sparql", data={"update": update}, headers=key).status_code == 204

    write("2001-01-01", "2001-01-03", "2001-01-05")
    first = client.get(f"/{IRAN}?limit=2").get_json()
    write("2001-01-02", "2001-01-04")
    second = client.get(first["next"]).get_json()
    assert [f["label"] for f in first["items"]] == ["v2001-01-01", "v2001-01-03"]
    assert [f["label"] for f in second["items"]] == ["v2001-01-04", "v2001-01-05"]
    assert second["next"] is None
