"""How fast articles become checked graphs, measured in processes of their own.

    python -m bench.reading ARTICLES SEED

takes one article through all stages, says so, waits for a line on standard input, works, and prints
what it took.
The articles are of some 300 words, their paragraphs drawn from the seed articles.
"""

import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from bench import process

WORDS = 300


@dataclass(frozen=True, slots=True)
class Read:
    """What one process did: CPU and clock seconds of the work, CPU seconds until the extractor
    was loaded, bytes resident at most, and CPU milliseconds an article for each stage."""

    articles: int
    words: int
    cpu: float
    seconds: float
    ready: float
    resident: int
    stages: Mapping[str, float]


def in_processes(number: int, articles: int, seed: int) -> list[Read]:
    """So many processes at the same time, each with so many articles of its own."""
    workers = [_worker(articles, seed * number + each) for each in range(number)]
    for worker in workers:
        assert worker.stdout
        worker.stdout.readline()
    told = []
    for worker in workers:
        assert worker.stdin
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        out, _ = worker.communicate()
        if worker.returncode:
            raise RuntimeError("reading articles failed")
        told.append(Read(**json.loads(out)))
    return told


def rate(done: Sequence[Read]) -> float:
    """Articles a second of processes that began at the same time."""
    return sum(each.articles for each in done) / max(each.seconds for each in done)


def ingested(folder: Path, articles: int, seed: int) -> Mapping[str, float]:
    """`kgapi ingest` on so many files and an empty store, in one process and with two workers."""
    files = folder / "articles"
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir()
    for number, text in enumerate(texts(articles, seed)):
        (files / f"{number:06}.txt").write_bytes(text)
    alone, both = (_ingest(files, folder / "ingested", workers) for workers in (1, 2))
    return {
        "articles/s": articles / alone.seconds,
        "articles/CPU s": articles / alone.cpu,
        "resident, MB": alone.resident / 1e6,
        "articles/s, two workers / one": alone.seconds / both.seconds,
        "articles/CPU s, two workers": articles / both.cpu,
    }


def _ingest(files: Path, store: Path, workers: int) -> process.Spent:
    how = ("--store", store, "--workers", str(workers))
    spent = process.run([sys.executable, "-m", "kgapi", "ingest", files, *how])
    shutil.rmtree(store)
    return spent


def texts(number: int, seed: int) -> Iterator[bytes]:
    """Articles as plain text: a headline, a date, and paragraphs of the seed articles in another order."""
    from kgapi import news
    from kgapi.reference import files

    paths = sorted(files.seeds("articles").glob("*.md"))
    articles = [news.read(path.read_bytes(), "text/markdown") for path in paths]
    pool = [each.text[zone.start : zone.end] for each in articles for zone in each.read("body")]
    random = Random(f"{seed}")
    for _ in range(number):
        first = articles[int(len(articles) * random.random())]
        paragraphs = [first.headline, f"{first.published:%d %B %Y}"]
        while len(" ".join(paragraphs).split()) < WORDS:
            paragraphs.append(pool[int(len(pool) * random.random())])
        yield "\n\n".join(dict.fromkeys(paragraphs)).encode()


def _worker(articles: int, seed: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "bench.reading", str(articles), str(seed)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def main(number: int, seed: int) -> None:
    from kgapi import facts, news
    from kgapi.graph import mapping, shapes
    from kgapi.graph.iris import Iris

    extractor, iris = facts.extractor("rules"), Iris("https://kgapi.example.org/")
    ready = time.process_time()
    agent = (extractor.name, extractor.version)
    # Each stage takes what the one before it gives.
    stages: Mapping[str, Stage] = {
        "read": lambda bodies: [news.read(body, "text/plain") for body in bodies],
        "extract": lambda articles: list(extractor.extract(articles)),
        "map": lambda found: [mapping.article_graph(each, iris, agent) for each in found],
        "check": lambda graphs: [shapes.validate(graph) for graph in graphs],
    }
    # The first article also waits for the shapes to be read.
    _through(stages, list(texts(1, seed)))
    bodies = list(texts(number, seed))
    print("ready", flush=True)
    sys.stdin.readline()
    cpu, clock = time.process_time(), time.perf_counter()
    spent = _through(stages, bodies)
    read = Read(
        articles=number,
        words=sum(len(body.split()) for body in bodies),
        cpu=time.process_time() - cpu,
        seconds=time.perf_counter() - clock,
        ready=ready,
        resident=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        stages={name: seconds / number * 1000 for name, seconds in spent.items()},
    )
    print(json.dumps(asdict(read)))


Stage = Callable[[list[Any]], list[Any]]


def _through(stages: Mapping[str, Stage], held: list[Any]) -> Mapping[str, float]:
    """CPU seconds that each stage takes."""
    spent = {}
    for name, stage in stages.items():
        before = time.process_time()
        held = stage(held)
        spent[name] = time.process_time() - before
    return spent


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
