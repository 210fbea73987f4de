"""`kgapi ingest` as a process: killed, stopped, told in JSON Lines and on a terminal."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bulk.conftest import PATIENCE, Ingest, text
from tests.conftest import TOKEN, Server, environment
from tests.test_cli import kgapi


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Forty articles, a line each."""
    records = [{"text": text(f"News of {n}"), "published": "2018-05-09"} for n in range(40)]
    file = tmp_path / "many.jsonl"
    file.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return file


@pytest.fixture
def whole(many: Path, tmp_path: Path) -> str:
    """The dump of a store into which they went undisturbed."""
    store = tmp_path / "whole"
    assert kgapi("ingest", many, "--store", store, "--workers", "1").returncode == 0
    return kgapi("dump", "--store", store).stdout


def children(pid: int) -> list[int]:
    """The processes below one that read articles."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text().rpartition(")")[2].split()
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if int(stat[1]) == pid and stat[0] != "Z" and b"spawn_main" in command:
            found.append(int(entry.name))
    return found


def gone(pids: list[int]) -> bool:
    ends = time.monotonic() + PATIENCE
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_nothing(many: Path, whole: str, tmp_path: Path) -> None:
    store = tmp_path / "store"
    run = Ingest(tmp_path, many, "--store", store, "--workers", "2")
    run.wait_for(3)
    os.kill(children(run.process.pid)[0], signal.SIGKILL)
    assert run.end() == 0, run.errors
    assert [record["state"] for record in run.records()] == ["new"] * 40
    assert run.errors.startswith("40 new, 0 replaced, 0 skipped, 0 failed in ")
    assert kgapi("dump", "--store", store).stdout == whole


@pytest.mark.slow
def test_after_a_kill_the_next_run_does_the_rest(many: Path, whole: str, tmp_path: Path) -> None:
    store = tmp_path / "store"
    run = Ingest(tmp_path, many, "--store", store, "--workers", "2")
    run.wait_for(9)
    readers = children(run.process.pid)
    run.process.kill()
    assert run.end() == -signal.SIGKILL
    assert readers
    assert gone(readers), "whoever worked for it ends too"
    again = kgapi("ingest", many, "--store", store, "--workers", "2")
    assert again.returncode == 0, again.stderr
    assert len(again.stdout.splitlines()) == 40
    assert kgapi("dump", "--store", store).stdout == whole


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_stops_and_keeps_what_was_told(
    workers: str, many: Path, whole: str, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    run = Ingest(tmp_path, many, "--store", store, "--workers", workers)
    run.wait_for(5)
    readers = children(run.process.pid)
    os.killpg(run.process.pid, signal.SIGINT)
    assert run.end() == 128 + signal.SIGINT
    assert gone(readers)
    assert "run the same command again" in run.errors
    assert "Traceback" not in run.errors
    told = {record["article"] for record in run.records()}
    assert 5 <= len(told) < 40
    again = kgapi("ingest", many, "--store", store, "--workers", workers)
    later = list(map(json.loads, again.stdout.splitlines()))
    assert {each["article"] for each in later if each["state"] == "skipped"} == told
    assert kgapi("dump", "--store", store).stdout == whole


@pytest.mark.slow
def test_beside_a_server_the_server_writes(tmp_path: Path) -> None:
    file = tmp_path / "five.jsonl"
    records = [{"text": text(f"News of {n}"), "published": "2018-05-09"} for n in range(5)]
    file.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    store = tmp_path / "store"
    with Server(store, "--no-seeds", KGAPI_TOKEN=TOKEN) as server:
        for state in ("new", "skipped"):
            done = kgapi("ingest", file, "--store", store, "--workers", "2")
            told = list(map(json.loads, done.stdout.splitlines()))
            assert [record["state"] for record in told] == [state] * 5
        articles = server.http.get("v1/articles").json()["items"]
        assert {each["id"] for each in articles} == {record["article"] for record in told}


def test_every_record_is_a_line_and_the_summary_is_apart(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text(text("News of a"), encoding="utf-8")
    (folder / "b.txt").write_text(text("News of a"), encoding="utf-8")
    (folder / "c.json").write_text("{", encoding="utf-8")
    done = kgapi("ingest", folder, "--store", tmp_path / "store")
    assert done.returncode == 1
    told = {
        Path(record.pop("file")).name: record
        for record in map(json.loads, done.stdout.splitlines())
    }
    assert told["a.txt"] == {
        "state": "new",
        "article": told["a.txt"]["article"],
        "facts": told["a.txt"]["facts"],
        "waiting": 0,
        "warnings": [],
    }
    assert told["a.txt"]["facts"] > 0
    assert told["b.txt"] == {"state": "skipped", "article": told["a.txt"]["article"]}
    assert told["c.json"]["state"] == "failed"
    assert list(told["c.json"]["problem"]) == ["type", "title", "detail"]
    summary, error = done.stderr.splitlines()
    assert summary.startswith("1 new, 0 replaced, 1 skipped, 1 failed in ")
    assert error == "Error: 1 of 3 could not be taken"


def test_fail_fast_stops_at_the_first(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{", encoding="utf-8")
    (tmp_path / "b.txt").write_text(text("News of b"), encoding="utf-8")
    done = kgapi("ingest", tmp_path, "--store", tmp_path / "store", "--fail-fast")
    assert done.returncode == 1
    assert [json.loads(line)["state"] for line in done.stdout.splitlines()] == ["failed"]
    assert "Error: 1 of 1 could not be taken" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [["--workers", "0"], ["--workers", "2", "--scheduler", "tcp://x:1"], ["--scheduler", ""]],
)
def test_what_makes_no_sense_is_refused_before_anything_is_done(
    arguments: list[str], tmp_path: Path
) -> None:
    done = kgapi("ingest", tmp_path, "--store", tmp_path / "store", *arguments)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("Error: ")
    assert not (tmp_path / "store").exists()


def on_a_terminal(*arguments: str | Path) -> tuple[int, str]:
    """What somebody at a terminal sees, and the exit status."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "kgapi", "ingest", *map(str, arguments)],
        stdin=theirs, stdout=theirs, stderr=theirs, env=environment() | {"COLUMNS": "120"},
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    try:
        while part := os.read(ours, 4096):
            seen += part
    except OSError:
        pass  # how a terminal says that nobody writes to it any more
    os.close(ours)
    return process.wait(timeout=PATIENCE), seen.decode()


