"""Comunica: one endpoint, one that it finds out about by itself, several together."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.clients.conftest import EX, KEY, A, B, put, triples
from tests.conftest import TOKEN, Server

pytestmark = [pytest.mark.slow, pytest.mark.clients]

LENGTHS = f"SELECT ?s ?length {{ ?s <{EX}length> ?length }}"
FLAGS = f"{EX}flags"

Comunica = Callable[..., str]


@pytest.fixture(scope="session")
def comunica(run: Callable[..., str], node: Path, node_modules: Path) -> Comunica:
    """What Comunica prints for these sources and this query."""
    program = node_modules / "@comunica" / "query-sparql" / "bin" / "query.js"

    def ask(sources: list[str], text: str, wanted: str = "text/csv", **how: str) -> str:
        return run(node, program, *sources, "-q", text, "-t", wanted, **how)

    return ask


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The door of another kgapi, which knows the flag of the ship in one of its graphs."""
    with Server(
        tmp_path_factory.mktemp("other") / "store", "--no-seeds", KGAPI_TOKEN=TOKEN
    ) as server:
        put(server, FLAGS, f"<{EX}ship> <{EX}flag> 'GR' . <{EX}port> <{EX}flag> 'none' .")
        yield f"{server.address}sparql"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("kind", ["sparql@", ""], ids=["endpoint", "found out"])
@pytest.mark.parametrize("wanted", ["text/csv", "text/tab-separated-values"])
def test_an_endpoint_answers(comunica: Comunica, door: str, kind: str, wanted: str) -> None:
    assert "183" in comunica([kind + door], LENGTHS, wanted)
    assert rows(comunica([kind + door], LENGTHS)) == [{"length": "183", "s": f"{EX}ship"}]


@pytest.mark.parametrize("kind", ["sparql@", ""], ids=["endpoint", "found out"])
def test_two_sources_are_joined(comunica: Comunica, door: str, other: str, kind: str) -> None:
    text = f"SELECT ?flag ?length {{ ?s <{EX}length> ?length ; <{EX}flag> ?flag }}"
    assert rows(comunica([kind + door, kind + other], text)) == [{"flag": "GR", "length": "183"}]


def test_two_sources_with_a_filter_and_an_optional(
    comunica: Comunica, door: str, other: str
) -> None:
    text = f"""SELECT ?s ?flag ?depth {{
      ?s <{EX}flag> ?flag OPTIONAL {{ ?s <{EX}depth> ?depth }} FILTER(STRLEN(?flag) > 1)
    }} ORDER BY ?flag"""
    found = rows(comunica([f"sparql@{door}", f"sparql@{other}"], text))
    assert [(row["flag"], row["depth"]) for row in found] == [("GR", ""), ("none", "11.5")]


def test_comunica_asks_a_service(comunica: Comunica, served: Server, door: str, other: str) -> None:
    text = f"SELECT ?l ?f {{ ?s <{EX}length> ?l SERVICE <{other}> {{ ?s <{EX}flag> ?f }} }}"
    sources = [f"sparql@{door}", f"{served.address}graphs?graph={B}"]
    assert rows(comunica(sources, text)) == [{"f": "GR", "l": "183"}]
    # With an endpoint alone it leaves the whole query to it, and kgapi asks nobody unless told.
    comunica([f"sparql@{door}"], text, error="KGAPI_FEDERATION")


def test_a_graph_is_constructed_and_truth_is_told(comunica: Comunica, door: str) -> None:
    text = f"CONSTRUCT {{ ?s <{EX}long> ?l }} WHERE {{ ?s <{EX}length> ?l }}"
    assert comunica([f"sparql@{door}"], text, "application/n-triples").strip() == (
        f'<{EX}ship> <{EX}long> "183"^^<http://www.w3.org/2001/XMLSchema#integer> .'
    )
    ask = f"ASK {{ ?s <{EX}length> 183 }}"
    assert '"boolean":true' in comunica([door], ask, "application/sparql-results+json")


def test_a_graph_is_read_by_its_address(comunica: Comunica, served: Server) -> None:
    address = f"{served.address}graphs?graph={A}"
    assert rows(comunica([address], LENGTHS)) == [{"length": "183", "s": f"{EX}ship"}]


def test_an_update_with_the_token(
    run: Callable[..., str], node: Path, node_modules: Path, door: str, served: Server, graph: str
) -> None:
    script = f"""
        import {{ QueryEngine }} from "@comunica/query-sparql";
        await new QueryEngine().queryVoid(
          `INSERT DATA {{ GRAPH <{graph}> {{ <{EX}s> <{EX}p> "ü" }} }}`,
          {{
            sources: [{{ type: "sparql", value: "{door}" }}],
            fetch: (url, init) => {{
              const headers = new Headers(init?.headers);
              headers.set("Authorization", "{KEY["Authorization"]}");
              return fetch(url, {{ ...init, headers }});
            }},
          }});
    """
    run(node, "--input-type=module", "-e", script, cwd=node_modules.parent)
    assert triples(served, graph) == [f'<{EX}s> <{EX}p> "ü" .']


def test_refusals_are_told(comunica: Comunica, door: str, graph: str) -> None:
    text = f"INSERT DATA {{ GRAPH <{graph}> {{ <{EX}s> <{EX}p> 1 }} }}"
    comunica([f"sparql@{door}"], text, "simple", error="401")
