"""Saved queries: ours answer on the seed graph, anybody's are checked when the server starts."""

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from rdflib import Graph

from kgapi.app import create_app
from kgapi.errors import BadSettings
from kgapi.queries.saved import Saved, load, saved
from kgapi.reference import files
from kgapi.settings import Settings
from kgapi.store.embedded import EmbeddedEngine
from tests.conftest import Server, environment

# Values for the parameters without which a query of ours is not answered.
GIVEN = {
    "claims-of": {"speaker": "country/ir"},
    "evidence-of": {"fact": ""},
    "is-known": {"entity": "country/ir"},
    "named": {"name": "Iran"},
    "sentences-with": {"words": "MOSCOW"},
}


def ask(live: Server, query: str, /, expect: int = 200, accept: str = "", **given: Any) -> Any:
    answer = live.http.get(
        f"v1/queries/{query}", params=given, headers={"Accept": accept} if accept else {}
    )
    assert answer.status_code == expect, answer.text
    return answer


def whole(live: Server, query: str, /, **given: Any) -> list[dict[str, Any]]:
    """All rows, by following next; bounded."""
    found: list[dict[str, Any]] = []
    page = ask(live, query, **given).json()
    for _ in range(200):
        found += page["items"]
        if page["next"] is None:
            assert len(found) == page["total"]
            return found
        page = live.http.get(page["next"]).json()
    raise AssertionError("these pages never end")


@pytest.mark.parametrize("each", saved("").values(), ids=lambda each: each.name)
def test_each_of_ours_answers_in_all_its_forms(live: Server, each: Saved) -> None:
    given = dict(GIVEN.get(each.name, {}))
    if each.name == "evidence-of":
        given["fact"] = live.http.get("v1/facts?limit=1").json()["items"][0]["id"]
    listed = live.http.get("v1/queries?limit=500").json()["items"]
    (told,) = (query for query in listed if query["name"] == each.name)
    for offer in told["formats"]:
        answer = ask(live, each.name, accept=offer, **given)
        assert answer.headers["Content-Type"].split(";")[0] == offer
        assert answer.content
        assert "Accept" in answer.headers["Vary"]
    if each.form == "SELECT":
        assert ask(live, each.name, **given).json()["total"] > 0


@pytest.mark.parametrize(
    "path", sorted(files.ontology("questions").glob("*.rq")), ids=lambda path: path.stem
)
def test_a_question_of_the_ontology_is_a_saved_query(live: Server, path: Path) -> None:
    raw = live.http.post(
        "sparql", data={"query": path.read_text("utf-8")}, headers={"Accept": "text/csv"}
    )
    expected = list(csv.DictReader(io.StringIO(raw.text)))
    found = whole(live, path.stem, limit=7)
    assert len(found) == len(expected) > 0
    assert list(found[0]) == list(expected[0])
    for row, other in zip(found, expected, strict=True):
        for name, value in row.items():
            if isinstance(value, str) and ", " not in value:
                assert value == other[name]


def test_parameters_narrow_the_answer(live: Server) -> None:
    everything = whole(live, "sanctions-between")
    on_iran = whole(live, "sanctions-between", target="country/ir")
    in_full = whole(live, "sanctions-between", target="https://kgapi.example.org/id/country/ir")
    assert 0 < len(on_iran) == len(in_full) < len(everything)
    assert {row["whom"] for row in on_iran} == {"Iran"}
    on_korea = whole(live, "sanctions-between", target="country/kp")
    grounds = whole(live, "sanctions-between", target="country/kp", reason="nuclear-programme")
    assert {row["ground"] for row in grounds} == {"nuclear programme"}
    assert len(grounds) < len(on_korea)


def test_each_type_of_parameter_is_bound_as_its_term(live: Server) -> None:
    days = {"from": "2022-01-01", "until": "2022-03-31"}
    found = whole(live, "events-between", **days, vague="false")
    assert found
    assert all(days["from"] <= row["earliest"] <= row["latest"] <= days["until"] for row in found)
    assert len(found) <= len(whole(live, "events-between", **days))
    assert len(whole(live, "most-told", articles=3)) < len(whole(live, "most-told", articles=1))
    sure = whole(live, "claims-of", speaker="country/ir", confidence="0.8")
    assert sure
    assert all(row["sure"] >= 0.8 for row in sure)
    assert {row["label"] for row in whole(live, "named", name="Iran")} == {"Iran"}
    assert ask(live, "is-known", entity="country/ir").json()["boolean"] is True
    assert ask(live, "is-known", entity="country/nowhere").json()["boolean"] is False


@pytest.mark.parametrize(
    "words", ['"', "\\", "' OR 1=1", '") . } # ', "\n", "}}", "$words", "<a>", "\x00", "ü𝄞", "'''"]
)
def test_no_value_is_anything_but_a_value(live: Server, words: str) -> None:
    sentences = {row["sentence"] for row in whole(live, "sentences-with", words=words)}
    assert all(words.lower() in sentence.lower() for sentence in sentences)


