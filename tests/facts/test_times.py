"""Times in words, read on Tuesday, 5 December 2023."""

from datetime import date

import pytest

from kgapi.facts.rules import times

PUBLISHED = date(2023, 12, 5)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "begin", "end", "precision"),
    [
        ("signed on December 5, 2023, in", "2023-12-05", "2023-12-05", "day"),
        ("signed on Tuesday, 5 December 2023.", "2023-12-05", "2023-12-05", "day"),
        ("on Dec. 5, 2023", "2023-12-05", "2023-12-05", "day"),
        ("on 2023-12-05", "2023-12-05", "2023-12-05", "day"),
        ("on 30 November", "2023-11-30", "2023-11-30", "day"),
        ("on Tuesday", "2023-12-05", "2023-12-05", "day"),
        ("on Wednesday", "2023-11-29", "2023-11-29", "day"),
        ("last Tuesday", "2023-11-28", "2023-11-28", "day"),
        ("yesterday", "2023-12-04", "2023-12-04", "day"),
        ("in March 2022", "2022-03-01", "2022-03-31", "month"),
        ("in early March 2022", "2022-03-01", "2022-03-10", "month"),
        ("in October", "2023-10-01", "2023-10-31", "month"),
        ("last month", "2023-11-01", "2023-11-30", "month"),
        ("in 2018", "2018-01-01", "2018-12-31", "year"),
        ("in early 2018", "2018-01-01", "2018-04-30", "year"),
        ("in the second half of 2024", "2024-07-01", "2024-12-31", "year"),
        ("last year", "2022-01-01", "2022-12-31", "year"),
        ("three years ago", "2020-01-01", "2020-12-31", "year"),
        ("over the last three years", "2020-12-05", "2023-12-05", "month"),
        ("over the past year", "2022-12-05", "2023-12-05", "month"),
        ("between 2006 and 2010", "2006-01-01", "2010-12-31", "year"),
        ("since 2018", "2018-01-01", None, "year"),
        ("since March 2022", "2022-03-01", None, "month"),
        ("until 31 July 2024", None, "2024-07-31", "day"),
        ("by 31 December 2024", None, "2024-12-31", "day"),
        ("before December 1, 2023", None, "2023-11-30", "day"),
        ("by Friday evening", None, "2023-12-01", "day"),
    ],
)
def test_past(text: str, begin: str | None, end: str | None, precision: str) -> None:
    (found,) = times.find(text, 0, len(text))
    when = times.resolve(found, PUBLISHED, "past")
    assert when.begin == (day(begin) if begin else None)
    assert when.end == (day(end) if end else None)
    assert when.precision == precision
    assert when.text == found.text
    assert found.text in text


@pytest.mark.parametrize(
    ("text", "begin"),
    [
        ("on December 7", "2023-12-07"),
        ("on Thursday", "2023-12-07"),
        ("on Tuesday", "2023-12-05"),
        ("on January 16", "2024-01-16"),
        ("tomorrow", "2023-12-06"),
        ("next month", "2024-01-01"),
    ],
)
def test_future(text: str, begin: str) -> None:
    (found,) = times.find(text, 0, len(text))
    assert times.resolve(found, PUBLISHED, "future").begin == day(begin)


@pytest.mark.parametrize(
    "text", ["on 31 February 2023", "Resolution 2231", "may go", "100 years of solitude", "in 3018"]
)
def test_no_time(text: str) -> None:
    assert times.find(text, 0, len(text)) == []


def test_offsets_are_those_of_the_text() -> None:
    text = "Iran left in May 2018 and came back on 3 June 2019."
    assert [text[e.start : e.end] for e in times.find(text, 0, len(text))] == [
        "May 2018",
        "3 June 2019",
    ]
