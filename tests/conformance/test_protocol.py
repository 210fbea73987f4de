"""SPARQL 1.1 Protocol, section by section, in cases of our own."""

from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest

from tests.conformance import documents
from tests.conformance.documents import CSV, JSON, RDF_XML, TSV, TURTLE, XML, Solutions
from tests.conformance.partners import Partners
from tests.conformance.target import QUERY, UPDATE, Target

pytestmark = pytest.mark.conformance

E = "http://example.org/"
FORM = "application/x-www-form-urlencoded"
ALL = "SELECT ?s { ?s ?p ?o }"
NAMED = "SELECT DISTINCT ?s { GRAPH ?g { ?s ?p ?o } }"
ORIGIN = {"Origin": "https://client.example.org"}

Parameters = Sequence[tuple[str, str]]


@pytest.fixture
def door(target: Target) -> Target:
    """The server with one triple in its default graph (subject ``d``) and in each of two others."""
    target.clear()
    answer = target.change(
        f"INSERT DATA {{ <{E}d> <{E}p> 1 GRAPH <{E}g1> {{ <{E}s1> <{E}p> 1 }}"
        f" GRAPH <{E}g2> {{ <{E}s2> <{E}p> 1 }} }}"
    )
    assert answer.is_success
    return target


def get(door: Target, parameters: Parameters, **headers: str) -> httpx.Response:
    return door.http.get(door.query, params=tuple(parameters), headers={"Accept": JSON, **headers})


def post_form(door: Target, parameters: Parameters, **headers: str) -> httpx.Response:
    body = str(httpx.QueryParams(tuple(parameters)))
    headers = {"Accept": JSON, "Content-Type": FORM, **headers}
    return door.http.post(door.query, content=body, headers=headers)


def post_direct(door: Target, parameters: Parameters, **headers: str) -> httpx.Response:
    """The query is the body, the other parameters stay in the URL."""
    (text,) = [value for name, value in parameters if name == "query"]
    rest = tuple(pair for pair in parameters if pair[0] != "query")
    headers = {"Accept": JSON, "Content-Type": QUERY, **headers}
    return door.http.post(door.query, params=rest, content=text, headers=headers)


def update_form(door: Target, parameters: Parameters) -> httpx.Response:
    headers = {"Content-Type": FORM, **door.key}
    return door.http.post(
        door.update, content=str(httpx.QueryParams(tuple(parameters))), headers=headers
    )


def update_direct(door: Target, parameters: Parameters) -> httpx.Response:
    (text,) = [value for name, value in parameters if name == "update"]
    rest = tuple(pair for pair in parameters if pair[0] != "update")
    headers = {"Content-Type": UPDATE, **door.key}
    return door.http.post(door.update, params=rest, content=text, headers=headers)


def subjects(answer: httpx.Response) -> list[str]:
    """The local names that ``?s`` has, sorted."""
    assert answer.status_code == 200, answer.text
    found = documents.read(answer.content, JSON)
    assert isinstance(found, Solutions)
    return sorted(str(row["s"]).removeprefix(f"<{E}").rstrip(">") for row in found.rows)


def state(door: Target) -> list[str]:
    """The whole dataset in lines that compare."""
    return sorted(" ".join(map(str, row)) for row in door.quads())


ASKED = pytest.mark.parametrize("ask", [get, post_form, post_direct])
UPDATED = pytest.mark.parametrize("update", [update_form, update_direct])


# Section 2.1, the query operation.


@ASKED
def test_a_query_is_answered_in_each_of_the_three_ways(door: Target, ask: Any) -> None:
    """Sections 2.1.1, 2.1.2 and 2.1.3."""
    assert subjects(ask(door, [("query", ALL)])) == ["d"]


@ASKED
@pytest.mark.parametrize(
    ("dataset", "query", "expected"),
    [
        ([("default-graph-uri", "g1")], ALL, ["s1"]),
        ([("default-graph-uri", "g1"), ("default-graph-uri", "g2")], ALL, ["s1", "s2"]),
        ([("default-graph-uri", "g1")], NAMED, []),
        ([("named-graph-uri", "g1")], ALL, []),
        ([("named-graph-uri", "g1")], NAMED, ["s1"]),
        ([("named-graph-uri", "g1"), ("named-graph-uri", "g2")], NAMED, ["s1", "s2"]),
        ([("default-graph-uri", "g2"), ("named-graph-uri", "g1")], ALL, ["s2"]),
        ([("default-graph-uri", "g2"), ("named-graph-uri", "g1")], NAMED, ["s1"]),
        ([("default-graph-uri", "nothing")], ALL, []),
    ],
)
def test_the_dataset_is_the_protocols(
    door: Target, ask: Any, dataset: Parameters, query: str, expected: list[str]
) -> None:
    """Section 2.1.4: graphs that are not named in the request are not in its dataset."""
    parameters = [("query", query), *((name, E + graph) for name, graph in dataset)]
    assert subjects(ask(door, parameters)) == expected