@pytest.mark.parametrize(
    ("name", "given", "wrong"),
    [
        ("claims-of", {}, "speaker"),
        ("claims-of", {"speaker": "country/ru", "confidence": "much"}, "confidence"),
        ("claims-of", {"speaker": "country/ru", "confidence": "1e9"}, "confidence"),
        ("claims-of", {"speaker": "http://a b"}, "speaker"),
        ("claims-of", {"speaker": "http://a>} DROP"}, "speaker"),
        ("claims-of", {"speaker": ""}, "speaker"),
        ("most-told", {"articles": "2.5"}, "articles"),
        ("most-told", {"articles": "9" * 5_000}, "articles"),
        ("events-between", {"from": "2022-02-30"}, "from"),
        ("events-between", {"from": "20220201"}, "from"),
        ("events-between", {"vague": "perhaps"}, "vague"),
        ("events-between", {"colour": "red"}, "colour"),
        ("events-between", {"limit": "0"}, "limit"),
        ("evidence-of", {"fact": "event/x", "limit": "3"}, "limit"),
    ],
)
def test_a_value_of_another_type_is_named(
    live: Server, name: str, given: dict[str, str], wrong: str
) -> None:
    problem = ask(live, name, expect=422, **given).json()
    assert problem["type"].endswith("/problems/invalid-parameter")
    assert wrong in json.dumps(problem["errors"])


def test_what_cannot_be_asked(live: Server) -> None:
    assert ask(live, "none", expect=404).json()["status"] == 404
    ask(live, "is-known", expect=406, entity="country/ir", format="csv")
    ask(live, "09-who-sanctions-whom", expect=400, timeout="31")
    ask(live, "09-who-sanctions-whom", expect=400, cursor="MTA")
    twice = live.http.get("v1/queries/most-told?articles=2&articles=3")
    assert twice.status_code == 400
    assert "articles" in twice.json()["detail"]


def test_the_query_itself_is_told_and_gives_the_same(live: Server) -> None:
    answer = ask(live, "named", name='Iran "', format="csv")
    assert answer.links["describedby"]["type"] == "application/sparql-query"
    text = live.http.get(answer.links["describedby"]["url"])
    assert text.headers["Content-Type"] == "application/sparql-query; charset=utf-8"
    assert '"Iran \\""@en' in text.text
    again = live.http.get("sparql", params={"query": text.text, "format": "csv"})
    assert again.text == answer.text


def test_csv_is_whole_unless_a_page_is_asked_for(live: Server) -> None:
    total = ask(live, "sanctions-between").json()["total"]
    lines = ask(live, "sanctions-between", format="csv").text.splitlines()
    assert len(lines) == total + 1
    page = ask(live, "sanctions-between", format="csv", limit=5)
    assert page.text.splitlines() == lines[:6]
    second = live.http.get(page.links["next"]["url"])
    assert second.text.splitlines() == [lines[0], *lines[6:11]]
    assert second.links["prev"]["url"] == page.links["first"]["url"]
    last = live.http.get(page.links["last"]["url"])
    assert last.text.splitlines()[-1] == lines[-1]


def test_the_evidence_of_a_fact_is_a_graph(live: Server) -> None:
    fact = live.http.get("v1/facts?limit=1").json()["items"][0]
    answer = ask(live, "evidence-of", fact=fact["id"], format="ttl")
    graph = Graph().parse(data=answer.text, format="turtle")
    quotes = {str(words) for words in graph.objects() if not words.startswith("http")}
    for statement in fact["statements"]:
        assert {each["text"] for each in statement["evidence"]} <= quotes


def test_each_query_is_an_operation_in_openapi(live: Server) -> None:
    paths = live.http.get("openapi.json").json()["paths"]
    for each in saved("").values():
        operation = paths[f"/v1/queries/{each.name}"]["get"]
        assert operation["summary"] == each.query.summary
        described = {parameter["name"]: parameter for parameter in operation["parameters"]}
        for parameter in each.parameters:
            assert described[parameter.name]["required"] is parameter.required
        assert {"format", "timeout"} <= described.keys()
        assert ("cursor" in described) == (each.form == "SELECT")
    (vague,) = (
        parameter["schema"]
        for parameter in paths["/v1/queries/events-between"]["get"]["parameters"]
        if parameter["name"] == "vague"
    )
    assert (vague["type"], vague["default"]) == ("boolean", "true")


def test_an_answer_is_a_304_until_something_is_written(live: Server) -> None:
    first = ask(live, "09-who-sanctions-whom")
    known = {"If-None-Match": first.headers["ETag"]}
    assert live.http.get("v1/queries/09-who-sanctions-whom", headers=known).status_code == 304
    other = live.http.get("v1/queries/09-who-sanctions-whom?format=xml", headers=known)
    assert other.status_code == 200


GOOD = """#+ summary: Numbers up to one, by kind.
#+ param kind: string; one of odd, even; default odd; which of them
#+ param most: integer

SELECT ?n WHERE {
  VALUES (?n ?is) { (1 "odd") (2 "even") (3 "odd") }
  FILTER(?is = $kind && ?n <= $most)
}
ORDER BY ?n
"""


