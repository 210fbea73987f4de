from datetime import date
from pathlib import Path

import pytest

from kgapi.errors import UnreadableArticle
from kgapi.news import Hints, read

STORY = "The United States imposed sanctions on three Iranian banks on Tuesday."


def kinds(text: str) -> list[tuple[str, str]]:
    article = read(text.encode(), "text/plain")
    return [(zone.kind, article.text[zone.start : zone.end]) for zone in article.zones]


def test_an_article_with_caption_headline_dateline_and_boilerplate() -> None:
    data = (Path(__file__).parent / "declaration.txt").read_bytes()

    article = read(data, "text/plain")

    assert article.text == data.decode()
    assert article.headline == (
        "Kazakhstan, Turkey Agree To Share Lists Of Goods Under Western Sanctions"
    )
    assert article.published == date(2023, 10, 4)
    assert [zone.kind for zone in article.zones] == [
        *("caption", "headline", "dateline", "body", "body", "body", "boilerplate")
    ]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            "US Hits Banks\n\nMOSCOW, Dec 5 (Reuters) - ",
            [("headline", "US Hits Banks"), ("dateline", "MOSCOW, Dec 5 (Reuters)")],
        ),
        ("WASHINGTON (AP) — ", [("dateline", "WASHINGTON (AP)")]),
        ("Brussels, 12 December 2022 – ", [("dateline", "Brussels, 12 December 2022")]),
        (
            "US hits three banks\nBy Jane Smith and John O'Neil, Reuters\n\n",
            [
                ("headline", "US hits three banks"),
                ("byline", "By Jane Smith and John O'Neil, Reuters"),
            ],
        ),
        (
            "Ministers sign a paper in Moscow on Tuesday.\n\nTwo Nations Sign Paper\n\n"
            "Tuesday, December 5, 2023\n\n",
            [
                ("caption", "Ministers sign a paper in Moscow on Tuesday."),
                ("headline", "Two Nations Sign Paper"),
                ("dateline", "Tuesday, December 5, 2023"),
            ],
        ),
        (
            "FILE PHOTO: A man walks past a bank in Tehran. REUTERS/Stringer\n\n# Banks hit\n\n",
            [
                ("caption", "FILE PHOTO: A man walks past a bank in Tehran. REUTERS/Stringer"),
                ("headline", "Banks hit"),
            ],
        ),
        ("By invading its neighbour, it lost its markets.\n\n", [("body", None)]),
    ],
)
def test_heads(head: str, expected: list[tuple[str, str | None]]) -> None:
    found = kinds(head + STORY)

    assert found[-1] == ("body", STORY)
    assert len(found) == len(expected) + 1
    for (kind, text), (wanted, words) in zip(found[:-1], expected, strict=True):
        assert kind == wanted
        assert words is None or text == words


@pytest.mark.parametrize(
    "tail",
    [
        "Read more",
        "Follow us on Telegram",
        "Copyright 2023 The Gazette. All rights reserved.",
        "(Reporting by Jane Smith; Editing by John Roe)",
        "More News\n\nGrain prices fall\n\nBanks lose again",
    ],
)
def test_what_stands_below_a_story_is_boilerplate(tail: str) -> None:
    assert {kind for kind, _ in kinds(f"{STORY}\n\n{tail}")[1:]} == {"boilerplate"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Sponsored by Albania, the resolution condemned the tests.",
        "Reporting by the Gazette showed that banks evaded the cap.",
        "More than 500 tankers were listed.",
        "Related sanctions were lifted in May.",
    ],
)
def test_a_sentence_is_not_boilerplate_for_its_first_word(sentence: str) -> None:
    assert [kind for kind, _ in kinds(f"{STORY}\n\n{sentence}")] == ["body", "body"]


def test_a_subheading_belongs_to_the_body() -> None:
    assert [kind for kind, _ in kinds(f"{STORY}\n\nOil Under Strain\n\n{STORY}")] == ["body"] * 3


def test_nothing_but_newlines_is_changed() -> None:
    text = "\t “Sanctions”\u00a0bite\u2028🚀🇮🇷 — قال الوزير: لا, he said.  \r\n\r\nNext line.\rLast. \r\n"

    article = read(b"\xef\xbb\xbf" + text.encode(), "text/plain; charset=utf-8")

    assert article.text == text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    ("charset", "codec"),
    [("iso-8859-1", "cp1252"), ('"windows-1252"', "cp1252"), ("UTF-16", "utf-16")],
)
def test_a_declared_charset_is_honoured(charset: str, codec: str) -> None:
    text = "The café said “no” to sanctions."

    assert read(text.encode(codec), f"text/plain; charset={charset}").text == text


def test_the_first_sentence_is_the_headline_where_there_is_none() -> None:
    text = "U.S. President Joe Biden met Mr. Xi on Monday. They spoke of sanctions."
    assert read(text.encode(), "text/plain").headline == (
        "U.S. President Joe Biden met Mr. Xi on Monday."
    )

    long = "The ministers agreed on sanctions " + "and on further sanctions " * 20 + "at last."
    headline = read(long.encode(), "text/plain").headline
    assert len(headline) <= 121
    assert headline.endswith((" sanctions…", " further…", " on…", " and…"))


def test_hints_win() -> None:
    hints = Hints(
        published=date(2020, 1, 2), headline=" Banks \n hit ", source="https://news.example/1"
    )

    article = read(f"Another Title\n\n4 May 2021\n\n{STORY}".encode(), "text/plain", hints=hints)

    assert article.published == date(2020, 1, 2)
    assert article.headline == "Banks hit"
    assert article.source == "https://news.example/1"


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "is empty"),
        (b" \n\t\r\n ", "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
        (b"abc\0def", r"U\+0000"),
        (b"an escape \x1b[31m here", r"U\+001B"),
        (b"caf\xe9 said", "not UTF-8 .*at byte 3"),
        (b"12.3 % !!!", "no word"),
        (b"x" * 10_000_000, "10000000 characters"),
        (b"<!DOCTYPE html><p>Hi", "send it as text/html"),
        (b'{"text": "Hi"}', "send it as application/json"),
        (b"More News\n\nCopyright 2023 The Gazette", "nothing but boilerplate"),
    ],
)
def test_refusals(data: bytes, complaint: str) -> None:
    with pytest.raises(UnreadableArticle, match=complaint):
        read(data, "text/plain")


@pytest.mark.parametrize("charset", ["zip", "utf-7", "unicode_escape", "nonsense", "\0"])
def test_charsets_that_are_no_charset(charset: str) -> None:
    with pytest.raises(UnreadableArticle, match="charset"):
        read(b"Hello", f"text/plain; charset={charset}")


@pytest.mark.parametrize(
    "source",
    ["news.example/1", "ftp://news.example/1", "https://a b/", "https://a/<b>", "http://["],
)
def test_a_source_is_an_address(source: str) -> None:
    with pytest.raises(UnreadableArticle, match="source"):
        read(STORY.encode(), "text/plain", hints=Hints(source=source))


@pytest.mark.parametrize("headline", ["bell \a", "half \ud83d"])
def test_a_headline_is_text(headline: str) -> None:
    with pytest.raises(UnreadableArticle, match="headline"):
        read(STORY.encode(), "text/plain", hints=Hints(headline=headline))
