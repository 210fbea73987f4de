"""What is measured: each scenario runs the servers in turn, round by round, on the same data."""

import shutil
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count, cycle

import httpx

from bench import clients, generate, listing, process, reading
from bench.data import SIZES, Data, query
from bench.report import Result
from bench.servers import UNCACHED, Kind, Server
from kgapi.queries.query import Iri

CONNECTIONS = (1, 8, 32)
# Beyond every article of the largest graph.
NEW_ARTICLES = 10_000_000
MB = 1e6


@dataclass(frozen=True, slots=True)
class Run:
    """Which servers, on which data, how often and how long."""

    data: Data
    kinds: Sequence[Kind]
    rounds: int
    seconds: float
    siege: float
    peers: Sequence[Server] = ()

    @contextmanager
    def servers(self) -> Iterator[list[Server]]:
        """All of them at once, each on a store with the data. Whoever is not asked has nothing to do."""
        with ExitStack() as running:
            yield [running.enter_context(self.server(kind)) for kind in self.kinds]

    @contextmanager
    def server(self, kind: Kind) -> Iterator[Server]:
        store = self.data.store(kind.name)
        kind.ready(self.data.graph, store)
        with kind.start(store) as server:
            yield server

    def result(
        self, scenario: str, title: str, samples: "Taken", notes: Sequence[str] = ()
    ) -> Result:
        return Result(scenario, title, self.data.size, samples, tuple(notes))


Taken = dict[str, dict[str, list[float]]]
Scenario = Callable[[Run], Result]


def collected(rounds: Sequence[tuple[str, Mapping[str, float]]]) -> Taken:
    """(server, what was measured) of each round, sorted by what and by server."""
    samples: Taken = defaultdict(lambda: defaultdict(list))
    for server, measured in rounds:
        for what, value in measured.items():
            samples[what][server].append(value)
    return {what: dict(by_server) for what, by_server in samples.items()}


def in_turn(
    servers: Sequence[Server], rounds: int, measure: Callable[[Server, int], Mapping[str, float]]
) -> Taken:
    """Measure one server after another, and that so many times: A B A B A B."""
    return collected(
        [(each.name, measure(each, number)) for number in range(rounds) for each in servers]
    )


def load(run: Run) -> Result:
    """A store made from a file of N-Quads by the server's own command."""

    def measure(kind: Kind) -> Mapping[str, float]:
        store = run.data.folder / "filling"
        shutil.rmtree(store, ignore_errors=True)
        spent = kind.fill(run.data.graph, store)
        tuned = spent.seconds + kind.tune(store)
        size = sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
        shutil.rmtree(store)
        return {
            "quads/s": SIZES[run.data.size] / spent.seconds,
            "quads/s, optimized": SIZES[run.data.size] / tuned,
            "CPU µs/quad": spent.cpu / SIZES[run.data.size] * 1e6,
            "resident at most, MB": spent.resident / MB,
            "on disk, MB": size / MB,
        }

    taken = [(kind.name, measure(kind)) for _ in range(run.rounds) for kind in run.kinds]
    notes = (
        "`kgapi load` optimizes as its last step, `oxigraph optimize` is a command of its own.",
    )
    return run.result("load", "Bulk load", collected(taken), notes)


def lookup(run: Run) -> Result:
    """Everything about one statement: asked anew, asked again, and revalidated."""
    with run.servers() as own:
        servers = [*own, *run.peers]
        tags = {each.name: clients.etag(each, run.data.lookups) for each in servers}

        def measure(server: Server, number: int) -> Mapping[str, float]:
            found: dict[str, float] = {}
            for connections in CONNECTIONS:
                at = f"c={connections}"
                word = f"r{number}c{connections}"
                found |= _told(at, _lookups(run, server, word, connections))
                found |= _told(f"{at}, same query", _lookups(run, server, "same", connections))
            again = _lookups(run, server, "same", CONNECTIONS[-1], tags[server.name])
            return found | _told(f"c={CONNECTIONS[-1]}, ETag", again)

        samples = in_turn(servers, run.rounds, measure)
    without = [name for name, tag in tags.items() if not tag]
    notes = [f"No ETag to revalidate at {name}: it is asked without." for name in without]
    return run.result("lookup", "Point lookups", samples, notes)


