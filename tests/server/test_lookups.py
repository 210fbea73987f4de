"""Lookups that the event loop answers are answered as the application answers them."""

import httpx
import pytest

from tests.conftest import Server
from tests.server.conftest import GRAPH, WRITER

QUERIES = [
    "SELECT ?o { <https://example.org/7> <https://example.org/p> ?o }",
    "SELECT * WHERE { <https://example.org/8> ?p ?o . }",
    "PREFIX e: <https://example.org/> SELECT ?o { e:9 e:p ?o }",
    "ASK { <https://example.org/9> <https://example.org/p> 9 }",
    "SELECT * { <https://example.org/nothing> ?p ?o }",
    "SELECT ?o { <https://example.org/wide> <https://example.org/p> ?o }",
    "SELECT ?o { unknown:7 <https://example.org/p> ?o }",
    "SELECT ?o { <relative> <https://example.org/p> ?o }",
    "SELECT ?x { <https://example.org/7> ?p ?o }",
]
FORMATS = {"application/sparql-results+json": "json", "text/csv": "csv", "*/*": "json"}


@pytest.fixture(scope="module")
def wide(server: Server) -> Server:
    """The server with one more thing, whose properties are not few."""
    lines = "".join(
        f'<https://example.org/wide> <https://example.org/p> "{n}" .\n' for n in range(90)
    )
    headers = WRITER | {"Content-Type": "text/turtle"}
    server.http.post(
        "graphs", params={"graph": GRAPH}, content=lines, headers=headers
    ).raise_for_status()
    return server


@pytest.mark.parametrize("accept", FORMATS)
def test_the_same_bytes_and_headers_come_by_either_way(wide: Server, accept: str) -> None:
    for query in QUERIES * 2:
        headers = {"Accept": accept}
        here = wide.http.get("sparql", params={"query": query}, headers=headers)
        there = wide.http.get(
            "sparql", params={"query": query, "format": FORMATS[accept]}, headers=headers
        )
        assert (here.status_code, stable(here)) == (there.status_code, stable(there)), query
        if here.is_success:
            assert sorted(here.text) == sorted(there.text)


def test_a_lookup_sees_the_write_before_it(wide: Server) -> None:
    def value() -> str:
        query = "SELECT ?o { <https://example.org/turn> <https://example.org/p> ?o }"
        return wide.http.get("sparql", params={"query": query}, headers={"Accept": "text/csv"}).text

    for turn in range(10):
        update = (
            "WITH <https://example.org/turns> DELETE { ?s ?p ?o }"
            f" INSERT {{ <https://example.org/turn> <https://example.org/p> {turn} }}"
            " WHERE { OPTIONAL { ?s ?p ?o } }"
        )
        wide.http.post("sparql", data={"update": update}, headers=WRITER).raise_for_status()
        # The first is the application's, the others are not.
        assert [value() for _ in range(3)] == [f"o\r\n{turn}\r\n"] * 3


def test_a_lookup_is_revalidated(wide: Server) -> None:
    for number in (11, 12, 13):
        query = f"SELECT ?o {{ <https://example.org/{number}> <https://example.org/p> ?o }}"
        first = wide.http.get("sparql", params={"query": query})
        again = wide.http.get(
            "sparql", params={"query": query}, headers={"If-None-Match": first.headers["ETag"]}
        )
        assert again.status_code == 304


def stable(answer: httpx.Response) -> dict[str, str]:
    """The headers that do not depend on when and how an answer came."""
    passing = {"date", "content-length", "transfer-encoding"}
    return {name: value for name, value in answer.headers.items() if name not in passing}
