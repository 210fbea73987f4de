"""The engine on another machine: SPARQL 1.1 Protocol and Graph Store Protocol over HTTP."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from http import HTTPStatus
from secrets import token_hex
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import IO, Any
from uuid import uuid4

import httpx
import pyoxigraph as ox

from kgapi import media
from kgapi.errors import (
    BadQuery,
    BadSettings,
    KgapiError,
    NotFound,
    OtherGraph,
    StoreUnavailable,
    Unsupported,
)
from kgapi.media import Choose, MediaType
from kgapi.settings import Settings
from kgapi.store import datasets, rdf, sorting
from kgapi.store.embedded.stream import Stream
from kgapi.store.engine import ALWAYS, WHOLE, Answer, Condition, Dataset, State
from kgapi.store.grammar import check_query, check_update
from kgapi.store.guards import Guards
from kgapi.store.remote import batches
from kgapi.store.remote.connection import Bearer, Challenged, Connection, Reply
from kgapi.store.remote.dialects import DIALECTS, NOWHERE, Dialect, Places, detect
from kgapi.store.remote.results import Mended, respelt, unreadable
from kgapi.store.targets import DEFAULT, targets
from kgapi.store.tokens import Prologue, tokens
from kgapi.store.touches import Names, Recent, of_graph, of_update

# Bytes of a graph that are held in memory; more of them lie in a temporary file meanwhile.
_IN_MEMORY = 4_000_000
_DESCRIPTION = 1_000_000

_EMPTY_TOO = "SELECT ?graph { GRAPH ?graph {} }"
_WITH_TRIPLES = "SELECT ?graph (COUNT(*) AS ?n) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"


def connect(settings: Settings, guards: Guards) -> "RemoteEngine":
    """The engine at the address that is ``KGAPI_STORE``.

    Raises StoreUnavailable where nobody answers there, StoreRefused where the credentials do not
    do, and BadSettings for a dataset that the engine cannot offer.
    """
    connection = Connection(_auth(settings), settings.store_timeout)
    try:
        dialect = _dialect(settings, connection)
    except BaseException:
        connection.close()
        raise
    places = Places.of(
        dialect, settings.store, settings.store_update_url, settings.store_graphs_url
    )
    return RemoteEngine(
        connection, places, dialect, union=settings.default_graph == "union", guards=guards
    )


class RemoteEngine:
    """An Engine on any SPARQL 1.1 endpoint.

    Every query and update is checked by the guards and by the grammar of SPARQL 1.1 before it is
    sent. Writes go out one after another, so that a condition holds as far as this process alone
    writes to the store.
    """

    def __init__(
        self,
        connection: Connection,
        places: Places,
        dialect: Dialect,
        *,
        union: bool = True,
        guards: Guards | None = None,
    ) -> None:
        connection.failures = dialect.failures
        self._connection = connection
        self._places = places
        self._dialect = dialect
        self._union = union
        self._guards = guards or Guards()
        self._writing = Lock()
        self._token = token_hex(4)
        self._writes = 0
        self._recent = Recent(self._token)

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
        check_query(text)
        self._keep_out(text)
        offered = media.GRAPHS if _makes_triples(text) else media.SOLUTIONS
        return self._ask(text, choose(offered), self._parameters(text, dataset), deadline)

    def update(self, text: str, dataset: Dataset = WHOLE, *, deadline: float | None = None) -> None:
        self._guards.check(text, check_update)
        check_update(text)
        self._keep_out(text)
        if dataset != WHOLE:
            default, named = dataset.default_graphs or (), dataset.named_graphs or ()
            text = datasets.using(text, map(_iri, default), map(_iri, named))
        with self._write(of_update(text)):
            self._carry_out(text, deadline)

    def revision(self) -> str | None:
        return None

    def mark(self) -> str:
        return f"{self._token}-{self._writes}"

    @contextmanager
    def state(self, since: str | None) -> Iterator[State]:
        """The store as it is while it is read, which is longer than a moment."""
        mark = self.mark()
        touched = self._recent.since(since, mark) if since else None
        yield State(mark, touched, self._names, self._labelled, self._sizes)

    def get_graph(self, name: str | None, choose: Choose) -> Answer:
        self._need(name)
        with ExitStack() as stack:
            spool = stack.enter_context(SpooledTemporaryFile(_IN_MEMORY))
            tag = rdf.digest(self._spooled(name, spool))
            media_type = choose(media.GRAPHS)
            held = stack.pop_all()

        def write(sink: IO[bytes]) -> None:
            with held:
                spool.seek(0)
                ox.serialize(_parsed(spool), sink, rdf.FORMATS[media_type])

        return Answer(media_type, Stream(write), tag)

    def put_graph(
        self,
        name: str | None,
        data: bytes,
        media_type: MediaType,
        base: str | None = None,
        condition: Condition = ALWAYS,
    ) -> bool:
        self._need(name)
        triples = rdf.read(data, media_type, base)
        return self._store_graph("PUT", name, triples, condition)

    def put_graphs(self, graphs: Mapping[str, bytes | None]) -> bool:
        for name in graphs:
            self._need(name)
        read = {
            name: None if data is None else _lines(data, number)
            for number, (name, data) in enumerate(graphs.items())
        }
        small: list[str] = []
        with self._write(frozenset(graphs)):
            is_new = not any(self._has(name) for name, lines in read.items() if lines is not None)
            for name, lines in read.items():
                if self._dialect.together and (lines is None or batches.is_one(lines)):
                    small.append(batches.replacing(name, lines))
                else:
                    self._carry_out_all(small)
                    self._put_or_drop(name, lines)
            self._carry_out_all(small)
        return is_new

    def _put_or_drop(self, name: str, lines: list[str] | None) -> None:
        if lines is None:
            self._carry_out(f"DROP SILENT {_ref(name)}")
        elif self._places.graphs:
            self._send_graph("PUT", name, lines)
        else:
            self._write_in_batches(name, lines, replace=True)

    def _carry_out_all(self, updates: list[str]) -> None:
        for request in batches.packed(updates):
            self._carry_out(request)
        updates.clear()

    def post_graph(
        self,
        name: str | None,
        data: bytes,
        media_type: MediaType,
        base: str | None = None,
        condition: Condition = ALWAYS,
    ) -> bool:
        self._need(name)
        triples = rdf.read(data, media_type, base)
        return self._store_graph("POST", name, triples, condition)

    def patch_graph(self, name: str | None, text: str, condition: Condition = ALWAYS) -> None:
        self._need(name)
        self._guards.check(text, check_update)
        check_update(text)
        self._keep_out(text)
        if targets(text) - {name or DEFAULT}:
            raise OtherGraph(f"this may change another graph than {name or 'the default graph'}")
        with self._write(of_graph(name)):
            if not self._has(name):
                raise _absent(name)
            self._meet(name, condition)
            self._carry_out(text)

    def delete_graph(self, name: str | None, condition: Condition = ALWAYS) -> None:
        self._need(name)
        with self._write(of_graph(name)):
            self._meet(name, condition)
            if not self._has(name):
                raise _absent(name)
            if self._places.graphs:
                self._at_graph(self._connection.write, "DELETE", name).read()
            else:
                self._carry_out(f"DROP {_ref(name)}")

    def graphs(self) -> Iterator[str]:
        # Not DISTINCT: Virtuoso 7.2 takes minutes for that where much has just been written.
        found = [
            str(row["graph"].value)
            for row in self._rows(_EMPTY_TOO if self._dialect.empty_graphs else _WITH_TRIPLES)
        ]
        return iter(sorted(name for name in found if not self._dialect.is_own(name)))

    def contents(self) -> Iterator[tuple[str | None, Iterator[ox.Triple]]]:
        for name in (None, *self.graphs()):
            with SpooledTemporaryFile(_IN_MEMORY) as spool:
                is_there = name is not None or self._dialect.default_graph
                yield name, self._spooled(name, spool) if is_there else iter(())

    def dump(self, media_type: MediaType) -> Iterator[bytes]:
        if media_type is media.N_QUADS:
            return sorting.in_order(self._quads())
        return Stream(lambda sink: ox.serialize(self._quads(), sink, rdf.FORMATS[media_type]))

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def _write(self, names: Names) -> Iterator[None]:
        """One write at a time, which may change these graphs even where it fails."""
        with self._writing:
            self._recent.add(f"{self._token}-{self._writes + 1}", names)
            try:
                yield
            finally:
                self._writes += 1

    def _names(self) -> Iterator[str]:
        if self._dialect.default_graph:
            yield DEFAULT
        yield from self.graphs()

    def _labelled(self, name: str) -> Iterator[ox.Triple]:
        """The triples of a graph, the blank nodes by labels of its name and of what it holds."""
        own = sha256(name.encode()).hexdigest()[:8]
        try:
            with SpooledTemporaryFile(_IN_MEMORY) as spool:
                yield from rdf.labelled(self._spooled(name or None, spool), own)
        except NotFound:
            return

    def _sizes(self) -> Mapping[str, int]:
        sizes = {row["graph"].value: int(row["n"].value) for row in self._rows(_WITH_TRIPLES)}
        named = {name: n for name, n in sizes.items() if not self._dialect.is_own(name)}
        default = self._count(None) if self._dialect.default_graph else 0
        return {DEFAULT: default, **named} if default else named

    def _ask(
        self,
        text: str,
        wanted: MediaType,
        parameters: Mapping[str, Any],
        deadline: float | None = None,
    ) -> Answer:
        asked = self._dialect.respelt.get(wanted, wanted)
        offered = media.SOLUTIONS if wanted in media.SOLUTIONS else media.GRAPHS
        reply = _at_endpoint(
            self._connection.read,
            self._places.query,
            data={"query": text, **parameters, **self._limit(deadline)},
            headers={"Accept": _accept(asked, offered)},
            deadline=deadline,
        )
        self._dialect.refuse_part(reply.headers)
        answered = media.of(reply.type, offered)
        if answered is None:
            raise StoreUnavailable(f"the store answers {reply.type} where {asked.type} was asked")
        mend = self._dialect.mends.get(answered)
        body = Mended(reply, *mend) if mend else reply
        return Answer(wanted, body if answered is wanted else respelt(body, answered, wanted))

    def _rows(self, text: str) -> Iterator[ox.QuerySolution]:
        try:
            yield from self._found(text)
        except (SyntaxError, ValueError) as error:
            raise unreadable(media.RESULTS_JSON, error) from None

    def _holds(self, text: str) -> bool:
        try:
            return bool(self._found(text))
        except (SyntaxError, ValueError) as error:
            raise unreadable(media.RESULTS_JSON, error) from None

    def _found(self, text: str) -> Any:
        data = self._ask(text, media.RESULTS_JSON, {}).read()
        return ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)

    def _limit(self, deadline: float | None) -> dict[str, str]:
        """The parameter that makes the engine itself end a query in time."""
        name = self._dialect.deadline
        return {name: str(int(deadline * 1000))} if name and deadline else {}

    def _parameters(self, text: str, dataset: Dataset) -> dict[str, Any]:
        """The dataset of a query as parameters (SPARQL 1.1 Protocol section 2.1.4)."""
        if dataset != WHOLE:
            default = [_value(name) for name in dataset.default_graphs or ()]
            named = [_value(name) for name in dataset.named_graphs or ()]
            if not named and not self._dialect.hides_others:
                named = [NOWHERE]
            return {"default-graph-uri": default, "named-graph-uri": named}
        if datasets.names_its_own(text) or not self._union:
            return {}
        return dict(self._dialect.union)

    def _carry_out(self, text: str, deadline: float | None = None) -> None:
        _at_endpoint(
            self._connection.write, self._places.update, data={"update": text}, deadline=deadline
        ).read()

    def _store_graph(
        self, method: str, name: str | None, triples: Iterable[ox.Triple], condition: Condition
    ) -> bool:
        lines = [f"{triple} .\n" for triple in triples]
        with self._write(of_graph(name)):
            self._meet(name, condition)
            if self._places.graphs:
                return self._send_graph(method, name, lines)
            is_new = not self._has(name)
            self._write_in_batches(name, lines, replace=method == "PUT")
            return is_new

    def _send_graph(self, method: str, name: str | None, lines: list[str]) -> bool:
        data, headers = "".join(lines).encode(), {"Content-Type": media.N_TRIPLES.type}
        reply = self._at_graph(self._connection.write, method, name, content=data, headers=headers)
        reply.read()
        return reply.status == HTTPStatus.CREATED

    def _write_in_batches(self, name: str | None, lines: list[str], *, replace: bool) -> None:
        """A graph by updates alone: one, or several into a graph beside it that is moved at last."""
        steps = [f"DROP SILENT {_ref(name)}"] if replace else []
        steps += [] if name is None else [f"CREATE SILENT {_ref(name)}"]
        first, *others = batches.of(lines)
        if not others:
            self._carry_out(" ; ".join([*steps, batches.insert(name, first)]))
            return
        beside = f"urn:uuid:{uuid4()}"
        target = "DEFAULT" if name is None else _iri(name)
        try:
            for each in (first, *others):
                self._carry_out(batches.insert(beside, each))
            self._carry_out(" ; ".join([*steps, f"ADD <{beside}> TO {target}"]))
        finally:
            with suppress(KgapiError):
                self._carry_out(f"DROP SILENT GRAPH <{beside}>")

    def _at_graph(
        self, send: Callable[..., Reply], method: str, name: str | None, **parts: Any
    ) -> Reply:
        parameters = {"default": ""} if name is None else {"graph": _value(name)}
        return send(method, self._places.graphs, params=parameters, **parts)

    def _spooled(self, name: str | None, spool: IO[bytes]) -> Iterator[ox.Triple]:
        """The triples of a graph as it is, and their N-Triples in a file. Raises NotFound."""
        for chunk in self._n_triples(name):
            spool.write(chunk)
        spool.seek(0)
        number = 0
        for number, triple in enumerate(_parsed(spool), 1):  # noqa: B007
            yield triple
        if self._dialect.cuts and number < self._count(name):
            raise StoreUnavailable(
                f"the store gives {number:,} of the triples of {name} and no more: raise the most"
                " rows that it gives at a time"
            )

    def _n_triples(self, name: str | None) -> Iterator[bytes]:
        headers = {"Accept": media.N_TRIPLES.type}
        if self._places.graphs:
            try:
                return self._at_graph(self._connection.read, "GET", name, headers=headers)
            except NotFound:
                raise _absent(name) from None
        if not self._has(name):
            raise _absent(name)
        text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {_within(name)} }}"
        return self._ask(text, media.N_TRIPLES, {}).body

    def _count(self, name: str | None) -> int:
        found = self._rows(f"SELECT (COUNT(*) AS ?number) WHERE {{ {_within(name)} }}")
        return int(next(found)["number"].value)

    def _has(self, name: str | None) -> bool:
        if name is None:
            return True
        inside = "" if self._dialect.empty_graphs else "?s ?p ?o"
        return self._holds(f"ASK {{ GRAPH {_iri(name)} {{ {inside} }} }}")

    def _meet(self, name: str | None, condition: Condition) -> None:
        if condition == ALWAYS:
            return
        with SpooledTemporaryFile(_IN_MEMORY) as spool:
            try:
                tag = rdf.digest(self._spooled(name, spool))
            except NotFound:
                condition.meet(None)
            else:
                condition.meet(tag)

    def _need(self, name: str | None) -> None:
        if name is None and not self._dialect.default_graph:
            raise Unsupported("this store has no default graph of its own: name a graph")
        if name is not None:
            _iri(name)

    def _quads(self) -> Iterator[ox.Quad]:
        """Everything, graph by graph, the blank nodes of each its own."""
        for number, (name, triples) in enumerate(self.contents()):
            graph = ox.DefaultGraph() if name is None else ox.NamedNode(name)
            for triple in triples:
                own = rdf.apart(triple, number)
                yield ox.Quad(own.subject, own.predicate, own.object, graph)

    def _keep_out(self, text: str) -> None:
        """Raises BadQuery for what would call into the engine's own machinery."""
        if not self._dialect.private:
            return
        prologue = Prologue()
        for token in tokens(text):
            prologue.hears(token)
            name = prologue.iri(token) or (token.text if token.kind == "name" else "")
            if name.lower().startswith(self._dialect.private):
                raise BadQuery(f"{token.text} is the store's own machinery, which is closed here")


