"""Whoever follows a store is there, is replaced, or is not needed; and nothing is left out."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from random import Random

import httpx
import pytest

from kgapi import media
from kgapi.app import create_app
from kgapi.errors import BadRequest, Busy, KgapiError, StoreUnavailable
from kgapi.journal import GraphChange, Journal, Projection, follow, keep_following
from kgapi.journal.database import connect, usable
from kgapi.journal.reads import after
from kgapi.journal.turn import Turn
from kgapi.settings import Settings
from kgapi.store.embedded import EmbeddedEngine
from kgapi.store.touches import is_reached
from tests.conftest import TOKEN, Server, environment
from tests.journal.writes import canonical, everything, held, replayed, write
from tests.store import engines
from tests.store.processes import served

KEY = {"Authorization": f"Bearer {TOKEN}"}


def insert(engine: EmbeddedEngine, number: int) -> None:
    engine.update(f"INSERT DATA {{ GRAPH <urn:{number}> {{ <urn:s> <urn:p> {number} }} }}")


def test_a_thread_follows_and_others_wait_for_it(engine: EmbeddedEngine) -> None:
    stopped = threading.Event()
    with closing(Journal(engine, None)) as journal:
        thread = threading.Thread(target=keep_following, args=(journal, stopped), daemon=True)
        thread.start()
        seen = 0
        for number in range(20):
            insert(engine, number)
            found = journal.current()
            assert found.mark == engine.revision()
            assert found.seq == number + 1
            with journal.reading() as connection:
                assert [each.seq for each in after(connection, seen, 10)] == [number + 1]
            seen = found.seq
        stopped.set()
        thread.join(5)
        assert not thread.is_alive()
        folder = journal.folder
    assert not folder.exists()


def test_a_write_whose_graph_has_an_impossible_name_is_not_in_the_way(
    engine: EmbeddedEngine,
) -> None:
    with closing(Journal(engine, None)) as journal:
        journal.current()
        for name in ("relative", "urn:a b", "\U000f4f2d\n"):
            with pytest.raises(BadRequest):
                engine.delete_graph(name)
        insert(engine, 1)
        assert journal.follow() == 1
        assert journal.present() == journal.current()


def test_an_older_state_is_told_where_whoever_follows_is_slow(
    engine: EmbeddedEngine, tmp_path: Path
) -> None:
    with closing(Journal(engine, tmp_path)) as journal, Turn(tmp_path) as slow:
        assert slow.take()
        with pytest.raises(Busy):
            journal.current(0.1)
        journal.follow()
        older = journal.current(0.1)
        insert(engine, 1)
        assert journal.current(0.1) == older
        journal.follow()
        assert journal.current(0.1).mark == engine.revision()


class Copies:
    """A projection: the graphs that there are, with the number of their triples."""

    def __init__(self, version: str) -> None:
        self.made = 0
        self.projection = Projection("copies", version, self.create, self.apply)

    def create(self, connection) -> None:  # type: ignore[no-untyped-def]
        self.made += 1
        connection.execute("DROP TABLE IF EXISTS copies")
        connection.execute("CREATE TABLE copies (graph TEXT PRIMARY KEY, size INTEGER)")

    def apply(self, connection, changes: list[GraphChange]) -> None:  # type: ignore[no-untyped-def]
        for each in changes:
            connection.execute("DELETE FROM copies WHERE graph = ?", (each.graph,))
            if each.after:
                row = (each.graph, len(each.after))
                connection.execute("INSERT INTO copies VALUES (?, ?)", row)


def test_a_projection_follows_and_is_made_anew_where_its_version_changes(
    engine: EmbeddedEngine, tmp_path: Path
) -> None:
    connection = connect(tmp_path)
    first, second = Copies("1"), Copies("2")
    told = "SELECT * FROM copies ORDER BY graph"
    random = Random(5)
    for _ in range(15):
        write(random, engine)
        follow(engine, connection, [first.projection])
    insert(engine, 1)
    follow(engine, connection, [first.projection])
    rows = connection.execute(told).fetchall()
    assert ("urn:1", 1) in rows
    assert first.made == 1
    assert follow(engine, connection, [second.projection]) == 0
    assert second.made == 1
    assert connection.execute(told).fetchall() == rows
    connection.execute("DELETE FROM copies WHERE graph = 'urn:1'")
    insert(engine, 2)
    assert follow(engine, connection, [second.projection], anew=True) == 1
    assert second.made == 2
    assert connection.execute(told).fetchall() == sorted([*rows, ("urn:2", 1)])
    connection.close()


def test_what_fails_in_a_projection_leaves_nothing_of_the_step(
    engine: EmbeddedEngine, tmp_path: Path
) -> None:
    connection = connect(tmp_path)

    def fail(*_: object) -> None:
        raise RuntimeError("a projection fails")

    insert(engine, 1)
    with pytest.raises(RuntimeError):
        follow(engine, connection, [Projection("bad", "1", lambda _: None, fail)])
    assert connection.execute("SELECT count(*) FROM change").fetchone() == (0,)
    insert(engine, 2)
    assert follow(engine, connection) == 2
    connection.close()


def test_a_full_disk_leaves_nothing_of_the_step(engine: EmbeddedEngine, tmp_path: Path) -> None:
    lines = "".join(f'<urn:s> <urn:p> "{random_text(n)}" .\n' for n in range(2_000))
    engine.put_graph("urn:g", lines.encode(), media.N_TRIPLES)
    with closing(connect(tmp_path)) as connection:
        connection.execute("PRAGMA max_page_count = 30")
        with pytest.raises(StoreUnavailable, match="full"), usable(tmp_path):
            follow(engine, connection)
        assert connection.execute("SELECT count(*) FROM change").fetchone() == (0,)
        connection.execute("PRAGMA max_page_count = 100000")
        assert follow(engine, connection) == 1


def random_text(seed: int) -> str:
    return Random(seed).randbytes(100).hex()


def test_many_that_follow_at_once_record_each_change_once(
    engine: EmbeddedEngine, tmp_path: Path
) -> None:
    """Each with a journal of its own, as processes have, made at the same time."""
    failures: list[BaseException] = []

    def look(number: int) -> None:
        try:
            with closing(Journal(engine, tmp_path)) as journal:
                for step in range(10):
                    insert(engine, 100 * number + step)
                    written = engine.mark()
                    assert is_reached(written, journal.current(30).mark)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=look, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    with closing(Journal(engine, tmp_path)) as journal:
        assert journal.current().seq == 60
        assert canonical(everything(journal)) == held(engine)


@pytest.mark.slow
def test_nothing_is_left_out_where_writers_are_killed_at_work(tmp_path: Path) -> None:
    with (
        served(tmp_path / "store") as running,
        closing(Journal(running.engine, tmp_path / "index")) as journal,
    ):

        def work(seed: int) -> None:
            random = Random(seed)
            for _ in range(20):
                try:
                    write(random, running.engine)
                except KgapiError:
                    # Of a writer that was killed too often.
                    continue

        workers = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
        for worker in workers:
            worker.start()
        random = Random(9)
        while any(worker.is_alive() for worker in workers):
            time.sleep(random.random() / 2)
            running.kill_writer()
            journal.current(30)
        assert canonical(everything(journal)) == held(running.engine)


def follower(server: Server) -> int:
    """The process id of the one that has the journal's lock, by the descriptors it has open."""
    pids = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(server.process.pid)], capture_output=True, text=True
    ).stdout.split()
    for pid in pids:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            if os.path.realpath(descriptor).endswith("/index/following"):
                return int(pid)
    raise AssertionError("nobody follows")


