"""Queries to begin with: the questions that the ontology is there to answer."""

import re
from collections.abc import Sequence
from functools import cache

from kgapi.errors import NotFound
from kgapi.queries.query import Query
from kgapi.reference import files

_PREFIX = re.compile(r"^PREFIX +\S+ +<[^<>]+>$", re.MULTILINE)
_HEADER = re.compile(r"^#\+.*\n+", re.MULTILINE)
_FIRST = "01-who-signed-what"


@cache
def examples() -> Sequence[Query]:
    """The questions, in their order."""
    return [Query.load(path) for path in sorted(files.ontology("questions").glob("*.rq"))]


@cache
def prefixes() -> Sequence[str]:
    """The PREFIX lines of all of them, sorted."""
    return sorted({line for each in examples() for line in _PREFIX.findall(each.text)})


def example(name: str | None) -> str:
    """The text of a question by its file name without suffix. Raises NotFound."""
    for each in examples():
        if each.name == (name or _FIRST):
            return f"# {each.summary}\n{_HEADER.sub('', each.text)}".rstrip()
    raise NotFound(f"there is no example {name}; the page at this address lists them")
