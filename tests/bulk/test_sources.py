"""Files to articles, one after another."""

import json
from pathlib import Path

import pytest

from kgapi import news
from kgapi.bulk import sources
from kgapi.errors import KgapiError
from kgapi.news.article import Article
from tests.bulk.conftest import text

LARGEST = 10_000


def test_folders_are_walked_in_order_and_other_files_left_alone(folder: Path) -> None:
    (folder / "notes.pdf").write_bytes(b"%PDF")
    (folder / "b2").mkdir()
    (folder / "b2" / "x.MD").write_text("x", encoding="utf-8")
    found = [str(Path(file).relative_to(folder)) for file in sources.files([str(folder)])]
    assert found == ["a.txt", "b.txt", "b2/x.MD", "c.txt", "d.txt", "more/e.txt"]


def test_a_link_that_leads_back_is_not_followed(folder: Path) -> None:
    (folder / "more" / "back").symlink_to(folder, target_is_directory=True)
    assert len(list(sources.files([str(folder)]))) == 5


def test_what_cannot_be_read_is_told_in_its_place(folder: Path) -> None:
    (folder / "b.txt").write_bytes(b"x" * (LARGEST + 1))
    (folder / "c.txt").write_bytes(b"\x00\x01\x02")
    (folder / "d.txt").unlink()
    (folder / "d.txt").symlink_to("/nowhere")
    paths = [str(folder), str(folder / "gone.txt"), str(folder / "more" / "e.txt")]
    told = [
        (Path(each.file).name, getattr(each.article, "slug", "read"))
        for each in sources.found(paths, LARGEST)
    ]
    assert told == [
        ("a.txt", "read"),
        ("b.txt", "too-large"),
        ("c.txt", "unreadable-article"),
        ("e.txt", "read"),
        ("gone.txt", "unreadable-article"),
        ("e.txt", "read"),
    ]


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n \n"])
def test_json_lines_of_a_file_are_those_of_its_bytes(tmp_path: Path, end: str) -> None:
    records = [{"text": text(f"News of {n}"), "published": "2018-05-09"} for n in range(3)]
    lines = [json.dumps(records[0]), "", "{", json.dumps(records[1]), json.dumps(records[2])]
    data = b"\xef\xbb\xbf" + "\n".join(lines).encode() + end.encode()
    file = tmp_path / "many.jsonl"
    file.write_bytes(data)
    read = list(sources.articles(str(file), 10))
    plain = list(news.read_all(data, "application/x-ndjson"))
    assert [type(each) for each in read] == [Article, type(plain[1]), Article, Article]
    assert list(map(_words, read)) == list(map(_words, plain))
    assert "line 3" in _words(read[1])


def _words(article: Article | KgapiError) -> str:
    return article.text if isinstance(article, Article) else str(article)


def test_an_empty_archive_holds_nothing(tmp_path: Path) -> None:
    file = tmp_path / "none.jsonl"
    file.touch()
    assert list(sources.articles(str(file), LARGEST)) == []


def test_articles_are_counted_where_that_is_possible(folder: Path, tmp_path: Path) -> None:
    lines = tmp_path / "many.jsonl"
    lines.write_bytes(b"{}\n{}\n{}")
    assert sources.count([str(folder), str(lines), sources.STDIN]) == 5 + 3 + 1
    (folder / "archive.warc.gz").touch()
    assert sources.count([str(folder)]) is None


def test_whether_there_are_many_is_seen_at_the_first_few(folder: Path, tmp_path: Path) -> None:
    assert not sources.are_many([str(folder)], 5)
    assert sources.are_many([str(folder)], 4)
    (tmp_path / "one.ndjson").touch()
    assert sources.are_many([str(tmp_path / "one.ndjson")], 4)