@pytest.mark.slow
def test_a_server_tells_what_it_acknowledged_whoever_dies(tmp_path: Path) -> None:
    patch = {"Accept": media.RDF_PATCH.type}
    with Server(tmp_path / "store", "--no-seeds", KGAPI_TOKEN=TOKEN) as server:
        known = server.http.get("v1/changes?limit=500").json()["items"][-1]["seq"]
        for number in range(12):
            if number % 4 == 3:
                os.kill(follower(server), signal.SIGKILL)
            update = f"INSERT DATA {{ GRAPH <urn:{number}> {{ <urn:s> <urn:p> {number} }} }}"
            assert server.http.post("sparql", data={"update": update}, headers=KEY).is_success
            page = server.http.get(f"v1/changes?since={known}").json()
            assert [each["graph"] for each in page["items"]] == [f"urn:{number}"]
            known = page["items"][-1]["seq"]
        rows = server.http.get("v1/changes", headers=patch).content
        dump = server.http.post(
            "sparql",
            data={"query": "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"},
        ).json()
        assert len(replayed([rows])) == int(dump["results"]["bindings"][0]["n"]["value"])


@pytest.mark.parametrize("content", [b"this is no database" * 100, None])
def test_a_database_that_cannot_be_used_is_told_so(
    engine: EmbeddedEngine, tmp_path: Path, content: bytes | None
) -> None:
    if content is None:
        with closing(connect(tmp_path)) as connection:
            connection.execute("PRAGMA user_version = 99")
    else:
        (tmp_path / "index.sqlite").write_bytes(content)
    app = create_app(Settings(store=":memory:", index=str(tmp_path)), engine)
    answer = app.test_client().get("/v1/changes")
    assert answer.status_code == 503
    assert "remove the folder" in answer.json["detail"]  # type: ignore[index]


