"""Who sanctions whom, in the seed graph and in each form."""

import csv
from io import BytesIO, StringIO
from typing import Any

import networkx
import pytest

from tests.conftest import BASE, Server
from tests.web.test_reads import everything

Edge = dict[str, Any]
ID = f"{BASE}id/"


def ask(live: Server, **parameters: str) -> dict[str, Any]:
    answer = live.http.get("v1/network", params=parameters)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def between(told: dict[str, Any], sender: str, target: str) -> Edge:
    pair = ID + sender, ID + target
    (edge,) = [e for e in told["edges"] if (e["sender"]["iri"], e["target"]["iri"]) == pair]
    return edge


def test_an_edge_adds_up_what_articles_tell(live: Server) -> None:
    edge = between(ask(live), "organization/un-security-council", "country/kp")
    assert [each["label"] for each in edge["sanctions"]] == [
        "UN Security Council: sanctions: North Korea",
        "UN Security Council: impose: North Korea",
        "UN Security Council: tighten: North Korea",
    ]
    assert edge["first"] == {"earliest": "2006-10-14", "latest": "2006-10-14"}
    assert edge["last"] == {"earliest": "2017-12-22", "latest": "2017-12-22"}
    assert (edge["first_published"], edge["last_published"]) == ("2006-10-15", "2024-06-20")
    assert edge["reasons"] == ["missile-programme", "nuclear-programme"]
    assert (edge["facts"], edge["relieved"], edge["undated"]) == (3, 0, 1)
    # The treaty's article has the sanctions in somebody's mouth alone.
    assert (edge["stated"], edge["claimed"], edge["articles"]) == (2, 1, 3)


def test_what_is_lifted_is_told_apart(live: Server) -> None:
    edge = between(ask(live), "country/us", "country/sy")
    assert edge["facts"] == 0
    assert "United States: lift: Syria, executive order" in {r["label"] for r in edge["relief"]}
    assert edge["last"] == {"earliest": "2025-06-30", "latest": "2025-06-30"}


def test_senders_that_nobody_names_stay_unnamed(live: Server) -> None:
    told = ask(live)
    assert all(edge["sender"] is None for edge in told["unnamed"])
    assert all(edge["sender"] for edge in told["edges"])
    (fined,) = [e for e in told["unnamed"] if e["target"]["label"] == "Binance"]
    assert [each["label"] for each in fined["sanctions"]] == ["fine: Binance, US dollar"]


def test_every_sanction_with_a_target_is_on_an_edge(live: Server) -> None:
    told = ask(live)
    facts = everything(live.http, "v1/facts", type="SanctionsMeasure,SanctionsAction")
    aimed = [
        fact
        for fact in facts
        if fact["roles"].get("target")
        and fact["action"] not in {"evade", "counter", "comply"}
    ]  # fmt: skip
    pairs = {
        (sender, target["iri"])
        for fact in aimed
        for target in fact["roles"]["target"]
        for sender in _senders(fact) or [None]
    }
    found = {
        (edge["sender"] and edge["sender"]["iri"], edge["target"]["iri"])
        for edge in (*told["edges"], *told["unnamed"])
    }
    assert found == pairs
    assert (told["total"], told["total_unnamed"]) == (len(told["edges"]), len(told["unnamed"]))


