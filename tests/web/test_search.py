"""Finding by words and by how names begin."""

from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from tests.conftest import BASE, TOKEN, Server
from tests.web.test_reads import everything

IDS = f"{BASE}id/"
KEY = {"Authorization": f"Bearer {TOKEN}"}


def found(live: Server, q: str, **more: str) -> dict[str, Any]:
    answer = live.http.get("v1/search", params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_hits_are_where_the_offsets_say(live: Server) -> None:
    page = found(live, "sanctions", limit="500")
    assert {item["kind"] for item in page["items"]} == {"fact", "entity", "article"}
    texts: dict[str, str] = {}
    seen = 0
    for item in page["items"]:
        for snippet in item["snippets"]:
            for hit in snippet["hits"]:
                word = snippet["text"][hit["start"] : hit["end"]].lower()
                assert word.startswith("sanction")
                assert (
                    f"<mark>{snippet['text'][hit['start'] : hit['end']]}</mark>" in snippet["html"]
                )
            if snippet["start"] is not None:
                key = snippet["article"].rpartition("/")[2]
                text = texts.setdefault(key, live.http.get(f"v1/articles/{key}").json()["text"])
                assert text[snippet["start"] :].startswith(snippet["text"])
                seen += 1
        assert any(snippet["hits"] for snippet in item["snippets"])
    assert seen > 20


def test_what_is_found_has_all_the_words(live: Server) -> None:
    items = found(live, "european union russia", kind="fact")["items"]
    assert items
    for item in items:
        fact = live.http.get(item["id"].replace(IDS, "v1/facts/")).json()
        said = " ".join(
            [fact["label"], *(e["text"] for s in fact["statements"] for e in s["evidence"])]
        ).lower()
        assert all(word in said for word in ("european", "union", "russia"))
    scores = [item["score"] for item in items]
    assert scores == sorted(scores, reverse=True)


def test_a_phrase_is_narrower_than_its_words(live: Server) -> None:
    phrase = found(live, '"sanctions on Iran"')["total"]
    assert 0 < phrase < found(live, "sanctions on Iran")["total"]


def test_pages_of_what_is_found_are_all_of_it(live: Server) -> None:
    items = everything(live.http, "v1/search", q="sanctions")
    assert len({item["id"] for item in items}) == len(items) == found(live, "sanctions")["total"]


def test_filters_leave_facts_of_that_kind(live: Server) -> None:
    page = found(live, "sanctions", target="country/ir", facet="type,target", limit="500")
    assert page["items"]
    assert {item["kind"] for item in page["items"]} == {"fact"}
    targeted = {each["id"] for each in everything(live.http, "v1/facts", target="country/ir")}
    assert {item["id"] for item in page["items"]} <= targeted
    assert sum(each["facts"] for each in page["facets"]["type"]) == page["total"]
    assert page["facets"]["target"][0]["facts"] == page["total"]


def test_entities_are_found_by_any_of_their_names(live: Server) -> None:
    items = found(live, "Islamic Republic of Iran", kind="entity")["items"]
    (item,) = (each for each in items if each["id"] == IDS + "country/ir")
    assert any(snippet["part"] == "name" for snippet in item["snippets"])
    assert found(live, "türkei tehran", kind="entity")["total"] == 0


@pytest.mark.parametrize(
    "q",
    [
        '"', '""', '"open', "AND", "NOT x", "a OR", "NEAR(a b)", "title:x", "^a", "*", "a*", "(",
        "-", "a-b", "x'; DROP TABLE fact; --", "\x00", "🙂", "é" * 900, "a " * 400, "_", " ", "{",
        "\u0301", "col : x", "+a", "1.5", "\\", "a\tb\nc",
    ],
)  # fmt: skip
def test_no_question_is_an_error(live: Server, q: str) -> None:
    found(live, q, facet="type")


def test_a_question_is_needed_and_has_a_length(live: Server) -> None:
    for query in ("", "q=" + "a" * 1001):
        answer = live.http.get(f"v1/search?{query}")
        assert answer.status_code == 422
        assert "q" in answer.json()["errors"]["query"]


def test_html_is_escaped(client: FlaskClient) -> None:
    update = f"""PREFIX san: <https://w3id.org/kgapi/sanctions#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        INSERT DATA {{ GRAPH <x:g> {{ <{IDS}person/x> a san:Person ; rdfs:label "<b>Zzyzx</b> & Co" }} }}"""
    assert client.post("/sparql", data={"update": update}, headers=KEY).status_code == 204
    page = client.get("/v1/search?q=zzyzx").json
    assert page
    (snippet,) = page["items"][0]["snippets"]
    assert snippet["html"] == "&lt;b&gt;<mark>Zzyzx</mark>&lt;/b&gt; &amp; Co"
    assert snippet["hits"] == [{"start": 3, "end": 8}]


def test_what_was_written_is_found_at_once_and_gone_at_once(client: FlaskClient) -> None:
    def total() -> int:
        page = client.get("/v1/search?q=Zzyzx").json
        assert page
        return int(page["total"])

    graph = f"/graphs?{urlencode({'graph': 'x:g'})}"
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    data = f'<x:e> a <https://w3id.org/kgapi/sanctions#Person> ; {label} "Zzyzx" .'
    assert total() == 0
    put = client.put(graph, data=data, headers={**KEY, "Content-Type": "text/turtle"})
    assert put.status_code == 201
    assert total() == 1
    assert client.delete(graph, headers=KEY).status_code in {200, 204}
    assert total() == 0


@pytest.mark.parametrize(
    ("prefix", "path"), [("ira", "country/ir"), ("IRÁ", "country/ir"), ("Ира", "country/ir")]
)
def test_suggestions_fold_case_accents_and_scripts(live: Server, prefix: str, path: str) -> None:
    answer = live.http.get("v1/suggest", params={"prefix": prefix})
    first = answer.json()["items"][0]
    assert first["id"] == IDS + path
    assert set(first) == {"id", "label", "type", "name", "facts"}


def test_suggestions_are_of_a_type_and_no_more_than_asked_for(live: Server) -> None:
    items = live.http.get("v1/suggest?prefix=r&type=Person,Country&limit=3").json()["items"]
    assert len(items) == 3
    assert {item["type"] for item in items} <= {"Person", "Country"}
    assert live.http.get("v1/suggest?prefix=").json()["items"] == []
