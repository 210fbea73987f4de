"""Answers that leave compressed and bodies that come so, on both sides of every limit."""

import gzip
import time
import zlib
from collections.abc import Callable, Iterator

import httpx
import pytest
from backports import zstd
from flask import Flask, Response
from flask.testing import FlaskClient

from kgapi.errors import DeadlinePassed, NotAcceptable
from kgapi.web import codings, problems
from kgapi.web.codings import choose
from tests.conftest import BASE, TOKEN, Server

REFERENCE = f"graphs?graph={BASE}graph/reference"
PLACE = "/graphs?graph=https://example.org/g"
KEY = {"Authorization": f"Bearer {TOKEN}"}
TURTLE = b"<https://example.org/s> <https://example.org/p> 1, 2, 3 ."

DECOMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "zstd": zstd.decompress,
}
CODING = pytest.mark.parametrize("coding", DECOMPRESS)


def raw(answer: httpx.Response) -> bytes:
    """The bytes as they came over the wire."""
    return b"".join(answer.iter_raw())


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP", "gzip"),
        ("gzip, deflate, br", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=0.2, zstd;q=0.1", "gzip"),
        ("gzip;q=0.5, identity", None),
        ("gzip, identity;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=0, *", "zstd"),
        ("zstd;q=0, *", "gzip"),
        ("*;q=0, identity", None),
        ("br, identity;q=0, gzip;q=0.001", "gzip"),
        ("gzip;q=nonsense", None),
    ],
)
def test_the_coding_is_the_one_liked_best(accept: str, chosen: str | None) -> None:
    assert choose(accept) == chosen


@pytest.mark.parametrize("accept", ["identity;q=0", "br, *;q=0", "identity;q=0, gzip;q=0, br"])
def test_nothing_that_may_be_sent_is_a_406(client: FlaskClient, accept: str) -> None:
    with pytest.raises(NotAcceptable, match="zstd, gzip, identity"):
        choose(accept)
    answer = client.get("/", headers={"Accept-Encoding": accept})
    assert answer.status_code == 406
    assert answer.json["offered"] == ["zstd", "gzip", "identity"]  # type: ignore[index]


@CODING
@pytest.mark.parametrize(
    "path",
    [
        "sparql?query=SELECT * { ?s ?p ?o } LIMIT 500",
        "sparql?format=xml&query=SELECT * { ?s ?p ?o } LIMIT 500",
        "sparql?format=csv&query=SELECT * { ?s ?p ?o } LIMIT 500",
        "sparql?format=nt&query=CONSTRUCT WHERE { ?s ?p ?o } LIMIT 500",
        REFERENCE,
        "v1/facts",
        "openapi.json",
    ],
)
def test_what_is_worth_it_is_compressed(live: Server, coding: str, path: str) -> None:
    plain = live.http.get(path, headers={"Accept-Encoding": "identity"})
    with live.http.stream("GET", path, headers={"Accept-Encoding": coding}) as answer:
        data = raw(answer)
    assert "Content-Encoding" not in plain.headers
    assert answer.headers["Content-Encoding"] == coding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert len(data) < len(plain.content) / 3
    # The order of triples in a graph is free.
    assert sorted(DECOMPRESS[coding](data)) == sorted(plain.content)


