"""Requests that would take a server down: each is answered in words, and nothing goes on behind it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.conftest import TOKEN, Server
from tests.server.conftest import WRITER, fill
from tests.server.test_crashes import children

pytestmark = pytest.mark.slow

LIMIT = 2.0
# Seconds beyond the limit: one for the server, the others for a machine that has more to do.
LATE = 3.0
THREE = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
RUNAWAYS = {
    "sorted cross product": f"SELECT * {{ {THREE} }} ORDER BY ?c ?f ?i",
    "aggregate of a cross product": f"SELECT (COUNT(*) AS ?n) {{ {THREE} }}",
    "concatenation": f"SELECT (GROUP_CONCAT(?c) AS ?n) {{ {THREE} }}",
    "paths": "SELECT (COUNT(*) AS ?n) { ?a (<x:a>|!<x:b>)* ?b . ?b ((<x:a>|!<x:b>)/^!<x:b>)* ?c }",
    "filter that lets nothing through": f"ASK {{ {THREE} FILTER(STR(?a) = CONCAT(STR(?d), STR(?g))) }}",
    "graph of everything by everything": f"CONSTRUCT {{ ?a ?b ?f }} {{ {THREE} }}",
    "regular expression": f'ASK {{ {THREE} FILTER(REGEX(CONCAT(STR(?c), STR(?f)), "(x+x+)+y")) }}',
}
TOO_MUCH = {
    "nesting": ("{" * 100_000 + "}" * 100_000, "query-too-complex"),
    "values": ("{ VALUES ?x {" + " 1" * 400_000 + "} }", "query-too-complex"),
    "a million values": ("{ VALUES ?x {" + " 1" * 1_000_000 + "} }", "too-large"),
    "patterns": ("{" + "?a ?b ?c . " * 5_000 + "}", "query-too-complex"),
    "decimal address": ("{ SERVICE <http://2130706433/> { ?s ?p ?o } }", "federation-refused"),
    "mapped address": ("{ SERVICE <http://[::ffff:127.0.0.1]/> {} }", "federation-refused"),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    store = tmp_path_factory.mktemp("hostile") / "store"
    with Server(store, "--no-seeds", KGAPI_TOKEN=TOKEN) as server:
        fill(server)
        yield server


@pytest.mark.parametrize("query", RUNAWAYS.values(), ids=RUNAWAYS.keys())
def test_a_query_that_runs_away_is_ended(server: Server, query: str) -> None:
    began = time.monotonic()
    answer = server.http.post("sparql", data={"query": query, "timeout": str(LIMIT)})
    assert answer.status_code == 504
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert f"{LIMIT:g} seconds" in answer.json()["detail"]
    assert time.monotonic() - began < LIMIT + LATE
    assert_idle(server)


@pytest.mark.parametrize(("rest", "slug"), TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_a_query_that_is_too_much_is_refused_before_it_is_planned(
    server: Server, rest: str, slug: str
) -> None:
    began = time.monotonic()
    answer = server.http.post("sparql", data={"query": f"SELECT * {rest}"})
    assert answer.json()["type"].endswith(f"/{slug}")
    assert time.monotonic() - began < LIMIT + LATE
    assert_idle(server)


def test_an_update_that_runs_away_is_ended_and_changes_nothing(server: Server) -> None:
    update = f"INSERT {{ GRAPH <x:g> {{ ?a ?b ?i }} }} WHERE {{ GRAPH ?q {{ {THREE} }} }}"
    before = server.http.get("sparql", params={"query": "ASK {}"}).headers["ETag"]
    answer = server.http.post(
        "sparql", data={"update": update, "timeout": str(LIMIT)}, headers=WRITER
    )
    assert answer.status_code == 504
    assert_idle(server)
    assert server.http.get("sparql", params={"query": "ASK {}"}).headers["ETag"] == before
    more = "INSERT DATA { GRAPH <x:after> { <x:s> <x:p> 1 } }"
    assert server.http.post("sparql", data={"update": more}, headers=WRITER).status_code == 204


def test_others_are_answered_while_a_client_has_all_the_runaways_it_may(server: Server) -> None:
    query = RUNAWAYS["aggregate of a cross product"]
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask, server.address, query) for _ in range(8)]
        for _ in range(50):
            lookup = "SELECT ?o { <https://example.org/7> <https://example.org/p> ?o }"
            found = server.http.get("sparql", params={"query": lookup, "format": "csv"})
            assert found.text.split() == ["o", "7"]
    answers = [each.result() for each in asked]
    assert {answer.status_code for answer in answers} == {429, 504}
    assert all("Retry-After" in each.headers for each in answers if each.status_code == 429)
    assert_idle(server)


def ask(address: str, query: str) -> httpx.Response:
    return httpx.post(f"{address}sparql", data={"query": query, "timeout": "5"}, timeout=60)


def assert_idle(server: Server) -> None:
    """Nothing of the server uses the CPU: a runaway would take half a second of the half second."""
    for _ in range(10):
        before = ticks(server)
        time.sleep(0.5)
        if ticks(server) - before < 20:
            return
    raise AssertionError("some process of the server is still at work")


def ticks(server: Server) -> int:
    """Hundredths of a second that the present processes of the server have computed."""
    total = 0
    for process in children(server):
        try:
            stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
        except OSError:
            continue
        fields = stat.rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total