def _lookups(
    run: Run, server: Server, word: str, connections: int, etag: str | None = None
) -> clients.Answered:
    return clients.lookups(server, run.data.lookups, word, connections, run.seconds, etag)


def _told(at: str, answered: clients.Answered) -> dict[str, float]:
    measured = {
        f"requests/s, {at}": answered.rate,
        f"p50 ms, {at}": answered.p50,
        f"p99 ms, {at}": answered.p99,
    }
    # Told only where there is something to tell: no failures, and nobody else's CPU.
    seldom = {f"CPU µs/request, {at}": answered.cpu, f"failed, {at}": float(answered.failed)}
    return measured | {what: value for what, value in seldom.items() if value}


def stream(run: Run) -> Result:
    """Long answers as JSON, read as fast as they come."""
    sizes = [rows for rows in (100_000, 1_000_000) if rows <= SIZES[run.data.size]]

    def measure(server: Server, _: int) -> Mapping[str, float]:
        return {
            what: value for rows in sizes or [10_000] for what, value in _streamed(server, rows)
        }

    with run.servers() as servers:
        samples = in_turn([*servers, *run.peers], run.rounds, measure)
        return run.result("stream", "Long answers", samples)


def _streamed(server: Server, rows: int) -> Iterator[tuple[str, float]]:
    before = process.cpu(server.pid)
    with process.growth(server.pid) as grown:
        found = clients.stream(server, f"{query('rows')}\nLIMIT {rows}")
    at = f"{rows:,} rows".replace(",", " ")
    yield f"{at}, MB/s", found.size / found.seconds / MB
    yield f"{at}, first byte, ms", found.first * 1000
    yield f"{at}, CPU s", process.cpu(server.pid) - before
    yield f"{at}, memory added, MB", grown.most / MB


def mixed(run: Run) -> Result:
    """Eight connections that look up while one client writes graph after graph."""
    contents = [generate.graph(NEW_ARTICLES + number) for number in range(50)]
    graphs = ((f"{name}-{n}", held) for n, (name, held) in enumerate(cycle(contents)))

    def measure(server: Server, number: int) -> Mapping[str, float]:
        with clients.Writer(server, graphs) as writer:
            answered = _lookups(run, server, f"m{number}", 8)
        return {
            "graphs written/s": len(writer.took) / run.seconds,
            "write p50, ms": statistics.median(writer.took),
            "write p99, ms": clients.percentile(writer.took, 0.99),
            **_told("c=8", answered),
        }

    with run.servers() as servers:
        samples = in_turn(servers, run.rounds, measure)
    return run.result("mixed", "Reading while one writes", samples)


def readable(run: Run) -> Result:
    """One article's graph written, and asked for until it is there."""
    numbers = count(2 * NEW_ARTICLES)

    def measure(server: Server, _: int) -> Mapping[str, float]:
        name, n_triples = generate.graph(next(numbers))
        with httpx.Client(timeout=60) as writer, httpx.Client(timeout=60) as reader:
            reader.get(server.query_url, params={"query": "ASK {}"})
            written = clients.post_graph(writer, server, name, n_triples)
            ask = query("readable", graph=Iri(name))
            seen = clients.milliseconds_until_true(reader, server, ask)
        return {"acknowledged, ms": written, "until readable, ms": written + seen}

    with run.servers() as servers:
        in_turn(servers, 1, measure)
        samples = in_turn(servers, run.rounds * 5, measure)
    return run.result("readable", "One article written until readable", samples)


_HOSTILE = {"order": False, "aggregate": False, "path": False, "construct": True}


