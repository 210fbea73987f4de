"""Who else says so, and two articles side by side, in the seed graph and over HTTP."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import BASE, TOKEN, Server
from tests.web.test_reads import everything

Fact = dict[str, Any]
INVASION = "2022-02-26-russia-invades-ukraine"
ASSEMBLY = "2022-03-03-un-general-assembly"


@pytest.fixture(scope="module")
def facts(live: Server) -> list[Fact]:
    return everything(live.http, "v1/facts")


@pytest.fixture(scope="module")
def articles(live: Server) -> dict[str, str]:
    """The articles by the day of their publication."""
    return {each["published"]: each["id"] for each in everything(live.http, "v1/articles")}


def told(live: Server, fact: Fact) -> dict[str, Any]:
    answer = live.http.get(f"{fact['id'].replace(f'{BASE}id/', 'v1/facts/')}/sources")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def labelled(facts: list[Fact], label: str, published: str) -> Fact:
    (one,) = [
        f for f in facts if f["label"] == label and f["statements"][0]["published"] == published
    ]
    return one


def test_articles_that_tell_an_event_otherwise_named_stand_by_it(
    live: Server, facts: list[Fact]
) -> None:
    dated = labelled(facts, "Russia: invade: Ukraine", "2022-02-26")
    undated = labelled(facts, "Russia: invade: Ukraine", "2022-03-03")
    found = told(live, dated)
    assert [each["iri"] for each in found["same"]] == [undated["id"]]
    assert {each["statement"]["published"] for each in found["sources"]} >= {
        "2022-02-26", "2022-03-03",
    }  # fmt: skip
    assert {each["origin"]["host"] for each in found["sources"]} >= {
        "consilium.europa.eu", "undocs.org",
    }  # fmt: skip
    assert found["independent"] == len({each["group"] for each in found["sources"]}) >= 2
    assert all(each["statement"]["evidence"][0]["text"] for each in found["sources"])
    assert found["contradictions"] == found["warnings"] == []


def test_what_is_denied_contradicts(live: Server, facts: list[Fact]) -> None:
    accused = labelled(facts, "Iran: support: Russia", "2023-12-06")
    (found,) = told(live, accused)["contradictions"]
    assert found["differences"] == [{"kind": "realis", "one": ["actual"], "other": ["denied"]}]
    words = [each["text"] for each in found["fact"]["statements"][0]["evidence"]]
    assert words == ["Iran has denied supplying weapons for use in the war."]
    (back,) = told(live, found["fact"])["contradictions"]
    assert back["fact"]["id"] == accused["id"]


def test_what_was_planned_develops(live: Server, facts: list[Fact]) -> None:
    planned = labelled(facts, "United States: withdraw: JCPOA", "2018-05-09")
    found = told(live, planned)
    assert found["contradictions"] == []
    (later,) = found["developments"]
    assert later["fact"]["label"] == "Donald Trump, United States: withdraw: JCPOA"
    assert later["fact"]["time"]["text"] == "in May"


def test_every_fact_has_its_own_statements_among_its_sources(
    live: Server, facts: list[Fact]
) -> None:
    for fact in facts[::12]:
        found = told(live, fact)
        own = [e["statement"]["id"] for e in found["sources"] if e["fact"]["iri"] == fact["id"]]
        assert own == [each["id"] for each in fact["statements"]]
        assert 1 <= found["independent"] <= len(found["sources"])


def test_two_articles_side_by_side(
    live: Server, facts: list[Fact], articles: dict[str, str]
) -> None:
    a, b = articles["2022-02-26"], articles["2022-03-03"]
    found = live.http.get("v1/compare", params={"a": a, "b": b.replace(f"{BASE}id/", "")}).json()
    assert (found["a"]["id"], found["b"]["id"]) == (a, b)
    assert found["conflicts"] == found["warnings"] == []
    pairs = {pair["a"]["label"]: pair["b"]["label"] for pair in found["both"]}
    assert pairs["Russia: invade: Ukraine"] == "Russia: invade: Ukraine"
    assert (
        pairs["Russia: veto: UN Security Council, draft Security Council resolution"]
        == "Russia: veto: UN Security Council, similar text"
    )
    for side, iri in (("a", a), ("b", b)):
        all_of_it = {
            f["id"] for f in facts if iri in {s["article"]["iri"] for s in f["statements"]}
        }
        both = {pair[side]["id"] for pair in found["both"]}
        alone = {fact["id"] for fact in found[f"only_{side}"]}
        assert both | alone == all_of_it
        assert not both & alone
        everywhere = [*(pair[side] for pair in found["both"]), *found[f"only_{side}"]]
        assert {s["article"]["iri"] for f in everywhere for s in f["statements"]} == {iri}


def test_an_article_beside_itself_has_nothing_alone(live: Server, articles: dict[str, str]) -> None:
    one = articles["2019-01-28"]
    found = live.http.get("v1/compare", params={"a": one, "b": one}).json()
    assert found["both"]
    assert found["only_a"] == found["only_b"] == []
    assert all(pair["a"]["id"] == pair["b"]["id"] for pair in found["both"])


@pytest.mark.parametrize(
    ("asked", "status", "names"),
    [
        ("v1/facts/event/none/sources", 404, "event/none"),
        ("v1/facts/country/ir/sources", 404, "country/ir"),
        ("v1/facts/event/none/sources?limit=2", 404, "event/none"),
        ("v1/compare", 422, "a"),
        ("v1/compare?a=article/none&b=article/none", 404, "article/none"),
        ("v1/compare?a=country/ir&b=country/ru", 404, "country/ir"),
        ("v1/compare?a=none&b=article/none", 422, "a"),
        ("v1/compare?a=article/none&b=article/none&c=article/none", 422, "c"),
    ],
)
def test_what_cannot_be_asked_is_a_problem(
    live: Server, asked: str, status: int, names: str
) -> None:
    answer = live.http.get(asked)
    assert (answer.status_code, answer.headers["content-type"]) == (
        status, "application/problem+json",
    )  # fmt: skip
    assert names in answer.text
    page = live.http.get(asked, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")


ON_FRIDAY = """US targets tanker fleet

