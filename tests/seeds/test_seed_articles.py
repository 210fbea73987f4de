"""The seed articles are complete, dated by the calendar, and plain text."""

import re
import string
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

ARTICLES = sorted((Path(__file__).parents[2] / "seeds" / "articles").glob("*.md"))
KEYS = {"headline", "date", "language", "source", "source_title"}
FILE_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-[a-z0-9]+(?:-[a-z0-9]+)*\.md")

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
DAY_MONTH = rf"(?P<day>\d{{1,2}}) (?P<month>{'|'.join(MONTHS)})"
FULL_DATE = re.compile(rf"\b{DAY_MONTH} (?P<year>\d{{4}})\b")
WEEKDAY_DATE = re.compile(
    rf"\b(?P<weekday>{'|'.join(WEEKDAYS)}),? {DAY_MONTH}(?: (?P<year>\d{{4}}))?\b"
)

TYPOGRAPHIC = "\u2018\u2019\u201c\u201d\u2013\u2014"
MARKUP = "*_`#<>[]{}|~\\"
PLAIN = (set(string.printable) | set(TYPOGRAPHIC)) - set(MARKUP) - set("\t\r\x0b\x0c")


def parts_of(path: Path) -> tuple[dict[str, object], str]:
    """Front matter and body."""
    _, front, body = path.read_text("utf-8").split("---\n", 2)
    return yaml.safe_load(front), body.strip()


def body_of(path: Path) -> str:
    return parts_of(path)[1]


def published(path: Path) -> date:
    return date.fromisoformat(path.name[:10])


def full_dates(text: str) -> list[date]:
    return [
        date(int(m["year"]), MONTHS.index(m["month"]) + 1, int(m["day"]))
        for m in FULL_DATE.finditer(text)
    ]


def weekday_claims(text: str, year: int) -> list[tuple[str, date]]:
    """Pairs of a weekday word and the date it is said of; a date without a year is of ``year``."""
    return [
        (
            m["weekday"],
            date(int(m["year"] or year), MONTHS.index(m["month"]) + 1, int(m["day"])),
        )
        for m in WEEKDAY_DATE.finditer(text)
    ]


def test_there_are_enough_articles() -> None:
    assert len(ARTICLES) >= 12


def test_weekdays_are_stated_often_enough_to_be_checked() -> None:
    claims = [c for path in ARTICLES for c in weekday_claims(body_of(path), published(path).year)]
    assert len(claims) >= len(ARTICLES)


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
class TestArticle:
    def test_front_matter_is_complete(self, path: Path) -> None:
        metadata = parts_of(path)[0]
        assert set(metadata) == KEYS
        assert metadata["language"] == "en"
        for key in ("headline", "source_title"):
            value = metadata[key]
            assert isinstance(value, str)
            assert value == value.strip() != ""
            assert "\n" not in value

    def test_date_is_that_of_the_file_name(self, path: Path) -> None:
        assert FILE_NAME.fullmatch(path.name)
        assert parts_of(path)[0]["date"] == published(path)

    def test_source_is_an_https_address(self, path: Path) -> None:
        source = urlsplit(str(parts_of(path)[0]["source"]))
        assert source.scheme == "https"
        assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", source.netloc)

    def test_body_dates_the_event_to_the_day_or_the_day_before(self, path: Path) -> None:
        day = published(path)
        assert {day, day - timedelta(days=1)} & set(full_dates(body_of(path)))

    def test_weekdays_agree_with_the_calendar(self, path: Path) -> None:
        claims = weekday_claims(body_of(path), published(path).year)
        assert claims == [(WEEKDAYS[day.weekday()], day) for _, day in claims]

    def test_body_is_short(self, path: Path) -> None:
        assert 100 <= len(body_of(path).split()) <= 300

    def test_body_is_plain_text(self, path: Path) -> None:
        body = body_of(path)
        assert set(body) <= PLAIN
        lines = body.split("\n")
        assert not [line for line in lines if re.match(r"\s|[-+=] |[-=]{3,}|\d+[.)] ", line)]

    def test_body_is_in_paragraphs_of_one_line(self, path: Path) -> None:
        paragraphs = body_of(path).split("\n\n")
        assert len(paragraphs) >= 3
        assert not [p for p in paragraphs if "\n" in p or p != p.strip() or not p]

    def test_quotations_are_closed_and_short(self, path: Path) -> None:
        for paragraph in body_of(path).split("\n\n"):
            assert paragraph.count('"') % 2 == 0
            assert paragraph.count("\u201c") == paragraph.count("\u201d")
            for quotation in re.findall(r'"([^"]*)"|\u201c([^\u201d]*)\u201d', paragraph):
                assert 1 <= len("".join(quotation).split()) <= 15