def test_whoever_follows_tries_again_until_it_can(
    engine: EmbeddedEngine, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "index.sqlite"
    broken.write_bytes(b"this is no database" * 100)
    stopped = threading.Event()
    with closing(Journal(engine, tmp_path)) as journal:
        thread = threading.Thread(target=keep_following, args=(journal, stopped), daemon=True)
        thread.start()
        for _ in range(2_000):
            if "does not follow" in capfd.readouterr().err:
                break
            time.sleep(0.01)
        else:
            raise AssertionError("nothing was told of it")
        broken.unlink()
        assert journal.current(20).seq == 0
        insert(engine, 1)
        assert journal.current(20).seq == 1
        assert thread.is_alive()
        stopped.set()
        thread.join(5)


@pytest.mark.slow
def test_a_server_of_a_remote_store_notices_what_others_write(tmp_path: Path) -> None:
    settings = {"KGAPI_TOKEN": TOKEN, "KGAPI_FOLLOW_EVERY": "1"}
    with (
        engines.oxigraph(tmp_path) as store,
        Server(f"{store.address}query", "--no-seeds", **settings) as server,
    ):
        known = server.ready().http.get("v1/changes?limit=500").json()["items"][-1]["seq"]
        update = "INSERT DATA { GRAPH <urn:%s> { <urn:s> <urn:p> 1 } }"
        server.http.post("sparql", data={"update": update % "ours"}, headers=KEY)
        (ours,) = server.http.get(f"v1/changes?since={known}").json()["items"]
        assert ours["graph"] == "urn:ours"
        httpx.post(f"{store.address}update", data={"update": update % "theirs"})
        for _ in range(100):
            items = server.http.get(f"v1/changes?since={ours['seq']}").json()["items"]
            if items:
                break
            time.sleep(0.1)
        assert [each["graph"] for each in items] == ["urn:theirs"]
        assert server.stop() == 0


@pytest.mark.slow
def test_a_server_whose_index_has_no_place_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = subprocess.run(
        [sys.executable, "-m", "kgapi", "serve", "--port", "0", "--no-seeds"],
        env=environment(
            KGAPI_STORE=str(tmp_path / "store"),
            KGAPI_TOKEN=TOKEN,
            KGAPI_INDEX=str(tmp_path / "file"),
        ),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert found.returncode == 1
    assert f"the index in {tmp_path / 'file'} cannot be used" in found.stderr
    assert "Traceback" not in found.stderr
