"""The seam to the store: SPARQL 1.1 Protocol and Graph Store Protocol as Python calls."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from kgapi.media import Choose, MediaType


@dataclass(frozen=True, slots=True)
class Dataset:
    """The RDF dataset of a request (SPARQL 1.1 Protocol sections 2.1.4 and 2.2.3), by IRIs.

    Both None is the engine's own dataset. For a query that is every named graph, with their union
    as default graph where the engine is set so; for an update it is the store as it is.
    """

    default_graphs: Sequence[str] | None = None
    named_graphs: Sequence[str] | None = None


WHOLE = Dataset()


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine answers: bytes in a media type, as they come.

    ``tag`` changes with the content of the graph that is answered, whatever the media type; None
    for the answer of a query.
    """

    media_type: MediaType
    body: Iterator[bytes]
    tag: str | None = None

    def read(self) -> bytes:
        return b"".join(self.body)


Expect = Callable[[str | None], None]
"""A condition of a write: told the tag of the graph as it is, None where it is not there, it raises
to prevent the write. Nobody writes between the two."""


def whatever(tag: str | None) -> None:
    """No condition."""


class Engine(Protocol):
    """A store of named graphs. Everything an article states is in one graph of its own.

    The name of a graph is its IRI, or None for the default graph, which is always there. Each
    write is done as a whole or not at all.

    Errors: BadQuery for SPARQL that cannot be read, QueryTooComplex, TooLarge and
    FederationRefused for SPARQL that is not taken, BadRequest for RDF that cannot be read,
    NotAcceptable from ``choose``, NotFound for a graph that is not there, Conflict for an update
    that presumes another state, PartnerFailed where SERVICE or LOAD does not succeed,
    StoreUnavailable when the store cannot do its work. The body of an Answer may raise them too.
    """

    def query(self, text: str, choose: Choose, dataset: Dataset = WHOLE) -> Answer:
        """Answer a SPARQL 1.1 query in the representation that ``choose`` picks."""
        ...

    def update(self, text: str, dataset: Dataset = WHOLE) -> None:
        """Carry out a SPARQL 1.1 update, all of its operations or none."""
        ...

    def get_graph(self, name: str | None, choose: Choose) -> Answer:
        """A graph in the representation that ``choose`` picks, with its tag."""
        ...

    def put_graph(
        self,
        name: str | None,
        data: bytes,
        media_type: MediaType,
        base: str | None = None,
        expect: Expect = whatever,
    ) -> bool:
        """Replace a graph, or make it; True where it is new."""
        ...

    def post_graph(
        self,
        name: str | None,
        data: bytes,
        media_type: MediaType,
        base: str | None = None,
        expect: Expect = whatever,
    ) -> bool:
        """Add to a graph, or make it; True where it is new."""
        ...

    def patch_graph(self, name: str | None, text: str, expect: Expect = whatever) -> None:
        """Carry out an update that changes this graph; OtherGraph where it may change others."""
        ...

    def delete_graph(self, name: str | None, expect: Expect = whatever) -> None:
        """Drop a named graph, or empty the default graph."""
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
