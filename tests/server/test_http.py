"""What clients do to a server, and what it does to them: over real connections to ``kgapi serve``."""

import json
import subprocess
import time
from contextlib import ExitStack
from urllib.parse import quote

import httpx
import pytest

from tests.conftest import Server
from tests.server.conftest import GRAPH, MANY, TRIPLES, WRITER
from tests.server.wire import connected, read_answer, read_to_the_end, request, without_chunks

LONG = f"/sparql?query={quote(MANY)}"
# More than the buffers of two kernels hold.
PAIRS = quote("SELECT * { GRAPH <https://example.org/many> { ?s ?p ?o . ?t ?q ?u } } LIMIT 400000")
UPDATE = "INSERT DATA { <https://example.org/cut> <https://example.org/off> 1 }"


def is_quick(server: Server) -> bool:
    """Whether sixteen requests at once are answered as if there were nothing else to do."""
    with ExitStack() as open_ones:
        asking = [open_ones.enter_context(connected(server.address, 5)) for _ in range(16)]
        for connection in asking:
            connection.sendall(request("GET /nothing"))
        return all(read_answer(connection)[0] == 404 for connection in asking)


def test_a_connection_is_kept_and_carries_requests_one_after_another(server: Server) -> None:
    with connected(server.address) as connection:
        for path, expected in (("/healthz", 200), ("/nothing", 404), ("/healthz", 200)):
            connection.sendall(request(f"GET {path}"))
            status, headers, body = read_answer(connection)
            assert status == expected
            assert "connection" not in headers
            assert int(headers["content-length"]) == len(body) > 0


def test_requests_sent_in_one_go_are_answered_in_order(server: Server) -> None:
    with connected(server.address) as connection:
        last = request("GET /healthz", "Connection: close")
        connection.sendall(request("GET /nothing") + request("GET /healthz") + last)
        found = read_to_the_end(connection)
    assert [part[:3] for part in found.split(b"HTTP/1.1 ")[1:]] == [b"404", b"200", b"200"]


def test_head_has_the_headers_of_get_and_no_body(server: Server) -> None:
    got, headed = server.http.get("healthz"), server.http.head("healthz")
    assert headed.headers["Content-Length"] == got.headers["Content-Length"]
    with connected(server.address) as connection:
        for path in ("/healthz", LONG):
            connection.sendall(request(f"HEAD {path}"))
            assert connection.recv(65_536).endswith(b"\r\n\r\n")
        connection.sendall(request("GET /healthz"))
        assert read_answer(connection)[0] == 200, "no byte of a body lay between"


def test_a_small_answer_is_whole_and_a_long_one_streams(server: Server) -> None:
    small = server.http.get("sparql", params={"query": "ASK {}"})
    assert int(small.headers["Content-Length"]) == len(small.content)
    assert "Transfer-Encoding" not in small.headers
    with server.http.stream("GET", "sparql", params={"query": MANY}) as answer:
        assert answer.headers["Transfer-Encoding"] == "chunked"
        answer.read()
    assert len(answer.json()["results"]["bindings"]) == TRIPLES


def test_http_1_0_gets_an_answer_whole_or_none(server: Server) -> None:
    with connected(server.address) as connection:
        connection.sendall(f"GET {LONG}%20LIMIT%201000 HTTP/1.0\r\n\r\n".encode())
        status, headers, body = read_answer(connection)
        assert (status, len(json.loads(body)["results"]["bindings"])) == (200, 1000)
        assert headers["connection"] == "close"
    with connected(server.address) as connection:
        connection.sendall(f"GET /sparql?query={PAIRS} HTTP/1.0\r\n\r\n".encode())
        assert read_answer(connection)[0] == 505


@pytest.mark.parametrize(
    ("sent", "status", "slug"),
    [
        (b"NONSENSE\r\n\r\n", 400, "bad-request"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "bad-request"),
        (request("GET /", "Host: other.example"), 400, "bad-request"),
        (request("GET /", f"X-Long: {'x' * 300_000}"), 431, "head-too-large"),
        (request("POST /sparql", "Content-Length: 999999999"), 413, "too-large"),
    ],
)
def test_what_is_no_request_gets_a_problem(
    server: Server, sent: bytes, status: int, slug: str
) -> None:
    with connected(server.address) as connection:
        connection.sendall(sent)
        found, headers, body = read_answer(connection)
        assert (found, headers["content-type"]) == (status, "application/problem+json")
        assert headers["access-control-allow-origin"] == "*"
        assert json.loads(body)["type"] == f"/problems/{slug}"


def test_a_body_in_chunks_is_measured_too(server: Server) -> None:
    with connected(server.address) as connection:
        connection.sendall(request("POST /sparql", "Transfer-Encoding: chunked"))
        chunk = b"%x\r\n%b\r\n" % (2**20, b"x" * 2**20)
        with pytest.raises(OSError, match=r"reset|pipe"):
            connection.sendall(chunk * 200)
    assert server.http.get("healthz").status_code == 200


def test_a_name_with_an_underscore_passes_for_no_other_header(server: Server) -> None:
    with connected(server.address) as connection:
        connection.sendall(
            request("POST /sparql", "Content_Type: application/sparql-query", body=b"")
        )
        assert read_answer(connection)[0] == 415


