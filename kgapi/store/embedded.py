"""The embedded engine: Oxigraph in this process, on disk or in memory."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kgapi import media
from kgapi.errors import BadQuery, BadRequest, StoreLocked, StoreUnavailable
from kgapi.media import Choose, MediaType
from kgapi.store.engine import WHOLE, Answer, Dataset

_RDF = {
    media.TURTLE: ox.RdfFormat.TURTLE,
    media.N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    media.RDF_XML: ox.RdfFormat.RDF_XML,
    media.JSON_LD: ox.RdfFormat.JSON_LD,
    media.N_QUADS: ox.RdfFormat.N_QUADS,
    media.TRIG: ox.RdfFormat.TRIG,
}
_RESULTS = {
    media.RESULTS_JSON: ox.QueryResultsFormat.JSON,
    media.RESULTS_XML: ox.QueryResultsFormat.XML,
    media.RESULTS_CSV: ox.QueryResultsFormat.CSV,
    media.RESULTS_TSV: ox.QueryResultsFormat.TSV,
}
_POSITION = re.compile(r"(?:error )?at (\d+):(\d+)(?:-\d+:\d+|-\d+)?: ")


class EmbeddedEngine:
    """An Engine on a pyoxigraph store; ``folder`` None keeps everything in memory."""

    def __init__(self, folder: Path | None = None) -> None:
        self._store = _open(folder)

    def query(self, text: str, choose: Choose, dataset: Dataset = WHOLE) -> Answer:
        try:
            found = self._store.query(text, **_options(dataset))
        except SyntaxError as error:
            raise _bad_query(error) from None
        except ValueError as error:
            raise BadQuery(str(error)) from None
        except OSError as error:
            raise StoreUnavailable(f"the store cannot be read: {error}") from None
        if isinstance(found, ox.QueryTriples):
            chosen = choose(media.GRAPHS)
            return Answer(chosen, iter((bytes(found.serialize(format=_RDF[chosen]) or b""),)))
        chosen = choose(media.SOLUTIONS)
        return Answer(chosen, iter((bytes(found.serialize(format=_RESULTS[chosen]) or b""),)))

    def put_graph(self, name: str, data: bytes, media_type: MediaType) -> bool:
        graph = ox.NamedNode(name)
        is_new = not self._store.contains_named_graph(graph)
        try:
            triples = [quad.triple for quad in ox.parse(data, _RDF[media_type])]
        except SyntaxError as error:
            raise BadRequest(f"the graph cannot be read: {error}") from None
        lines = "\n".join(f"{triple} ." for triple in triples)
        # One update is one transaction: nobody ever sees the graph dropped but not yet filled.
        self._store.update(
            f"DROP SILENT GRAPH {graph} ;\nINSERT DATA {{ GRAPH {graph} {{\n{lines}\n}} }}"
        )
        self._store.flush()
        return is_new

    def delete_graph(self, name: str) -> None:
        self._store.update(f"DROP SILENT GRAPH {ox.NamedNode(name)}")
        self._store.flush()

    def graphs(self) -> Iterator[str]:
        return iter(sorted(graph.value for graph in self._store.named_graphs()))

    def dump(self, media_type: MediaType) -> Iterator[bytes]:
        data = bytes(self._store.dump(format=_RDF[media_type]) or b"")
        return _in_order(data) if media_type is media.N_QUADS else iter((data,))

    def close(self) -> None:
        self._store.flush()
        # Oxigraph lets go of its lock when the last reference to the store goes.
        del self._store


def _open(folder: Path | None) -> ox.Store:
    if folder is None:
        return ox.Store()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return ox.Store(str(folder / "db"))
    except OSError as error:
        if "lock" in str(error).lower():
            raise StoreLocked(
                f"the store {folder} is in use by another process: stop that one, or choose another --store"
            ) from None
        raise StoreUnavailable(f"the store {folder} cannot be opened: {error}") from None


def _in_order(n_quads: bytes) -> Iterator[bytes]:
    """The lines of N-Quads, sorted, with blank nodes named as RDFC-1.0 names them.

    Only quads with blank nodes decide those names, so that all others pass through as bytes.
    """
    plain: list[bytes] = []
    blank: list[bytes] = []
    for line in n_quads.splitlines(keepends=True):
        (blank if line.startswith(b"_:") or b"> _:" in line else plain).append(line)
    named = ox.Dataset(ox.parse(b"".join(blank), ox.RdfFormat.N_QUADS))
    named.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return iter(sorted([*plain, *(f"{quad} .\n".encode() for quad in named)]))


def _options(dataset: Dataset) -> dict[str, Any]:
    if dataset == WHOLE:
        return {"use_default_graph_as_union": True}
    # Always both: giving one alone leaves the other at the store's own default.
    return {
        "default_graph": [ox.NamedNode(name) for name in dataset.default_graphs or ()],
        "named_graphs": [ox.NamedNode(name) for name in dataset.named_graphs or ()],
    }


def _bad_query(error: SyntaxError) -> BadQuery:
    words = str(error)
    place = _POSITION.match(words)
    if not place:
        return BadQuery(words)
    line, column = int(place[1]), int(place[2])
    return BadQuery(
        f"line {line}, column {column}: {words[place.end() :]}", line=line, column=column
    )
