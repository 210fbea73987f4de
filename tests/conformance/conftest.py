"""Which server is put to the test, and where the W3C's suites lie.

``target`` is one server for the whole run; every test that needs data puts it there over HTTP.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.exclusions import excluded
from tests.conformance.manifest import SUITES, Case, cases
from tests.conformance.partners import Partners, partners
from tests.conformance.target import Target, kgapi, other, oxigraph

_BESIDE = Path(__file__).parents[3] / "shared" / "w3c"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance")
    group.addoption("--w3c", metavar="PATH", help="folder of the W3C suites (else KGAPI_W3C)")
    group.addoption(
        "--sparql-target",
        metavar="TARGET",
        help="kgapi (default), oxigraph, or the URL of a query door",
    )
    group.addoption("--sparql-update", metavar="URL", help="update door, where not the query door")
    group.addoption(
        "--sparql-graphs", metavar="URL", help="graph store, where not `graphs` beside it"
    )
    group.addoption("--sparql-token", metavar="TOKEN", default="", help="bearer token for writing")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", _parameters(metafunc.config))


def _parameters(config: pytest.Config) -> list[object]:
    root, lack = _suites(config)
    if lack:
        return [pytest.param(None, id="w3c", marks=pytest.mark.skip(reason=lack))]
    reasons = excluded(_wanted(config))
    return [
        pytest.param(case, id=case.id, marks=_marks(case, reasons.get(case.iri)))
        for case in cases(root)
    ]


def _suites(config: pytest.Config) -> tuple[Path, str]:
    """(where the suites lie, what is wrong with that place: nothing where they do)."""
    root = Path(_option(config, "w3c") or os.environ.get("KGAPI_W3C") or _BESIDE)
    missing = [suite for suite in SUITES if not (root / suite).is_dir()]
    return root, f"no W3C suites: {root} lacks {', '.join(missing)}" if missing else ""


def _marks(case: Case, reason: str | None) -> list[pytest.MarkDecorator]:
    if reason is None:
        return []
    # A wrong answer is expected, not a server that is gone: only assertions count as failing.
    return [pytest.mark.xfail(reason=reason, strict=True, raises=AssertionError)]


def _option(config: pytest.Config, name: str) -> str | None:
    # Where this folder was not named on the command line, its options are not known.
    value: str | None = config.getoption(name, default=None)
    return value


def _wanted(config: pytest.Config) -> str:
    return _option(config, "sparql_target") or "kgapi"


@pytest.fixture(scope="session")
def suites(pytestconfig: pytest.Config) -> Path:
    """The folder of the W3C's suites."""
    root, lack = _suites(pytestconfig)
    if lack:
        pytest.skip(lack)
    return root


@pytest.fixture(scope="session")
def federation() -> Iterator[Partners]:
    """Endpoints on loopback that the server under test is allowed to ask."""
    with partners() as them:
        yield them


@pytest.fixture(scope="session")
def target(
    pytestconfig: pytest.Config, federation: Partners, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Target]:
    """The server under test."""
    wanted = _wanted(pytestconfig)
    if wanted == "kgapi":
        # The suites presume the standard's dataset, and ask other endpoints.
        settings = {"KGAPI_DEFAULT_GRAPH": "strict", "KGAPI_FEDERATION": federation.address}
        opened = kgapi(tmp_path_factory.mktemp("conformance") / "store", **settings)
    elif wanted == "oxigraph":
        beside = str(Path(sys.executable).parent)
        binary = shutil.which("oxigraph") or shutil.which("oxigraph", path=beside)
        assert binary, "there is no `oxigraph` to run; the package of that name provides it"
        opened = oxigraph(binary)
    else:
        update, graphs = (_option(pytestconfig, f"sparql_{door}") for door in ("update", "graphs"))
        opened = other(wanted, update, graphs, _option(pytestconfig, "sparql_token") or "")
    with opened as target:
        yield target


@pytest.fixture
def own(target: Target) -> Target:
    """The server under test where it is kgapi: what is asked is kgapi's own word, no standard's."""
    if target.name != "kgapi":
        pytest.skip("a promise of kgapi's own")
    return target
