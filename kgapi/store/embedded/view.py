"""A store as it can be read: queries, graphs and dumps of whatever it holds."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import pyoxigraph as ox

from kgapi import media
from kgapi.errors import (
    BadQuery,
    BadRequest,
    Conflict,
    KgapiError,
    NotFound,
    PartnerFailed,
    StoreUnavailable,
)
from kgapi.media import Choose, MediaType
from kgapi.store import datasets, rdf, sorting
from kgapi.store.embedded.stream import Stream
from kgapi.store.engine import WHOLE, Answer, Dataset, State
from kgapi.store.grammar import bad_query
from kgapi.store.targets import DEFAULT
from kgapi.store.tokens import tokens
from kgapi.store.touches import Touches

Graph = ox.NamedNode | ox.DefaultGraph
"""What a store has graphs by: a name, or none."""

_NO_FUNCTION = re.compile(r"The custom function <(.*)> is not supported")
_STATE = re.compile(r"The graph .* (?:already exists|does not exist)")
# Larger answers than this are better streamed, in bytes.
_AT_ONCE = 262_144


class View:
    """The reading half of an engine, on one pyoxigraph store.

    ``union`` says whether queries see all graphs together as their default graph.
    """

    def __init__(self, store: ox.Store, *, union: bool) -> None:
        self.store = store
        self._union = union
        # Odd while a write is under way; whoever writes keeps it so.
        self.writes = 0
        # Tags that have been worked out, each with the number of writes at that time.
        self._tags: dict[Graph, tuple[int, str]] = {}

    def solve(
        self,
        text: str,
        choose: Choose,
        dataset: Dataset,
        begin: Callable[[MediaType], IO[bytes]],
    ) -> None:
        """Answer a query into the binary file that ``begin`` gives for the chosen representation.

        All of it happens in the calling thread, which Oxigraph's results must not leave.
        """
        options = self._options(text, dataset)
        with told(text):
            found = with_functions(lambda more: self.store.query(text, **options, **more))
            if isinstance(found, ox.QueryTriples):
                chosen = choose(media.GRAPHS)
                found.serialize(begin(chosen), rdf.FORMATS[chosen])
            else:
                chosen = choose(media.SOLUTIONS)
                found.serialize(begin(chosen), rdf.RESULTS[chosen])

    def query(self, text: str, choose: Choose, dataset: Dataset = WHOLE) -> Answer:
        """Answer a query as it is worked out, in a thread of its own."""
        media_type: MediaType

        def write(sink: IO[bytes]) -> None:
            def begin(chosen: MediaType) -> IO[bytes]:
                nonlocal media_type
                media_type = chosen
                return sink

            self.solve(text, choose, dataset, begin)

        body = Stream(write)
        return Answer(media_type, body)

    def at_once(
        self, text: str, choose: Choose, dataset: Dataset = WHOLE, most: int = _AT_ONCE
    ) -> Answer | None:
        """Answer a query here and now; None where the answer has more bytes than ``most``."""
        small = _Small(most)
        media_type: MediaType

        def begin(chosen: MediaType) -> IO[bytes]:
            nonlocal media_type
            media_type = chosen
            return small  # type: ignore[return-value]  # as much of a file as serialisers use

        try:
            self.solve(text, choose, dataset, begin)
        except _TooMuch:
            return None
        return Answer(media_type, iter([b"".join(small.parts)]))

    def get_graph(self, name: str | None, choose: Choose) -> Answer:
        graph = graph_of(name)
        if not self.has(graph):
            raise absent(name)
        media_type = choose(media.GRAPHS)
        tag: str

        def write(sink: IO[bytes]) -> None:
            nonlocal tag
            tag, triples = self._tagged(graph)
            ox.serialize(triples, sink, rdf.FORMATS[media_type])

        body = Stream(write)
        return Answer(media_type, body, tag)

    def graphs(self) -> Iterator[str]:
        return iter(sorted(graph.value for graph in self.store.named_graphs()))

    def contents(self) -> Iterator[tuple[str | None, Iterator[ox.Triple]]]:
        """Each graph and its triples, those of the moment at which the graph is reached."""
        for name in (None, *self.graphs()):
            yield name, self._triples(graph_of(name))

    def dump(self, media_type: MediaType) -> Iterator[bytes]:
        if media_type == media.N_QUADS:
            return sorting.in_order(self.store)
        return Stream(lambda sink: self.store.dump(sink, rdf.FORMATS[media_type]))

    def state(self, mark: str, touched: Touches | None) -> State:
        return State(mark, touched, self._names, self._noted)

    def _noted(self, name: str) -> Iterator[ox.Triple]:
        """The triples of a graph that a write was to change: none where the name was no IRI."""
        try:
            graph = graph_of(name or None)
        except BadRequest:
            return iter(())
        return self._triples(graph)

    def _names(self) -> Iterator[str]:
        yield DEFAULT
        yield from self.graphs()

    def has(self, graph: Graph) -> bool:
        return isinstance(graph, ox.DefaultGraph) or self.store.contains_named_graph(graph)

    def tag(self, graph: Graph) -> str | None:
        """The tag of a graph, None where it is not there."""
        return rdf.digest(self._triples(graph)) if self.has(graph) else None

    def _triples(self, graph: Graph) -> Iterator[ox.Triple]:
        # Asked at once: the quads are those of this moment, whenever they are taken.
        quads = self.store.quads_for_pattern(None, None, None, graph)
        return (quad.triple for quad in quads)

    def _tagged(self, graph: Graph) -> tuple[str, Iterator[ox.Triple]]:
        """The tag of a graph and its triples, both of one state."""
        before = self.writes
        first, second = self._triples(graph), self._triples(graph)
        if before % 2 or before != self.writes:
            # Somebody may have written between the two.
            held = list(first)
            return rdf.digest(held), iter(held)
        since, tag = self._tags.get(graph, (None, ""))
        if since != before:
            tag = rdf.digest(first)
            self._tags[graph] = (before, tag)
        return tag, second

    def _options(self, text: str, dataset: Dataset) -> dict[str, Any]:
        if dataset != WHOLE:
            # Always both: giving one alone leaves the other at the store's own default.
            return {
                "default_graph": [graph_of(name) for name in dataset.default_graphs or ()],
                "named_graphs": [graph_of(name) for name in dataset.named_graphs or ()],
            }
        return {"use_default_graph_as_union": self._union and not datasets.names_its_own(text)}


class _TooMuch(Exception):
    """An answer that is too large to be given at once."""


class _Small:
    """The end that a small answer is written to."""

    def __init__(self, room: int) -> None:
        self.parts: list[bytes] = []
        self._room = room

    def write(self, data: bytes) -> int:
        self._room -= len(data)
        if self._room < 0:
            raise _TooMuch
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


def with_functions(ask: Callable[[dict[str, Any]], Any]) -> Any:
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
def told(text: str) -> Iterator[None]:
    """Oxigraph's errors as ours."""
    try:
        yield
    except SyntaxError as error:
        raise bad_query(error) from None
    except ValueError as error:
        raise BadQuery(str(error)) from None
    except RuntimeError as error:
        raise (Conflict if _STATE.match(str(error)) else BadQuery)(str(error)) from None
    except BrokenPipeError:
        # Nobody reads the answer any more, which is no failure of the store.
        raise
    except OSError as error:
        raise _of_system(text, error) from None


def _of_system(text: str, error: OSError) -> KgapiError:
    if any(token.says("SERVICE", "LOAD") for token in tokens(text)):
        return PartnerFailed(f"SERVICE or LOAD did not succeed: {error}")
    return StoreUnavailable(f"the store cannot do its work: {error}")


def graph_of(name: str | None) -> Graph:
    """A graph by its IRI, None for the default graph. Raises BadRequest for what is no IRI."""
    return ox.DefaultGraph() if name is None else rdf.named(name)


def absent(name: str | None) -> NotFound:
    return NotFound(f"there is no graph {name}")
