import json
from datetime import date
from typing import Any

import pytest

from kgapi.errors import KgapiError, UnreadableArticle
from kgapi.news import Hints, read, read_all
from kgapi.news.article import Article

TEXT = "Iran was listed on Monday.\n\nIt objected."
NEWS = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Iran Listed",
    "datePublished": "2018-05-08T22:00:00-04:00",
    "articleBody": TEXT,
    "url": "https://news.example/1",
    "publisher": {"@type": "Organization", "name": "The Gazette"},
    "wordCount": 7,
}


def reading(document: Any) -> Article:
    return read(json.dumps(document).encode(), "application/json")


def test_our_own_record() -> None:
    article = reading(
        {
            "text": "Iran was listed.\r\n",
            "headline": "Iran Listed",
            "published": "2018-05-08",
            "source": "https://news.example/1",
            "source_title": "The Gazette",
            "language": "en",
        }
    )

    assert article.text == "Iran was listed.\n"
    assert article.headline == "Iran Listed"
    assert article.published == date(2018, 5, 8)
    assert (article.source, article.source_title) == ("https://news.example/1", "The Gazette")


def test_the_text_alone_is_enough() -> None:
    assert reading({"text": TEXT, "headline": None}).text == TEXT


@pytest.mark.parametrize(
    "document",
    [
        NEWS,
        [NEWS],
        {"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, NEWS]},
        NEWS | {"@type": ["Thing", "https://schema.org/ReportageNewsArticle"]},
        NEWS | {"@type": "schema:Article", "mainEntityOfPage": {"@id": NEWS["url"]}, "url": None},
    ],
)
def test_schema_org(document: Any) -> None:
    article = reading(document)

    assert article.text == TEXT
    assert article.headline == "Iran Listed"
    assert article.published == date(2018, 5, 8)
    assert (article.source, article.source_title) == ("https://news.example/1", "The Gazette")


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ({}, '"text" is missing'),
        ({"text": TEXT, "titel": "x"}, "'titel' is not known"),
        ({"text": 3}, "text is a number"),
        ({"text": [TEXT]}, "text is a list"),
        ({"text": TEXT, "headline": True}, "headline is true or false"),
        ({"text": TEXT, "published": "2023-02-30"}, "published is not a date that exists"),
        ({"text": TEXT, "published": 2023}, "published is a number"),
        ({"text": TEXT, "source": "/1"}, "source is not an absolute"),
        ({"text": TEXT, "language": "de"}, "declared to be in “de”"),
        ({"text": ""}, "is empty"),
        ({"text": "a \ud83d b"}, "surrogate"),
        ([], "no schema.org NewsArticle"),
        ([NEWS, NEWS], "2 schema.org NewsArticles"),
        ({"@type": "Recipe"}, "no schema.org NewsArticle"),
        ({"@type": "NewsArticle", "headline": "x"}, '"articleBody" is missing'),
        (NEWS | {"articleBody": {}}, "articleBody is an object"),
        (NEWS | {"datePublished": "yesterday"}, "datePublished is not a date"),
        ("text", "is a string"),
        (None, "is null"),
    ],
)
def test_documents_that_are_no_article(document: Any, complaint: str) -> None:
    with pytest.raises(UnreadableArticle, match=complaint):
        reading(document)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"Iran was listed.", "no JSON .*line 1, column 1"),
        (b'{"text": "a",}', "no JSON"),
        (b'{"text": NaN}', "NaN is no JSON number"),
        (b'{"text": "a", "text": "b"}', "'text' stands twice"),
        (b'{"text": ' + b"9" * 10_000 + b"}", "text is a number"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (b'"\xff"', "not UTF-8"),
    ],
)
def test_bytes_that_are_no_json(data: bytes, complaint: str) -> None:
    with pytest.raises(UnreadableArticle, match=complaint):
        read(data, "application/json")


@pytest.mark.parametrize("media_type", ["application/x-ndjson", "application/jsonl"])
def test_lines_are_read_one_by_one(media_type: str) -> None:
    data = b'{"text": "Iran was listed."}\r\n\n{"txt": 1}\n{"text": "Mali was listed."}'

    outcomes = list(read_all(data, media_type, hints=Hints(published=date(2018, 5, 8))))

    first, failed, last = outcomes
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert (first.text, last.text) == ("Iran was listed.", "Mali was listed.")
    assert last.published == date(2018, 5, 8)
    assert isinstance(failed, KgapiError)
    assert failed.detail.startswith("In line 3: The member 'txt' is not known")
    assert failed.extra["place"] == "line 3"


def test_lines_that_hold_one_article_can_be_read_as_one() -> None:
    one = b'{"text": "Iran was listed."}\n'
    assert read(one, "application/jsonl").text == "Iran was listed."

    for data, complaint in ((one * 2, "2 articles"), (b"\n", "no articles")):
        with pytest.raises(UnreadableArticle, match=complaint):
            read(data, "application/jsonl")
