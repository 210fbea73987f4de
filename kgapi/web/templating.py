"""What templates do with values: IRIs to addresses, terms and times to words, roles in their order."""

from collections.abc import Mapping
from typing import TypeVar

from flask import Flask

from kgapi.graph.vocab import ROLE_ORDER
from kgapi.index.search import Snippet
from kgapi.reference.terms import label, labels, short
from kgapi.reference.turtle import SAN, local
from kgapi.web.addresses import here
from kgapi.web.context import term
from kgapi.web.marking import Piece, Span, pieces
from kgapi.web.moments import day, when

T = TypeVar("T")


def install(app: Flask) -> None:
    """Give the filters to an application's templates."""
    for each in (
        anchor, called, day, head, here, hits, in_order, label, local, short, tail, term, when,
    ):  # fmt: skip
        app.add_template_filter(each)


def anchor(iri: str) -> str:
    """The place of a thing on a page, by the last part of its IRI."""
    return iri.rpartition("/")[2]


def called(name: str) -> str:
    """What people call a class or property of ours, by its local name."""
    return labels().get(SAN + name) or name


def hits(snippet: Snippet) -> list[Piece]:
    """Words in which something was found, cut where the hits are."""
    return list(pieces(snippet.text, (Span(hit.start, hit.end, "") for hit in snippet.hits)))


def in_order(roles: Mapping[str, T]) -> list[tuple[str, T]]:
    """Roles as a sentence has them: who does it, to whom, about what."""
    order = {role: number for number, role in enumerate(ROLE_ORDER)}
    return sorted(roles.items(), key=lambda each: (order.get(each[0], len(order)), each[0]))


def head(words: str) -> str:
    """Words from a text that goes on: up to the end of the paragraph, or the last whole word."""
    line, rest, _ = words.partition("\n\n")
    return line if rest or " " not in line else f"{line.rpartition(' ')[0]} …"


def tail(words: str) -> str:
    """Words from a text that has begun before: from the beginning of the paragraph, or of a word."""
    _, rest, line = words.rpartition("\n\n")
    return line if rest or " " not in line else f"… {line.partition(' ')[2]}"
