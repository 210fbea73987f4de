"""What holds for every reader and every input."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgapi.errors import KgapiError, UnsupportedMediaType
from kgapi.news import READERS, SPLITTERS, media_type_of, read, read_all
from kgapi.news.article import Article
from kgapi.news.zones import zones

PIECES = st.sampled_from(
    [
        *("More News", "MOSCOW, Dec 5 (Reuters) - ", "By Jane Smith", "Tuesday, 12/05/2023", "\n"),
        *("\n\n", " \n \n", "\r\n\r\n", " ", "\u00a0", "# ", "---\n", "(left)", "Photo: ", "©"),
        *("The EU listed a bank.", "Iran, Russia Sign Pact", "5 May 2020", "“No,” he said.", "…"),
        *("<p>", "</p>", "<!--", "<script>", '{"text": "', '"}', "[", "]", "date: ", "\0", "é"),
        *("نعم", "🚀", "\ufeff", "\u2028", "\x85", "https://a.example/", "x" * 130, "&#0;", "<h1>"),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=20), max_size=25).map("".join)
SEEDS = [
    b"---\ntitle: Banks hit\ndate: 2020-05-05\n---\nThe EU listed a bank.\n",
    b'{"@type": "NewsArticle", "articleBody": "The EU listed a bank.", "url": "https://a.example"}',
    b'{"text": "The EU listed a bank.", "published": "2020-05-05"}',
    (Path(__file__).parent / "pages" / "story.html").read_bytes(),
    (Path(__file__).parent / "declaration.txt").read_bytes(),
]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good input with a stretch of it replaced by anything."""
    data = draw(st.sampled_from(SEEDS))
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, min(len(data), start + 200)))
    return data[:start] + draw(st.binary(max_size=30)) + data[end:]


def assert_sound(article: Article) -> None:
    assert article.headline.strip()
    assert "\r" not in article.text
    assert all(zone.start < zone.end <= len(article.text) for zone in article.zones)
    assert all(before.end <= after.start for before, after in pairwise(article.zones))
    for zone in article.zones:
        inner = article.text[zone.start : zone.end]
        assert inner == inner.strip()
    article.text.encode()
    article.headline.encode()


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_zones_cover_the_words_of_any_text(text: str) -> None:
    text = text.replace("\r", "")
    last = 0
    for zone in zones(text):
        between = text[last : zone.start]
        assert 0 <= last <= zone.start < zone.end <= len(text)
        assert not set(between.strip()) - set("-—– \t\n#")
        assert text[zone.start : zone.end] == text[zone.start : zone.end].strip()
        last = zone.end
    assert not text[last:].strip()


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_plain_text_is_stored_as_it_came(text: str) -> None:
    try:
        article = read(text.encode(), "text/plain")
    except KgapiError:
        return
    assert_sound(article)
    assert article.text == text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    assert article == read(text.encode(), "text/plain")


@pytest.mark.parametrize("media_type", sorted(READERS | SPLITTERS))
@given(data=st.binary(max_size=300) | TEXTS.map(str.encode) | damaged())
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_an_article_or_refused(media_type: str, data: bytes) -> None:
    for outcome in read_all(data, media_type):
        if isinstance(outcome, Article):
            assert_sound(outcome)
        else:
            assert isinstance(outcome, KgapiError)
            assert outcome.detail.endswith(".")


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_media_type_is_read_or_refused(media_type: str) -> None:
    try:
        read(b"The EU listed a bank.", media_type)
    except KgapiError as error:
        assert error.status in {415, 422}  # noqa: PT017


def test_an_unknown_media_type_names_those_on_offer() -> None:
    with pytest.raises(UnsupportedMediaType, match=r"application/jsonl, .*text/plain") as refusal:
        read_all(b"", "application/pdf; version=1")

    assert refusal.value.extra["offered"] == sorted(READERS | SPLITTERS)


def test_suffixes() -> None:
    assert media_type_of(Path("a/b.TXT")) == "text/plain"
    assert media_type_of(Path("b.tar.jsonl")) == "application/jsonl"
    for name in ("story.pdf", "story", ".txt"):
        with pytest.raises(UnsupportedMediaType, match="must end in"):
            media_type_of(Path(name))


def test_heavy_libraries_are_loaded_when_they_are_needed() -> None:
    code = "import sys, kgapi.news; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )

    heavy = {"lxml", "trafilatura", "htmldate", "py3langid", "numpy", "yaml"}
    assert not heavy & set(loaded.stdout.split())
