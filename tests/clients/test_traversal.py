"""Comunica with documents alone: it starts at one and follows the links, without any endpoint."""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kgapi.reference import files
from tests.clients.conftest import KEY
from tests.conftest import TOKEN, Server, lacking

pytestmark = [pytest.mark.slow, pytest.mark.clients]


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose IRIs lead to itself, with what one article states."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("linked") / "store"
    base = f"http://127.0.0.1:{port}/"
    arguments = ("--no-seeds", "--port", str(port))
    with Server(folder, *arguments, KGAPI_TOKEN=TOKEN, KGAPI_BASE=base) as server:
        (article,) = files.seeds("articles").glob("2018-05-09-*.md")
        headers = {"Content-Type": "text/markdown", **KEY}
        posted = server.http.post("/v1/articles", content=article.read_bytes(), headers=headers)
        assert posted.status_code == 201, posted.text
        yield server


@pytest.fixture
def follow(run: Callable[..., str], node: Path, node_modules: Path) -> Callable[[str, str], object]:
    """The solutions that Comunica finds for a query from one document on."""
    program = node_modules / "@comunica" / "query-sparql-link-traversal" / "bin" / "query.js"
    if not program.is_file():
        lacking(f"no link traversal in {node_modules}: run `npm ci --ignore-scripts` beside it")

    def follow(start: str, text: str) -> object:
        wanted = "application/sparql-results+json"
        told = run(node, program, "--lenient", start, "-q", text, "-t", wanted)
        rows = json.loads(told)["results"]["bindings"]
        return [{name: term["value"] for name, term in row.items()} for row in rows]

    return follow


def test_two_hops_from_one_document(linked: Server, follow: Callable[[str, str], object]) -> None:
    agreement = f"{linked.address}id/agreement/jcpoa"
    # Who left it is told by the document about the act, and what they are elsewhere by their own.
    text = f"""
        PREFIX san: <https://w3id.org/kgapi/sanctions#>
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        SELECT ?who ?same {{
          ?act san:concerns <{agreement}> ; san:actor ?who ;
            san:actionType <https://w3id.org/kgapi/vocab/action#withdraw> .
          ?who skos:exactMatch ?same
        }} LIMIT 1
    """
    assert follow(agreement, text) == [
        {"who": f"{linked.address}id/country/us", "same": "http://www.wikidata.org/entity/Q30"}
    ]
