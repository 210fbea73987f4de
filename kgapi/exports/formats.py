"""One table of what can be exported: a name, a media type, and what writes it."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BufferedWriter, RawIOBase
from typing import IO, Any, cast

import pyoxigraph as ox

from kgapi import media
from kgapi.errors import NotFound
from kgapi.exports import datasets, episodes, facts, ftm
from kgapi.graph.iris import Iris
from kgapi.media import MediaType
from kgapi.store.engine import Engine

Write = Callable[[Engine, Iris, IO[bytes]], None]
"""Writes an export of an engine into a binary file, while it reads."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file that can be had. ``inner`` is the media type of what a compressed one holds.

    ``of`` says what its items are: ``triples``, ``statements``, ``entities`` or ``cases``.
    """

    name: str
    media_type: MediaType
    summary: str
    of: str
    made_by: Write
    inner: MediaType | None = None
    check: Callable[[], object] = lambda: None

    def write(self, engine: Engine, iris: Iris, sink: IO[bytes]) -> None:
        """Write it whole into a file that needs no more than ``write``.

        Raises NotInstalled where a library for it is missing, and what the engine raises.
        """
        self.check()
        with BufferedWriter(_Raw(sink), _BUFFER) as file:
            self.made_by(engine, iris, file)


def named(name: str) -> Export:
    """The export of that name. Raises NotFound."""
    if name not in EXPORTS:
        raise NotFound(f"there is no export {name}; there are {', '.join(EXPORTS)}")
    return EXPORTS[name]


_BUFFER = 65_536
# A level beyond which more time saves little of N-Quads.
_LEVEL = 3


class _Raw(RawIOBase):
    """A file for those who want all of a file, before one that only takes what is written."""

    def __init__(self, sink: IO[bytes]) -> None:
        self._sink = sink
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._sink.write(bytes(data))
        self._written += len(data)
        return len(data)

    def tell(self) -> int:
        return self._written


def _gzipped(write: Write) -> Write:
    def write_gzipped(engine: Engine, iris: Iris, sink: IO[bytes]) -> None:
        # No name and no time of day in it: the same content is the same file.
        with gzip.GzipFile("", "wb", _LEVEL, sink, mtime=0) as file:
            write(engine, iris, cast(IO[bytes], file))

    return write_gzipped


def _dataset(syntax: ox.RdfFormat) -> Write:
    return partial(datasets.write_dataset, syntax=syntax)


def _reified(syntax: ox.RdfFormat) -> Write:
    return partial(datasets.write_reified, syntax=syntax)


EXPORTS = {
    export.name: export
    for export in (
        Export(
            "dataset.nq.gz",
            media.GZIP,
            "Every graph that is told, in N-Quads",
            "triples",
            _gzipped(_dataset(ox.RdfFormat.N_QUADS)),
            inner=media.N_QUADS,
        ),
        Export(
            "dataset.trig",
            media.TRIG,
            "The same in TriG",
            "triples",
            _dataset(ox.RdfFormat.TRIG),
        ),
        Export(
            "dataset.jsonld",
            media.JSON_LD,
            "The same in JSON-LD",
            "triples",
            _dataset(ox.RdfFormat.JSON_LD),
        ),
        Export(
            "reified.nq.gz",
            media.GZIP,
            "RDF 1.2: each statement reifies the triples of its fact, and claims are not asserted",
            "triples",
            _gzipped(_reified(ox.RdfFormat.N_QUADS)),
            inner=media.N_QUADS_12,
        ),
        Export(
            "reified.nt",
            media.N_TRIPLES_12,
            "The same without graphs, in N-Triples",
            "triples",
            _reified(ox.RdfFormat.N_TRIPLES),
        ),
        Export(
            "reified.ttl",
            media.TURTLE_12,
            "The same without graphs, in Turtle",
            "triples",
            _reified(ox.RdfFormat.TURTLE),
        ),
        Export(
            "facts.csv",
            media.RESULTS_CSV,
            "Facts as a table: a row for each article that states one, with the words",
            "statements",
            facts.write_csv,
        ),
        Export(
            "facts.parquet",
            media.PARQUET,
            "The same in Parquet",
            "statements",
            facts.write_parquet,
            check=facts.pyarrow,
        ),
        Export(
            "entities.ftm.json",
            media.FTM,
            "FollowTheMoney, an entity a line: who and what, sanctions, posts held, articles",
            "entities",
            ftm.write_lines,
        ),
        Export(
            "episodes.csv",
            media.RESULTS_CSV,
            "Sanctions on countries in the columns of the Global Sanctions Data Base",
            "cases",
            episodes.write_csv,
        ),
    )
}
"""Everything that can be exported, by name."""