def hostile(run: Run) -> Result:
    """Four connections that look up, quietly and while four clients ask what never ends."""
    texts = {query(f"hostile-{name}"): slowly for name, slowly in _HOSTILE.items()}
    answers: dict[str, Counter[str]] = defaultdict(Counter)

    def measure(kind: Kind, number: int) -> Mapping[str, float]:
        with run.server(kind) as server:
            quiet = _lookups(run, server, f"q{number}", 4)
            with process.growth(server.pid, 0.2) as grown:
                with clients.Hostile(server, texts) as siege:
                    time.sleep(1)
                    word = f"h{number}"
                    under = clients.lookups(server, run.data.lookups, word, 4, run.siege)
                idle = process.seconds_until_idle(server.pid, 60)
                alive = process.alive(server.pid)
        answers[kind.name] += siege.answers
        return {
            "p99 ms, quiet": quiet.p99,
            "p99 ms, hostile": under.p99,
            "p99 hostile / quiet": under.p99 / quiet.p99,
            "p50 ms, quiet": quiet.p50,
            "p50 ms, hostile": under.p50,
            "requests/s, quiet": quiet.rate,
            "requests/s, hostile": under.rate,
            "failed, hostile": float(under.failed),
            "memory added, MB": grown.most / MB,
            "alive after": float(alive),
            "busy for so long after, s": idle,
        }

    rounds = [
        (kind.name, measure(kind, number)) for number in range(run.rounds) for kind in run.kinds
    ]
    notes = [
        f"What the hostile clients of {name} got: "
        + ", ".join(f"{number} × {told}" for told, number in sorted(got.items()))
        for name, got in answers.items()
    ]
    notes.append("60 s busy means: longer than was waited for. Alive: 1, ended by itself: 0.")
    title = f"Four hostile clients for {run.siege:g} s, four that look up"
    return run.result("hostile", title, collected(rounds), notes)


def extraction(run: Run) -> Result:
    """Articles of 300 words read, extracted, mapped and checked, in one process and in two."""
    articles = max(20, int(run.seconds * 20))

    def measure(number: int) -> Mapping[str, float]:
        (alone,) = reading.in_processes(1, articles, number)
        both = reading.in_processes(2, articles, number)
        return {
            "articles/CPU s": alone.articles / alone.cpu,
            **{f"CPU ms/article: {name}": spent for name, spent in alone.stages.items()},
            "words/article": alone.words / alone.articles,
            "extractor loaded after, CPU s": alone.ready,
            "resident, MB": alone.resident / MB,
            "articles/s": alone.articles / alone.seconds,
            "articles/s, two processes / one": reading.rate(both) / reading.rate([alone]),
        }

    taken = collected([("kgapi", measure(number)) for number in range(run.rounds)])
    return Result("extraction", "Facts out of articles of 300 words", "", taken, (), None)


def ingest(run: Run) -> Result:
    """`kgapi ingest` on a folder of articles of 300 words and an empty store, end to end."""
    articles = max(20, int(run.seconds * 20))
    taken = collected(
        [("kgapi", reading.ingested(run.data.folder, articles, n)) for n in range(run.rounds)]
    )
    return Result("ingest", "`kgapi ingest`, end to end", "", taken, (), None)


def lists(run: Run) -> Result:
    """Facts in pages over REST: whether it matters how far on, and of whom there are many."""
    store = run.data.store(UNCACHED.name)
    UNCACHED.ready(run.data.graph, store)

    def measure() -> Mapping[str, float]:
        made = process.run([sys.executable, "-m", "kgapi", "index", "--store", store])
        with run.server(UNCACHED) as server:
            return {"index made in, s": made.seconds, **listing.measured(server)}

    taken = collected([(UNCACHED.name, measure()) for _ in range(run.rounds)])
    notes = ["No answers were kept (`KGAPI_CACHE=0`)."]
    return run.result("lists", "Pages of facts", taken, notes)


SCENARIOS: Mapping[str, Scenario] = {
    each.__name__: each
    for each in (load, lookup, stream, mixed, readable, hostile, extraction, ingest, lists)
}
