"""The one table of what real engines do in their own way, and how to tell which one answers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin

import pyoxigraph as ox

from kgapi import media
from kgapi.errors import (
    BadQuery,
    BadRequest,
    Busy,
    Conflict,
    DeadlinePassed,
    KgapiError,
    StoreRefused,
    StoreUnavailable,
)
from kgapi.media import MediaType
from kgapi.store import rdf

NOWHERE = "urn:x-kgapi:nowhere"
"""A graph that nobody has: naming it is how to name no graph."""

_FEATURE = ox.NamedNode("http://www.w3.org/ns/sparql-service-description#feature")
_UNION = ox.NamedNode("http://www.w3.org/ns/sparql-service-description#UnionDefaultGraph")
_EMPTY = ox.NamedNode("http://www.w3.org/ns/sparql-service-description#EmptyGraphs")

Failures = Sequence[tuple[re.Pattern[str], type[KgapiError]]]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How an engine differs from the standard; the defaults are the standard's.

    ``update`` and ``graphs`` say where updates and graphs are, relative to the queries (``graphs``
    empty: no Graph Store Protocol). ``union`` are parameters of a query that make its default
    graph the union of the named ones; ``is_union``: it is so without asking. ``default_graph``:
    whether there is one that can be written; ``empty_graphs``: whether a graph may have no triples.
    ``hides_others``: whether to name default graphs hides all others from GRAPH, as it should.
    ``deadline``: the parameter that tells it how many milliseconds a query may take.
    ``respelt``: what it writes unlike the standard, and what to ask for instead; ``mends``: bytes
    of its results that not every parser takes, and what they should be. ``private``: schemes of IRIs that
    call into the engine itself. ``own_graphs``: graphs that hold its own affairs. ``failures``: the
    first pattern that its words match says what has failed, whatever the status. ``cuts``: whether
    it may give a part of a graph and not say so; ``parts``: headers that say it of a query's answer.
    ``together``: whether one update may replace several graphs of an article's size.
    """

    name: str
    update: str = ""
    graphs: str = ""
    union: Mapping[str, str] = field(default_factory=dict)
    is_union: bool = False
    default_graph: bool = True
    empty_graphs: bool = False
    hides_others: bool = True
    deadline: str = ""
    respelt: Mapping[MediaType, MediaType] = field(default_factory=dict)
    mends: Mapping[MediaType, tuple[bytes, bytes]] = field(default_factory=dict)
    private: tuple[str, ...] = ()
    own_graphs: re.Pattern[str] | None = None
    failures: Failures = ()
    cuts: bool = False
    parts: Mapping[str, tuple[type[KgapiError], str]] = field(default_factory=dict)
    together: bool = True

    def is_own(self, name: str) -> bool:
        """Whether a graph holds the engine's own affairs."""
        return bool(self.own_graphs and self.own_graphs.fullmatch(name))

    def refuse_part(self, headers: Mapping[str, str]) -> None:
        """Raise the error that a header of an answer stands for, where it is only a part."""
        for name, (kind, words) in self.parts.items():
            if name in headers:
                raise kind(words)


_OTHER_STATE = re.compile(r"graph .* (?:already exists|does not exist)\b", re.IGNORECASE)

GENERIC = Dialect("generic", failures=[(_OTHER_STATE, Conflict)])

OXIGRAPH = Dialect(
    "oxigraph",
    update="update",
    graphs="store",
    union={"union-default-graph": "true"},
    empty_graphs=True,
    failures=[
        (_OTHER_STATE, Conflict),
        (re.compile(r"The custom function "), BadQuery),
        (re.compile(r"SPARQL evaluation timeout"), DeadlinePassed),
    ],
)

VIRTUOSO = Dialect(
    "virtuoso",
    update="sparql-auth",
    graphs="sparql-graph-crud-auth",
    is_union=True,
    default_graph=False,
    hides_others=False,
    deadline="timeout",
    respelt={
        media.RESULTS_TSV: media.RESULTS_XML,
        media.RESULTS_CSV: media.RESULTS_XML,
        media.JSON_LD: media.N_TRIPLES,
    },
    mends={
        media.RESULTS_XML: (b"<bnode>nodeID://", b"<bnode>"),
        media.RESULTS_JSON: (b'"bnode", "value": "nodeID://', b'"bnode", "value": "'),
    },
    private=("bif:", "sql:"),
    # It makes SQL of an update, of at most 10,000 lines: some 2,000 triples.
    together=False,
    own_graphs=re.compile(
        r"http://www\.openlinksw\.com/schemas/.*|http://www\.w3\.org/ns/ldp#"
        r"|http://www\.w3\.org/2002/07/owl#|urn:activitystreams-owl:map"
        r"|https?://[^/]+/(?:DAV/|sparql)"
    ),
    failures=[
        (re.compile(r"SPARUL_\w+\(\) failed"), Conflict),
        (re.compile(r"SECURITY"), StoreRefused),
        (re.compile(r"S1T00|estimated execution time"), DeadlinePassed),
        (re.compile(r"Virtuoso 40001"), Busy),
        (re.compile(r"Virtuoso (?:22|37|42)"), BadQuery),
        (re.compile(r"Error 22023"), BadRequest),
    ],
    cuts=True,
    parts={
        "X-SQL-State": (DeadlinePassed, "the store did not finish in time"),
        "X-SPARQL-MaxRows": (
            StoreUnavailable,
            "the store may have cut this answer at the most rows that it gives at a time: raise"
            " ResultSetMaxRows in its virtuoso.ini, or ask for fewer with LIMIT",
        ),
    },
)

DIALECTS = {each.name: each for each in (GENERIC, OXIGRAPH, VIRTUOSO)}


@dataclass(frozen=True, slots=True)
class Places:
    """The addresses of an engine: for queries, for updates, and for graphs, None without one."""

    query: str
    update: str
    graphs: str | None

    @classmethod
    def of(cls, dialect: Dialect, query: str, update: str = "", graphs: str = "") -> "Places":
        """What is not given is where the dialect has it."""
        known = urljoin(query, dialect.graphs) if dialect.graphs else None
        return cls(query, update or urljoin(query, dialect.update), graphs or known)


def detect(server: str, description: bytes, media_type: MediaType | None, base: str) -> Dialect:
    """The dialect of an engine, by the Server header and the service description of its endpoint.

    ``media_type`` is that of the description, None where it is none that can be read.
    """
    for dialect in (OXIGRAPH, VIRTUOSO):
        if dialect.name in server.lower():
            return dialect
    features = _features(description, media_type, base) if media_type in media.GRAPHS else set()
    return replace(GENERIC, is_union=_UNION in features, empty_graphs=_EMPTY in features)


def _features(description: bytes, media_type: MediaType, base: str) -> set[object]:
    try:
        triples = list(rdf.read(description, media_type, base))
    except BadRequest:
        return set()
    return {each.object for each in triples if each.predicate == _FEATURE}
