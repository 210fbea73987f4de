"""What goes wrong between kgapi and a store on another machine, and how kgapi tells it."""

import base64
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from kgapi import media
from kgapi.errors import (
    BadQuery,
    BadSettings,
    Busy,
    DeadlinePassed,
    KgapiError,
    StoreRefused,
    StoreUnavailable,
)
from kgapi.settings import Settings
from kgapi.store import open_engine
from kgapi.store.remote.dialects import DIALECTS
from tests.conftest import TOKEN, Server, environment
from tests.store import engines
from tests.store.test_contract import A, many, triples, values

JSON = media.always(media.RESULTS_JSON)
TRUE = b'{"head": {}, "boolean": true}'
RESULTS = {"Content-Type": "application/sparql-results+json"}


class Partner(ThreadingHTTPServer):
    """A real HTTP server that answers queries as ``answer`` says, and 200 to whoever asks if it is there."""

    daemon_threads = True

    def __init__(self, answer: Callable[["Request"], None]) -> None:
        self.answer = answer
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), Request)
        self.address = f"http://127.0.0.1:{self.server_port}/sparql"


class Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Partner

    def do_GET(self) -> None:
        self.say(200, b"hello", {"Content-Type": "text/plain"})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(self.headers.get("Authorization", ""))
        self.server.answer(self)

    def say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """The test says what matters."""


