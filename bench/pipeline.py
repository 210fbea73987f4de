"""How long each stage of the way in takes, on the seed articles.

    python bench/pipeline.py [REPEATS]

Prints a Markdown table: seconds of CPU for each stage, and articles a second. Absolute numbers of
one machine: compare runs on the same one, or the shares of the stages.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from kgapi import facts, media, news, pipeline
from kgapi.graph import mapping, shapes
from kgapi.graph.iris import Iris, article_key
from kgapi.reference import files
from kgapi.store.embedded import EmbeddedEngine

SPENT: dict[str, float] = defaultdict(float)


@contextmanager
def stage(name: str) -> Iterator[None]:
    began = time.process_time()
    yield
    SPENT[name] += time.process_time() - began


def main(repeats: int) -> None:
    iris = Iris("https://kgapi.example.org/")
    paths = sorted(files.seeds("articles").glob("*.md"))
    with stage("load extractor"):
        extractor = facts.extractor("rules")
    engine = EmbeddedEngine()
    with stage("prepare store"):
        pipeline.prepare(engine, iris)
    taken = 0
    for _ in range(repeats):
        with stage("read"):
            articles = [news.read(path.read_bytes(), "text/markdown") for path in paths]
        with stage("extract"):
            extractions = list(extractor.extract(articles))
        for extraction in extractions:
            with stage("map"):
                graph = mapping.article_graph(extraction, iris, ("rules", extractor.version))
            with stage("check shapes"):
                shapes.validate(graph)
            with stage("store"):
                name = str(iris.article_graph(article_key(extraction.article)))
                engine.put_graph(name, mapping.n_triples(graph), media.N_TRIPLES)
            taken += 1
    print("| stage | CPU seconds | articles a second |\n| --- | --- | --- |")
    for name, spent in SPENT.items():
        rate = "" if name in {"load extractor", "prepare store"} else f"{taken / spent:.0f}"
        print(f"| {name} | {spent:.2f} | {rate} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