def test_small_answers_are_left_alone(live: Server) -> None:
    for path in ("healthz", "sparql?query=ASK {}", "v1/nowhere"):
        answer = live.http.get(path, headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in answer.headers
        assert int(answer.headers["Content-Length"]) == len(answer.content) < 1_000
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_small_answers_are_compressed_where_nothing_else_will_do(live: Server) -> None:
    headers = {"Accept-Encoding": "gzip, identity;q=0"}
    answer = live.http.get("healthz", headers=headers)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.json()["status"] == "ok"


@CODING
def test_the_first_rows_come_before_the_last_are_made(live: Server, coding: str) -> None:
    """Everything beside everything would take for ever, and its first rows do not."""
    endless = "SELECT * { ?a a ?c . ?d a ?f }"
    begun = time.monotonic()
    inner = zlib.decompressobj(31) if coding == "gzip" else zstd.ZstdDecompressor()
    headers = {"Accept-Encoding": coding}
    with live.http.stream("GET", "sparql", params={"query": endless}, headers=headers) as answer:
        text = b""
        for chunk in answer.iter_raw():
            text += inner.decompress(chunk)
            if text.count(b'"a":') >= 10:
                break
    assert text.count(b'"a":') >= 10
    assert time.monotonic() - begun < 5


@CODING
def test_head_says_what_get_does(live: Server, coding: str) -> None:
    for path in (REFERENCE, "v1/facts", "healthz"):
        with live.http.stream("GET", path, headers={"Accept-Encoding": coding}) as got:
            raw(got)
        head = live.http.head(path, headers={"Accept-Encoding": coding})
        ignored = {"date", "transfer-encoding", "connection"}
        both = [
            {name: value for name, value in each.headers.items() if name not in ignored}
            for each in (got, head)
        ]
        assert both[0] == both[1]
        assert head.content == b""


def test_a_tag_holds_across_codings_and_names_its_own(live: Server) -> None:
    tags = {}
    for coding in ("identity", *DECOMPRESS):
        answer = live.http.head(REFERENCE, headers={"Accept-Encoding": coding})
        tags[coding] = answer.headers["ETag"]
    assert len(set(tags.values())) == 3
    assert not any(tag.startswith("W/") for tag in tags.values())
    for tag in tags.values():
        for coding in tags:
            headers = {"Accept-Encoding": coding, "If-None-Match": f'"other", {tag}'}
            answer = live.http.get(REFERENCE, headers=headers)
            assert answer.status_code == 304
            assert answer.headers["ETag"] == tag
            assert "Accept-Encoding" in answer.headers["Vary"]


def test_the_tag_of_a_compressed_graph_lets_its_reader_write(client: FlaskClient) -> None:
    turtle = b"".join(
        b"<https://example.org/s> <https://example.org/p> %d .\n" % n for n in range(999)
    )
    client.put(PLACE, data=turtle, content_type="text/turtle", headers=KEY)
    tag = client.get(PLACE, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    assert tag.endswith('+gzip"')
    for status in (204, 412):
        headers = {**KEY, "If-Match": tag}
        answer = client.put(PLACE, data=TURTLE, content_type="text/turtle", headers=headers)
        assert answer.status_code == status


def test_what_fails_before_its_first_row_is_still_a_problem() -> None:
    def rows() -> Iterator[bytes]:
        raise DeadlinePassed("too slow")
        yield b""

    app = Flask(__name__)
    problems.install(app)
    codings.install(app)
    app.add_url_rule("/", view_func=lambda: Response(rows(), mimetype="text/csv"))
    answer = app.test_client().get("/", headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.mimetype) == (504, "application/problem+json")


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "zstd": zstd.compress,
    "gzip in members": lambda data: gzip.compress(data[:20]) + gzip.compress(data[20:]),
    "zstd in frames": lambda data: zstd.compress(data[:20]) + zstd.compress(data[20:]),
}


@pytest.mark.parametrize("how", COMPRESS)
def test_a_body_may_come_compressed(client: FlaskClient, how: str) -> None:
    headers = {**KEY, "Content-Encoding": how.partition(" ")[0]}
    data = COMPRESS[how](TURTLE)
    answer = client.put(PLACE, data=data, content_type="text/turtle", headers=headers)
    assert answer.status_code == 201, answer.text
    assert client.get(PLACE, headers={"Accept": "application/n-triples"}).data.count(b"\n") == 3


def test_a_form_and_an_article_may_come_compressed(client: FlaskClient) -> None:
    form = gzip.compress(b"query=ASK%20%7B%20%7D")
    type_of_forms = "application/x-www-form-urlencoded"
    headers = {**KEY, "Content-Encoding": "gzip"}
    answer = client.post("/sparql", data=form, content_type=type_of_forms, headers=headers)
    assert answer.json == {"head": {}, "boolean": True}
    article = b"""---\nheadline: Canada sanctions Mali\ndate: 2022-01-03\n---\n
OTTAWA, Jan. 3 - Canada imposed sanctions on Mali on Monday, the foreign ministry said.\n"""
    answer = client.post(
        "/v1/articles", data=gzip.compress(article), content_type="text/markdown", headers=headers
    )
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("coding", "data", "status", "words"),
    [
        ("gzip", gzip.compress(TURTLE, mtime=0)[:-6], 400, "ends before its gzip does"),
        ("zstd", zstd.compress(TURTLE)[:-6], 400, "ends before its zstd does"),
        ("gzip", TURTLE, 400, "is not gzip"),
        ("zstd", TURTLE, 400, "is not zstd"),
        ("gzip", gzip.compress(TURTLE, mtime=0) + b"and more", 400, "is not gzip"),
        ("gzip", gzip.compress(b"", mtime=0) * 60_000, 400, "longer compressed"),
        ("br", TURTLE, 415, "zstd, gzip"),
        ("gzip, gzip", gzip.compress(gzip.compress(TURTLE, mtime=0), mtime=0), 415, "zstd, gzip"),
    ],
)
def test_a_body_that_is_not_what_it_says_changes_nothing(
    client: FlaskClient, coding: str, data: bytes, status: int, words: str
) -> None:
    headers = {**KEY, "Content-Encoding": coding}
    answer = client.put(PLACE, data=data, content_type="text/turtle", headers=headers)
    assert answer.status_code == status
    assert words in answer.json["detail"]  # type: ignore[index]
    assert answer.headers.get("Accept-Encoding") == ("zstd, gzip" if status == 415 else None)
    assert client.get(PLACE).status_code == 404


@CODING
def test_a_bomb_is_a_413_before_it_goes_off(live: Server, coding: str) -> None:
    """300 MB of comments in a body of some hundred kB."""
    line = b"#" * 1_000_000
    data = b"".join(_pieces(coding, line, 300))
    assert len(data) < 1_000_000
    begun = time.monotonic()
    headers = {**KEY, "Content-Encoding": coding, "Content-Type": "text/turtle"}
    answer = live.http.put(PLACE, content=data, headers=headers)
    assert answer.status_code == 413
    assert answer.json()["limit"] == 50_000_000
    assert time.monotonic() - begun < 5


def _pieces(coding: str, line: bytes, times: int) -> list[bytes]:
    inner = zlib.compressobj(wbits=31) if coding == "gzip" else zstd.ZstdCompressor()
    return [*(inner.compress(line) for _ in range(times)), inner.flush()]
