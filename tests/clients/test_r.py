"""R's package SPARQL: tables as data frames, and updates."""

from collections.abc import Callable

import pytest

from tests.clients.conftest import EX, HARD, triples
from tests.conftest import TOKEN, Server, required

pytestmark = [pytest.mark.slow, pytest.mark.clients]

NAMES = f"SELECT ?name ?length {{ ?s <{EX}name> ?name ; <{EX}length> ?length }} ORDER BY STR(?name)"


@pytest.fixture(scope="session")
def r(run: Callable[..., str]) -> Callable[..., str]:
    """What a script prints that has the package SPARQL, and ``door``."""
    program = required("Rscript", "r-cran-sparql")
    has = "cat(requireNamespace('SPARQL', quietly = TRUE))"
    assert run(program, "-e", has) == "TRUE", "R lacks its package SPARQL: Debian's r-cran-sparql"

    def r(door: str, script: str, **how: str) -> str:
        head = f'suppressMessages(library(SPARQL)); door <- "{door}"'
        return run(program, "-e", head, "-e", script, **how)

    return r


@pytest.mark.parametrize(
    "how",
    ["", ', format="csv", extra=list(format="csv")', ', format="tsv", extra=list(format="tsv")'],
)
def test_a_query_is_a_data_frame(door: str, r: Callable[..., str], how: str) -> None:
    script = f"""
        found <- SPARQL(door, query="{NAMES}"{how})$results
        names(found) <- sub("^X?[.]", "", names(found))
        cat(names(found), nrow(found), sum(as.numeric(found$length)), class(found), sep="|")
    """
    assert r(door, script) == "name|length|2|366|data.frame"


def test_text_arrives_whole(door: str, r: Callable[..., str]) -> None:
    script = f"""
        found <- SPARQL(door, query="{NAMES}")$results
        cat(enc2utf8(found$name[2]))
    """
    assert HARD in r(door, script)


def test_no_solutions_are_an_empty_data_frame(door: str, r: Callable[..., str]) -> None:
    script = f'cat(nrow(SPARQL(door, query="SELECT * {{ ?s <{EX}nothing> ?o }}")$results))'
    assert r(door, script) == "0"


def test_an_update_with_the_token(
    served: Server, door: str, r: Callable[..., str], graph: str
) -> None:
    script = f"""
        key <- list(httpheader=c(Authorization="Bearer {TOKEN}"))
        text <- "INSERT DATA {{ GRAPH <{graph}> {{ <{EX}s> <{EX}p> 'a+b & c' }} }}"
        done <- SPARQL(door, update=text, curl_args=list(style="post", .opts=key))
    """
    r(door, script)
    assert triples(served, graph) == [f'<{EX}s> <{EX}p> "a+b & c" .']
