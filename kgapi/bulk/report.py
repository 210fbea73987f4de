"""How a run is told: JSON Lines for programs, a bar or lines for people, a summary for both."""

import json
import sys
import time
from collections import Counter
from types import TracebackType
from typing import Any, Self

import click

from kgapi.bulk.run import Record
from kgapi.errors import KgapiError

_STATES = ("new", "replaced", "skipped", "failed")
# So many articles are told of one by one; of more, there is a bar.
_FEW = 20
# Seconds between two looks of the bar.
_PACE = 0.2


class Report:
    """Tells of records as they come; ``total`` is how many are expected, None where nobody knows.

    ``as_json``: a JSON object for each on standard output. The bar is on standard error, and only
    where that is a terminal which shows nothing else.
    """

    def __init__(self, total: int | None, *, as_json: bool) -> None:
        self._as_json, self._counts = as_json, Counter[str]()
        self._began = time.monotonic()
        few = total is not None and total <= _FEW
        watched = sys.stderr.isatty() and not few and not (as_json and sys.stdout.isatty())
        self._lines = few and not as_json
        self._bar: Any = click.progressbar(
            length=total,
            # Without a length, click asks for something whose length cannot be told.
            iterable=iter(lambda: None, None) if total is None else None,
            label="Ingesting",
            item_show_func=lambda _: self._so_far(),
            show_pos=True,
            file=sys.stderr,
            hidden=not watched,
        )
        self._shown = 0.0
        self._unshown = 0

    def __enter__(self) -> Self:
        self._bar.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._step(self._unshown)
        self._bar.__exit__(kind, error, at)

    @property
    def failed(self) -> int:
        return self._counts["failed"]

    @property
    def total(self) -> int:
        return self._counts.total()

    def tell(self, record: Record) -> None:
        self._counts[record.state] += 1
        if self._as_json:
            click.echo(json.dumps(told(record), ensure_ascii=False))
        else:
            self._say(record)
        self._unshown += 1
        if time.monotonic() - self._shown > _PACE:
            self._step(self._unshown)

    def summary(self) -> str:
        """What became of how many, and how fast."""
        seconds = time.monotonic() - self._began
        counts = ", ".join(f"{self._counts[state]:,} {state}" for state in _STATES)
        return f"{counts} in {seconds:,.1f} s ({self.total / seconds:,.1f} a second)"

    def _step(self, articles: int) -> None:
        self._shown, self._unshown = time.monotonic(), 0
        self._bar.update(articles, self._counts)

    def _so_far(self) -> str:
        rate = self.total / max(time.monotonic() - self._began, 0.1)
        seldom = (
            f"{self._counts[state]:,} {state}" for state in _STATES[2:] if self._counts[state]
        )
        return ", ".join([f"{rate:,.1f}/s", *seldom])

    def _say(self, record: Record) -> None:
        if self._lines and record.article and not record.problem:
            click.echo(f"{record.article}\t{record.state}\t{record.facts} facts")
        for line in _remarks(record):
            if not self._bar.hidden:
                click.echo("\r\x1b[K", nl=False, err=True)
            click.echo(f"{record.file}: {line}", err=True)


def _remarks(record: Record) -> list[str]:
    """What somebody should know of an article, a line each."""
    problem = [" ".join(record.problem.detail.split())] if record.problem else []
    waiting = [f"{record.waiting} facts wait for a decision"] if record.waiting else []
    return [*problem, *record.warnings, *waiting]


def told(record: Record) -> dict[str, Any]:
    """A record in JSON: what does not apply to its state is left out."""
    about: dict[str, Any] = {"file": record.file, "state": record.state}
    if record.article:
        about["article"] = record.article
    if record.problem:
        about["problem"] = _problem(record.problem)
    elif record.state != "skipped":
        about |= {
            "facts": record.facts,
            "waiting": record.waiting,
            "warnings": list(record.warnings),
        }
    return about


def _problem(error: KgapiError) -> dict[str, Any]:
    """The members of a problem document (RFC 9457), its type by the last segment alone."""
    return {"type": error.slug, "title": error.title, "detail": error.detail, **error.extra}