def test_an_upload_that_is_cut_off_changes_nothing(server: Server) -> None:
    whole = f"update={quote(UPDATE)}".encode()
    headers = [f"{k}: {v}" for k, v in WRITER.items()]
    headers.append("Content-Type: application/x-www-form-urlencoded")
    with connected(server.address) as connection:
        connection.sendall(
            request("POST /sparql", *headers, f"Content-Length: {len(whole) + 1}", body=whole)
        )
        time.sleep(0.2)
    with connected(server.address) as connection:
        connection.sendall(request("POST /sparql", *headers, "Transfer-Encoding: chunked"))
        connection.sendall(b"%x\r\n%b\r\n" % (len(whole), whole))
        time.sleep(0.2)
    time.sleep(0.2)
    default = server.http.get("graphs?default", headers={"Accept": "application/n-triples"})
    assert "example.org/cut" not in default.text


def test_slow_bodies_hold_no_thread(server: Server) -> None:
    with ExitStack() as open_ones:
        for _ in range(40):
            connection = open_ones.enter_context(connected(server.address))
            connection.sendall(request("POST /sparql", "Content-Length: 10") + b"q")
        assert is_quick(server)


def test_a_client_that_leaves_frees_its_thread(server: Server) -> None:
    # More than there are readers for.
    for _ in range(12):
        with connected(server.address) as connection:
            connection.sendall(request(f"GET /sparql?query={PAIRS}"))
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
    assert is_quick(server)


@pytest.mark.slow
def test_clients_that_do_not_read_cost_little_memory(server: Server) -> None:
    with connected(server.address) as connection:
        connection.sendall(request(f"GET /sparql?query={PAIRS}", "Connection: close"))
        began = time.monotonic()
        connection.recv(100)
        assert time.monotonic() - began < 2, "the first bytes leave at once"
        before = resident(server)
        most = dict(before)
        for _ in range(20):
            time.sleep(0.05)
            most = larger(most, resident(server))
        count = 0
        while data := connection.recv(2**20):
            count += len(data)
            if count % 2**24 < len(data):
                most = larger(most, resident(server))
    assert count > 40_000_000
    assert all(most[process] - before[process] < 25_000_000 for process in before)


def resident(server: Server) -> dict[str, int]:
    """Bytes of memory of each of the server's children, by process id."""
    found = subprocess.run(
        ["ps", "-o", "pid=,rss=", "--ppid", str(server.process.pid)], capture_output=True, text=True
    )
    rows = (line.split() for line in found.stdout.splitlines())
    return {process: 1024 * int(size) for process, size in rows}


def larger(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {process: max(size, other.get(process, 0)) for process, size in one.items()}


@pytest.mark.slow
def test_what_is_kept_is_never_older_than_the_last_write(server: Server) -> None:
    query = {"query": "SELECT ?o { GRAPH <https://example.org/n> { ?s ?p ?o } }", "format": "csv"}
    seen = set()
    for number in range(15):
        server.http.put(
            "graphs",
            params={"graph": "https://example.org/n"},
            content=f"<https://example.org/s> <https://example.org/p> {number} .",
            headers=WRITER | {"Content-Type": "text/turtle"},
        ).raise_for_status()
        for _ in range(4):
            # A connection each, so that every web process is met.
            answer = httpx.get(f"{server.address}sparql", params=query)
            assert answer.text.split() == ["o", str(number)]
        tag = answer.headers["ETag"]
        seen.add(tag)
        for _ in range(4):
            known = httpx.get(
                f"{server.address}sparql", params=query, headers={"If-None-Match": tag}
            )
            assert (known.status_code, known.headers["ETag"]) == (304, tag)
    assert len(seen) == 15


def test_an_offer_to_upgrade_is_passed_over(server: Server) -> None:
    for offer in ("h2c", "TLS/1.0"):
        with connected(server.address) as connection:
            connection.sendall(
                request("GET /healthz", "Connection: Upgrade, HTTP2-Settings", f"Upgrade: {offer}")
            )
            status, headers, _ = read_answer(connection)
            assert (status, headers["connection"]) == (200, "close")


@pytest.mark.slow
def test_a_client_that_takes_nothing_is_cut_off(server: Server) -> None:
    with connected(server.address) as connection:
        connection.sendall(request(f"GET /sparql?query={PAIRS}"))
        time.sleep(33)
        found = read_to_the_end(connection)
    with pytest.raises(ValueError, match="invalid literal"):
        without_chunks(found)
    assert is_quick(server)


@pytest.mark.slow
def test_a_slow_head_and_a_slow_body_end_in_time(server: Server) -> None:
    with ExitStack() as open_ones:
        idle, head, body = (open_ones.enter_context(connected(server.address)) for _ in range(3))
        body.sendall(request("POST /sparql", "Content-Length: 1000"))
        head.sendall(b"GET / HTTP/1.1\r\n")
        began = time.monotonic()
        assert read_answer(head)[0] == 408
        assert 9 < time.monotonic() - began < 12
        assert idle.recv(1) == b""
        assert read_answer(body)[0] == 408
        assert 29 < time.monotonic() - began < 33


def test_the_graph_is_still_whole(server: Server) -> None:
    counted = server.http.get(
        "sparql",
        params={
            "query": f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}",
            "format": "csv",
        },
    )
    assert counted.text.split() == ["n", str(TRIPLES)]