WASHINGTON, Friday, 23 February 2024 - The United States imposed sanctions on Sovcomflot on
Friday, 23 February 2024.
The rouble fell by 3 percent on Friday, 23 February 2024.
"""
ON_THURSDAY = """Tanker company under sanctions

MOSCOW, Saturday, 24 February 2024 - Sovcomflot lost its insurers. The United States imposed
sanctions on Sovcomflot on Thursday, 22 February 2024.
The rouble fell by 9 percent on Friday, 23 February 2024.
"""


def test_articles_that_tell_other_days_and_numbers_conflict(client: FlaskClient) -> None:
    taken = []
    for text in (ON_FRIDAY, ON_THURSDAY):
        answer = client.post(
            "/v1/articles",
            data=text,
            content_type="text/plain",
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
        assert answer.status_code == 201, answer.text
        taken.append(answer.get_json()["article"]["id"])
    a, b = taken
    found = client.get("/v1/compare", query_string={"a": a, "b": b}).get_json()
    differences = {d["kind"]: d for pair in found["conflicts"] for d in pair["differences"]}
    assert differences["date"]["one"] == ["2024-02-23"]
    assert differences["date"]["other"] == ["2024-02-22"]
    assert differences["value"]["one"] == ["exactly 3 percent"]
    assert differences["value"]["other"] == ["exactly 9 percent"]
    for pair in found["conflicts"]:
        path = pair["a"]["id"].replace(f"{BASE}id/", "/v1/facts/")
        sources = client.get(f"{path}/sources").get_json()
        assert [each["fact"]["id"] for each in sources["contradictions"]] == [pair["b"]["id"]]
        assert sources["independent"] == 1
