"""Articles that are none, in one batch with good ones: told or refused one by one, in bounded time."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from kgapi import news
from kgapi.errors import UnreadableArticle
from kgapi.facts import EXTRACTORS
from kgapi.facts.extractor import Extractor
from kgapi.news import dates
from tests.conftest import environment

SECONDS = 20  # of CPU for one file
GOOD = "Norway acts\n\nMarch 5, 2024\n\nNorway imposed sanctions on Kenya on Monday.\n"
SENTENCE = "The European Union imposed sanctions on Belarus on Monday over human rights. "
RUSSIAN = "Россия и Иран подписали декларацию о противодействии санкциям Запада. "
PERSIAN = "ایران و روسیه بیانیه‌ای درباره مقابله با تحریم‌ها امضا کردند. "
FRENCH = "Les États-Unis ont imposé mardi des sanctions contre trois banques iraniennes. "
NAMES = [
    f"{first} {last}" for first in ("Ali", "José", "Ivan", "Mei", "Kim") for last in range(1000)
]
DATED = "Title\n\nMarch 5, 2024\n\n"


@dataclass(frozen=True)
class Bad:
    """A file, and what is told of it: why it is refused, "?" and a warning, or nothing."""

    name: str
    content: bytes
    told: str | None

    @property
    def refused(self) -> bool:
        return bool(self.told) and not self.told.startswith("?")


def scrambled() -> bytes:
    chance = random.Random(7)
    tags = [
        f"<{'/' if chance.random() < 0.5 else ''}{tag}"
        for tag in "p div b table td a i"
        for _ in "12"
    ]
    parts = [
        chance.choice([*tags, ">", "<", "&", "&#x", "<!--", "]]>", SENTENCE]) for _ in range(3000)
    ]
    return "".join(parts).encode()


def table() -> bytes:
    rows = "".join(f"<tr><td>{name}</td><td>Iran</td></tr>" for name in NAMES)
    return f"<html><body><h1>List</h1><table>{rows}</table></body></html>".encode()


BAD = [
    Bad("line-of-10-mb.txt", (SENTENCE * 130_000).encode(), "A line of the text has"),
    Bad("line-of-1-mb.txt", (SENTENCE * 12_000).encode(), "A line of the text has"),
    Bad("no-spaces.txt", (DATED + "sanctions" * 10_000).encode(), "?hold no sentence end"),
    Bad(
        "names.txt",
        (DATED + "\n".join(f"{name} | Iran | 1970" for name in NAMES)).encode(),
        "?hold no sentence end",
    ),
    Bad("names-in-a-line.txt", (DATED + ", ".join(NAMES)).encode(), "?hold no sentence end"),
    Bad("names.html", table(), "elements"),
    Bad("scrambled.html", scrambled(), "says nowhere when"),
    Bad("languages.txt", (DATED + SENTENCE * 3 + RUSSIAN + FRENCH).encode(), None),
    Bad("mostly-russian.txt", (DATED + SENTENCE + RUSSIAN * 9).encode(), "“ru”"),
    Bad("french.txt", (DATED + FRENCH * 2).encode(), "“fr”"),
    Bad("right-to-left.txt", (DATED + PERSIAN * 2).encode(), "“fa”"),
    Bad(
        "right-to-left-inside.txt",
        f"{DATED}{SENTENCE}\u202b{PERSIAN}\u202c{SENTENCE}".encode(),
        None,
    ),
    Bad("emoji.txt", f"{DATED}🚨🇪🇺 {SENTENCE}👩‍👩‍👧 {SENTENCE}\U0001f6a2".encode(), None),
    Bad("control.txt", f"{DATED}{SENTENCE}\x00\x1b[31m".encode(), "U+0000 (control)"),
    Bad(
        "boilerplate.txt", b"More News\n\nSubscribe\n\nFollow us\n\nMarch 5, 2024\n", "boilerplate"
    ),
    Bad(
        "boilerplate.html",
        b"<html><body><nav><a href=/>Home</a></nav><p>Cookies</p></body></html>",
        "no story",
    ),
    Bad(
        "no-such-day.md",
        b"---\ndate: 2023-02-30\n---\n" + SENTENCE.encode(),
        "not a date that exists",
    ),
    Bad(
        "no-such-day.json",
        json.dumps({"text": SENTENCE, "published": "2023-02-30"}).encode(),
        "not a date that exists",
    ),
    Bad(
        "no-such-day.txt",
        b"Title\n\nFebruary 30, 2023\n\n" + SENTENCE.encode(),
        "says nowhere when",
    ),
    Bad(
        "no-such-day-inside.txt",
        f"{DATED}Norway imposed sanctions on Kenya on 31 June 2023.".encode(),
        None,
    ),
    Bad("empty.txt", b"", "is empty"),
    Bad("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(500), "binary"),
    Bad("brackets.txt", (DATED + SENTENCE + "(" * 90_000).encode(), "?hold no sentence end"),
    Bad("quotes.txt", (DATED + '"Sanctions" "' * 7_000).encode(), "?hold no sentence end"),
    Bad("commas.txt", (DATED + "Iran, " * 16_000).encode(), "?hold no sentence end"),
    Bad(
        "one-sentence.txt",
        (DATED + "Norway and " * 3_000 + SENTENCE).encode(),
        "?hold no sentence end",
    ),
    Bad("letters.txt", (DATED + "a b c d e " * 9_000).encode(), "?hold no sentence end"),
    Bad("lines.txt", (DATED + "\n\n".join(["Sanctions on Iran."] * 600)).encode(), None),
]


def kgapi(*arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kgapi", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        env=environment(**settings),
    )


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return EXTRACTORS["rules"]()


def outcome(bad: Bad, extractor: Extractor) -> tuple[str, Sequence[str]]:
    """Why the file is refused, else nothing, and the warnings."""
    try:
        article = news.read(bad.content, news.media_type_of(Path(bad.name)))
        (extraction,) = extractor.extract([article])
    except UnreadableArticle as error:
        return error.detail, ()
    for fact in extraction.facts:
        assert all(article.text[e.start : e.end] == e.text for e in fact.evidence)
    if article.published is None:
        return dates.undated(article), extraction.warnings
    return "", extraction.warnings


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_each_is_refused_or_read_in_bounded_time(bad: Bad, extractor: Extractor) -> None:
    start = time.process_time()
    refused, warnings = outcome(bad, extractor)
    assert time.process_time() - start < SECONDS
    if bad.refused:
        assert bad.told in refused
        assert len(refused) < 300
    else:
        assert not refused
        assert bool(warnings) == bool(bad.told)
        assert all((bad.told or "").removeprefix("?") in warning for warning in warnings)


BATCH = (
    "line-of-10-mb.txt", "french.txt", "right-to-left.txt", "control.txt", "boilerplate.html",
    "no-such-day.md", "no-such-day.txt", "picture.txt", "names.html", "emoji.txt", "commas.txt",
)  # fmt: skip


def test_a_batch_goes_on_and_ends_with_a_summary(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    chosen = [bad for bad in BAD if bad.name in BATCH]
    refused = [bad for bad in chosen if bad.refused]
    for bad in chosen:
        (folder / bad.name).write_bytes(bad.content)
    for name in ("aaa.txt", "zzz.txt"):
        (folder / name).write_text(GOOD.replace("Norway acts", f"Norway acts {name}"), "utf-8")
    lines = [{"text": GOOD.replace("Kenya", "Mali"), "published": "2024-03-05"}, {"text": 1}]
    (folder / "lines.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    done = kgapi("ingest", folder, "--store", tmp_path / "store")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last == f"Error: {len(refused) + 1} of {len(chosen) + 4} could not be taken"
    told = [json.loads(line) for line in done.stdout.splitlines()]
    failed = [each for each in told if each["state"] == "failed"]
    assert len(failed) == len(refused) + 1
    for bad in refused:
        (problem,) = [each["problem"] for each in failed if each["file"].endswith(f"/{bad.name}")]
        words = "1,000,000 bytes" if "10-mb" in bad.name else str(bad.told)
        assert words in problem["detail"]
    (line,) = [each["problem"] for each in failed if each["file"].endswith("/lines.jsonl")]
    assert line["detail"].startswith("In line 2: ")
    # One of them is taken with a part of it unread, which is told too.
    warned = [each["warnings"] for each in told if each.get("warnings")]
    assert [words.endswith("were not read") for (words,) in warned] == [True]
    assert sum(each["state"] == "new" for each in told) == len(chosen) - len(refused) + 3


def test_extract_refuses_in_one_line(tmp_path: Path) -> None:
    (bad,) = [bad for bad in BAD if bad.name == "french.txt"]
    (tmp_path / bad.name).write_bytes(bad.content)
    done = kgapi("extract", tmp_path / bad.name)
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("Error: ")
    assert str(bad.told) in line
