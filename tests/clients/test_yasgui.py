"""YASGUI, both that are alive, in a real browser: its page comes from elsewhere, so CORS decides."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.browser import pages
from tests.clients.conftest import EX, HARD, KEY, B, triples
from tests.clients.yasgui import Yasgui
from tests.conftest import Server

pytestmark = [pytest.mark.slow, pytest.mark.clients]

NAMES = f"SELECT ?name {{ ?s <{EX}name> ?name }}"
PAGE = """<!doctype html>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="node_modules/@{maker}/yasgui/build/yasgui.min.css">
<div id="yasgui"></div>
<script src="node_modules/@{maker}/yasgui/build/yasgui.min.js"></script>
<script>
  const yasgui = new Yasgui(document.getElementById("yasgui"), {{ requestConfig: {config} }});
</script>
"""


@pytest.fixture(params=["zazuko", "triply"])
def maker(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def yasgui(
    chromium: Any,
    maker: str,
    door: str,
    node_modules: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Yasgui]:
    """YASGUI with the request configuration that the test is parametrized with."""
    config = {"endpoint": door, **getattr(request, "param", {})}
    page = PAGE.format(maker=maker, config=json.dumps(config))
    (tmp_path / "index.html").write_text(page, encoding="utf-8")
    (tmp_path / "node_modules").symlink_to(node_modules.resolve())
    with pages(tmp_path) as address, chromium.new_context() as context:
        opened = context.new_page()
        opened.goto(address)
        yield Yasgui(opened, door)


@pytest.mark.parametrize("yasgui", [{"method": way} for way in ("GET", "POST")], indirect=True)
def test_a_table_a_graph_and_a_truth(yasgui: Yasgui) -> None:
    status, shown = yasgui.ask(NAMES)
    assert status == 200
    assert "3 results" in shown
    assert "Πειραιάς" in shown
    assert HARD.splitlines()[1] in shown
    status, shown = yasgui.ask(f"CONSTRUCT {{ ?s <{EX}long> ?l }} {{ ?s <{EX}length> ?l }}")
    assert status == 200
    assert "183" in shown
    assert yasgui.ask(f"ASK {{ ?s <{EX}length> 183 }}")[1].splitlines()[-1] == "True"


@pytest.mark.parametrize(
    "yasgui",
    [
        {"acceptHeaderSelect": accept}
        for accept in (
            "application/sparql-results+xml,*/*;q=0.9",
            "text/csv,*/*;q=0.9",
            "text/tab-separated-values,*/*;q=0.9",
        )
    ],
    indirect=True,
)
def test_it_shows_other_formats_too(yasgui: Yasgui) -> None:
    status, shown = yasgui.ask(NAMES)
    assert status == 200
    assert "3 results" in shown
    assert "Anemos" in shown


# Only named graphs: what is chosen as default graph, YASGUI keeps to itself.
@pytest.mark.parametrize("yasgui", [{"headers": KEY}], indirect=True)
def test_queries_and_updates_see_the_named_graphs_that_were_chosen(
    yasgui: Yasgui, served: Server, graph: str
) -> None:
    yasgui.set({"namedGraphs": [B]})
    seen = f"GRAPH ?g {{ ?s <{EX}name> ?name }}"
    shown = yasgui.ask(f"SELECT ?name {{ {seen} }}")[1]
    assert "1 result" in shown
    assert "Anemos" in shown
    status, _ = yasgui.ask(
        f"INSERT {{ GRAPH <{graph}> {{ ?s <{EX}p> ?name }} }} WHERE {{ {seen} }}"
    )
    assert status == 204
    assert triples(served, graph) == [f'<{EX}ship> <{EX}p> "Anemos"@en .']


@pytest.mark.parametrize("yasgui", [{"headers": KEY}], indirect=True)
def test_an_update_with_the_token(yasgui: Yasgui, served: Server, graph: str) -> None:
    status, _ = yasgui.ask(f"INSERT DATA {{ GRAPH <{graph}> {{ <{EX}s> <{EX}p> 'ü & +' }} }}")
    assert status == 204
    assert triples(served, graph) == [f'<{EX}s> <{EX}p> "ü & +" .']


def test_refusals_can_be_read(yasgui: Yasgui) -> None:
    status, shown = yasgui.ask("SELECT * { ?s ?p }")
    assert status == 400
    assert "line 1, column 19" in shown
    status, shown = yasgui.ask(f"INSERT DATA {{ <{EX}s> <{EX}p> 1 }}")
    assert status == 401
    assert "Authorization: Bearer" in shown
