"""What the house wants to reach, and whether a run reached it."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.report import Result, ratios

OURS = "kgapi"


@dataclass(frozen=True, slots=True)
class Goal:
    """``what`` of a scenario, at least or at most ``bound``; ``ratio`` compares with the native server."""

    text: str
    scenario: str
    what: str
    bound: float
    at_least: bool = True
    ratio: bool = False

    def reached(self, result: Result) -> float | None:
        """The median of what was measured; None where it was not."""
        samples = result.samples.get(self.what, {})
        ours = samples.get(OURS, ())
        held = ratios(ours, samples.get(result.beside or "", ())) if self.ratio else ours
        return statistics.median(held) if held else None

    def met(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound


GOALS = (
    Goal("bulk load, of native", "load", "quads/s", 0.9, ratio=True),
    Goal("bulk load and optimize, of native", "load", "quads/s, optimized", 0.9, ratio=True),
    Goal("point lookups/s at c=32, of native", "lookup", "requests/s, c=32", 0.5, ratio=True),
    Goal("the same query again, c=32, of native", "lookup", "requests/s, c=32, same query", 1.0, ratio=True),
    Goal("revalidated by ETag, c=32, of native", "lookup", "requests/s, c=32, ETag", 1.0, ratio=True),
    Goal("100 000 rows: throughput, of native", "stream", "100 000 rows, MB/s", 0.95, ratio=True),
    Goal("100 000 rows: first byte", "stream", "100 000 rows, first byte, ms", 50, at_least=False),
    Goal("1 000 000 rows: memory", "stream", "1 000 000 rows, memory added, MB", 50, at_least=False),
    Goal("one article written until readable, ms", "readable", "until readable, ms", 150, at_least=False),
    Goal("p99 hostile, of quiet", "hostile", "p99 hostile / quiet", 5, at_least=False),
    Goal("articles a CPU second", "extraction", "articles/CPU s", 20),
    Goal("extractor loaded, CPU s", "extraction", "extractor loaded after, CPU s", 2, at_least=False),
    Goal("resident while ingesting, MB", "ingest", "resident, MB", 400, at_least=False),
    Goal("last page of all facts, of the first", "lists", "last page / first page", 2, at_least=False),
    Goal("busy entity, of a quiet one", "lists", "busy entity / quiet entity", 3, at_least=False),
    Goal("busy page, of a quiet one", "lists", "busy / quiet document, html", 3, at_least=False),
    Goal("busy JSON-LD, of a quiet one", "lists", "busy / quiet document, jsonld", 3, at_least=False),
    Goal("busy N-Triples, of a quiet one", "lists", "busy / quiet document, nt", 3, at_least=False),
    Goal("two processes, of one", "extraction", "articles/s, two processes / one", 1.8),
)  # fmt: skip


def table(results: Sequence[Result]) -> str:
    """A row for each goal and size at which it was measured."""
    head = "| goal | bound | quads | measured | |\n| --- | --- | --- | --- | --- |"
    return "\n".join([head, *(row for goal in GOALS for row in _rows(goal, results))])


def _rows(goal: Goal, results: Sequence[Result]) -> Iterator[str]:
    sign = "≥" if goal.at_least else "≤"
    for result in results:
        if result.scenario == goal.scenario and (value := goal.reached(result)) is not None:
            verdict = "met" if goal.met(value) else "**missed**"
            size = result.size or "–"
            yield f"| {goal.text} | {sign} {goal.bound:g} | {size} | {value:.3g} | {verdict} |"