def _senders(fact: dict[str, Any]) -> set[str]:
    roles = ["imposedBy", *(["actor"] if fact["type"] == "SanctionsAction" else [])]
    return {each["iri"] for role in roles for each in fact["roles"].get(role, ())}


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ({"sender": "country/us"}, lambda e: e["sender"]["iri"] == f"{ID}country/us"),
        ({"target": "country/ir"}, lambda e: e["target"]["iri"] == f"{ID}country/ir"),
        ({"type": "price-cap"}, lambda e: "price-cap" in e["types"]),
        ({"reason": "nuclear-programme"}, lambda e: "nuclear-programme" in e["reasons"]),
        ({"realis": "planned,threatened"}, lambda e: set(e["realis"]) <= {"planned", "threatened"}),
        ({"claimed": "true"}, lambda e: e["stated"] == 0 < e["claimed"]),
        (
            {"from": "2018-05-01", "to": "2018-12-31"},
            lambda e: (
                e["last"] is None
                or (
                    (e["last"]["latest"] or "9") >= "2018-05-01"
                    and (e["first"]["earliest"] or "0") <= "2018-12-31"
                )
            ),
        ),
    ],
    ids=lambda each: None if callable(each) else str(each),
)
def test_filters(live: Server, asked: dict[str, str], holds: Any) -> None:
    told, all_of_them = ask(live, **asked), ask(live)
    edges = [*told["edges"], *told["unnamed"]]
    assert edges
    assert len(edges) < len(all_of_them["edges"]) + len(all_of_them["unnamed"])
    assert all(holds(edge) for edge in edges)


def test_a_limit_is_told(live: Server) -> None:
    told = ask(live, limit="2")
    assert len(told["edges"]) == 2 < told["total"]
    assert told["limit"] == 2
    assert "2 edges" in told["warnings"][0]
    assert ask(live, limit="2")["edges"] == ask(live)["edges"][:2]
    assert ask(live, limit="9999")["warnings"] == ["limit is 5000 at most here, not 9999"]


@pytest.mark.parametrize(
    ("form", "media_type", "read"),
    [
        ("graphml", "application/graphml+xml", lambda data: networkx.read_graphml(BytesIO(data))),
        ("gexf", "application/gexf+xml", lambda data: networkx.read_gexf(BytesIO(data))),
    ],
)
def test_other_programs_read_the_network(
    live: Server, form: str, media_type: str, read: Any
) -> None:
    told = ask(live)
    answer = live.http.get("v1/network", headers={"Accept": media_type})
    assert answer.headers["content-type"] == media_type
    graph = read(answer.content)
    assert graph.is_directed()
    assert set(graph.nodes) == {node["iri"] for node in told["nodes"]}
    assert {(a, b) for a, b in graph.edges()} == {
        (edge["sender"]["iri"], edge["target"]["iri"]) for edge in told["edges"]
    }
    sender, target = f"{ID}organization/un-security-council", f"{ID}country/kp"
    found = graph.edges[sender, target]
    assert (found["articles"], found["claimed"]) == (3, 1)
    assert found["reasons"] == "missile-programme|nuclear-programme"
    assert found["first_earliest"] == "2006-10-14"
    assert graph.nodes[target]["label"] == "North Korea"
    unnamed = {e["target"]["iri"]: e["facts"] + e["relieved"] for e in told["unnamed"]}
    assert {n: d["unnamed"] for n, d in graph.nodes(data=True) if d["unnamed"]} == unnamed
    assert live.http.get(f"v1/network?format={form}").content == answer.content


def test_the_table_has_every_edge(live: Server) -> None:
    told = ask(live)
    answer = live.http.get("v1/network?format=csv")
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert [(row["sender"], row["target"]) for row in rows] == [
        (edge["sender"]["iri"] if edge["sender"] else "", edge["target"]["iri"])
        for edge in (*told["edges"], *told["unnamed"])
    ]


def test_the_same_state_is_the_same_answer(live: Server) -> None:
    answer = live.http.get("v1/network?format=gexf")
    again = live.http.get(
        "v1/network?format=gexf", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    other = live.http.get("v1/network", headers={"If-None-Match": answer.headers["ETag"]})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("asked", "status", "names"),
    [
        ("type=Visit", 422, "type"),
        ("from=yesterday", 422, "from"),
        ("from=2020-01-01&to=2019-01-01", 422, "to"),
        ("limit=0", 422, "limit"),
        ("sender=Iran", 422, "sender"),
        ("cursor=x", 422, "cursor"),
        ("format=pdf", 406, "pdf"),
    ],
)
def test_what_cannot_be_asked_is_a_problem(
    live: Server, asked: str, status: int, names: str
) -> None:
    answer = live.http.get(f"v1/network?{asked}")
    assert answer.status_code == status
    assert names in answer.text
