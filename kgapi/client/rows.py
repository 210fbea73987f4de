"""Solutions of SPARQL queries as plain values (SPARQL 1.1 Query Results JSON Format)."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import httpx

Row = Mapping[str, Any]
"""Values by variable; IRIs and blank nodes are strings, as literals are that have no type below."""

_XSD = "http://www.w3.org/2001/XMLSchema#"
_READ: Mapping[str, Callable[[str], Any]] = {
    f"{_XSD}integer": int,
    f"{_XSD}decimal": Decimal,
    f"{_XSD}double": float,
    f"{_XSD}float": float,
    f"{_XSD}boolean": lambda text: text in {"true", "1"},
    f"{_XSD}date": date.fromisoformat,
}


def rows(answer: httpx.Response) -> list[Row]:
    """The solutions of an answer, unbound variables left out."""
    bindings = answer.json()["results"]["bindings"]
    return [{name: _value(term) for name, term in each.items()} for each in bindings]


def _value(term: Mapping[str, str]) -> Any:
    text = term["value"]
    try:
        return _READ.get(term.get("datatype", ""), str)(text)
    except (ArithmeticError, ValueError):
        # A literal may have any text, and a date any year.
        return text
