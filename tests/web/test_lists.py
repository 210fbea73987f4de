"""Lists of facts and entities: what the filters leave, what the facets count, what is refused."""

import threading
from collections import Counter
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from flask.testing import FlaskClient

from bench import generate
from tests.conftest import BASE, TOKEN, Server
from tests.web.test_reads import everything

IDS = f"{BASE}id/"
KEY = {"Authorization": f"Bearer {TOKEN}"}

Fact = dict[str, Any]


@pytest.fixture(scope="module")
def facts(live: Server) -> list[Fact]:
    return everything(live.http, "v1/facts")


def in_role(fact: Fact, *roles: str) -> set[str]:
    wanted = roles or fact["roles"]
    return {each["iri"] for role in wanted for each in fact["roles"].get(role, ())}


def ids(found: list[Fact]) -> list[str]:
    return [each["id"] for each in found]


def is_sender(fact: Fact, iri: str) -> bool:
    acts = ["actor"] if fact["type"] == "SanctionsAction" else []
    return iri in in_role(fact, "imposedBy", *acts)


FILTERS = [
    ({"target": "country/ir"}, lambda f: IDS + "country/ir" in in_role(f, "target")),
    ({"target": IDS + "country/ru"}, lambda f: IDS + "country/ru" in in_role(f, "target")),
    (
        {"target": "country/ir,country/ru"},
        lambda f: in_role(f, "target") & {IDS + "country/ir", IDS + "country/ru"},
    ),
    ({"sender": "country/us"}, lambda f: is_sender(f, IDS + "country/us")),
    ({"entity": "country/us"}, lambda f: IDS + "country/us" in in_role(f)),
    ({"entity": "country/us", "role": "actor"}, lambda f: IDS + "country/us" in in_role(f, "actor")),
    ({"type": "SanctionsMeasure"}, lambda f: f["type"] in {"SanctionsMeasure", "Designation"}),
    ({"type": "Vote,Visit"}, lambda f: f["type"] in {"Vote", "Visit"}),
    ({"reason": "nuclear-programme"}, lambda f: "nuclear-programme" in f["values"].get("reason", ())),
    ({"action": "impose"}, lambda f: f["action"] == "impose"),
    ({"realis": "planned,threatened"}, lambda f: f["realis"] in {"planned", "threatened"}),
    ({"modality": "quoted"}, lambda f: "quoted" in {s["modality"] for s in f["statements"]}),
    ({"claimed": "true"}, lambda f: f["claimed"]),
    ({"claimed": "false"}, lambda f: not f["claimed"]),
    ({"confidence": "0.9"}, lambda f: max(s["confidence"] for s in f["statements"]) >= 0.9),
    (
        {"from": "2021-01-01", "to": "2022-12-31"},
        lambda f: (f["time"]["latest"] or "9") >= "2021" and (f["time"]["earliest"] or "0") < "2023",
    ),
    (
        {"target": "country/ru", "action": "impose", "confidence": "0.5", "claimed": "false"},
        lambda f: IDS + "country/ru" in in_role(f, "target")
        and f["action"] == "impose"
        and not f["claimed"]
        and max(s["confidence"] for s in f["statements"]) >= 0.5,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("parameters", "fits"), FILTERS, ids=[str(parameters)[:60] for parameters, _ in FILTERS]
)
def test_a_filter_leaves_what_fits_and_nothing_else(
    live: Server, facts: list[Fact], parameters: dict[str, str], fits: Any
) -> None:
    wanted = [fact["id"] for fact in facts if fits(fact)]
    assert wanted
    assert ids(everything(live.http, "v1/facts", **parameters)) == wanted


def test_speakers_articles_and_countries_are_filters(live: Server, facts: list[Fact]) -> None:
    spoken = Counter(s["speaker"]["iri"] for f in facts for s in f["statements"] if s["speaker"])
    speaker, _ = spoken.most_common(1)[0]
    found = ids(everything(live.http, "v1/facts", speaker=speaker))
    said = {
        fact["id"]
        for fact in facts
        if speaker in in_role(fact, "speaker")
        or any(s["speaker"] and s["speaker"]["iri"] == speaker for s in fact["statements"])
    }
    assert set(found) == said
    article = facts[0]["statements"][0]["article"]["iri"]
    key = article.rpartition("/")[2]
    of_article = everything(live.http, f"v1/articles/{key}/facts")
    assert set(ids(everything(live.http, "v1/facts", article=f"article/{key}"))) == set(
        ids(of_article)
    )
    of_country = ids(everything(live.http, "v1/facts", country="country/ir"))
    assert set(of_country) >= {f["id"] for f in facts if IDS + "country/ir" in in_role(f)}


@pytest.mark.parametrize(
    ("path", "classes"),
    [
        ("v1/measures", {"SanctionsMeasure", "Designation"}),
        ("v1/effects", {"EconomicEffect"}),
        ("v1/events", {
            "Event", "SanctionsAction", "AgreementAction", "Meeting", "Visit", "Vote", "Utterance",
        }),
    ],
)  # fmt: skip
def test_a_list_has_the_facts_of_its_classes_that_somebody_states(
    live: Server, facts: list[Fact], path: str, classes: set[str]
) -> None:
    wanted = [f["id"] for f in facts if f["type"] in classes and not f["claimed"]]
    assert wanted
    assert ids(everything(live.http, path)) == wanted


def test_claims_are_what_others_say(live: Server, facts: list[Fact]) -> None:
    wanted = [f["id"] for f in facts if any(s["modality"] != "stated" for s in f["statements"])]
    assert ids(everything(live.http, "v1/claims")) == wanted
    nobody = ids(everything(live.http, "v1/claims", claimed="true"))
    assert nobody == [f["id"] for f in facts if f["claimed"]]
    assert len(nobody) <= len(wanted)


def test_measures_in_force_on_a_day(client: FlaskClient) -> None:
    def measure(name: str, more: str) -> str:
        return f"""<x:{name}> a san:SanctionsMeasure ; rdfs:label "{name}" ; san:realis realis:actual {more} .
            <x:s-{name}> san:states <x:{name}> ; san:modality modality:stated ."""

    told = [
        ("open", ""),
        ("since", "; san:begin '2020'^^xsd:gYear"),
        ("until", "; san:end '2021-02'^^xsd:gYearMonth"),
        ("lifted", "; san:status status:lifted"),
        ("running", "; san:status status:in-force"),
    ]
    update = f"""PREFIX san: <https://w3id.org/kgapi/sanctions#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
        PREFIX realis: <https://w3id.org/kgapi/vocab/realis#>
        PREFIX modality: <https://w3id.org/kgapi/vocab/modality#>
        PREFIX status: <https://w3id.org/kgapi/vocab/status#>
        INSERT DATA {{ GRAPH <x:g> {{ {"".join(measure(*each) for each in told)} }} }}"""
    assert client.post("/sparql", data={"update": update}, headers=KEY).status_code == 204
    for day, wanted in (
        ("2019-12-31", {"open", "until", "running"}),
        ("2020-01-01", {"open", "since", "until", "running"}),
        ("2021-02-28", {"open", "since", "until", "running"}),
        ("2021-03-01", {"open", "since", "running"}),
    ):
        page = client.get("/v1/measures", query_string={"in_force": day}).json
        assert {item["label"] for item in page["items"]} == wanted  # type: ignore[index]


def test_facets_count_the_facts(live: Server, facts: list[Fact]) -> None:
    page = live.http.get("v1/facts?facet=type,reason,target,sender&limit=1").json()
    counted = {
        "type": Counter(f["type"] for f in facts),
        "reason": Counter(reason for f in facts for reason in f["values"].get("reason", ())),
        "target": Counter(
            iri for f in facts for iri in in_role(f, "target") if "/event/" not in iri
        ),
    }
    facets = page["facets"]
    assert {each["value"]: each["facts"] for each in facets["type"]} == counted["type"]
    assert {each["value"]: each["facts"] for each in facets["reason"]} == counted["reason"]
    iran = next(each for each in facets["target"] if each["value"] == IDS + "country/ir")
    assert iran == {
        "value": IDS + "country/ir", "label": "Iran",
        "facts": counted["target"][IDS + "country/ir"],
    }  # fmt: skip
    numbers = [each["facts"] for each in facets["target"]]
    assert numbers == sorted(numbers, reverse=True)
    some = live.http.get("v1/facts?target=country/ir&facet=type").json()["facets"]["type"]
    targeted = Counter(f["type"] for f in facts if IDS + "country/ir" in in_role(f, "target"))
    assert {each["value"]: each["facts"] for each in some} == targeted
    assert live.http.get("v1/facts?target=country/zz&facet=type").json()["facets"] == {"type": []}


@pytest.mark.parametrize(
    ("path", "parameter", "value"),
    [
        ("v1/facts", "target", "Iran"),
        ("v1/facts", "speaker", "https://a b"),
        ("v1/facts", "type", "Country"),
        ("v1/facts", "reason", "nuclear"),
        ("v1/facts", "reason", ""),
        ("v1/facts", "confidence", "1.5"),
        ("v1/facts", "confidence", "nan"),
        ("v1/facts", "from", "2020"),
        ("v1/facts", "to", "yesterday"),
        ("v1/facts", "claimed", "perhaps"),
        ("v1/facts", "facet", "colour"),
        ("v1/facts", "role", "villain"),
        ("v1/facts", "source", "not a host"),
        ("v1/facts", "in_force", "2020-01-01"),
        ("v1/measures", "in_force", "2020-02-30"),
        ("v1/entities", "type", "Event"),
        ("v1/search", "kind", "dog"),
        ("v1/suggest", "limit", "0"),
        ("v1/entities/country/ir/links/target", "direction", "up"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(
    live: Server, path: str, parameter: str, value: str
) -> None:
    given = {parameter: value} | ({"q": "x"} if "search" in path else {})
    given |= {"prefix": "x"} if "suggest" in path else {}
    answer = live.http.get(path, params=given)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert list(answer.json()["errors"]["query"]) == [parameter]


def test_parameters_that_do_not_fit_together_are_refused(live: Server) -> None:
    for query, name in (("role=actor", "role"), ("from=2020-01-02&to=2020-01-01", "to")):
        answer = live.http.get(f"v1/facts?{query}")
        assert answer.status_code == 422
        assert list(answer.json()["errors"]["query"]) == [name]


def test_entities_are_listed_with_the_number_of_their_facts(
    live: Server, facts: list[Fact]
) -> None:
    known = everything(live.http, "v1/entities")
    assert ids(known) == sorted(ids(known))
    by_id = {each["id"]: each for each in known}
    assert by_id[IDS + "country/ir"]["facts"] == sum(
        IDS + "country/ir" in in_role(fact) for fact in facts
    )
    agents = everything(live.http, "v1/entities", type="Agent")
    assert {each["type"] for each in agents} == {"Country", "Organization", "Person", "AgentGroup"}
    assert ids(agents) == [each["id"] for each in known if each["type"] in {
        "Country", "Organization", "Person", "AgentGroup",
    }]  # fmt: skip
    iranian = everything(live.http, "v1/entities", country="country/ir", type="Country,Post")
    assert IDS + "country/ir" in ids(iranian)
    assert {each["type"] for each in iranian} == {"Country", "Post"}


def test_an_entity_has_what_the_graphs_say_of_it(live: Server) -> None:
    iran = live.http.get("v1/entities/country/ir").json()
    assert iran["properties"]["alpha2"] == ["IR"]
    assert iran["properties"]["capital"] == [
        {"iri": IDS + "place/tehran", "label": "Tehran", "type": "Place"}
    ]
    assert "Islamic Republic of Iran" in iran["names"]
    query = f"""SELECT DISTINCT ?p {{ GRAPH ?g {{ <{IDS}country/ir> ?p ?o }}
        FILTER(STRSTARTS(STR(?p), "https://w3id.org/kgapi/sanctions#")) }}"""
    rows = live.http.get("sparql", params={"query": query, "format": "csv"}).text.split()[1:]
    assert set(iran["properties"]) == {row.rpartition("#")[2] for row in rows}


def test_neighbours_share_facts(live: Server, facts: list[Fact]) -> None:
    iran = IDS + "country/ir"
    stated = {fact["id"] for fact in facts}
    counted = Counter(
        other for f in facts if iran in in_role(f) for other in in_role(f) - {iran} - stated
    )
    found = everything(live.http, "v1/entities/country/ir/neighbours")
    assert {each["id"]: each["facts"] for each in found} == counted
    assert ids(found) == sorted(counted)
    acts = everything(
        live.http, "v1/entities/country/ir/neighbours", role="target", action="impose"
    )
    assert 0 < len(acts) < len(found)


def test_links_are_counted_and_paged_per_predicate(live: Server, facts: list[Fact]) -> None:
    links = live.http.get("v1/entities/country/ir/links").json()["items"]
    by_name = {(each["predicate"], each["direction"]): each for each in links}
    assert by_name["capital", "out"]["total"] == 1
    targeted = [f["id"] for f in facts if IDS + "country/ir" in in_role(f, "target")]
    assert by_name["target", "in"]["total"] == len(targeted)
    for each in links:
        address = httpx.URL(each["href"])
        path, direction = address.path.lstrip("/"), address.params["direction"]
        assert len(everything(live.http, path, direction=direction)) == each["total"]
    items = everything(live.http, "v1/entities/country/ir/links/target")
    assert [each["iri"] for each in items] == targeted
    assert all(each["label"] and each["type"] for each in items)
    for path in ("country/ir/links/host-of", "country/zz/links", "country/zz/neighbours"):
        assert live.http.get(f"v1/entities/{path}").status_code == 404


def test_facts_of_an_entity_take_filters(live: Server, facts: list[Fact]) -> None:
    found = everything(
        live.http, "v1/entities/country/ir/facts", role="target", entity="country/us"
    )
    both = {IDS + "country/ir", IDS + "country/us"}
    assert ids(found) == [
        f["id"] for f in facts if both <= in_role(f) and IDS + "country/ir" in in_role(f, "target")
    ]


def test_pages_leave_nothing_out_while_others_write(client: FlaskClient) -> None:
    def put(number: int) -> None:
        name, data = generate.graph(number)
        done = client.application.test_client().put(
            f"/graphs?{urlencode({'graph': name})}",
            data=data,
            headers={**KEY, "Content-Type": "application/n-triples"},
        )
        assert done.status_code in {200, 201, 204}, done.text

    for number in range(3):
        put(number)
    first = client.get("/v1/facts?limit=500").json
    assert first
    before = ids(first["items"])
    writing = threading.Thread(target=lambda: [put(number) for number in range(3, 9)])
    seen: list[str] = []
    address: str | None = "/v1/facts?limit=7"
    writing.start()
    while address:
        page = client.get(address).json
        assert page
        seen += ids(page["items"])
        address = page["next"]
    writing.join()
    assert len(set(seen)) == len(seen)
    assert set(before) <= set(seen)
    last = client.get("/v1/facts?limit=1").json
    assert last
    assert last["total"] > len(before)
