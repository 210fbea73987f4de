"""The seam to the store: SPARQL 1.1 Protocol and Graph Store Protocol as Python calls."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, Protocol

import pyoxigraph as ox

from kgapi.errors import PreconditionFailed, PreconditionRequired
from kgapi.media import Choose, MediaType
from kgapi.store.touches import Touches


@dataclass(frozen=True, slots=True)
class Dataset:
    """The RDF dataset of a request (SPARQL 1.1 Protocol sections 2.1.4 and 2.2.3), by IRIs.

    Both None is the engine's own dataset. For a query that is every named graph, with the union
    of all graphs as default graph where the engine is set so; for an update it is the store as it is.
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


@dataclass(frozen=True, slots=True)
class Document:
    """RDF to read: ``name`` is for the messages."""

    name: str
    stream: BinaryIO
    media_type: MediaType


@dataclass(frozen=True, slots=True)
class Condition:
    """What a write presumes of its graph as it is: the tags that it should or should not have.

    ``"*"`` is any tag; None is no condition. ``required`` refuses to write over a graph unseen.
    """

    match: frozenset[str] | None = None
    none_match: frozenset[str] | None = None
    required: bool = False

    def meet(self, tag: str | None) -> None:
        """Told the tag of the graph, None where it is not there, raise to prevent the write.

        Raises PreconditionFailed, and PreconditionRequired where there should be a condition.
        """
        if self.match is not None and not _names(self.match, tag):
            raise PreconditionFailed("the graph is not the one of If-Match: get it again")
        if self.none_match is not None and _names(self.none_match, tag):
            raise PreconditionFailed("the graph is there, and If-None-Match says it should not be")
        if self.required and tag is not None and self.match is self.none_match is None:
            raise PreconditionRequired(
                "this server overwrites nothing unseen: send If-Match with the ETag of the graph"
            )


def _names(tags: frozenset[str], tag: str | None) -> bool:
    return tag is not None and not tags.isdisjoint({"*", tag})


ALWAYS = Condition()


@dataclass(frozen=True, slots=True)
class State:
    """The store as it is, for whoever keeps something that is made of it.

    ``mark`` names it. ``touched`` are the graphs that may differ from those of an earlier state;
    None where any may. ``names`` are the graphs that there are, ``""`` for the default graph, and
    ``triples`` gives what one of them holds: nothing where there is no such graph. A blank node has
    the same label each time, and no other graph has it unless it is the same node. ``sizes`` is the
    number of triples by graph, where others write to the store and their writes are not known; None
    where all are.
    """

    mark: str
    touched: Touches | None
    names: Callable[[], Iterator[str]]
    triples: Callable[[str], Iterator[ox.Triple]]
    sizes: Callable[[], Mapping[str, int]] | None = None


class Engine(Protocol):
    """A store of named graphs. Everything an article states is in one graph of its own.

    The name of a graph is its IRI, or None for the default graph, which is always there. Each
    write is done as a whole or not at all.

    Errors: BadQuery for SPARQL that cannot be read, QueryTooComplex, TooLarge and
    FederationRefused for SPARQL that is not taken, DeadlinePassed, OverMemory and Busy for what
    takes more than there is, BadRequest for RDF that cannot be read, NotAcceptable from
    ``choose``, NotFound for a graph that is not there, Conflict for an update that presumes
    another state, PartnerFailed where SERVICE or LOAD does not succeed, StoreUnavailable when the
    store cannot do its work. The body of an Answer may raise them too.
    """

    def query(
        self,
        text: str,
        choose: Choose,
        dataset: Dataset = WHOLE,
        *,
        deadline: float | None = None,
        client: str = "",
    ) -> Answer:
        """Answer a SPARQL 1.1 query in the representation that ``choose`` picks.

        ``deadline`` is the time it may take, in seconds; None where the caller vouches that it
        ends. ``client`` is who asks: nobody gets to keep all others waiting.
        """
        ...

    def update(self, text: str, dataset: Dataset = WHOLE, *, deadline: float | None = None) -> None:
        """Carry out a SPARQL 1.1 update, all of its operations or none."""
        ...

    def revision(self) -> str | None:
        """What changes with each write, and with nothing else; None where nobody can tell."""
        ...

    def mark(self) -> str:
        """What changes with each write through this engine, and with others as far as it knows.

        It is the revision where there is one. Marks end in a number that grows.
        """
        ...

    def state(self, since: str | None) -> AbstractContextManager[State]:
        """The store as it is now, with what was touched since that mark; None: since ever."""
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
        condition: Condition = ALWAYS,
    ) -> bool:
        """Replace a graph, or make it; True where it is new."""
        ...

    def put_graphs(self, graphs: Mapping[str, bytes | None]) -> bool:
        """Replace several named graphs by N-Triples and drop those that get None, as one write.

        True where all that are put are new. A remote engine may carry it out graph by graph, in
        this order: what tells that all is there belongs at the end.
        """
        ...

    def post_graph(
        self,
        name: str | None,
        data: bytes,
        media_type: MediaType,
        base: str | None = None,
        condition: Condition = ALWAYS,
    ) -> bool:
        """Add to a graph, or make it; True where it is new."""
        ...

    def patch_graph(self, name: str | None, text: str, condition: Condition = ALWAYS) -> None:
        """Carry out an update that changes this graph; OtherGraph where it may change others."""
        ...

    def delete_graph(self, name: str | None, condition: Condition = ALWAYS) -> None:
        """Drop a named graph, or empty the default graph."""
        ...

    def graphs(self) -> Iterator[str]:
        """The IRIs of the named graphs, sorted."""
        ...

    def contents(self) -> Iterator[tuple[str | None, Iterator[ox.Triple]]]:
        """Each graph and its triples, the default graph first, then the others by name.

        All are of one moment, unless the store is one of which nobody can tell the moment. Take
        the triples of a graph before the next graph, and in the same thread.
        """
        ...

    def dump(self, media_type: MediaType) -> Iterator[bytes]:
        """The whole dataset, sorted where the media type is line by line."""
        ...

    def close(self) -> None:
        """Let go of the store; what was written stays."""
        ...
