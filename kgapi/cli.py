"""The command line: a command a stage of the pipeline, and those that look after a store."""

import gzip
import io
import json
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from os import cpu_count
from pathlib import Path
from secrets import token_hex
from typing import Any, BinaryIO, TypeVar, cast
from urllib.parse import urlsplit

import click

from kgapi import __version__, bulk, facts, media, pipeline
from kgapi.bulk import sources
from kgapi.client import Client
from kgapi.errors import BadFacts, BadGold, KgapiError, NotInstalled
from kgapi.evaluation import gold as gold_files
from kgapi.evaluation import score
from kgapi.exports.formats import EXPORTS
from kgapi.facts import submitted
from kgapi.graph.iris import Iris
from kgapi.graph.record import record
from kgapi.graph.shapes import validate as validate_shapes
from kgapi.index import size
from kgapi.news.article import Article
from kgapi.settings import Settings, from_environ, rows
from kgapi.store import open_engine
from kgapi.store.embedded import EmbeddedEngine
from kgapi.store.engine import Document, Engine

T = TypeVar("T")
# More articles than these are worth it that other processes load the extractor too.
_FEW = 50
RDF_FORMATS = {"." + offer.name: offer.type for offer in (*media.GRAPHS, media.N_QUADS, media.TRIG)}
ANSWERS = {offer.name: offer for offer in (*media.SOLUTIONS, *media.GRAPHS)}
DATASETS = {"." + offer.name: offer for offer in media.DATASETS}
DUMPS = {offer.name: offer for offer in (media.N_QUADS, media.TRIG)}


class Kgapi(click.Group):
    """A group that tells a KgapiError in one line, on the error stream, with exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KgapiError as error:
            raise click.ClickException(" ".join(str(error).split())) from None
        except BrokenPipeError:
            # Whoever read us has had enough (``kgapi dump | head``): not an error of anybody's.
            sys.stderr.close()
            raise SystemExit(1) from None

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Settings (environment variables)"):
            formatter.write_dl([(name, f"{help}  [{default!r}]") for name, default, help in rows()])


store_option = click.option(
    "--store",
    metavar="STORE",
    help="Folder or address of the store (else KGAPI_STORE, else kgapi-store).",
)

output_option = click.option(
    "-o", "--output", metavar="FILE", default="-", help="File to write; else standard output."
)


@click.group(cls=Kgapi, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kgapi")
def main() -> None:
    """Sanctions news as a knowledge graph that people can query and trust."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@store_option
@click.option(
    "--seeds/--no-seeds", default=True, help="Load the seed articles into an empty store."
)
def serve(host: str, port: int, store: str | None, seeds: bool) -> None:
    """Serve the graph over HTTP: REST, SPARQL, OpenAPI.

    An empty store first gets the seed articles. Where no KGAPI_TOKEN is set, the first start
    on a store makes a token for writing, prints it once, and keeps only its hash.
    """
    # Half of all that there is to import, and of use to this command alone.
    from kgapi import server

    server.serve(from_environ(store=store), host, port, seeds=seeds, tell=_tell)


@main.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@store_option
@click.option(
    "--workers",
    type=click.IntRange(1, 512),
    help="Processes that read; 1 is this one. Default: this one for a few articles, else one a core.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Read on the workers of this Dask scheduler.")
@click.option("--again", is_flag=True, help="Read again what the store has from the same reading.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first article that cannot be taken.")
@click.option(
    "--json", "as_json", is_flag=True, help="A JSON object for each article, as to a file or pipe."
)
def ingest(
    paths: tuple[str, ...],
    store: str | None,
    workers: int | None,
    scheduler: str | None,
    again: bool,
    fail_fast: bool,
    as_json: bool,
) -> None:
    """Read articles, find their facts, and store both.

    PATH is a file (.txt .md .html .json .jsonl .warc), a folder of such files, or - for text on
    standard input. What the store has already, read by the same extractor with the same settings,
    is passed over: to go on after a stop, run the same command again. An article that cannot be
    taken is reported and the others are stored; the exit status is then 1.
    """
    _check_paths(paths)
    if scheduler == "" or (workers and scheduler):
        raise click.UsageError("give either --workers or the address of a --scheduler")
    settings = from_environ(store=store)
    iris = Iris(settings.base)
    as_json = as_json or not sys.stdout.isatty()
    with (
        _stopping() as stopped,
        _pool(paths, settings, workers, scheduler) as pool,
        closing(open_engine(settings)) as engine,
        bulk.Report(_total(paths), as_json=as_json) as report,
    ):
        pipeline.prepare(engine, iris)
        records = bulk.run(
            sources.found(paths, settings.max_article),
            pool,
            engine,
            iris,
            pipeline.Policy.of(settings),
            again=again,
            is_over=lambda: bool(stopped),
        )
        for record in records:
            report.tell(record)
            if fail_fast and record.problem:
                break
    _tell(report.summary())
    if stopped:
        _tell("stopped: run the same command again to go on")
        raise SystemExit(128 + stopped[0])
    if report.failed:
        raise click.ClickException(f"{report.failed} of {report.total} could not be taken")