@ASKED
def test_the_protocols_dataset_wins_over_the_querys(door: Target, ask: Any) -> None:
    """Section 2.1.4."""
    query = ALL.replace("{", f"FROM <{E}g1> {{", 1)
    assert subjects(ask(door, [("query", query)])) == ["s1"]
    assert subjects(ask(door, [("query", query), ("default-graph-uri", f"{E}g2")])) == ["s2"]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (JSON, {JSON}),
        (XML, {XML}),
        (CSV, {CSV}),
        (TSV, {TSV}),
        ("*/*", {JSON, XML, CSV, TSV}),
        ("text/*", {CSV, TSV}),
        (f"{XML};q=0.5, {CSV};q=0.9", {CSV}),
        (f"{XML};q=0.9, {CSV};q=0.5", {XML}),
        (f"{XML}, {CSV};q=0.5", {XML}),
        (f"*/*;q=0.1, {TSV}", {TSV}),
        (f"*/*, {JSON};q=0", {XML, CSV, TSV}),
        (f"application/*;q=0.2, {CSV};q=0.3", {CSV}),
        (f"image/png, {XML};q=0.1", {XML}),
        (f"{JSON.upper()} ; Q=1.0", {JSON}),
    ],
)
def test_solutions_come_in_the_format_that_is_liked_best(
    door: Target, accept: str, expected: set[str]
) -> None:
    """Section 2.1.5, by the rules of RFC 9110 section 12.5.1."""
    answer = get(door, [("query", ALL)], Accept=accept)
    media_type = answer.headers["Content-Type"].partition(";")[0]
    assert answer.status_code == 200
    assert media_type in expected
    assert isinstance(documents.read(answer.content, media_type), Solutions)


@pytest.mark.parametrize(
    "accept",
    [TURTLE, RDF_XML, "application/n-triples", "application/rdf+xml;q=0.9, text/turtle;q=0.8"],
)
def test_graphs_come_in_the_format_that_is_liked_best(door: Target, accept: str) -> None:
    """Section 2.1.5."""
    for query in ("CONSTRUCT WHERE { ?s ?p ?o }", f"DESCRIBE <{E}d>"):
        answer = get(door, [("query", query)], Accept=accept)
        media_type = answer.headers["Content-Type"].partition(";")[0]
        assert media_type == accept.partition(";")[0]
        assert len(documents.triples(answer.content, media_type)) == 1


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        (ALL, "image/png"),
        (ALL, f"{JSON};q=0"),
        (ALL, TURTLE),
        ("ASK {}", "image/png"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", CSV),
    ],
)
def test_what_cannot_be_had_is_406(door: Target, query: str, accept: str) -> None:
    """RFC 9110 section 15.5.7, which the protocol leaves negotiation to."""
    assert get(door, [("query", query)], Accept=accept).status_code == 406


def test_a_truth_value_is_one_in_both_formats(door: Target) -> None:
    """Section 2.1.6."""
    for accept in (JSON, XML):
        for query, truth in (("ASK { ?s ?p 1 }", True), ("ASK { ?s ?p 2 }", False)):
            answer = get(door, [("query", query)], Accept=accept)
            assert documents.read(answer.content, accept) is truth


def test_without_an_accept_header_anything_goes(door: Target) -> None:
    answer = door.http.send(
        httpx.Request("GET", door.query, params={"query": ALL}, headers={"Host": "localhost"})
    )
    assert answer.status_code == 200


@ASKED
@pytest.mark.parametrize(
    "query", ["SELECT", "", "SELECT * { ?s ?p }", "INSERT DATA { <a:a> <a:b> 1 }"]
)
def test_a_malformed_query_is_400(door: Target, ask: Any, query: str) -> None:
    """Section 2.1.7. An update is not a query (section 2)."""
    before = state(door)
    assert ask(door, [("query", query)]).status_code == 400
    assert state(door) == before


@pytest.mark.parametrize("ask", [get, post_form])
def test_one_query_at_a_time(door: Target, ask: Any) -> None:
    """Section 2.1: exactly one query parameter."""
    assert ask(door, [("query", ALL), ("query", ALL)]).status_code == 400


