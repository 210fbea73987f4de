"""The seam to the store: SPARQL 1.1 Protocol and Graph Store Protocol as Python calls."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from kgapi.media import Choose, MediaType


@dataclass(frozen=True, slots=True)
class Dataset:
    """The RDF dataset of a query (SPARQL 1.1 Protocol section 2.1.4), graphs by their IRIs.

    Both None is the engine's own dataset: every named graph, their union as default graph.
    """

    default_graphs: Sequence[str] | None = None
    named_graphs: Sequence[str] | None = None


WHOLE = Dataset()


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine answers: bytes in a media type, as they come."""

    media_type: MediaType
    body: Iterator[bytes]

    def read(self) -> bytes:
        return b"".join(self.body)


class Engine(Protocol):
    """A store of named graphs. Everything an article states is in one graph of its own.

    Errors: BadQuery for SPARQL or RDF that cannot be read, NotAcceptable from ``choose``,
    NotFound for a graph that is not there, StoreUnavailable when the store cannot do its work.
    """

    def query(self, text: str, choose: Choose, dataset: Dataset = WHOLE) -> Answer:
        """Answer a SPARQL 1.1 query in the representation that ``choose`` picks."""
        ...

    def put_graph(self, name: str, data: bytes, media_type: MediaType) -> bool:
        """Replace a named graph, at once or not at all; True where it is new."""
        ...

    def delete_graph(self, name: str) -> None:
        """Drop a named graph."""
        ...

    def graphs(self) -> Iterator[str]:
        """The IRIs of the named graphs, sorted."""
        ...

    def dump(self, media_type: MediaType) -> Iterator[bytes]:
        """The whole dataset, sorted where the media type is line by line."""
        ...

    def close(self) -> None:
        """Let go of the store; what was written stays."""
        ...
