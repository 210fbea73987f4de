"""A text cut where its passages begin and end, so that each piece knows which passages it is in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Span:
    """A passage: offsets in code points, and what it is called."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text inside the same passages; some begin with it, some end with it."""

    text: str
    inside: Sequence[Span]
    begins: Sequence[Span]
    ends: Sequence[Span]


def pieces(text: str, spans: Iterable[Span]) -> Iterator[Piece]:
    """The text from its beginning to its end. Passages may overlap; those outside it are left out."""
    within = sorted(
        {span for span in spans if 0 <= span.start < span.end <= len(text)},
        key=lambda span: (span.start, span.end),
    )
    cuts = sorted({0, len(text), *(cut for span in within for cut in (span.start, span.end))})
    for start, end in pairwise(cuts):
        yield Piece(
            text[start:end],
            [span for span in within if span.start <= start and end <= span.end],
            [span for span in within if span.start == start],
            [span for span in within if span.end == end],
        )