def test_a_form_without_a_query_is_400(door: Target) -> None:
    assert post_form(door, [("default-graph-uri", f"{E}g1")]).status_code == 400


def test_a_body_with_a_query_besides_one_in_the_url_is_400(door: Target) -> None:
    headers = {"Content-Type": QUERY, "Accept": JSON}
    answer = door.http.post(door.query, params={"query": ALL}, content=ALL, headers=headers)
    assert answer.status_code == 400


def test_a_query_that_is_no_utf_8_is_400(door: Target) -> None:
    """Section 2.1.3: the body of a direct POST is UTF-8."""
    headers = {"Content-Type": QUERY, "Accept": JSON}
    answer = door.http.post(door.query, content=b'ASK { ?s ?p "\xff" }', headers=headers)
    assert answer.status_code == 400


def test_a_charset_parameter_does_not_matter(door: Target) -> None:
    headers = {"Content-Type": f"{QUERY}; charset=utf-8"}
    assert subjects(post_direct(door, [("query", ALL)], **headers)) == ["d"]
    headers = {"Content-Type": f"{FORM}; charset=utf-8"}
    assert subjects(post_form(door, [("query", ALL)], **headers)) == ["d"]


# Section 2.2, the update operation.


@UPDATED
def test_an_update_is_done_in_both_ways(door: Target, update: Any) -> None:
    """Sections 2.2.1 and 2.2.2; the status is in the 2xx range (section 2.2.4)."""
    assert update(door, [("update", f"INSERT DATA {{ <{E}new> <{E}p> 1 }}")]).is_success
    assert subjects(get(door, [("query", ALL)])) == ["d", "new"]


@UPDATED
def test_the_dataset_of_an_update_is_the_protocols(door: Target, update: Any) -> None:
    """Section 2.2.3: ``using-graph-uri`` is USING, so WHERE sees that graph, templates do not."""
    text = f"INSERT {{ ?s <{E}seen> 1 }} WHERE {{ ?s ?p ?o }}"
    assert update(door, [("update", text), ("using-graph-uri", f"{E}g1")]).is_success
    assert subjects(get(door, [("query", f"SELECT ?s {{ ?s <{E}seen> 1 }}")])) == ["s1"]


@UPDATED
def test_several_graphs_of_an_update_are_merged(door: Target, update: Any) -> None:
    """Section 2.2.3."""
    text = f"INSERT {{ ?s <{E}seen> 1 }} WHERE {{ ?s ?p ?o }}"
    graphs = [("using-graph-uri", f"{E}g1"), ("using-graph-uri", f"{E}g2")]
    assert update(door, [("update", text), *graphs]).is_success
    assert subjects(get(door, [("query", f"SELECT ?s {{ ?s <{E}seen> 1 }}")])) == ["s1", "s2"]


@UPDATED
def test_the_named_graphs_of_an_update_are_the_protocols(door: Target, update: Any) -> None:
    """Section 2.2.3: ``using-named-graph-uri`` is USING NAMED."""
    text = f"INSERT {{ ?s <{E}seen> 1 }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    assert update(door, [("update", text), ("using-named-graph-uri", f"{E}g2")]).is_success
    assert subjects(get(door, [("query", f"SELECT ?s {{ ?s <{E}seen> 1 }}")])) == ["s2"]


@UPDATED
def test_every_operation_of_a_request_has_the_protocols_dataset(door: Target, update: Any) -> None:
    """Section 2.2.3 speaks of the request, which may hold several operations."""
    text = (
        f"INSERT {{ ?s <{E}first> 1 }} WHERE {{ ?s ?p ?o }} ;"
        f"INSERT {{ ?s <{E}second> 1 }} WHERE {{ ?s ?p ?o }}"
    )
    assert update(door, [("update", text), ("using-graph-uri", f"{E}g1")]).is_success
    for name in ("first", "second"):
        assert subjects(get(door, [("query", f"SELECT ?s {{ ?s <{E}{name}> 1 }}")])) == ["s1"]


@UPDATED
@pytest.mark.parametrize("parameter", ["using-graph-uri", "using-named-graph-uri"])
@pytest.mark.parametrize(
    "text",
    [
        f"INSERT {{ ?s <{E}q> 1 }} USING <{E}g1> WHERE {{ ?s ?p ?o }}",
        f"INSERT {{ ?s <{E}q> 1 }} USING NAMED <{E}g1> WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        f"WITH <{E}g1> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
        f"CLEAR DEFAULT ; WITH <{E}g1> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
    ],
)
def test_two_datasets_in_one_update_are_400(
    door: Target, update: Any, parameter: str, text: str
) -> None:
    """Section 2.2.3: USING, USING NAMED or WITH beside the parameters is an error."""
    before = state(door)
    assert update(door, [("update", text), (parameter, f"{E}g2")]).status_code == 400
    assert state(door) == before


