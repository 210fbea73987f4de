"""raptor's rapper: it asks for each syntax by its own Accept header."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from tests.clients.conftest import EX, A, B, triples
from tests.conftest import Server, required

pytestmark = [pytest.mark.slow, pytest.mark.clients]

GRAPH = f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{A}> {{ ?s ?p ?o }} }}"


@pytest.fixture(scope="session")
def rapper(run: Callable[..., str]) -> Callable[..., list[str]]:
    """The triples that rapper reads, as lines of N-Triples, sorted."""
    program = required("rapper", "raptor2-utils")
    return lambda *arguments: sorted(run(program, "-q", *arguments).splitlines())


@pytest.mark.parametrize("syntax", ["rdfxml", "turtle", "ntriples", "guess"])
def test_rapper_reads_a_graph_and_what_a_query_constructs(
    served: Server, door: str, rapper: Callable[..., list[str]], syntax: str
) -> None:
    expected = sorted(
        line.encode("ascii", "backslashreplace").decode() for line in triples(served, A)
    )
    for address in (
        f"{served.address}graphs?{urlencode({'graph': A})}",
        f"{door}?{urlencode({'query': GRAPH})}",
    ):
        found = rapper("-i", syntax, address)
        assert [_unescaped(line) for line in found] == [_unescaped(line) for line in expected]


def test_rapper_reads_the_description_of_the_service(
    door: str, rapper: Callable[..., list[str]]
) -> None:
    lines = rapper("-g", door)
    assert any("sparql-service-description#endpoint" in line and door in line for line in lines)


def test_rapper_counts_what_is_in_a_graph(served: Server, run: Callable[..., str]) -> None:
    address = f"{served.address}graphs?{urlencode({'graph': B})}"
    counted = [required("rapper", "raptor2-utils"), "-c", "-i", "turtle", address]
    run("bash", "-c", '"$@" 2>&1 | grep "returned 2 triples"', "-", *counted)


def test_rapper_hears_that_a_graph_is_not_there(served: Server, run: Callable[..., str]) -> None:
    address = f"{served.address}graphs?{urlencode({'graph': f'{EX}nothing'})}"
    run(required("rapper", "raptor2-utils"), "-q", address, error="404")


def _unescaped(line: str) -> str:
    return line.encode("latin-1", "backslashreplace").decode("unicode_escape")
