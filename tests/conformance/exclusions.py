"""The list of tests that the engine cannot pass, and why; and of those it passes by value only."""

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("exclusions.toml")


def excluded(target: str) -> Mapping[str, str]:
    """Why, by the IRI of the test, for the tests that fail on this target."""
    return {
        iri: f"{kind}: {why}"
        for kind, group in _file()["excluded"].items()
        if target in group["targets"]
        for iri, why in group["tests"].items()
    }


@cache
def relaxed() -> Collection[str]:
    """IRIs of the tests whose numbers and booleans are compared by value."""
    return frozenset(_file()["relaxed"]["by-value"]["tests"])


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))
