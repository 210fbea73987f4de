"""From a WSGI application to its client and into the cache, each way an answer can go."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from select import select

import httpx
import pytest

from tests.server.small import BODY_SECONDS, THREADS
from tests.server.wire import connected, read_answer, read_to_the_end, request, without_chunks


class Small:
    """A process of tests.server.small."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.turn_to("one")
        self.log = (folder / "log").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.server.small", folder],
            stderr=self.log,
            cwd=Path(__file__).parents[2],
        )
        self.address = self._address()
        self.http = httpx.Client(base_url=self.address, timeout=30)

    def _address(self) -> str:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if found := re.search(r"ready at (\S+)", self.logged()):
                return found[1]
            time.sleep(0.05)
        raise AssertionError(self.logged())

    def logged(self) -> str:
        return (self.folder / "log").read_text()

    def turn_to(self, revision: str) -> None:
        (self.folder / "revision").write_text(revision)

    def calls(self) -> int:
        return int(self.http.get("old").text.split()[1])


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    small = Small(tmp_path_factory.mktemp("small"))
    with small.http, small.log:
        yield small
        small.process.terminate()
        assert small.process.wait(timeout=30) == 0


@pytest.fixture(autouse=True)
def _fresh_revision(small: Small, request: pytest.FixtureRequest) -> None:
    small.turn_to(request.node.name)


def test_an_answer_is_given_again_until_the_store_changes(small: Small) -> None:
    first = small.http.get("tagged")
    assert first.headers["ETag"].startswith('W/"test_an_answer')
    before = small.calls()
    again = small.http.get("tagged")
    assert again.content == first.content
    assert {k: v for k, v in again.headers.items() if k != "date"} == {
        k: v for k, v in first.headers.items() if k != "date"
    }
    assert small.calls() == before + 1, "the application was not asked"
    small.turn_to("two")
    changed = small.http.get("tagged")
    assert changed.headers["ETag"] == 'W/"two.text"'
    assert changed.content != first.content


def test_head_and_if_none_match_are_answered_from_what_is_kept(small: Small) -> None:
    first = small.http.get("tagged")
    tag = first.headers["ETag"]
    before = small.calls()
    headed = small.http.head("tagged")
    assert (headed.status_code, headed.content) == (200, b"")
    assert headed.headers["Content-Length"] == str(len(first.content))
    for sent in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
        known = small.http.get("tagged", headers={"If-None-Match": sent})
        assert (known.status_code, known.content) == (304, b"")
        assert known.headers["ETag"] == tag
        assert known.headers["Vary"] == "Accept"
        assert "Content-Type" not in known.headers
    other = small.http.get("tagged", headers={"If-None-Match": 'W/"zero.text"'})
    assert (other.status_code, other.content) == (200, first.content)
    assert small.calls() == before + 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "text/csv"},
        {"Accept-Encoding": "gzip"},
        {"Host": "other.example"},
        {"X-Forwarded-Prefix": "/below"},
        {"Authorization": "Bearer x"},
    ],
)
def test_what_an_answer_depends_on_tells_requests_apart(
    small: Small, headers: dict[str, str]
) -> None:
    first = small.http.get("tagged")
    assert small.http.get("tagged", headers=headers).content != first.content
    assert small.http.get("tagged?x=1").content != first.content
    assert small.http.get("tagged").content == first.content


@pytest.mark.parametrize("path", ["old", "varied", "private", "big"])
def test_what_is_not_fit_is_not_kept(small: Small, path: str) -> None:
    assert small.http.get(path).content != small.http.get(path).content


def test_what_was_not_wanted_for_longest_makes_room(small: Small) -> None:
    first = small.http.get("tagged?n=0").content
    assert small.http.get("tagged?n=0").content == first
    for number in range(1, 200):
        small.http.get(f"tagged?n={number}")
    assert small.http.get("tagged?n=0").content != first
    last = small.http.get("tagged?n=199").content
    assert small.http.get("tagged?n=199").content == last


def test_the_first_chunk_leaves_before_the_second_is_made(small: Small) -> None:
    with connected(small.address) as connection:
        connection.sendall(request("GET /slow", "Connection: close"))
        began = time.monotonic()
        found = b""
        while b"first" not in found:
            found += connection.recv(1000)
        assert time.monotonic() - began < 0.7
        found += read_to_the_end(connection)
    assert without_chunks(found) == b"first last"


def test_an_error_before_anything_was_sent_is_a_problem(small: Small) -> None:
    early = small.http.get("fails-early")
    assert (early.status_code, early.json()["detail"]) == (504, "that took too long")
    bug = small.http.get("bug")
    assert (bug.status_code, bug.headers["Content-Type"]) == (500, "application/problem+json")
    assert "a bug" not in bug.text
    assert "LookupError: a bug before the head" in small.logged()


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/fails-late", "GET /fails-late: that took too long"),
        ("/bug-late", "LookupError: a bug behind the head"),
    ],
)
def test_an_error_on_the_way_breaks_the_connection(small: Small, path: str, logged: str) -> None:
    with connected(small.address) as connection:
        connection.sendall(request(f"GET {path}"))
        found = read_to_the_end(connection)
    assert found.startswith(b"HTTP/1.1 200 OK")
    assert found.count(b"x") >= 100_000
    with pytest.raises(ValueError, match="invalid literal"):
        without_chunks(found)
    assert logged in small.logged()