@contextmanager
def partner(answer: Callable[[Request], None]) -> Iterator[Partner]:
    with Partner(answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(timeout=10)


HTML = b"<html><body><h1>Secret</h1> Error 22023 at /srv/db</body></html>"


@pytest.mark.parametrize(
    ("status", "body", "headers", "error", "word"),
    [
        (400, b"no such prefix: ex", {"Content-Type": "text/plain"}, BadQuery, "no such prefix: ex"),
        (400, b'{"detail": "line 1"}', {"Content-Type": "application/problem+json"}, BadQuery, "line 1"),
        (400, HTML, {"Content-Type": "text/html"}, BadQuery, "400"),
        (500, HTML, {"Content-Type": "text/html"}, StoreUnavailable, "500"),
        (500, b"", {}, StoreUnavailable, "500"),
        (401, HTML, {"Content-Type": "text/html"}, StoreRefused, "KGAPI_STORE_USER"),
        (403, b"", {}, StoreRefused, "403"),
        (404, HTML, {"Content-Type": "text/html"}, StoreUnavailable, "no SPARQL endpoint"),
        (301, b"", {"Location": "http://127.0.0.1:9/"}, StoreUnavailable, "moved"),
        (503, b"", {"Retry-After": "7"}, Busy, "busy"),
        (504, b"", {}, DeadlinePassed, "504"),
        (200, HTML, {"Content-Type": "text/html"}, StoreUnavailable, "text/html"),
    ],
)  # fmt: skip
def test_each_failure_of_a_store_is_told_in_our_words(
    status: int, body: bytes, headers: dict[str, str], error: type[KgapiError], word: str
) -> None:
    with (
        partner(lambda request: request.say(status, body, headers)) as server,
        closing(open_engine(Settings(store=server.address))) as engine,
    ):
        for ask in (lambda: engine.query("ASK {}", JSON).read(), lambda: list(engine.graphs())):
            with pytest.raises(error, match=word) as told:
                ask()
            assert "<" not in str(told.value)
            assert "Secret" not in str(told.value)
        if error is Busy:
            assert told.value.extra["retry_after"] == 7


def test_an_answer_that_cannot_be_read_is_no_answer() -> None:
    broken = b'{"head": {"vars": ["x"]}, "results": {"bindings": [ oops'
    with (
        partner(lambda request: request.say(200, broken, RESULTS)) as server,
        closing(open_engine(Settings(store=server.address))) as engine,
    ):
        with pytest.raises(StoreUnavailable, match="no proper"):
            list(engine.graphs())
        with pytest.raises(StoreUnavailable, match="no proper"):
            engine.query("SELECT * {}", media.always(media.RESULTS_XML)).read()


def test_a_store_that_keeps_silent_is_waited_for_only_so_long() -> None:
    gone = threading.Event()

    def trickle(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Type", RESULTS["Content-Type"])
        request.send_header("Content-Length", "1000000")
        request.end_headers()
        while not gone.wait(0.1):
            request.wfile.write(b" ")
            request.wfile.flush()

    for answer in (lambda request: gone.wait(20), trickle):
        gone.clear()
        with (
            partner(answer) as server,
            closing(open_engine(Settings(store=server.address))) as engine,
        ):
            started = time.monotonic()
            with pytest.raises(DeadlinePassed):
                engine.query("ASK {}", JSON, deadline=0.5).read()
            assert time.monotonic() - started < 5
            gone.set()


def test_a_read_is_asked_again_where_the_connection_is_lost_and_a_write_is_not() -> None:
    turns: list[int] = []

    def hang_up(request: Request) -> None:
        turns.append(1)
        if len(turns) > 1:
            request.say(200, TRUE, RESULTS)
        else:
            request.connection.shutdown(socket.SHUT_RDWR)
        request.close_connection = True

    with (
        partner(hang_up) as server,
        closing(open_engine(Settings(store=server.address))) as engine,
    ):
        assert engine.query("ASK {}", JSON).read() == TRUE
        assert len(turns) == 2
        turns.clear()
        with pytest.raises(StoreUnavailable, match="broke off"):
            engine.update("DROP SILENT ALL")
        assert len(turns) == 1


def test_an_answer_that_breaks_off_is_no_answer() -> None:
    def half(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Type", RESULTS["Content-Type"])
        request.send_header("Content-Length", "1000")
        request.end_headers()
        request.wfile.write(TRUE)
        request.wfile.flush()
        request.connection.shutdown(socket.SHUT_RDWR)
        request.close_connection = True

    with (
        partner(half) as server,
        closing(open_engine(Settings(store=server.address))) as engine,
        pytest.raises(StoreUnavailable, match="broke off"),
    ):
        engine.query("ASK {}", JSON).read()


def test_credentials_go_where_they_are_asked_for_and_nowhere_else() -> None:
    def ask(request: Request) -> None:
        if request.headers.get("Authorization"):
            request.say(200, TRUE, RESULTS)
        else:
            request.say(401, b"", {"WWW-Authenticate": 'Basic realm="x"'})

    settings = {"store_user": "ü", "store_password": "p:w"}
    with (
        partner(ask) as closed,
        partner(lambda request: request.say(200, TRUE, RESULTS)) as free,
    ):
        with closing(open_engine(Settings(store=closed.address, **settings))) as engine:
            engine.query("ASK {}", JSON).read()
            engine.query("ASK {}", JSON).read()
        given = "Basic " + base64.b64encode("ü:p:w".encode()).decode()
        assert closed.asked == ["", given, given]
        with closing(open_engine(Settings(store=free.address, **settings))) as engine:
            engine.query("ASK {}", JSON).read()
        assert free.asked == [""]
        with closing(open_engine(Settings(store=free.address, store_token="t"))) as engine:
            engine.query("ASK {}", JSON).read()
        assert free.asked[1:] == ["Bearer t"]


@pytest.mark.parametrize(
    "given",
    [
        {"store": "http://me:hidden@127.0.0.1/sparql"},
        {"store": "http:///sparql"},
        {"store": "http://127.0.0.1:99999/hidden"},
        {"store": "https://h/sparql", "store_update_url": "ftp://me:hidden@h/"},
        {"store": "https://h/sparql", "store_dialect": "sqlite"},
        {"store": "https://h/sparql", "store_user": "me", "store_token": "hidden"},
    ],
)
def test_settings_that_cannot_be_are_told_without_what_is_private(given: dict[str, str]) -> None:
    with pytest.raises(BadSettings) as told:
        Settings(**given)
    assert "hidden" not in str(told.value)


def test_settings_do_not_show_what_is_private() -> None:
    shown = repr(Settings(token="hidden", store_password="hidden", store_token="hidden"))
    assert "hidden" not in shown


def test_a_store_that_is_not_there_is_told_at_the_start() -> None:
    address = f"http://127.0.0.1:{engines.free_port()}/sparql"
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        open_engine(Settings(store=address))
    done = subprocess.run(
        [sys.executable, "-m", "kgapi", "dump", "--store", address],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "cannot be reached" in done.stderr


def test_serving_a_remote_store_needs_a_token_of_your_own() -> None:
    with partner(lambda request: request.say(200, TRUE, RESULTS)) as server:
        done = subprocess.run(
            [sys.executable, "-m", "kgapi", "serve", "--port", "0", "--store", server.address],
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert "set KGAPI_TOKEN" in done.stderr
    assert server.asked == []


def test_a_store_that_goes_in_the_middle_is_told_and_found_again(tmp_path: Path) -> None:
    port = engines.free_port()
    with engines.oxigraph(tmp_path, port) as first:
        engine = open_engine(Settings(store=f"{first.address}query"))
        engine.put_graph(A, many(1_000), media.N_TRIPLES)
        body = engine.query("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", JSON).body
        next(body)
        first.stop(signal.SIGKILL)
        with pytest.raises(StoreUnavailable, match="broke off"):
            for _ in body:
                pass
        with pytest.raises(StoreUnavailable, match="cannot be reached"):
            engine.query("ASK {}", JSON)
        with pytest.raises(StoreUnavailable, match="cannot be reached"):
            engine.put_graph(A, b"", media.N_TRIPLES)
    with engines.oxigraph(tmp_path, port), closing(engine):
        engine.put_graph(A, many(1), media.N_TRIPLES)
        assert len(triples(engine, A)) == 3


def test_oxigraph_is_known_by_its_own_word_and_takes_a_deadline(tmp_path: Path) -> None:
    with engines.oxigraph(tmp_path) as server:
        settings = Settings(store=f"{server.address}query", default_graph="strict")
        with closing(open_engine(settings)) as engine:
            engine.update("INSERT DATA { <a:s> <a:p> 1 GRAPH <a:g> { <a:s> <a:p> 2 } }")
            assert values(engine, "SELECT ?o { ?s ?p ?o }") == ["1"]
            engine.put_graph(A, many(2_000), media.N_TRIPLES)
            endless = (
                f"SELECT (COUNT(*) AS ?o) {{ GRAPH <{A}> {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} }}"
            )
            started = time.monotonic()
            with pytest.raises(DeadlinePassed):
                engine.query(endless, JSON, deadline=1).read()
            assert time.monotonic() - started < 5


@pytest.mark.slow
def test_virtuoso_tells_where_it_cuts_and_keeps_its_machinery_to_itself(tmp_path: Path) -> None:
    with engines.virtuoso(tmp_path, "ResultSetMaxRows = 100") as server:
        settings = Settings(store=server.address, store_user="dba", store_password="dba")
        with closing(open_engine(settings)) as engine:
            engine.put_graph(A, many(500), media.N_TRIPLES)
            whole = f"SELECT ?o {{ GRAPH <{A}> {{ ?s ?p ?o }} }}"
            with pytest.raises(StoreUnavailable, match="ResultSetMaxRows"):
                engine.query(whole, JSON)
            assert len(values(engine, f"{whole} LIMIT 99")) == 99
            with pytest.raises(StoreUnavailable, match="no more"):
                engine.get_graph(A, media.always(media.TURTLE))
            with pytest.raises(StoreUnavailable, match="no more"):
                list(engine.dump(media.N_QUADS))
            for text in (
                "SELECT (<bif:file_to_string>('/etc/passwd') AS ?x) {}",
                "PREFIX b: <bif:> SELECT (b:upper('a') AS ?x) {}",
                "PREFIX s: <sq> SELECT (s:l\\:x('a') AS ?x) {}",
                "SELECT (<\\u0062if:upper>('a') AS ?x) {}",
            ):
                with pytest.raises(BadQuery):
                    engine.query(text, JSON)
            cross = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?d && ?e != ?h)"
            endless = f"SELECT (COUNT(*) AS ?o) {{ {cross} }}"
            started = time.monotonic()
            with pytest.raises(DeadlinePassed):
                engine.query(endless, JSON, deadline=2).read()
            assert time.monotonic() - started < 6
        wrong = Settings(store=server.address, store_user="dba", store_password="hidden")
        with closing(open_engine(wrong)) as engine:
            for write in (
                lambda: engine.put_graph(A, b"", media.N_TRIPLES),
                lambda: engine.update(f"DROP SILENT GRAPH <{A}>"),
                lambda: engine.delete_graph(A),
            ):
                with pytest.raises(StoreRefused) as told:
                    write()
                assert "hidden" not in str(told.value)
        strict = Settings(
            store=server.address, store_user="dba", store_password="dba", default_graph="strict"
        )
        with pytest.raises(BadSettings, match="strict"):
            open_engine(strict)


@pytest.mark.slow
@pytest.mark.parametrize("make", ["oxigraph", "virtuoso"])
def test_kgapi_serves_a_remote_store(make: str, tmp_path: Path) -> None:
    with getattr(engines, make)(tmp_path) as engine:
        store = engine.address if make == "virtuoso" else f"{engine.address}query"
        account = {"KGAPI_STORE_USER": "dba", "KGAPI_STORE_PASSWORD": "dba"}
        given = account if make == "virtuoso" else {}
        with Server(store, KGAPI_TOKEN=TOKEN, **given) as server:  # type: ignore[arg-type]
            assert any("18 seed articles" in line for line in server.told)
            assert not any("dba" in line for line in server.told)
            _walk(server.http)
            assert server.stop() == 0
        done = subprocess.run(
            [sys.executable, "-m", "kgapi", "dump", "--store", store],
            env=environment(**given),
            capture_output=True,
            timeout=120,
            check=True,
        )
        assert done.stdout.count(b"\n") > 16_000


def _walk(http: httpx.Client) -> None:
    writer = {"Authorization": f"Bearer {TOKEN}"}
    told = http.post(
        "v1/articles",
        content="US leaves nuclear deal\n\n8 May 2018\n\n"
        "The United States withdrew from the JCPOA on Tuesday.\n",
        headers=writer | {"Content-Type": "text/plain"},
    )
    assert told.status_code == 201, told.text
    assert http.get("healthz").status_code == 200
    page = http.get("v1/facts", params={"limit": 5}).json()
    assert len(page["items"]) == 5
    assert page["total"] > 250
    answer = http.post("sparql", data={"query": "SELECT * { ?s a ?o } LIMIT 3"})
    assert len(answer.json()["results"]["bindings"]) == 3
    update = {"update": f"INSERT DATA {{ GRAPH <{A}> {{ <a:s> <a:p> 1 }} }}"}
    assert http.post("sparql", data=update).status_code == 401
    assert http.post("sparql", data=update, headers=writer).status_code == 204
    graph = http.get("graphs", params={"graph": A})
    assert "a:s" in graph.text
    etag = graph.headers["ETag"]
    again = http.get("graphs", params={"graph": A}, headers={"If-None-Match": etag})
    assert again.status_code == 304
    gone = http.delete("graphs", params={"graph": A}, headers=writer | {"If-Match": etag})
    assert gone.status_code == 204
    assert http.get("graphs", params={"graph": A}).status_code == 404
    bad = http.get("sparql", params={"query": "SELECT *\n{"})
    assert (bad.status_code, bad.json()["line"]) == (400, 2)


def test_the_dialects_of_the_settings_are_those_of_the_table() -> None:
    for name in DIALECTS:
        Settings(store="http://127.0.0.1/", store_dialect=name)
    with pytest.raises(BadSettings, match=", ".join(DIALECTS)):
        Settings(store="http://127.0.0.1/", store_dialect="other")
