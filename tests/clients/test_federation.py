"""Other engines ask kgapi by SERVICE, and kgapi asks kgapi."""

from collections.abc import Iterator

import pyoxigraph
import pytest
from rdflib import Graph

from tests.clients.conftest import EX
from tests.conftest import TOKEN, Server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.clients,
    # rdflib leaves the closing of its connections to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def asked(door: str) -> str:
    return f"SELECT ?l {{ SERVICE <{door}> {{ <{EX}ship> <{EX}length> ?l }} }}"


@pytest.fixture(scope="module")
def asking(door: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A kgapi that may ask the served one, and no other."""
    store = tmp_path_factory.mktemp("asking") / "store"
    with Server(store, "--no-seeds", KGAPI_TOKEN=TOKEN, KGAPI_FEDERATION=door) as server:
        yield server


def test_rdflib_asks(door: str) -> None:
    assert [int(length) for (length,) in Graph().query(asked(door))] == [183]


def test_oxigraph_asks(door: str) -> None:
    found = pyoxigraph.Store().query(asked(door))
    assert isinstance(found, pyoxigraph.QuerySolutions)
    assert [each["l"].value for each in found] == ["183"]  # type: ignore[union-attr]


def test_kgapi_asks_whom_it_may(door: str, asking: Server) -> None:
    answer = asking.http.get("/sparql", params={"query": asked(door), "format": "csv"})
    assert answer.text == "l\r\n183\r\n"


def test_kgapi_asks_nobody_else(served: Server, asking: Server) -> None:
    answer = asking.http.get("/sparql", params={"query": asked(f"{served.address}else")})
    assert answer.status_code == 403
    silent = asked(f"{served.address}else").replace("SERVICE", "SERVICE SILENT")
    assert asking.http.get("/sparql", params={"query": silent}).status_code == 403
