"""Reading on a real Dask cluster of two workers, one of which is killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kgapi.bulk import Cluster
from kgapi.errors import BadSettings, PoolFailed
from kgapi.settings import Settings
from tests.bulk.conftest import Ingest, text
from tests.conftest import environment
from tests.test_cli import kgapi

pytestmark = pytest.mark.slow
ARTICLES = 40


@contextmanager
def cluster() -> Iterator[tuple[str, list[int], subprocess.Popen[str]]]:
    """The address of a scheduler, the process ids of its workers, and its own process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bulk.local_cluster"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, env=environment(), cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert process.stdout
    try:
        address = process.stdout.readline().strip()
        yield address, list(map(int, process.stdout.readline().split())), process
    finally:
        process.communicate(timeout=60)


def test_all_articles_arrive_though_a_worker_is_killed(tmp_path: Path) -> None:
    lines = [
        json.dumps({"text": text(f"News of {n}"), "published": "2018-05-09"})
        for n in range(ARTICLES)
    ]
    file = tmp_path / "many.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    with cluster() as (address, workers, _):
        command = [file, "--store", tmp_path / "far", "--scheduler", address]
        run = Ingest(tmp_path, *command)
        run.wait_for(5)
        os.kill(workers[0], signal.SIGKILL)
        assert run.end() == 0, run.errors
        again = kgapi("ingest", *command)
    assert [record["state"] for record in run.records()] == ["new"] * ARTICLES
    assert all(record["facts"] for record in run.records())
    assert again.stdout.count('"skipped"') == ARTICLES
    near = kgapi("ingest", file, "--store", tmp_path / "near", "--workers", "1")
    assert near.returncode == 0
    dumps = [kgapi("dump", "--store", tmp_path / name).stdout for name in ("far", "near")]
    assert dumps[0] == dumps[1]


def test_a_scheduler_that_goes_is_told_in_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for n in range(400):
        (folder / f"{n}.txt").write_text(text(f"News of {n}"), encoding="utf-8")
    with cluster() as (address, _, process):
        run = Ingest(tmp_path, folder, "--store", tmp_path / "store", "--scheduler", address)
        run.wait_for(5)
        process.kill()
        assert run.end() == 1
    assert run.errors.splitlines()[-1].startswith("Error: the Dask scheduler at")
    assert "Traceback" not in run.errors, run.errors
    stored = kgapi("query", "--store", tmp_path / "store", "-e",
                   "SELECT ?a { ?a a <https://w3id.org/kgapi/sanctions#Article> }")  # fmt: skip
    assert {record["article"] for record in run.records()} == set(stored.stdout.split()[1:])


def test_nobody_at_the_address_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(text("News"), encoding="utf-8")
    for address in ("tcp://127.0.0.1:9", "nonsense://x", ""):
        done = kgapi("ingest", tmp_path, "--scheduler", address, KGAPI_STORE=":memory:")
        assert done.returncode in (1, 2)
        assert done.stderr.splitlines()[-1].startswith("Error: ")
        assert "Traceback" not in done.stderr


def test_what_the_extractor_lacks_there_is_told_here() -> None:
    with cluster() as (address, _, _):
        with (
            pytest.raises(BadSettings, match="KGAPI_LLM_URL"),
            Cluster(address, Settings(extractor="llm")),
        ):
            pass
        with Cluster(address, Settings(token="secret", store_password="secret")) as pool:
            assert pool.origin.name == "rules"
            assert "secret" not in repr(pool.__dict__)


def test_a_cluster_without_workers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from kgapi.bulk import cluster as module

    monkeypatch.setattr(module, "_BEGIN", 1)
    scheduler = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", "--no-dashboard",
         "--host", "127.0.0.1", "--port", "0"],
        stderr=subprocess.PIPE, text=True, env=environment(),
    )  # fmt: skip
    try:
        assert scheduler.stderr
        line = next(line for line in scheduler.stderr if "Scheduler at:" in line)
        with pytest.raises(PoolFailed, match="no worker"), Cluster(line.split()[-1], Settings()):
            pass
    finally:
        scheduler.kill()
        scheduler.communicate()