@UPDATED
def test_the_word_using_in_a_string_is_no_dataset(door: Target, update: Any) -> None:
    text = f'INSERT {{ ?s <{E}q> "USING <x> WITH <y>" }} WHERE {{ ?s ?p ?o }} # WITH USING'
    assert update(door, [("update", text), ("using-graph-uri", f"{E}g1")]).is_success


@UPDATED
@pytest.mark.parametrize("text", ["INSERT", "INSERT DATA { ?s ?p ?o }", "SELECT * { ?s ?p ?o }"])
def test_a_malformed_update_is_400_and_changes_nothing(
    door: Target, update: Any, text: str
) -> None:
    """Section 2.2.5. A query is not an update."""
    before = state(door)
    assert update(door, [("update", f"CLEAR ALL ; {text}")]).status_code == 400
    assert update(door, [("update", text)]).status_code == 400
    assert state(door) == before


def test_one_update_at_a_time(door: Target) -> None:
    """Section 2.2: exactly one update parameter."""
    before = state(door)
    assert update_form(door, [("update", "CLEAR ALL"), ("update", "CLEAR ALL")]).status_code == 400
    assert update_form(door, [("using-graph-uri", f"{E}g1")]).status_code == 400
    assert state(door) == before


@pytest.mark.parametrize("order", [1, -1])
def test_a_request_is_a_query_or_an_update(door: Target, order: int) -> None:
    """Section 2: each has a parameter of its own, and a request is one of them."""
    before = state(door)
    pairs = [("query", ALL), ("update", "CLEAR ALL")][::order]
    for url in {door.query, door.update}:
        headers = {"Content-Type": FORM, **door.key}
        body = str(httpx.QueryParams(tuple(pairs)))
        assert door.http.post(url, content=body, headers=headers).status_code == 400
    assert state(door) == before


def test_an_update_by_get_is_not_done(door: Target) -> None:
    """Section 2.2: update is POST only, for GET is safe (RFC 9110 section 9.2.1)."""
    before = state(door)
    door.http.get(door.update, params={"update": "CLEAR ALL"}, headers=door.key)
    assert state(door) == before


def test_an_update_that_fails_half_way_leaves_nothing(door: Target, federation: Partners) -> None:
    """SPARQL 1.1 Update section 3: a request should be carried out whole or not at all."""
    before = state(door)
    absent = f"{federation.address}absent/document"
    answer = door.change(f"INSERT DATA {{ <{E}half> <{E}p> 1 }} ; LOAD <{absent}>")
    assert answer.is_error
    assert state(door) == before


# What HTTP itself asks of the door.


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/json", "application/sparql-results+json", TURTLE]
)
def test_a_body_of_another_kind_is_415(door: Target, media_type: str) -> None:
    """RFC 9110 section 15.5.16."""
    for url in {door.query, door.update}:
        headers = {"Content-Type": media_type, **door.key}
        assert door.http.post(url, content=ALL, headers=headers).status_code == 415


def test_a_body_of_no_kind_is_refused(door: Target) -> None:
    headers = {**door.key}
    assert door.http.post(door.query, content=ALL.encode(), headers=headers).status_code in {
        400,
        415,
    }


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_a_method_that_is_not_taken_is_405_and_told_which_are(door: Target, method: str) -> None:
    """RFC 9110 section 15.5.6."""
    answer = door.http.request(method, door.query, headers=door.key)
    assert answer.status_code == 405
    assert {"GET", "POST"} <= methods(answer.headers["Allow"])


def test_head_is_get_without_a_body(door: Target) -> None:
    """RFC 9110 section 9.3.2."""
    for accept in (JSON, CSV):
        parameters = {"query": ALL}
        answer = httpx.head(door.query, params=parameters, headers={"Accept": accept})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].partition(";")[0] == accept
        assert answer.content == b""


def test_head_of_a_malformed_query_fails_as_get_does(door: Target) -> None:
    assert httpx.head(door.query, params={"query": "SELECT"}).status_code == 400


