"""The embedded engine: Oxigraph in this process, on disk or in memory."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import IO, Any

import pyoxigraph as ox

from kgapi import media
from kgapi.errors import (
    BadQuery,
    BadRequest,
    Conflict,
    KgapiError,
    NotFound,
    OtherGraph,
    PartnerFailed,
    StoreLocked,
    StoreUnavailable,
)
from kgapi.media import Choose, MediaType
from kgapi.store import datasets, rdf
from kgapi.store.engine import ALWAYS, WHOLE, Answer, Condition, Dataset
from kgapi.store.grammar import bad_query, check_query, check_update
from kgapi.store.guards import Guards
from kgapi.store.stream import Stream
from kgapi.store.targets import DEFAULT, targets
from kgapi.store.tokens import tokens

_RESULTS = {
    media.RESULTS_JSON: ox.QueryResultsFormat.JSON,
    media.RESULTS_XML: ox.QueryResultsFormat.XML,
    media.RESULTS_CSV: ox.QueryResultsFormat.CSV,
    media.RESULTS_TSV: ox.QueryResultsFormat.TSV,
}
_NO_FUNCTION = re.compile(r"The custom function <(.*)> is not supported")
_STATE = re.compile(r"The graph .* (?:already exists|does not exist)")


class EmbeddedEngine:
    """An Engine on a pyoxigraph store; ``folder`` None keeps everything in memory.

    ``union`` says whether queries see the union of the named graphs as their default graph.
    """

    def __init__(
        self, folder: Path | None = None, *, union: bool = True, guards: Guards | None = None
    ) -> None:
        self._store = _open(folder)
        self._union = union
        self._guards = guards or Guards()
        # Oxigraph loses writes where two updates run at once.
        self._writing = Lock()
        # Odd while a write is under way.
        self._writes = 0
        # Tags that have been worked out, each with the number of writes at that time.
        self._tags: dict[ox.NamedNode | ox.DefaultGraph, tuple[int, str]] = {}

    def query(
        self,
        text: str,
        choose: Choose,
        dataset: Dataset = WHOLE,
        *,
        deadline: float | None = None,
        client: str = "",
    ) -> Answer:
        self._guards.check(text, check_query)
        options = self._options(text, dataset)
        media_type: MediaType

        # Oxigraph's results must not leave the thread that they were made in.
        def write(sink: IO[bytes]) -> None:
            nonlocal media_type
            with _told(text):
                found = _with_functions(lambda more: self._store.query(text, **options, **more))
                if isinstance(found, ox.QueryTriples):
                    media_type = choose(media.GRAPHS)
                    found.serialize(sink, rdf.FORMATS[media_type])
                else:
                    media_type = choose(media.SOLUTIONS)
                    found.serialize(sink, _RESULTS[media_type])

        body = Stream(write)
        return Answer(media_type, body)

    def update(self, text: str, dataset: Dataset = WHOLE, *, deadline: float | None = None) -> None:
        self._guards.check(text, check_update)
        if dataset != WHOLE:
            default, named = dataset.default_graphs or (), dataset.named_graphs or ()
            text = datasets.using(text, map(_iri, default), map(_iri, named))
        with self._write():
            self._carry_out(text)

    def revision(self) -> str | None:
        return None

    def get_graph(self, name: str | None, choose: Choose) -> Answer:
        graph = _graph(name)
        if not self._has(graph):
            raise _absent(name)
        media_type = choose(media.GRAPHS)
        tag: str

        def write(sink: IO[bytes]) -> None:
            nonlocal tag
            tag, quads = self._tagged(graph)
            triples = (quad.triple for quad in quads)
            ox.serialize(triples, sink, rdf.FORMATS[media_type])

        body = Stream(write)
        return Answer(media_type, body, tag)

    def put_graph(
        self,
        name: str | None,
        data: bytes,
        media_type: MediaType,
        base: str | None = None,
        condition: Condition = ALWAYS,
    ) -> bool:
        return self._store_graph(name, rdf.read(data, media_type, base), condition, replace=True)

    def post_graph(
        self,
        name: str | None,
        data: bytes,
        media_type: MediaType,
        base: str | None = None,
        condition: Condition = ALWAYS,
    ) -> bool:
        return self._store_graph(name, rdf.read(data, media_type, base), condition, replace=False)

    def patch_graph(self, name: str | None, text: str, condition: Condition = ALWAYS) -> None:
        self._guards.check(text, check_update)
        graph = _graph(name)
        if targets(text) - {name or DEFAULT}:
            raise OtherGraph(f"this may change another graph than {name or 'the default graph'}")
        with self._write():
            if not self._has(graph):
                raise _absent(name)
            self._meet(graph, condition)
            self._carry_out(text)

    def delete_graph(self, name: str | None, condition: Condition = ALWAYS) -> None:
        graph = _graph(name)
        with self._write():
            self._meet(graph, condition)
            if not self._has(graph):
                raise _absent(name)
            self._carry_out(f"DROP {_ref(graph)}")

    def graphs(self) -> Iterator[str]:
        return iter(sorted(graph.value for graph in self._store.named_graphs()))

    def dump(self, media_type: MediaType) -> Iterator[bytes]:
        if media_type is media.N_QUADS:
            return _in_order(bytes(self._store.dump(format=ox.RdfFormat.N_QUADS) or b""))
        return Stream(lambda sink: self._store.dump(sink, rdf.FORMATS[media_type]))

    def close(self) -> None:
        with self._writing:
            self._store.flush()
            # Oxigraph lets go of its lock when the last reference to the store goes.
            del self._store

    @contextmanager
    def _write(self) -> Iterator[None]:
        """The only one who writes, until the block ends; then what was written is on disk."""
        with self._writing:
            self._writes += 1
            self._tags.clear()
            try:
                yield
                self._store.flush()
            finally:
                self._writes += 1

    def _carry_out(self, text: str) -> None:
        with _told(text):
            _with_functions(lambda more: self._store.update(text, **more))

    def _store_graph(
        self, name: str | None, triples: Iterable[ox.Triple], condition: Condition, *, replace: bool
    ) -> bool:
        graph = _graph(name)
        lines = "\n".join(f"{triple} ." for triple in triples)
        block = lines if name is None else f"GRAPH {graph} {{\n{lines}\n}}"
        steps = [f"INSERT DATA {{ {block} }}"]
        if name is not None:
            steps.insert(0, f"CREATE SILENT GRAPH {graph}")
        if replace:
            steps.insert(0, f"DROP SILENT {_ref(graph)}")
        with self._write():
            self._meet(graph, condition)
            is_new = not self._has(graph)
            # One update is one transaction: nobody ever sees a graph dropped but not yet filled.
            self._carry_out(" ;\n".join(steps))
        return is_new

    def _has(self, graph: ox.NamedNode | ox.DefaultGraph) -> bool:
        return isinstance(graph, ox.DefaultGraph) or self._store.contains_named_graph(graph)

    def _meet(self, graph: ox.NamedNode | ox.DefaultGraph, condition: Condition) -> None:
        if condition != ALWAYS:
            condition.meet(_tag(self._quads(graph)) if self._has(graph) else None)

    def _quads(self, graph: ox.NamedNode | ox.DefaultGraph) -> Iterator[ox.Quad]:
        return self._store.quads_for_pattern(None, None, None, graph)

    def _tagged(self, graph: ox.NamedNode | ox.DefaultGraph) -> tuple[str, Iterator[ox.Quad]]:
        """The tag of a graph and its quads, both of one state."""
        before = self._writes
        first, second = self._quads(graph), self._quads(graph)
        if before % 2 or before != self._writes:
            # Somebody may have written between the two.
            held = list(first)
            return _tag(held), iter(held)
        since, tag = self._tags.get(graph, (None, ""))
        if since != before:
            tag = _tag(first)
            self._tags[graph] = (before, tag)
        return tag, second

    def _options(self, text: str, dataset: Dataset) -> dict[str, Any]:
        if dataset != WHOLE:
            # Always both: giving one alone leaves the other at the store's own default.
            return {
                "default_graph": [_graph(name) for name in dataset.default_graphs or ()],
                "named_graphs": [_graph(name) for name in dataset.named_graphs or ()],
            }
        if not self._union or datasets.names_its_own(text):
            return {}
        if any(True for _ in self._quads(ox.DefaultGraph())):
            # Oxigraph's own union takes in the default graph; the union is of the named ones.
            return {"default_graph": list(self._store.named_graphs())}
        return {"use_default_graph_as_union": True}


def _with_functions(ask: Callable[[dict[str, Any]], Any]) -> Any:
    """Ask again as long as a function is unknown: calling one is an error value, no failure.

    SPARQL 1.1 Query section 17.6: an unknown function is an error of its expression alone.
    """
    unknown: dict[ox.NamedNode, Callable[..., None]] = {}
    while True:
        try:
            return ask({"custom_functions": unknown} if unknown else {})
        except RuntimeError as error:
            name = _NO_FUNCTION.fullmatch(str(error))
            if not name or ox.NamedNode(name[1]) in unknown:
                raise
            unknown[ox.NamedNode(name[1])] = _no_value


def _no_value(*arguments: object) -> None:
    """An expression that is an error."""


@contextmanager
def _told(text: str) -> Iterator[None]:
    """Oxigraph's errors as ours."""
    try:
        yield
    except SyntaxError as error:
        raise bad_query(error) from None
    except ValueError as error:
        raise BadQuery(str(error)) from None
    except RuntimeError as error:
        raise (Conflict if _STATE.match(str(error)) else BadQuery)(str(error)) from None
    except OSError as error:
        raise _of_system(text, error) from None


def _of_system(text: str, error: OSError) -> KgapiError:
    if any(token.says("SERVICE", "LOAD") for token in tokens(text)):
        return PartnerFailed(f"SERVICE or LOAD did not succeed: {error}")
    return StoreUnavailable(f"the store cannot do its work: {error}")


def _graph(name: str | None) -> ox.NamedNode | ox.DefaultGraph:
    return ox.DefaultGraph() if name is None else _named(name)


def _named(name: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(name)
    except ValueError as error:
        raise BadRequest(f"{name!r} is no absolute IRI: {error}") from None


def _iri(name: str) -> str:
    return str(_named(name))


def _ref(graph: ox.NamedNode | ox.DefaultGraph) -> str:
    return "DEFAULT" if isinstance(graph, ox.DefaultGraph) else f"GRAPH {graph}"


def _absent(name: str | None) -> NotFound:
    return NotFound(f"there is no graph {name}")


def _tag(quads: Iterable[ox.Quad]) -> str:
    """A digest of the set of triples, in whatever order they come."""
    digests = (sha256(str(quad.triple).encode()).digest() for quad in quads)
    total = sum(int.from_bytes(each) for each in digests)
    return f"{total % 2**128:032x}"


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