def test_a_client_that_leaves_ends_the_answer(small: Small) -> None:
    before = int(small.http.get("closed").text)
    for _ in range(2 * THREADS):
        with connected(small.address) as connection:
            connection.sendall(request("GET /endless"))
            assert connection.recv(1000)
    end = time.monotonic() + 5
    while int(small.http.get("closed").text) < before + 2 * THREADS:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_more_requests_than_can_wait_are_sent_away(small: Small) -> None:
    with ExitStack() as open_ones:
        for _ in range(THREADS):
            connection = open_ones.enter_context(connected(small.address))
            connection.sendall(request("GET /endless"))
            assert connection.recv(1000)
        waiting = [
            open_ones.enter_context(connected(small.address)) for _ in range(64 * THREADS + 8)
        ]
        for connection in waiting:
            connection.sendall(request("GET /old"))
        answered, _, _ = select(waiting, [], [], 10)
        status, headers, body = read_answer(answered[0])
        assert (status, headers["retry-after"]) == (503, "1")
        assert json.loads(body)["type"] == "/problems/busy"
    end = time.monotonic() + 5
    while small.http.get("old").status_code != 200:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_204_has_no_length(small: Small) -> None:
    empty = small.http.get("empty")
    assert (empty.status_code, "Content-Length" in empty.headers) == (204, False)


def test_the_environ_is_as_werkzeug_wants_it(small: Small) -> None:
    with connected(small.address) as connection:
        connection.sendall(
            request(
                "GET /environ?q=%C3%BC", "X-Twice: a", "X-Twice: b", "X_Twice: c", "Cookie: a=1",
                "Cookie: b=2",
            )
        )  # fmt: skip
        found = json.loads(read_answer(connection)[2])
    assert found["HTTP_X_TWICE"] == "a,b"
    assert found["HTTP_COOKIE"] == "a=1;b=2"
    assert (found["QUERY_STRING"], found["SCRIPT_NAME"]) == ("q=%C3%BC", "")
    assert (found["REMOTE_ADDR"], found["wsgi.url_scheme"]) == ("127.0.0.1", "http")
    assert small.address == f"http://127.0.0.1:{found['SERVER_PORT']}/"


def test_one_proxy_is_believed_and_no_more(small: Small) -> None:
    headers = {
        "X-Forwarded-For": "192.0.2.9, 192.0.2.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/below",
    }
    found = small.http.get("environ", headers=headers).json()
    assert (found["REMOTE_ADDR"], found["wsgi.url_scheme"]) == ("192.0.2.7", "https")
    assert (found["SCRIPT_NAME"], found["PATH_INFO"]) == ("/below", "/environ")


def test_a_body_comes_whole_whatever_its_framing(small: Small) -> None:
    assert small.http.post("body", content=b"abc").text == "3 bytes: abc"
    assert small.http.post("body", content=iter([b"ab", b"", b"c"])).text == "3 bytes: abc"
    assert small.http.get("body").text == "0 bytes: "


def test_a_client_that_expects_it_is_told_to_continue(small: Small) -> None:
    with connected(small.address) as connection:
        connection.sendall(request("POST /body", "Content-Length: 3", "Expect: 100-continue"))
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"abc")
        assert read_answer(connection)[2] == b"3 bytes: abc"
    with connected(small.address) as connection:
        connection.sendall(request("POST /body", "Content-Length: 300000", "Expect: 100-continue"))
        assert read_answer(connection)[0] == 413


def test_a_body_that_trickles_is_given_up(small: Small) -> None:
    with connected(small.address) as connection:
        connection.sendall(request("POST /body", "Content-Length: 100000"))
        began = time.monotonic()
        for _ in range(5):
            connection.sendall(b"x" * 10_000)
            time.sleep(0.1)
        status, headers, _ = read_answer(connection)
        assert (status, headers["connection"]) == (408, "close")
        assert BODY_SECONDS + 0.4 < time.monotonic() - began < BODY_SECONDS + 1.5


def test_bodies_on_their_way_have_a_bound_together(small: Small) -> None:
    with ExitStack() as open_ones:
        for _ in range(3):
            connection = open_ones.enter_context(connected(small.address))
            connection.sendall(request("POST /body", "Content-Length: 90000"))
            connection.sendall(b"x" * 80_000)
        time.sleep(0.2)
        refused = small.http.post("body", content=b"y" * 50_000)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert small.http.post("body", content=b"abc").status_code == 200
    time.sleep(0.2)
    assert small.http.post("body", content=b"y" * 50_000).status_code == 200