def _pool(
    paths: Sequence[str], settings: Settings, workers: int | None, scheduler: str | None
) -> AbstractContextManager[bulk.Pool]:
    if scheduler:
        return bulk.Cluster(scheduler, settings)
    if workers is None:
        workers = cpu_count() or 1 if sources.are_many(paths, _FEW) else 1
    return bulk.Processes(workers, settings) if workers > 1 else bulk.Here(settings)


def _total(paths: Sequence[str]) -> int | None:
    """How many articles there are, where somebody watches a terminal and wants to know."""
    return sources.count(paths) if sys.stderr.isatty() or sys.stdout.isatty() else None


@contextmanager
def _stopping() -> Iterator[list[int]]:
    """The signals that asked to stop so far; the second one of a kind is not waited for."""
    asked: list[int] = []

    def ask(number: int, _: object) -> None:
        asked.append(number)
        signal.signal(number, before[signal.Signals(number)])

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, ask)
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.File("rb"))
@store_option
def submit(files: tuple[BinaryIO, ...], store: str | None) -> None:
    """Take facts that people or programs submit of articles that are in the store.

    FILE, or - for standard input, has a JSON object a line: the `article` (its IRI, its key or the
    SHA-256 of its text), `by`, who submits, and the `facts`. A line that cannot be taken is reported
    and passed over; the others are stored, and the exit status is 1.
    """
    settings = from_environ(store=store)
    taken = failed = 0
    with closing(open_engine(settings)) as engine:
        iris = Iris(settings.base)
        pipeline.prepare(engine, iris)
        for place, line in _lines(files):
            try:
                done = _submit(line, engine, iris, settings)
            except KgapiError as error:
                failed += 1
                _tell(f"{place}: {error}")
            else:
                taken += 1
                state = "new" if done.is_new else "replaced"
                click.echo(f"{done.graph}\t{state}\t{len(done.waiting)} facts wait")
    if failed:
        raise click.ClickException(f"{failed} of {failed + taken} could not be taken")


@main.command()
@click.argument("file", metavar="FILE")
def extract(file: str) -> None:
    """Print the facts of an article as JSON lines, without storing anything.

    FILE is an article as for `ingest`, or - for text on standard input. Offsets count Unicode
    code points of the article's stored text.
    """
    _check_paths([file])
    settings = from_environ()
    iris = Iris(settings.base)
    extractor = facts.extractor(settings.extractor, settings)
    for name in sources.files([file]):
        articles = map(_raised, sources.articles(name, settings.max_article))
        for extraction in extractor.extract(list(articles)):
            for warning in extraction.warnings:
                _tell(f"{name}: {warning}")
            for fact in extraction.facts:
                line = record(fact, extraction.article, iris)
                click.echo(json.dumps(line, ensure_ascii=False))


@main.command()
@click.argument("paths", nargs=-1, required=True, metavar="GOLD...")
@click.option("--baseline", metavar="FILE", help="Fail where a number is below that of FILE.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, which --baseline reads.")
def evaluate(paths: tuple[str, ...], baseline: str | None, as_json: bool) -> None:
    """Score the extractor against gold facts.

    GOLD is a *.gold.md table, a JSON file of gold facts, or a folder of them; the articles are
    beside them. With --baseline, the exit status is 1 where a measure fell.
    """
    before = _baseline(Path(baseline)) if baseline else None
    read = [gold_files.read(path) for path in gold_files.find(map(Path, paths))]
    for gold in read:
        if gold.passed_over:
            _tell(f"{gold.name}: not scored: {', '.join(gold.passed_over)}")
    settings = from_environ()
    extractor = facts.extractor(settings.extractor, settings)
    found = extractor.extract(gold.article for gold in read)
    scored = [score.score(*both) for both in zip(read, found, strict=True)]
    held = score.report(scored)
    click.echo(json.dumps(held, ensure_ascii=False, indent=1) if as_json else score.markdown(held))
    if before and (fallen := score.fallen(held, before)):
        for line in fallen:
            _tell(line)
        raise click.ClickException(f"below the baseline: {len(fallen)}")


