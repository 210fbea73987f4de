"""Results as values, as JSON and as Markdown."""

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Samples = Mapping[str, Mapping[str, Sequence[float]]]
"""For each thing measured, for each server, a number a round."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a scenario found at one size. ``beside`` is the server that the others are set against."""

    scenario: str
    title: str
    size: str
    samples: Samples
    notes: Sequence[str] = field(default_factory=tuple)
    beside: str | None = "oxigraph serve"

    @property
    def servers(self) -> list[str]:
        return list(dict.fromkeys(name for each in self.samples.values() for name in each))


def table(result: Result) -> str:
    """A row for each thing measured: median and spread of each server, and of the ratio in pairs."""
    others = [name for name in result.servers if name != result.beside]
    compared = result.beside in result.servers
    head = ["", *result.servers, *(f"{name} / {result.beside}" for name in others if compared)]
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    for what, by_server in result.samples.items():
        cells = [_spread(by_server.get(name, ())) for name in result.servers]
        if compared:
            native = by_server.get(result.beside or "", ())
            cells += [_spread(ratios(by_server.get(name, ()), native)) for name in others]
        lines.append(f"| {' | '.join([what, *cells])} |")
    return "\n".join(lines)


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Round by round, so that what slows both down at one time does not count; none beside nothing."""
    return [ours / theirs for ours, theirs in zip(ours, theirs, strict=False) if theirs > 0.001]


def _spread(values: Sequence[float]) -> str:
    if not values:
        return "–"
    middle = _number(statistics.median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({_number(min(values))}–{_number(max(values))})"


def _number(value: float) -> str:
    """Three digits that mean something."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}".replace(",", "\u202f")
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def markdown(machine: Mapping[str, str], results: Iterable[Result]) -> str:
    """The machine and then every result. Numbers are medians, with smallest and largest behind."""
    told = [f"| {name} | {value} |" for name, value in machine.items()]
    parts = ["\n".join(["| machine | |", "| --- | --- |", *told])]
    parts += [_section(result) for result in results]
    return "\n\n".join(parts) + "\n"


def _section(result: Result) -> str:
    notes = "".join(f"\n- {note}" for note in result.notes)
    size = f", {result.size} quads" if result.size else ""
    return f"### {result.title}{size}\n\n{table(result)}" + (f"\n{notes}" if notes else "")


def kept(path: Path) -> tuple[Mapping[str, str], list[Result]]:
    """The machine and results of a JSON file that ``keep`` wrote; nothing where there is none."""
    if not path.exists():
        return {}, []
    held = json.loads(path.read_text(encoding="utf-8"))
    return held["machine"], [Result(**each) for each in held["results"]]


def merged(before: Sequence[Result], now: Sequence[Result]) -> list[Result]:
    """All results, those of now in place of the same scenario and size of before."""
    by_key = {(each.size, each.scenario): each for each in (*before, *now)}
    return list(by_key.values())


def keep(path: Path, machine: Mapping[str, str], results: Iterable[Result]) -> None:
    held = {"machine": machine, "results": [_plain(each) for each in results]}
    path.write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _plain(result: Result) -> dict[str, Any]:
    return {name: getattr(result, name) for name in Result.__slots__}


def put_between(text: str, name: str, content: str) -> str:
    """A document with what stands between ``<!-- name -->`` and ``<!-- /name -->`` replaced.

    Raises ValueError where the document has no such place.
    """
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = text.partition(start)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"the document has no {start} … {end}")
    return f"{before}{start}\n{content}\n{end}{after}"
