"""A query is a file: results are ``?name``, parameters ``$name``, and a header says what it is for."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kgapi import media
from kgapi.errors import BadRequest
from kgapi.store.engine import Answer, Engine

FOLDER = Path(__file__).parent
XSD = "http://www.w3.org/2001/XMLSchema#"

Row = Mapping[str, Any]

# Steps over comments, IRIs and strings, so that a $ inside them is never taken for a parameter.
_TOKEN = re.compile(
    r"""(?P<skip>\#[^\n]*
      | <[^<>"{}|^`\\\x00-\x20]*>
      | \"\"\"(?:(?:\"|\"\")?(?:[^"\\]|\\.))*\"\"\" | '''(?:(?:'|'')?(?:[^'\\]|\\.))*'''
      | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*')
      | \$(?P<name>\w+)""",
    re.VERBOSE | re.DOTALL,
)
_SUMMARY = re.compile(r"^#\+ *summary *: *(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Iri:
    """A value that is bound as an IRI; plain strings are bound as literals."""

    value: str


@dataclass(frozen=True, slots=True)
class Text:
    """A value that is bound as a literal in a language, by its BCP 47 tag."""

    value: str
    language: str


Bindable = Iri | Text | str | int | Decimal | date | Sequence[Iri] | Sequence[str] | None
"""None is bound as UNDEF, which stands in VALUES alone."""


@dataclass(frozen=True, slots=True)
class Query:
    """A SPARQL query read from a file."""

    name: str
    text: str
    summary: str = ""

    @classmethod
    def load(cls, path: Path) -> "Query":
        """Read a ``.rq`` file, and what its ``#+ summary:`` line says."""
        text = path.read_text(encoding="utf-8")
        summary = _SUMMARY.search(text)
        return cls(path.stem, text, summary[1] if summary else "")

    @property
    def variables(self) -> frozenset[str]:
        """The names that stand in the text as ``$name``."""
        return frozenset(found["name"] for found in _TOKEN.finditer(self.text) if found["name"])

    def bind(self, **values: Bindable) -> str:
        """The query's text with every parameter replaced by a term.

        Raises ValueError for a missing or surplus name, BadRequest for what is no valid term.
        """
        if self.variables != values.keys():
            raise ValueError(f"{self.name} takes {sorted(self.variables)}, not {sorted(values)}")
        terms = {name: _terms(value) for name, value in values.items()}

        def put(found: re.Match[str]) -> str:
            return terms[found["name"]] if found["name"] else found[0]

        return _TOKEN.sub(put, self.text)

    def page(self, limit: int, offset: int = 0) -> "Query":
        """The same query, a page of it."""
        return replace(self, text=f"{self.text}\nLIMIT {int(limit)} OFFSET {int(offset)}")


@cache
def house(name: str) -> Query:
    """One of the house's own queries, by its file name without suffix."""
    return Query.load(FOLDER / f"{name}.rq")


def rows(
    engine: Engine, text: str, *, deadline: float | None = None, client: str = ""
) -> Iterator[Row]:
    """The solutions of a SELECT query as plain values; unbound variables are left out."""
    choose = media.always(media.RESULTS_JSON)
    yield from table(engine.query(text, choose, deadline=deadline, client=client))[1]


def table(answer: Answer) -> tuple[Sequence[str], Sequence[Row]]:
    """(names of the columns, rows) of an answer in SPARQL's own JSON, as plain values."""
    told = json.loads(answer.read())
    bindings = told["results"]["bindings"]
    found = [{name: _plain(term) for name, term in each.items()} for each in bindings]
    return told["head"]["vars"], found


def _terms(value: Bindable) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        # For VALUES: one that is empty is legal SPARQL and finds nothing.
        return " ".join(_term(each) for each in value)
    return _term(value)


def _term(value: Bindable) -> str:
    """The one gate between values and query text: the engine's own terms print themselves."""
    try:
        match value:
            case Iri(iri):
                return str(ox.NamedNode(iri))
            case Text(words, language):
                return str(ox.Literal(words, language=language))
            case None:
                return "UNDEF"
            case str() | int():
                return str(ox.Literal(value))
            case Decimal():
                return str(ox.Literal(f"{value:f}", datatype=ox.NamedNode(f"{XSD}decimal")))
            case date():
                return str(ox.Literal(value.isoformat(), datatype=ox.NamedNode(f"{XSD}date")))
            case _:
                raise TypeError(f"{value!r} is no term")
    except ValueError as error:
        raise BadRequest(f"not a valid IRI or language: {error}") from None


def _number(lexical: str) -> int | float:
    number = Decimal(lexical)
    return int(number) if number == int(number) else float(number)


def _finite(lexical: str) -> float:
    number = float(lexical)
    if not isfinite(number):
        raise ValueError("JSON has no such number")
    return number


_READ: Mapping[str, Callable[[str], Any]] = {
    "integer": int,
    "decimal": _number,
    "double": _finite,
    "boolean": lambda lexical: lexical in {"true", "1"},
}


def _plain(term: Mapping[str, str]) -> Any:
    read = _READ.get(term.get("datatype", "").removeprefix(XSD))
    try:
        return read(term["value"]) if read else term["value"]
    except (ValueError, ArithmeticError):
        # Anybody may have stored "many"^^xsd:integer.
        return term["value"]
