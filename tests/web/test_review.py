"""Facts that people submit, facts that wait, and what is decided on them: over HTTP."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient

from kgapi import media, pipeline
from kgapi.app import create_app
from kgapi.errors import AlreadyDecided
from kgapi.graph.iris import Iris
from kgapi.graph.review import Decision
from kgapi.queries import reads
from kgapi.settings import Settings
from kgapi.store.embedded import EmbeddedEngine
from tests.conftest import TOKEN
from tests.web.test_articles import AUTH, TEXT, post

QUOTE = "The United States imposed sanctions on Iran over its nuclear programme."
FACT: dict[str, Any] = {
    "type": "SanctionsAction",
    "action": "tighten",
    "roles": {"actor": ["United States"], "target": ["Iran"]},
    "evidence": [QUOTE],
}
DOUBTFUL = FACT | {"confidence": 0.3}


@pytest.fixture
def article(client: FlaskClient) -> str:
    """The path of an article that is in the store."""
    answer = post(client, TEXT)
    return f"/v1/articles/{answer.json['article']['id'].rpartition('/')[2]}"


def submit(client: FlaskClient, article: str, *facts: Any, by: str = "Ada", **headers: str) -> Any:
    body = json.dumps({"by": by, "facts": facts})
    return client.post(f"{article}/facts", data=body, headers=headers or AUTH)


def dump(engine: EmbeddedEngine) -> bytes:
    return b"".join(engine.dump(media.N_QUADS))


def ask(client: FlaskClient, where: str) -> list[dict[str, str]]:
    """Rows of a query over whatever graph."""
    query = (
        "PREFIX san: <https://w3id.org/kgapi/sanctions#> PREFIX prov: <http://www.w3.org/ns/prov#> "
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
        "PREFIX action: <https://w3id.org/kgapi/vocab/action#> "
        f"SELECT DISTINCT * WHERE {{ {where} }}"
    )
    answer = client.get("/sparql", query_string={"query": query, "format": "json"})
    found = answer.json["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in found]


TIGHTENED = "?fact a san:SanctionsAction ; san:actionType action:tighten"


def test_a_submitted_fact_is_told_with_who_submitted_it(client: FlaskClient, article: str) -> None:
    answer = submit(client, article, FACT)
    assert answer.status_code == 201
    (fact,) = answer.json["facts"]
    (statement,) = fact["statements"]
    assert answer.json["waiting"] == []
    assert statement["extractor"] == "submitted 1 by Ada"
    assert statement["evidence"] == [
        {"start": TEXT.index(QUOTE), "end": TEXT.index(QUOTE) + len(QUOTE), "text": QUOTE}
    ]
    told = client.get(f"{article}/facts").json["items"]
    assert fact in told
    assert client.get(article).json["facts"] == len(told)
    (who,) = ask(
        client,
        f"GRAPH <{answer.json['graph']}> {{ ?s san:states <{fact['id']}> ; prov:wasGeneratedBy ?by ."
        " ?by prov:wasAssociatedWith ?who . ?who a prov:Agent ; rdfs:label ?name }",
    )
    assert who["name"] == "Ada"


def test_ingesting_the_article_again_does_not_lose_it(
    client: FlaskClient, engine: EmbeddedEngine, article: str
) -> None:
    submit(client, article, FACT)
    before = dump(engine)
    assert post(client, TEXT).status_code == 200
    assert dump(engine) == before
    assert client.get("/v1/articles").json["total"] == 1
    assert client.get(article).json["text"] == TEXT


def test_the_same_submission_again_changes_nothing(
    client: FlaskClient, engine: EmbeddedEngine, article: str
) -> None:
    first = submit(client, article, FACT)
    before = dump(engine)
    second = submit(client, article, FACT)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert dump(engine) == before


def test_two_who_submit_the_same_fact_are_two_voices_of_one_fact(
    client: FlaskClient, article: str
) -> None:
    (one,) = submit(client, article, FACT).json["facts"]
    (other,) = submit(client, article, FACT, by="Ben").json["facts"]
    assert one["id"] == other["id"]
    assert {each["extractor"] for each in other["statements"]} == {
        "submitted 1 by Ada",
        "submitted 1 by Ben",
    }


WRONG: dict[str, tuple[Any, str]] = {
    "an invented quote": ({"by": "Ada", "facts": [FACT | {"evidence": ["No."]}]}, "bad-facts"),
    "one wrong fact among right ones": (
        {"by": "Ada", "facts": [FACT, FACT | {"type": "Bombing"}]},
        "bad-facts",
    ),
    "what breaks a shape": (
        {"by": "Ada", "facts": [FACT | {"roles": {"actor": ["Iran"], "target": ["Iran"]}}]},
        "shape-violation",
    ),
    "a quote of nobody": (
        {"by": "Ada", "facts": [FACT | {"modality": "quoted"}]},
        "bad-facts",
    ),
    "nobody submits": ({"facts": [FACT]}, "bad-facts"),
    "a name of white space": ({"by": " ", "facts": [FACT]}, "bad-facts"),
    "no facts": ({"by": "Ada", "facts": []}, "bad-facts"),
    "a surplus member": ({"by": "Ada", "facts": [FACT], "to": "you"}, "bad-facts"),
    "a list": ([FACT], "bad-facts"),
    "too many": ({"by": "Ada", "facts": [FACT] * 1001}, "bad-facts"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_submission_is_refused_as_a_whole(
    client: FlaskClient, engine: EmbeddedEngine, article: str, what: str
) -> None:
    before = dump(engine)
    body, problem = WRONG[what]
    answer = client.post(f"{article}/facts", json=body, headers=AUTH)
    assert answer.status_code == 422
    assert answer.json["type"].endswith(f"/{problem}")
    assert dump(engine) == before


def test_what_is_no_json_is_refused(client: FlaskClient, article: str) -> None:
    for data in (b"{", b"\xff", b"[" * 100_000, b'{"by": NaN}'):
        answer = client.post(f"{article}/facts", data=data, headers=AUTH)
        assert answer.status_code == 422, data


def test_submitting_and_deciding_need_the_token(client: FlaskClient, article: str) -> None:
    submit(client, article, DOUBTFUL)
    (waiting,) = client.get("/v1/review").json["items"]
    decide_at = f"/v1/review/{waiting['id'].rpartition('/')[2]}"
    body = json.dumps({"decision": "accept", "by": "Eve"})
    assert client.post(f"{article}/facts", json={"by": "Eve", "facts": [FACT]}).status_code == 401
    assert client.post(decide_at, data=body).status_code == 401
    wrong = {"Authorization": "Bearer wrong"}
    assert client.post(decide_at, data=body, headers=wrong).status_code == 403
    assert client.get("/v1/review").json["total"] == 1


def test_facts_of_no_article_are_refused(client: FlaskClient) -> None:
    assert submit(client, "/v1/articles/2018-05-08-none-0123abcd", FACT).status_code == 404


def test_where_no_texts_are_kept_no_quote_can_be_looked_up(engine: EmbeddedEngine) -> None:
    settings = Settings(store=":memory:", token=TOKEN, keep_text=False, review_below=0.99)
    client = create_app(settings, engine).test_client()
    answer = post(client, TEXT)
    assert answer.json["waiting"] >= 2
    path = f"/v1/articles/{answer.json['article']['id'].rpartition('/')[2]}"
    assert submit(client, path, FACT).status_code == 409
    (first, *_) = client.get("/v1/review").json["items"]
    assert decide(client, first, "accept").status_code == 200, "it was checked when it was read"
    assert client.get(path).json["facts"] == 1


def decide(
    client: FlaskClient, proposal: dict[str, Any], verdict: str, by: str = "Ada", **more: Any
) -> Any:
    body = {"decision": verdict, "by": by} | more
    key = proposal["id"].rpartition("/")[2]
    return client.post(f"/v1/review/{key}", json=body, headers=AUTH)


@pytest.fixture
def waiting(client: FlaskClient, article: str) -> dict[str, Any]:
    """A proposal that waits."""
    answer = submit(client, article, DOUBTFUL)
    assert answer.json["facts"] == []
    (proposal,) = client.get("/v1/review").json["items"]
    assert answer.json["waiting"] == [proposal["id"]]
    return proposal  # type: ignore[no-any-return]


def test_what_waits_is_told_by_no_query_for_facts(
    client: FlaskClient, article: str, waiting: dict[str, Any]
) -> None:
    assert waiting["fact"]["confidence"] == 0.3
    assert waiting["fact"]["evidence"][0]["text"] == QUOTE
    assert (waiting["extractor"], waiting["by"], waiting["decision"]) == (
        "submitted 1",
        "Ada",
        None,
    )
    assert ask(client, TIGHTENED) == []
    assert ask(client, f"GRAPH ?g {{ {TIGHTENED} }}") == []
    actions = [fact["action"] for fact in client.get("/v1/facts").json["items"]]
    assert "tighten" not in actions
    assert client.get(article).json["facts"] == len(actions)


def test_what_is_accepted_is_told_with_the_decision(
    client: FlaskClient, article: str, waiting: dict[str, Any]
) -> None:
    answer = decide(client, waiting, "accept", note="The second sentence says so.")
    assert answer.status_code == 200
    decision = answer.json["decision"]
    assert (decision["verdict"], decision["by"]) == ("accept", "Ada")
    page = {"items": [], "total": 0, "limit": 50, "next": None, "warnings": []}
    assert client.get("/v1/review").json == page
    (told,) = ask(
        client,
        f"{TIGHTENED} . ?s san:states ?fact ; prov:wasInfluencedBy ?d . ?d a san:Decision ;"
        " prov:used ?p ; san:verdict ?v ; prov:wasAssociatedWith ?who ; prov:endedAtTime ?at ;"
        " rdfs:comment ?note",
    )
    assert told["v"].endswith("#accept")
    assert told["p"] == waiting["id"]
    assert told["note"] == "The second sentence says so."
    facts = client.get(f"{article}/facts").json["items"]
    assert "tighten" in [fact["action"] for fact in facts]


def test_what_is_rejected_is_never_told(
    client: FlaskClient, article: str, waiting: dict[str, Any]
) -> None:
    assert decide(client, waiting, "reject").status_code == 200
    assert ask(client, TIGHTENED) == []
    assert submit(client, article, DOUBTFUL).json["waiting"] == [], "nor does it wait again"
    assert client.get("/v1/review").json["total"] == 0


def test_a_decision_is_made_once(
    client: FlaskClient, engine: EmbeddedEngine, waiting: dict[str, Any]
) -> None:
    first = decide(client, waiting, "accept")
    before = dump(engine)
    assert decide(client, waiting, "accept").json == first.json, "the same again changes nothing"
    for other in (
        decide(client, waiting, "reject"),
        decide(client, waiting, "accept", by="Ben"),
        decide(client, waiting, "accept", note="On second thoughts"),
    ):
        assert other.status_code == 409
        assert other.json["type"].endswith("/already-decided")
    assert dump(engine) == before


def test_of_many_who_decide_at_once_one_does(
    engine: EmbeddedEngine, iris: Iris, waiting: dict[str, Any]
) -> None:
    def try_to(number: int) -> str | None:
        verdict = "accept" if number % 2 else "reject"
        decision = Decision(verdict, f"Reviewer {number}", None, datetime(2023, 12, 5, tzinfo=UTC))
        try:
            pipeline.decide(waiting["id"], decision, engine, iris)
        except AlreadyDecided:
            return None
        return decision.by

    with ThreadPoolExecutor(6) as pool:
        (winner,) = filter(None, pool.map(try_to, range(6)))
    found = reads.proposal(engine, waiting["id"])
    assert found is not None
    assert found.decision is not None
    assert found.decision.by == winner


@pytest.mark.parametrize(
    "body",
    [
        {"decision": "perhaps", "by": "Ada"},
        {"decision": "accept"},
        {"decision": "accept", "by": ""},
        {"decision": "accept", "by": "A\x00"},
        {"decision": "accept", "by": "Ada", "note": 7},
        {"decision": "accept", "by": "Ada", "at": "now"},
        [],
        "accept",
    ],
)
def test_a_decision_that_cannot_be_read_decides_nothing(
    client: FlaskClient, engine: EmbeddedEngine, waiting: dict[str, Any], body: Any
) -> None:
    before = dump(engine)
    key = waiting["id"].rpartition("/")[2]
    assert client.post(f"/v1/review/{key}", json=body, headers=AUTH).status_code == 400
    assert dump(engine) == before


def test_what_is_not_there_cannot_be_decided(client: FlaskClient) -> None:
    assert client.get("/v1/review/0123456789abcdef").status_code == 404
    assert decide(client, {"id": "x/0123456789abcdef"}, "accept").status_code == 404


@pytest.fixture
def careful(engine: EmbeddedEngine) -> FlaskClient:
    """A kgapi for which the rules are not sure enough of anything."""
    settings = Settings(store=":memory:", token=TOKEN, review_below=1.0)
    return create_app(settings, engine).test_client()


def test_decisions_outlive_that_the_article_is_ingested_again(careful: FlaskClient) -> None:
    answer = post(careful, TEXT)
    assert answer.json["facts"] == []
    waiting = careful.get("/v1/review").json["items"]
    assert answer.json["waiting"] == len(waiting) >= 2
    accepted, rejected, *_ = waiting
    decide(careful, accepted, "accept")
    decide(careful, rejected, "reject")
    for _ in range(2):
        again = post(careful, TEXT)
        assert [fact["label"] for fact in again.json["facts"]] == [accepted["label"]]
        assert again.json["waiting"] == len(waiting) - 2


def test_a_rejected_fact_stays_out_where_nothing_waits_any_more(
    careful: FlaskClient, engine: EmbeddedEngine
) -> None:
    before = post(careful, TEXT).json["waiting"]
    (rejected, *_) = careful.get("/v1/review").json["items"]
    decide(careful, rejected, "reject")
    trusting = create_app(Settings(store=":memory:", token=TOKEN, review_below=0), engine)
    again = post(trusting.test_client(), TEXT)
    assert len(again.json["facts"]) == before - 1
    assert again.json["waiting"] == 0
    assert rejected["label"] not in [fact["label"] for fact in again.json["facts"]]
    assert careful.get("/v1/review").json["total"] == 0


def test_what_waits_comes_in_pages(careful: FlaskClient) -> None:
    post(careful, TEXT)
    whole = careful.get("/v1/review").json
    page, items = careful.get("/v1/review?limit=1").json, []
    while page["next"]:
        items += page["items"]
        page = careful.get(page["next"]).json
    assert items + page["items"] == whole["items"]
    assert page["total"] == whole["total"] == len(whole["items"])
    one = whole["items"][0]
    assert careful.get(f"/v1/review/{one['id'].rpartition('/')[2]}").json == one


def test_the_schema_describes_what_is_taken(client: FlaskClient) -> None:
    answer = client.get("/v1/schemas/facts")
    assert answer.content_type.startswith("application/schema+json")
    schema = json.loads(answer.data)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid({"by": "Ada", "facts": [FACT, DOUBTFUL]})
    for what in ("nobody submits", "no facts", "a surplus member", "a list"):
        assert not validator.is_valid(WRONG[what][0]), what
    assert not validator.is_valid({"by": "Ada", "facts": [FACT | {"type": "Bombing"}]})


def test_the_description_of_the_api_has_all_of_it(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").json["paths"]
    assert {"200", "201", "401", "403", "404", "409", "413", "422"} <= set(
        paths["/v1/articles/{key}/facts"]["post"]["responses"]
    )
    assert {"200", "400", "401", "403", "404", "409"} <= set(
        paths["/v1/review/{key}"]["post"]["responses"]
    )
    for operation in (paths["/v1/review/{key}"]["post"], paths["/v1/articles/{key}/facts"]["post"]):
        assert operation["security"] == [{"token": []}]
        assert "application/json" in operation["requestBody"]["content"]
    assert "/v1/schemas/facts" in paths