def test_options_tells_the_methods(door: Target) -> None:
    """RFC 9110 section 9.3.7."""
    answer = door.http.options(door.query)
    assert answer.is_success
    assert {"GET", "HEAD", "OPTIONS", "POST"} <= methods(answer.headers["Allow"])


def test_answers_vary_by_accept(door: Target) -> None:
    """RFC 9110 section 12.5.5."""
    answer = get(door, [("query", ALL)])
    assert "accept" in {name.strip().lower() for name in answer.headers["Vary"].split(",")}


def test_pages_of_any_origin_may_ask(door: Target) -> None:
    """Fetch standard, section 3.2: the header that lets a page read an answer."""
    answer = get(door, [("query", ALL)], **ORIGIN)
    assert answer.headers["Access-Control-Allow-Origin"] in {"*", ORIGIN["Origin"]}


def test_a_preflight_is_answered(door: Target) -> None:
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    answer = door.http.options(door.query, headers={**ORIGIN, **asked})
    assert answer.is_success
    assert answer.headers["Access-Control-Allow-Origin"] in {"*", ORIGIN["Origin"]}
    assert "POST" in methods(answer.headers["Access-Control-Allow-Methods"])
    allowed = {
        each.strip().lower() for each in answer.headers["Access-Control-Allow-Headers"].split(",")
    }
    assert allowed & {"*", "content-type"}


def errors(door: Target) -> Iterator[httpx.Response]:
    """One answer for each way to fail."""
    yield get(door, [("query", "SELECT")], **ORIGIN)
    yield get(door, [("query", ALL)], **ORIGIN, Accept="image/png")
    yield door.http.put(door.query, headers=ORIGIN)
    yield door.http.post(door.query, content="x", headers={"Content-Type": "text/plain", **ORIGIN})


def test_errors_can_be_read_by_pages_of_any_origin_too(door: Target) -> None:
    for answer in errors(door):
        assert answer.headers["Access-Control-Allow-Origin"] in {"*", ORIGIN["Origin"]}, answer


# What kgapi promises beyond the standards.


def test_errors_are_problem_documents(own: Target) -> None:
    """RFC 9457 section 3."""
    seen = set()
    for answer in errors(own):
        assert answer.headers["Content-Type"].partition(";")[0] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == answer.status_code
        assert problem["title"]
        assert problem["detail"]
        seen.add(problem["type"])
    assert len(seen) == 4


def test_a_malformed_query_is_told_where(own: Target) -> None:
    problem = get(own, [("query", "SELECT *\nWHERE { ?s ?p }")]).json()
    assert problem["line"] == 2
    assert problem["column"] > 1


@pytest.mark.parametrize(
    ("authorization", "status"), [(None, 401), ("Basic eDp5", 401), ("Bearer wrong", 403)]
)
@pytest.mark.parametrize("media_type", [UPDATE, FORM])
def test_updating_needs_the_token(
    own: Target, authorization: str | None, status: int, media_type: str
) -> None:
    before = state(own)
    headers = {"Content-Type": media_type}
    if authorization:
        headers["Authorization"] = authorization
    body = "CLEAR ALL" if media_type == UPDATE else "update=CLEAR%20ALL"
    answer = own.http.post(own.update, content=body, headers=headers)
    assert answer.status_code == status
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert state(own) == before


def test_asking_needs_no_token(own: Target) -> None:
    assert get(own, [("query", "ASK {}")]).json() == {"head": {}, "boolean": True}


def test_an_update_by_get_is_told_what_is_wrong(own: Target) -> None:
    answer = own.http.get(own.update, params={"update": "CLEAR ALL"}, headers=own.key)
    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["using-graph-uri", "using-named-graph-uri"])
def test_a_query_with_an_updates_dataset_is_400(own: Target, name: str) -> None:
    assert get(own, [("query", ALL), (name, f"{E}g1")]).status_code == 400


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
def test_an_update_with_a_querys_dataset_is_400(own: Target, name: str) -> None:
    before = state(own)
    assert update_form(own, [("update", "CLEAR ALL"), (name, f"{E}g1")]).status_code == 400
    assert state(own) == before


def test_a_format_may_be_named_in_the_url(own: Target) -> None:
    answer = get(own, [("query", ALL), ("format", "csv")])
    assert answer.headers["Content-Type"].partition(";")[0] == CSV
    assert get(own, [("query", ALL), ("format", "png")]).status_code == 406
    assert get(own, [("query", ALL), ("format", "csv"), ("format", "xml")]).status_code == 400


def methods(header: str) -> set[str]:
    return {each.strip().upper() for each in header.split(",")}
