"""One real ``kgapi serve`` for the tests that do not end it, with 20,000 triples in one graph."""

from collections.abc import Iterator

import pytest

from tests.conftest import TOKEN, Server

TRIPLES = 20_000
GRAPH = "https://example.org/many"
WRITER = {"Authorization": f"Bearer {TOKEN}"}
MANY = "SELECT * { GRAPH <https://example.org/many> { ?s ?p ?o } }"


def fill(server: Server) -> None:
    lines = "".join(
        f"<https://example.org/{n}> <https://example.org/p> {n} .\n" for n in range(TRIPLES)
    )
    server.http.put(
        "graphs",
        params={"graph": GRAPH},
        content=lines,
        headers=WRITER | {"Content-Type": "text/turtle"},
    ).raise_for_status()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    store = tmp_path_factory.mktemp("server") / "store"
    # One client may have half of the readers, so that here it can fill all sixteen threads.
    settings = {"KGAPI_TOKEN": TOKEN, "KGAPI_WORKERS": "1", "KGAPI_READERS": "32"}
    with Server(store, "--no-seeds", **settings) as server:
        fill(server)
        yield server
    assert server.process.returncode == 0
