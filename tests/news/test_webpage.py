import time
from datetime import date
from pathlib import Path

import pytest

from kgapi.errors import UnreadableArticle
from kgapi.news import Hints, read
from kgapi.news.article import Article

PAGES = Path(__file__).parent / "pages"
STORY = (
    "<html><head>{}</head><body><p>Iran was listed by the Union on Monday, diplomats said.</p>"
    "<p>The listing of the caf\u00e9 was the first under the new rules, they added.</p></body></html>"
)


def page(name: str) -> Article:
    return read((PAGES / name).read_bytes(), "text/html")


def test_the_story_without_what_stands_around_it() -> None:
    article = page("story.html")

    assert article.text == (
        "EU Lists Two Shipping Firms Over Price Cap Breaches\n\n"
        "The European Union on Friday listed two shipping companies that it accuses of carrying"
        " Russian crude above the price cap of $60 a barrel.\n\n"
        "The firms’ assets in the bloc are frozen, the Council said in a statement, and"
        " European insurers may no longer cover their tankers.\n\n"
        "“Those who help to finance the war will pay for it,” the bloc’s top diplomat said.\n\n"
        "Cap under strain\n\n"
        "The cap was agreed by the Group of Seven in December 2022. Traders say that it has been"
        " evaded by a growing fleet of old tankers & shell companies."
    )
    assert article.zones[0].kind == "headline"
    assert {zone.kind for zone in article.zones[1:]} == {"body"}


def test_what_the_page_says_of_itself() -> None:
    article = page("story.html")

    assert article.headline == "EU Lists Two Shipping Firms Over Price Cap Breaches"
    assert article.published == date(2024, 2, 23)
    assert article.source == "https://harbour-gazette.example/world/eu-lists-shipping-firms"
    assert article.source_title == "Harbour Gazette"


def test_a_visible_date_is_read_with_its_weekday() -> None:
    article = page("visible-date.html")

    assert article.headline == "Iran Welcomes Easing of Curbs"
    assert article.published == date(2023, 12, 5)


def test_a_date_is_never_made_of_a_copyright_year() -> None:
    assert page("undated.html").published is None
    hints = Hints(published=date(2021, 3, 4))
    assert read((PAGES / "undated.html").read_bytes(), "text/html", hints=hints).published == (
        date(2021, 3, 4)
    )


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2021-03-04T10:00:00Z">',
        '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2021-03-04"}</script>',
        '<script type="application/ld+json">{broken</script><meta name="date" content="2021-03-04">',
        '<link rel="canonical" href="https://news.example/2021/03/04/listed">',
    ],
)
def test_dates_in_the_head(head: str) -> None:
    assert read(STORY.format(head).encode(), "text/html").published == date(2021, 3, 4)


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        ('<meta charset="iso-8859-1">', "text/html"),
        ("", "text/html; charset=iso-8859-1"),
        ('<meta http-equiv="content-type" content="text/html; charset=latin1">', "text/html"),
    ],
)
def test_charsets(head: str, media_type: str) -> None:
    assert "café" in read(STORY.format(head).encode("latin-1"), media_type).text


def test_xhtml_declares_its_charset_in_its_first_line() -> None:
    data = ('<?xml version="1.0" encoding="ISO-8859-1"?>' + STORY.format("")).encode("latin-1")

    assert "café" in read(data, "application/xhtml+xml").text


@pytest.mark.parametrize("name", ["front-page.html", "scripts-only.html"])
def test_pages_without_a_story(name: str) -> None:
    with pytest.raises(UnreadableArticle, match="holds no story"):
        page(name)


ENTITY_BOMB = (
    '<!DOCTYPE html [<!ENTITY a0 "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    + "]><html><body><p>&a11;</p></body></html>"
)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "no markup"),
        (b"Iran was listed on Monday.", "no markup at all: send it as text/plain"),
        (b"<!-- -->", "no element|no story"),
        (b"<!doctype html>", "no element|no story"),
        (b"<html><body>\0</body></html>", "of the page is U\\+0000"),
        (b"<p>x" * 2_500_000, "10000000 bytes"),
        (b"<p>x" * 100_000, "elements, more than"),
        (b"<div>" * 100_000 + b"x", "nests 250 elements"),
        (b"<p " + b"".join(b"a%d=1 " % i for i in range(300_000)) + b">x", "attributes"),
        (ENTITY_BOMB.encode(), "no story"),
        (b"<p>" + b"<" * 1_000_000, "no story"),
        (b"<p>" + b"Iran was listed again. " * 5000, "A line of the text"),
        (STORY.format("").replace("Iran", "I\x01ran").encode(), "of the page is U\\+0001"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value[:12]!r}",
)
def test_refusals_come_fast(data: bytes, complaint: str) -> None:
    start = time.process_time()

    with pytest.raises(UnreadableArticle, match=complaint):
        read(data, "text/html")

    assert time.process_time() - start < 5