@main.command()
@click.argument("file", metavar="FILE", type=click.File("r", encoding="utf-8"), required=False)
@click.option("-e", "--expression", metavar="SPARQL", help="The query itself, instead of FILE.")
@click.option("--format", "name", type=click.Choice(list(ANSWERS)), help="Default: csv or ttl.")
@store_option
def query(file: Any, expression: str | None, name: str | None, store: str | None) -> None:
    """Answer a SPARQL query from the store.

    FILE is a file with the query, or - for standard input.
    """
    if (file is None) == (expression is None):
        raise click.UsageError("give either FILE or --expression")
    text = expression if expression is not None else file.read()
    choose = media.named(name) if name else _csv_or_turtle
    with closing(open_engine(from_environ(store=store))) as engine:
        for chunk in engine.query(text, choose).body:
            sys.stdout.buffer.write(chunk)


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
def validate(files: tuple[str, ...]) -> None:
    """Check RDF files against the shapes of the ontology.

    FILE holds the graph of one article (.ttl .nt .jsonld .rdf .nq .trig). The exit status is 1
    where one of them breaks a shape.
    """
    broken = 0
    for file in files:
        report = validate_shapes(_graph(Path(file)))
        click.echo(f"{file}: {'conforms' if report.conforms else 'breaks the shapes'}")
        for result in report.results:
            click.echo(f"  {result.severity}: {result.message} ({result.focus})")
        broken += not report.conforms
    if broken:
        raise click.ClickException(f"{broken} of {len(files)} break the shapes")


@main.command()
@click.option("--format", "name", type=click.Choice(list(DUMPS)), default="nq", show_default=True)
@output_option
@store_option
def dump(name: str, output: str, store: str | None) -> None:
    """Write the whole dataset as RDF.

    N-Quads are sorted: two stores with the same content give the same bytes. FILE is there when it
    is whole, and not before.
    """
    with closing(open_engine(from_environ(store=store))) as engine, _whole(output) as file:
        for chunk in _progress(engine.dump(DUMPS[name]), "Dumping"):
            file.write(chunk)


@main.command()
@click.argument("name", metavar="NAME", type=click.Choice(list(EXPORTS)))
@output_option
@store_option
def export(name: str, output: str, store: str | None) -> None:
    """Write all that is told as a file: RDF, tables, FollowTheMoney, episodes.

    NAME is the name of one of the files that a server has at /dumps/, such as facts.csv. FILE is
    there when it is whole, and not before.
    """
    chosen = EXPORTS[name]
    chosen.check()
    settings = from_environ(store=store)
    with closing(open_engine(settings)) as engine, _whole(output) as file:
        chosen.write(engine, Iris(settings.base), file)


@main.command()
@click.option(
    "--server",
    "address",
    metavar="URL",
    default="http://127.0.0.1:8000/",
    show_default=True,
    help="The kgapi server to ask.",
)
def mcp(address: str) -> None:
    """Give agents tools to ask a server: the Model Context Protocol on standard input and output.

    The tools read and change nothing. A server has the same ones at /mcp.
    """
    if urlsplit(address).scheme not in {"http", "https"}:
        raise click.UsageError(f"{address} is no address of a server: http://… or https://…")
    try:
        # On demand alone: a second's work, of an extra that may not be installed.
        from kgapi import mcp
    except ImportError:
        from kgapi.server.agents import LACKING

        raise NotInstalled(LACKING) from None
    with Client(address) as graph:
        mcp.server(graph).run("stdio")


@main.command()
@store_option
def index(store: str | None) -> None:
    """Make the index anew: what lists, search and suggestions are answered from.

    It follows the store by itself, so this is for an index that is damaged, or that should be there
    before the first question. Beside a server, it waits for its turn.
    """
    settings = from_environ(store=store)
    if settings.index_folder is None:
        raise click.UsageError(
            "name a folder for the index in KGAPI_INDEX: else it goes at the end"
        )
    from kgapi.app import open_journal

    with (
        closing(open_engine(settings)) as engine,
        closing(open_journal(settings, engine)) as journal,
    ):
        graphs = journal.follow(anew=True)
        with journal.reading() as connection:
            held = size(connection)
    _tell(
        f"{graphs:,} graphs had changed; the index in {settings.index_folder} holds {held.facts:,} facts,"
        f" {held.entities:,} entities under {held.names:,} names, and {held.articles:,} articles"
    )


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@store_option
def load(files: tuple[str, ...], store: str | None) -> None:
    """Take whole datasets into a store: what `kgapi dump` writes, of any size.

    FILE is .nq, .trig or .jsonld, or one of these with .gz behind it. Its quads are added to
    those that are there, without a check against the shapes. Where one of the files cannot be
    read as a whole, nothing of any is there afterwards.
    """
    paths = {Path(file): _dataset_type(Path(file)) for file in files}
    size = sum(path.stat().st_size for path in paths)
    bar = click.progressbar(length=size, label="Loading", **_where_watched())
    with closing(open_engine(from_environ(store=store))) as engine, bar:
        if not isinstance(engine, EmbeddedEngine):
            raise click.UsageError("load into that store with the tool that comes with it")
        engine.load(_documents(paths, bar.update))


