from datetime import date

import pytest

from kgapi.errors import UnreadableArticle
from kgapi.news import read

BODY = "\n  The *United States* imposed sanctions on Iran.\n\n---\n\n- One bank\n- Two banks\n\n"


def test_front_matter() -> None:
    front = (
        "---\nheadline: 'Banks: hit'\ndate: 2018-05-08\nlanguage: en\n"
        "source: https://news.example/1\nsource_title: Treasury\ntags: [a, b]\n---\n"
    )

    article = read((front + BODY).encode(), "text/markdown")

    assert article.text == BODY
    assert article.headline == "Banks: hit"
    assert article.published == date(2018, 5, 8)
    assert article.source == "https://news.example/1"
    assert article.source_title == "Treasury"


def test_other_names_and_windows_newlines() -> None:
    data = b"---\r\ntitle: 2018\r\npublished: 2018-05-08T10:00:00Z\r\n---\r\nIran was listed.\r\n"

    article = read(data, "text/markdown")

    assert article.text == "Iran was listed.\n"
    assert (article.headline, article.published) == ("2018", date(2018, 5, 8))


def test_without_front_matter() -> None:
    article = read(b"# Iran Listed\n\nIran was listed on 8 May 2018.\n\n---\n", "text/markdown")

    assert article.text == "# Iran Listed\n\nIran was listed on 8 May 2018.\n\n---\n"
    assert (article.headline, article.published) == ("Iran Listed", date(2018, 5, 8))


def test_an_empty_front_matter_says_nothing() -> None:
    assert read(b"---\n---\nIran was listed.", "text/markdown").text == "Iran was listed."


@pytest.mark.parametrize(
    ("front", "complaint"),
    [
        ("date: 2023-02-30", "date is not a date that exists: '2023-02-30'"),
        ("published: tomorrow", "date is not a date that exists"),
        ("- a\n- b", "no mapping"),
        ("just words", "no mapping"),
        ("headline: [a, b]", "headline is a list or a mapping"),
        ("source: {a: b}", "source is a list or a mapping"),
        ("source: nowhere", "source is not an absolute"),
        ("headline: a: b", r"no YAML \(its line 1\)"),
        ("a: [" * 2000, "no YAML"),
        ("a: " + "b" * 30_000, "longer than"),
        ("a: &a [*a]", "no YAML"),
        ('title: "\\ud83d"', "headline is U|no YAML"),
    ],
)
def test_front_matter_that_cannot_be_used(front: str, complaint: str) -> None:
    with pytest.raises(UnreadableArticle, match=complaint):
        read(f"---\n{front}\n---\nIran was listed.".encode(), "text/markdown")


def test_front_matter_that_never_ends() -> None:
    with pytest.raises(UnreadableArticle, match="never closed"):
        read(b"---\nheadline: Banks hit\n\nIran was listed.", "text/markdown")


def test_a_bomb_of_merge_keys_is_not_expanded() -> None:
    bomb = "a0: &a0 {k: v}\n" + "".join(
        f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 9)}]}}\n" for i in range(1, 12)
    )
    assert read(f"---\n{bomb}---\nIran was listed.".encode(), "text/markdown").headline