def test_a_terminal_gets_lines_for_a_few(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{", encoding="utf-8")
    (tmp_path / "b.txt").write_text(text("News of b"), encoding="utf-8")
    status, seen = on_a_terminal(tmp_path, "--store", tmp_path / "store")
    assert status == 1
    assert re.search(r"a\.json: The document is no JSON", seen)
    assert re.search(r"^https://\S+\tnew\t\d+ facts", seen.replace("\r", ""), re.MULTILINE)


@pytest.mark.slow
def test_a_terminal_gets_a_bar_for_many(tmp_path: Path) -> None:
    bad, folder = tmp_path / "bad.txt", tmp_path / "articles"
    bad.write_bytes(b"\x00")
    folder.mkdir()
    for number in range(40):
        # So long that it takes more than the second from which on the time left is told.
        body = "".join(
            f"The United States imposed sanctions on company {number}-{each} of Iran.\n\n"
            for each in range(40)
        )
        (folder / f"{number}.txt").write_text(text(f"News of {number}") + body, encoding="utf-8")
    status, seen = on_a_terminal(folder, bad, "--store", tmp_path / "store", "--workers", "1")
    assert status == 1
    assert re.search(r"Ingesting +\[#+-+\] +\d+/41 .*\d\d:\d\d:\d\d .*[\d.]+/s", seen)
    assert re.search(r"41/41 .*1 failed", seen)
    assert "bad.txt: " in seen
    assert '"state"' not in seen
    assert "40 new, 0 replaced, 0 skipped, 1 failed in " in seen