@contextmanager
def _whole(path: str) -> Iterator[BinaryIO]:
    """A file to write that is there when all is written, or standard output for ``-``."""
    if path == "-":
        yield sys.stdout.buffer
        return
    place = Path(path)
    # What is no plain file, such as a pipe, stays what it is.
    part = place if place.exists() and not place.is_file() else _beside(place)
    try:
        with part.open("wb") as file:
            yield file
        if part != place:
            part.replace(place)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from None
    finally:
        if part != place:
            part.unlink(missing_ok=True)


def _beside(place: Path) -> Path:
    return place.with_name(f".{place.name}.{token_hex(4)}.part")


def _documents(
    paths: Mapping[Path, media.MediaType], tell: Callable[[int], None]
) -> Iterator[Document]:
    for path, media_type in paths.items():
        with _opened(path, tell) as stream:
            yield Document(str(path), stream, media_type)


class _Watched(io.RawIOBase):
    """A file that tells how many bytes of it are read."""

    def __init__(self, path: Path, tell: Callable[[int], None]) -> None:
        self._file = path.open("rb", buffering=0)
        self._tell = tell

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._file.readinto(buffer) or 0
        self._tell(count)
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def _opened(path: Path, tell: Callable[[int], None]) -> BinaryIO:
    held = cast(BinaryIO, io.BufferedReader(_Watched(path, tell), 1 << 18))
    return cast(BinaryIO, gzip.open(held)) if path.suffix == ".gz" else held


def _dataset_type(path: Path) -> media.MediaType:
    suffix = (path.with_suffix("") if path.suffix == ".gz" else path).suffix
    if suffix not in DATASETS:
        raise click.UsageError(
            f"{path} is no dataset by its name; one of {' '.join(DATASETS)}, or with .gz"
        )
    if not path.is_file():
        raise click.UsageError(f"there is no file {path}")
    return DATASETS[suffix]


def _lines(files: Iterable[BinaryIO]) -> Iterator[tuple[str, bytes]]:
    for file in files:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield f"{file.name}: line {number}", line


def _submit(line: bytes, engine: Engine, iris: Iris, settings: Settings) -> pipeline.Taken:
    submission = submitted.read(line)
    if submission.article is None:
        raise BadFacts("the line does not say of which `article` the facts are")
    article = pipeline.article_iri(submission.article, engine, iris)
    return pipeline.submit(submission, article, engine, iris, review_below=settings.review_below)


def _baseline(path: Path) -> Any:
    try:
        return score.baseline(path.read_bytes())
    except (OSError, BadGold) as error:
        raise BadGold(f"{path}: {error}") from None


def _tell(message: str) -> None:
    click.echo(message, err=True)


def _progress(items: Iterable[T], label: str) -> Iterator[T]:
    """The items, with a progress bar while they pass where somebody watches a terminal."""
    with click.progressbar(items, label=label, **_where_watched()) as shown:
        yield from shown


def _where_watched() -> dict[str, Any]:
    return {"file": sys.stderr, "hidden": not sys.stderr.isatty()}


def _check_paths(paths: Iterable[str]) -> None:
    for path in paths:
        if path != sources.STDIN and not Path(path).exists():
            raise click.UsageError(f"there is no file or folder {path}")


def _raised(article: Article | KgapiError) -> Article:
    if isinstance(article, KgapiError):
        raise article
    return article


def _csv_or_turtle(offered: Any) -> media.MediaType:
    return media.RESULTS_CSV if media.RESULTS_CSV in offered else media.TURTLE


def _graph(path: Path) -> Any:
    from rdflib import Dataset, Graph
    from rdflib.exceptions import ParserError

    media_type = RDF_FORMATS.get(path.suffix)
    if media_type is None:
        raise click.UsageError(f"{path}: unknown suffix; one of {' '.join(RDF_FORMATS)}")
    if not path.is_file():
        raise click.UsageError(f"there is no file {path}")
    graph = Dataset(default_union=True) if path.suffix in {".nq", ".trig"} else Graph()
    try:
        return graph.parse(path, format=media_type)
    except (ParserError, SyntaxError, ValueError) as error:
        raise click.ClickException(f"{path}: not readable as {media_type}: {error}") from None
