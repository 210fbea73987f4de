"""A generated graph on disk, the lookups in it, and stores that hold it: made once, kept for the next run."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from bench import generate
from kgapi.queries.query import Iri, Query

QUERIES = Path(__file__).parent / "queries"
SIZES = {"tiny": 20_000, "100k": 100_000, "1M": 1_000_000, "10M": 10_000_000, "25M": 25_000_000}
LOOKUPS = 50_000


@dataclass(frozen=True, slots=True)
class Data:
    """``folder`` holds everything that belongs to the graph of one size."""

    size: str
    folder: Path

    @property
    def graph(self) -> Path:
        """N-Quads."""
        return self.folder / "graph.nq"

    @property
    def lookups(self) -> Path:
        """A SPARQL query a line, as it stands in a URL."""
        return self.folder / "lookups.txt"

    def store(self, name: str) -> Path:
        return self.folder / name


def prepared(size: str, work: Path) -> Data:
    """The data of a size below a work folder, made where they are not there."""
    data = Data(size, work / size)
    data.folder.mkdir(parents=True, exist_ok=True)
    _made(data.graph, lambda path: _write_graph(path, SIZES[size]))
    _made(data.lookups, lambda path: _write_lookups(path, data.graph))
    return data


def query(name: str, **values: Iri) -> str:
    """One of the queries of this folder, bound."""
    return Query.load(QUERIES / f"{name}.rq").bind(**values)


def _made(path: Path, make: Callable[[Path], None]) -> None:
    """Make a file under another name first, so that it is never there in part."""
    if not path.exists():
        part = path.with_suffix(".part")
        make(part)
        part.rename(path)


def _write_graph(path: Path, size: int) -> None:
    with ProcessPoolExecutor(os.cpu_count()) as pool, path.open("wb") as file:
        file.writelines(generate.dataset(size, pool))


def _write_lookups(path: Path, graph: Path) -> None:
    lookup = Query.load(QUERIES / "lookup.rq")
    with path.open("w", encoding="ascii") as file:
        for statement in islice(statements(graph), LOOKUPS):
            text = lookup.bind(subject=Iri(statement)).partition("\n")[2].strip()
            file.write(quote(text, safe="") + "\n")


def statements(graph: Path) -> Iterator[str]:
    """IRIs of statements: some ten triples each, in one graph each, spread over the whole file."""
    every = max(1, graph.stat().st_size // 224 // 40 // LOOKUPS)
    seen = 0
    with graph.open("rb") as file:
        for line in file:
            subject, predicate, _ = line.split(b" ", 2)
            if b"/id/statement/" in subject and predicate.endswith(b"#states>"):
                seen += 1
                if seen % every == 0:
                    yield subject[1:-1].decode()
