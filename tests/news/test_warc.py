"""Web archives: the pages among the records, with address and time, and whatever is broken told."""

import time
from datetime import UTC, date, datetime
from gzip import compress
from pathlib import Path

import pytest

from kgapi.errors import KgapiError, UnreadableArticle
from kgapi.facts.extractor import Extraction
from kgapi.graph import mapping
from kgapi.graph.iris import Iris
from kgapi.news import media_type_of, read_all
from kgapi.news.article import Article
from kgapi.news.warc import LARGEST_RECORD

STORY = Path(__file__).parent / "pages" / "story.html"
WARC = "application/warc"
MOMENT = "2024-03-05T06:07:08Z"


def archive(*pages: tuple[str, bytes, str, str], gzip: bool = True) -> bytes:
    """An archive of (address, body, Content-Type, status), each with its request before it."""
    records = [record("warcinfo", "test.warc", b"software: test\r\n", "application/warc-fields")]
    for address, body, kind, status in pages:
        asked = b"GET / HTTP/1.1\r\nHost: news.example.org\r\n\r\n"
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        records.append(record("request", address, asked, "application/http;msgtype=request"))
        answer = head.encode() + body
        records.append(record("response", address, answer, "application/http;msgtype=response"))
    return b"".join(compress(one, mtime=0) if gzip else one for one in records)


def record(name: str, address: str, block: bytes, kind: str) -> bytes:
    """A record of a web archive (ISO 28500 section 4)."""
    head = [
        "WARC/1.1",
        f"WARC-Type: {name}",
        f"WARC-Target-URI: {address}",
        f"WARC-Date: {MOMENT}",
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{len(block):012}>",
        f"Content-Type: {kind}",
        f"Content-Length: {len(block)}",
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def page(number: int, **changed: str) -> tuple[str, bytes, str, str]:
    address = f"https://news.example.org/{number}"
    body = STORY.read_bytes()
    return (address, body, changed.get("kind", "text/html"), changed.get("status", "200 OK"))


def outcomes(data: bytes) -> list[Article | KgapiError]:
    return list(read_all(data, WARC))


@pytest.mark.parametrize("gzip", [True, False])
def test_the_pages_of_an_archive_are_articles(gzip: bool) -> None:
    held = outcomes(archive(page(1), page(2), gzip=gzip))
    alone = list(read_all(STORY.read_bytes(), "text/html"))
    assert [one.text for one in held if isinstance(one, Article)] == [alone[0].text] * 2
    assert [one.source for one in held if isinstance(one, Article)] == [
        "https://news.example.org/1",
        "https://news.example.org/2",
    ]
    (first, _) = held
    assert isinstance(first, Article)
    assert first.retrieved == datetime(2024, 3, 5, 6, 7, 8, tzinfo=UTC)
    assert first.published != date(2024, 3, 5)


def test_the_time_of_retrieval_is_in_the_graph(iris: Iris) -> None:
    (article,) = outcomes(archive(page(1)))
    assert isinstance(article, Article)
    graph = mapping.article_graph(Extraction(article, ()), iris, ("rules", "1"))
    rows = graph.query(
        "SELECT ?when { ?article <http://www.w3.org/ns/prov#generatedAtTime> ?when }"
    )
    assert [str(row.when) for row in rows] == ["2024-03-05T06:07:08+00:00"]


@pytest.mark.parametrize(
    "other",
    [page(9, status="404 Not Found"), page(9, kind="image/png"), page(9, status="301 Moved")],
)
def test_other_answers_are_passed_over(other: tuple[str, bytes, str, str]) -> None:
    assert len(outcomes(archive(other, page(1)))) == 1


def test_the_charset_is_that_of_the_answer() -> None:
    address, body, _, status = page(1)
    latin = body.decode().replace('<meta charset="utf-8">', "").replace("Traders", "Çelik traders")
    kind = "text/html; charset=iso-8859-1"
    (article,) = outcomes(archive((address, latin.encode("cp1252"), kind, status)))
    assert isinstance(article, Article)
    assert "Çelik traders" in article.text


@pytest.mark.parametrize("gzip", [True, False])
def test_a_broken_record_is_told_and_the_next_is_read(gzip: bool) -> None:
    whole = archive(page(1), page(2), page(3), gzip=gzip)
    start = len(archive(page(1), gzip=gzip)) + len(archive(gzip=gzip))
    middle = len(archive(page(1), page(2), gzip=gzip))
    broken = bytearray(whole)
    if gzip:
        broken[middle - 60 : middle - 20] = b"\xff" * 40
    else:
        at = whole.index(b"Content-Length: ", start)
        broken[at + 16 : at + 19] = b"999"
    held = outcomes(bytes(broken))
    told = [one for one in held if isinstance(one, KgapiError)]
    read = [one.source for one in held if isinstance(one, Article)]
    assert told
    assert all(isinstance(one, UnreadableArticle) for one in told)
    assert all("In byte " in one.detail for one in told)
    assert read[0] == "https://news.example.org/1"
    assert read[-1] == "https://news.example.org/3"


@pytest.mark.parametrize(
    "data",
    [
        b"\x1f\x8b\x08" + bytes(200),
        b"\x1f\x8b\x08" * 500,
        b"WARC/1.1\r\nContent-Length: 999999999999999\r\n\r\n",
        b"WARC/1.1\r\nContent-Length: 5\r\n\r\nhello",
        b"no archive at all",
        b"\nWARC/" * 2000,
    ],
)
def test_what_is_no_archive_is_told(data: bytes) -> None:
    assert all(isinstance(one, KgapiError) for one in outcomes(data))


def test_a_cut_archive_gives_what_is_whole() -> None:
    whole = archive(page(1), page(2))
    for cut in range(len(whole) - 400, len(whole), 97):
        held = outcomes(whole[:cut])
        assert isinstance(held[0], Article)
        assert isinstance(held[-1], KgapiError)


def test_many_records_take_time_in_proportion() -> None:
    members = [compress(record("metadata", "x", bytes(100), "text/plain"), mtime=0)] * 20_000
    start = time.process_time()
    assert outcomes(b"".join(members)) == []
    assert time.process_time() - start < 20


def test_a_record_that_grows_beyond_measure_is_told() -> None:
    grown = compress(bytes(2 * LARGEST_RECORD), mtime=0)
    told, article = outcomes(grown + archive(page(1)))
    assert isinstance(told, UnreadableArticle)
    assert isinstance(article, Article)


def test_a_page_without_a_story_is_told_with_its_place() -> None:
    address, _, kind, status = page(1)
    empty = b"<html><body><nav><a href='/'>Home</a></nav></body></html>"
    told, article = outcomes(archive((address, empty, kind, status), page(2)))
    assert isinstance(told, UnreadableArticle)
    assert "(https://news.example.org/1): The page holds no" in told.detail
    assert isinstance(article, Article)


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "A.WARC.GZ"])
def test_suffixes(name: str) -> None:
    assert media_type_of(Path(name)) == WARC
