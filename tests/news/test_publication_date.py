from datetime import date

import pytest

from kgapi.errors import UnreadableArticle
from kgapi.news import dates, read

STORY = "The United States imposed sanctions on three Iranian banks, officials said."


@pytest.mark.parametrize(
    "written",
    [
        "December 5, 2023",
        "Dec. 5, 2023",
        "5 December 2023",
        "5th of December 2023",
        "2023-12-05",
        "05.12.2023",
        "Tuesday, 12/05/2023",
        "12/05/2023 (Tue)",
        "5/12/2023, Tuesday",
        "Published: December\u00a05, 2023 14:30 GMT",
    ],
)
def test_datelines(written: str) -> None:
    article = read(f"{written}\n\n{STORY}".encode(), "text/plain")

    assert article.zones[0].kind == "dateline"
    assert article.published == date(2023, 12, 5)


@pytest.mark.parametrize(
    ("text", "published"),
    [
        (f"12/05/2023\n\n{STORY}", None),
        (f"Friday, 12/05/2023\n\n{STORY}", date(2023, 5, 12)),
        (f"12/05/2023\n\n{STORY} Talks begin on December 9, 2023.", date(2023, 12, 5)),
        (f"12/05/2023\n\n{STORY} Talks began on 9 May 2023.", date(2023, 5, 12)),
        (f"12/05/2023\n\n{STORY} The deal was signed on 14 July 2015.", None),
        (f"12/25/2023\n\n{STORY}", date(2023, 12, 25)),
        (f"07/07/2023\n\n{STORY}", date(2023, 7, 7)),
        (f"{STORY} It was 30 February 2023.", None),
        (f"{STORY} It was 3 March 2023, after 2 May 2022.", date(2023, 3, 3)),
        (f"{STORY} It was May 2023.", None),
        (f"On 1 May 2020 it rained.\n\n2 May 2021\n\n{STORY}", date(2021, 5, 2)),
    ],
)
def test_dateline_then_first_full_date(text: str, published: date | None) -> None:
    assert read(text.encode(), "text/plain").published == published


def test_an_undated_article_says_why() -> None:
    ambiguous = read(f"12/05/2023\n\n{STORY}".encode(), "text/plain")
    assert "12/05/2023 may be 2023-05-12 or 2023-12-05" in dates.undated(ambiguous)

    assert "says nowhere" in dates.undated(read(STORY.encode(), "text/plain"))


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2023-12-05", date(2023, 12, 5)),
        ("2023-12-05T23:30:00-05:00", date(2023, 12, 5)),
        ("2023-12-05 10:00", date(2023, 12, 5)),
    ],
)
def test_iso(value: str, day: date) -> None:
    assert dates.iso(value, "published") == day


@pytest.mark.parametrize("value", ["2023-02-30", "12/05/2023", "2023", "2023-W49-2", "", "soon"])
def test_no_iso(value: str) -> None:
    with pytest.raises(UnreadableArticle, match=r"^published is not a date that exists"):
        dates.iso(value, "published")
