"""Fixture strategy: take the smallest real thing that has what you need.

- ``engine``, ``iris``: an empty store in memory, for tests of values and of the store's seam.
- ``app``, ``client``: a fresh kgapi over such a store, for tests that write.
- ``live``: one real ``kgapi serve`` process on a store on disk with the seeds loaded, started once
  for the whole run, for everything that only reads.
Nothing of our own is mocked.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn, Self

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kgapi.app import create_app
from kgapi.graph.iris import Iris
from kgapi.settings import Settings
from kgapi.store.embedded import EmbeddedEngine

BASE = "https://kgapi.example.org/"
TOKEN = "a-token-for-tests"
SHARED = Path(os.environ.get("KGAPI_TEST_SHARED", Path(__file__).parents[2] / "shared"))
# Modules of few tests that take long.
LONG = {
    "test_bench", "test_cli", "test_client", "test_cluster", "test_command", "test_contract",
    "test_crashes", "test_delivery", "test_extractors", "test_http", "test_openapi", "test_stopping",
}  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that take long come first: at the end, one process would go on alone with them."""
    items.sort(key=lambda item: item.path.stem not in LONG)


@pytest.fixture
def engine() -> Iterator[EmbeddedEngine]:
    engine = EmbeddedEngine()
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def iris() -> Iris:
    return Iris(BASE)


@pytest.fixture
def app(engine: EmbeddedEngine) -> Flask:
    return application(engine)


def application(engine: EmbeddedEngine) -> Flask:
    """A fresh kgapi over a store in memory."""
    return create_app(Settings(store=":memory:", token=TOKEN), engine)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def real_article() -> Path:
    """A real article, where it lies beside the checkout."""
    path = SHARED / "articles" / "russia-iran-declaration.txt"
    if not path.exists():
        pytest.skip(f"the real article is not part of the repository; looked for {path}")
    return path


def required(program: str, package: str) -> str:
    """The path of a program that a test needs, and that ``package`` of Debian provides.

    Where it is not installed the test is skipped; where KGAPI_TEST_REQUIRE is ``all``, it fails.
    """
    return shutil.which(program) or lacking(f"no {program}: install Debian's {package}")


def lacking(what: str) -> NoReturn:
    """Skip the test for what this machine lacks; fail where everything has to be there."""
    if os.environ.get("KGAPI_TEST_REQUIRE") == "all":
        pytest.fail(what)
    pytest.skip(what)


def environment(**settings: str) -> dict[str, str]:
    """This process's environment with these KGAPI_ settings and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KGAPI_")}
    return kept | settings


class Server:
    """A ``kgapi serve`` process of our own, on a free port, ended by its process id."""

    def __init__(self, store: Path | str, *arguments: str, **settings: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kgapi", "serve", "--port", "0", "--store", store, *arguments],
            env=environment(**settings),
            stderr=subprocess.PIPE,
            text=True,
        )
        self.told: list[str] = []
        self.address = self._address()
        self.http = httpx.Client(base_url=self.address, timeout=60)

    def _address(self) -> str:
        assert self.process.stderr
        for line in self.process.stderr:
            self.told.append(line)
            if found := re.search(r" at (http://\S+/)$", line.rstrip()):
                return found[1]
        raise AssertionError(f"kgapi serve ended with {self.process.wait()}: {''.join(self.told)}")

    def ready(self) -> Self:
        """The server, with its index: that is made for the first time while it serves already."""
        for _ in range(100):
            if self.http.get("v1/facts?limit=1").status_code != 503:
                break
            time.sleep(0.2)
        return self

    def stop(self) -> int:
        """Ask it to stop; its exit status."""
        self.http.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        _, rest = self.process.communicate(timeout=30)
        self.told.append(rest)
        return self.process.returncode

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server with the seed graph, for reading only."""
    server = Server(tmp_path_factory.mktemp("live") / "store", KGAPI_TOKEN=TOKEN)
    yield server.ready()
    assert server.stop() == 0
