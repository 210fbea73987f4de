"""The command line: python -m bench --size 100k --scenario lookup"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bench import clients, goals, machine, report
from bench.data import SIZES, prepared
from bench.scenarios import SCENARIOS, Run
from bench.servers import KGAPI, OXIGRAPH, peer

# These have no graph to be large or small.
_SIZELESS = {"extraction", "ingest"}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--size", "sizes", multiple=True, type=click.Choice(list(SIZES)), default=["100k"])
@click.option("--scenario", "names", multiple=True, type=click.Choice(list(SCENARIOS)))
@click.option("--all", "everything", is_flag=True, help="Every scenario.")
@click.option("--quick", is_flag=True, help="One short round of each: does it work at all?")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1))
@click.option("--seconds", default=5.0, show_default=True, help="Length of one measurement.")
@click.option("--siege", default=60.0, show_default=True, help="Seconds of hostile load.")
@click.option("--work", metavar="FOLDER", help="Where graphs and stores are kept for the next run.")
@click.option(
    "--peer",
    "peers",
    multiple=True,
    metavar="NAME=URL",
    help="A SPARQL endpoint with the same data, for lookups and long answers.",
)
@click.option("--json", "kept", metavar="FILE", help="Add the results to those of this file.")
@click.option("--into", metavar="FILE", help="Write the tables into this Markdown document.")
def main(
    sizes: tuple[str, ...],
    names: tuple[str, ...],
    everything: bool,
    quick: bool,
    rounds: int,
    seconds: float,
    siege: float,
    work: str | None,
    peers: tuple[str, ...],
    kept: str | None,
    into: str | None,
) -> None:
    """Measure kgapi beside `oxigraph serve`, round by round on the same data.

    The graph that a --peer needs is graph.nq in the folder of --work, below the name of the size.
    Prints Markdown: medians, with smallest and largest behind. Without --scenario or --all nothing
    is measured, and what --json holds is printed.
    """
    chosen = list(SCENARIOS) if everything else list(names)
    try:
        beside = [peer(told) for told in peers]
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if quick:
        rounds, seconds, siege = 1, 1.0, 5.0
    if chosen and not clients.has_wrk():
        click.echo("wrk is not installed: a slower client in Python asks the lookups", err=True)
    told, before = report.kept(Path(kept)) if kept else ({}, [])
    now: list[report.Result] = []
    with _folder(work) as folder:
        for size, name in _pairs(sizes, chosen):
            click.echo(f"{name}, {size} quads …", err=True)
            run = Run(prepared(size, folder), (KGAPI, OXIGRAPH), rounds, seconds, siege, beside)
            now.append(SCENARIOS[name](run))
            results = report.merged(before, now)
            told = machine.described()
            if kept:
                # After each, so that what a stopped run has found is not lost.
                report.keep(Path(kept), told, results)
    results = report.merged(before, now)
    if not results:
        raise click.UsageError("nothing to print: give --scenario, --all, or a --json with results")
    text = f"{goals.table(results)}\n\n{report.markdown(told, results)}"
    click.echo(text)
    if into:
        document = Path(into)
        held = document.read_text(encoding="utf-8")
        document.write_text(report.put_between(held, "bench", text.strip()), encoding="utf-8")


def _pairs(sizes: tuple[str, ...], names: list[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        for size in sizes[:1] if name in _SIZELESS else sizes:
            yield size, name


@contextmanager
def _folder(work: str | None) -> Iterator[Path]:
    if work:
        yield Path(work)
    else:
        with tempfile.TemporaryDirectory(prefix="kgapi-bench-") as folder:
            yield Path(folder)


if __name__ == "__main__":
    sys.exit(main())
