"""Articles that are read in milliseconds: by a language model that has nothing to say."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kgapi import news
from kgapi.bulk.pool import Chunk, Task
from kgapi.graph.iris import Iris
from kgapi.settings import Settings
from tests.conftest import BASE, environment
from tests.facts.misbehaving import Behaviour, Server, completion, serving

PATIENCE = 300
TEXT = "{headline}\n\n8 May 2018\n\nThe United States imposed sanctions on Iran, as {headline} tells.\n"


def text(headline: str) -> str:
    return TEXT.format(headline=headline)


def task(headline: str) -> Task:
    article = news.read(text(headline).encode(), "text/plain")
    return Task("a file", str(Iris(BASE).article(article)), article, True)


def chunk(*headlines: str) -> Chunk:
    return Chunk(tuple(map(task, headlines)))


def asked_about(headline: str, then: Behaviour) -> Behaviour:
    """Does this where the article has the headline, and otherwise finds nothing."""

    def behave(handler: object) -> None:
        question = handler.server.asked[-1]["messages"][1]["content"]  # type: ignore[attr-defined]
        if headline in question:
            then(handler)  # type: ignore[arg-type]
        else:
            handler.answer(completion('{"facts": []}'))  # type: ignore[attr-defined]

    return behave


def settings(server: Server) -> Settings:
    return Settings(
        store=":memory:", extractor="llm", llm_url=server.url, llm_model="m", llm_attempts=1
    )


class Ingest:
    """A `kgapi ingest` of its own, and what it has told so far."""

    def __init__(self, folder: Path, *arguments: str | Path, **kgapi: str) -> None:
        self._told, self._errors = folder / "told.jsonl", folder / "errors.txt"
        with self._told.open("w") as out, self._errors.open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kgapi", "ingest", *map(str, arguments)],
                stdout=out, stderr=errors, env=environment(**kgapi), start_new_session=True,
            )  # fmt: skip

    def wait_for(self, records: int) -> None:
        """Until so many articles have been told of."""
        ends = time.monotonic() + PATIENCE
        while len(self.records()) < records:
            assert self.process.poll() is None, self.errors
            assert time.monotonic() < ends
            time.sleep(0.02)

    def end(self) -> int:
        return self.process.wait(timeout=PATIENCE)

    def records(self) -> list[dict[str, Any]]:
        lines = self._told.read_text("utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    @property
    def errors(self) -> str:
        return self._errors.read_text("utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five articles in files, one of them a folder below."""
    place = tmp_path / "articles"
    (place / "more").mkdir(parents=True)
    for name in ("a", "b", "c", "d", "more/e"):
        (place / f"{name}.txt").write_text(text(f"News of {name}"), encoding="utf-8")
    return place


@pytest.fixture
def quiet() -> Iterator[Settings]:
    """The settings of a model that finds nothing."""
    with serving(asked_about("nobody at all", lambda handler: None)) as server:
        yield settings(server)