def app_with(folder: Path) -> FlaskClient:
    engine = EmbeddedEngine()
    return create_app(Settings(store=":memory:", queries=str(folder)), engine).test_client()


def test_a_file_of_the_operator_is_a_query_too(tmp_path: Path) -> None:
    (tmp_path / "numbers.rq").write_text(GOOD)
    client = app_with(tmp_path)
    assert client.get("/v1/queries/numbers?most=3").json["items"] == [{"n": 1}, {"n": 3}]
    assert client.get("/v1/queries/numbers?most=3&kind=even").json["items"] == [{"n": 2}]
    refused = client.get("/v1/queries/numbers?most=3&kind=prime")
    assert refused.status_code == 422
    assert "odd, even" in str(refused.json["errors"])
    assert "numbers" in {each["name"] for each in client.get("/v1/queries").json["items"]}


def test_values_that_are_no_numbers_are_told_as_they_are(tmp_path: Path) -> None:
    text = """#+ summary: What JSON has no number for.
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT * { VALUES (?a ?b ?c ?d ?e) {
  ("many"^^xsd:integer "INF"^^xsd:double "NaN"^^xsd:decimal UNDEF 0.50) } }"""
    (tmp_path / "odd.rq").write_text(text)
    answer = app_with(tmp_path).get("/v1/queries/odd")
    assert json.loads(answer.data)["items"] == [
        {"a": "many", "b": "INF", "c": "NaN", "d": None, "e": 0.5}
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT * {}", "line 1: the header says what it asks"),
        ("#+ summary: x\n#+ parm a: string\nSELECT * {}", "line 2: a line of the header"),
        (
            "#+ summary: x\n#+ param a: colour\nSELECT * { BIND($a AS ?b) }",
            "line 2: colour is no type",
        ),
        ("#+ summary: x\n#+ param limit: integer\nSELECT * {}", "line 2: the name limit is taken"),
        (
            "#+ summary: x\n\n#+ param a: integer; default b\nSELECT * {}",
            "line 3: b is no value of a",
        ),
        ("#+ summary: x\n#+ param a: integer\nSELECT * {}", "line 2: $a needs"),
        ("#+ summary: x\nSELECT * {\n FILTER($a) }", "line 3: $a needs"),
        ("#+ summary: x\nSELECT * {\n  ?s ?p }", "line 3"),
        ("#+ summary: x\nINSERT DATA { <a:a> <a:a> <a:a> }", "line 2"),
        ("#+ summary: x\nSELECT * {}\nLIMIT 5", "line 3: the answer comes in pages"),
        ("#+ summary: x\nSELECT * FROM <a:a> {}", "line 2: the answer comes in pages"),
        ("#+ summary: x\nSELECT * { BIND('a AS ?b) }", "string"),
        (
            "#+ summary: x\n#+ param a: iri; optional\nSELECT * { ?s ?p $a }",
            "line 3",
        ),
        ("#+ summary: x\xff\nSELECT * {}", "utf-8"),
    ],
)
def test_a_broken_file_is_refused_at_the_start_by_name_and_line(
    tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "broken.rq"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(BadSettings) as refusal:
        app_with(tmp_path)
    assert str(path) in refusal.value.detail
    assert words in refusal.value.detail


def test_the_example_of_the_manual_is_a_saved_query(tmp_path: Path) -> None:
    manual = Path(__file__).parents[2] / "docs" / "manual.md"
    (example,) = re.findall(r"```\n(#\+ summary.*?)```", manual.read_text("utf-8"), re.S)
    (tmp_path / "whom.rq").write_text(example)
    client = app_with(tmp_path)
    assert client.get("/v1/queries/whom?sender=country/us&action=impose").json["total"] == 0
    assert client.get("/v1/queries/whom").status_code == 422


@pytest.mark.parametrize("name", ["Big.rq", "a_b.rq", "a b.rq", "ä.rq", "-a.rq"])
def test_a_name_is_fit_for_an_address(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(GOOD)
    with pytest.raises(BadSettings, match="the name of a query"):
        load(tmp_path / name)


def test_no_name_is_taken_twice(tmp_path: Path) -> None:
    (tmp_path / "named.rq").write_text(GOOD)
    with pytest.raises(BadSettings, match=r"named\.rq: there is a query named already"):
        app_with(tmp_path)
    with pytest.raises(BadSettings, match="is none"):
        app_with(tmp_path / "missing")


def test_a_server_does_not_start_with_a_broken_file(tmp_path: Path) -> None:
    (tmp_path / "broken.rq").write_text("#+ summary: x\nSELECT * {")
    ended = subprocess.run(
        [sys.executable, "-m", "kgapi", "serve", "--store", ":memory:", "--port", "0"],
        env=environment(KGAPI_QUERIES=str(tmp_path), KGAPI_TOKEN="t"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode != 0
    assert "broken.rq, line 2" in ended.stderr
    assert "Traceback" not in ended.stderr