def _dialect(settings: Settings, connection: Connection) -> Dialect:
    """The dialect that is set, else that of whoever answers. Asked in any case: is it there?"""
    accept = ", ".join(each.type for each in (media.TURTLE, media.N_TRIPLES, media.RDF_XML))
    try:
        reply = connection.read("GET", settings.store, headers={"Accept": accept})
        media_type = media.of(reply.type, media.GRAPHS)
        server, description = reply.headers.get("Server", ""), reply.read(_DESCRIPTION)
    except NotFound:
        raise StoreUnavailable(f"there is nothing at {settings.store} (404)") from None
    except BadQuery:
        # An endpoint that does not describe itself: only a query is something to it.
        server, description, media_type = "", b"", None
    found = detect(server, description, media_type, settings.store)
    if settings.store_dialect not in {"", found.name}:
        found = DIALECTS[settings.store_dialect]
    if found.is_union and settings.default_graph == "strict":
        raise BadSettings(
            "the default graph of this store is the union of its named graphs:"
            " KGAPI_DEFAULT_GRAPH=strict is not to be had from it"
        )
    return found


def _at_endpoint(send: Callable[..., Reply], url: str, **parts: Any) -> Reply:
    try:
        return send("POST", url, **parts)
    except NotFound:
        raise StoreUnavailable(f"there is no SPARQL endpoint at {url} (404)") from None


def _auth(settings: Settings) -> httpx.Auth | None:
    if settings.store_token:
        return Bearer(settings.store_token)
    if settings.store_user:
        return Challenged(settings.store_user, settings.store_password)
    return None


def _accept(asked: MediaType, offered: Iterable[MediaType]) -> str:
    """An Accept header for one media type, and for those that it can be made of."""
    others = [each.type for each in offered if each is not asked and each is not media.RESULTS_CSV]
    return ", ".join([asked.type, *(f"{each};q=0.1" for each in others)])


def _makes_triples(text: str) -> bool:
    """Whether a well-formed query is a CONSTRUCT or a DESCRIBE."""
    for token in tokens(text):
        if token.says("SELECT", "ASK"):
            return False
        if token.says("CONSTRUCT", "DESCRIBE"):
            return True
    raise BadQuery("neither SELECT nor ASK nor CONSTRUCT nor DESCRIBE")


def _within(name: str | None) -> str:
    return "?s ?p ?o" if name is None else f"GRAPH {_iri(name)} {{ ?s ?p ?o }}"


def _lines(data: bytes, number: int) -> list[str]:
    """N-Triples line by line, the blank nodes those of one document of several."""
    return [f"{triple} .\n" for triple in rdf.read_apart(data, media.N_TRIPLES, number)]


def _parsed(file: IO[bytes]) -> Iterator[ox.Triple]:
    try:
        for quad in ox.parse(file, ox.RdfFormat.N_TRIPLES):
            yield quad.triple
    except (SyntaxError, ValueError) as error:
        raise unreadable(media.N_TRIPLES, error) from None


def _ref(name: str | None) -> str:
    return "DEFAULT" if name is None else f"GRAPH {_iri(name)}"


def _iri(name: str) -> str:
    """A name as SPARQL writes it."""
    return str(rdf.named(name))


def _value(name: str) -> str:
    return rdf.named(name).value


def _absent(name: str | None) -> NotFound:
    return NotFound(f"there is no graph {name}")
