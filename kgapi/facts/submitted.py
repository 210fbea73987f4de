"""Facts that people and programs submit, through the same seam as those that are found."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kgapi.errors import BadFacts
from kgapi.facts import records
from kgapi.facts.extractor import Extraction
from kgapi.news.article import Article

MOST = 1_000
"""Facts in one submission."""

_MEMBERS = ("article", "by", "facts")


@dataclass(frozen=True, slots=True)
class Submission:
    """Facts of one article as sent. ``article`` is its IRI, its key or the SHA-256 of its text,
    None where the address of the request says which; ``by`` is the name of whoever submits."""

    by: str
    facts: tuple[Any, ...]
    article: str | None = None


class Submitted:
    """Gives each article the facts that its submissions tell of it. See the Extractor protocol.

    A submission belongs to the article whose digest it names, or, naming none, to every one.
    """

    name, version = "submitted", "1"

    def __init__(self, submissions: Iterable[Submission] = ()) -> None:
        self._submissions = tuple(submissions)

    def extract(self, articles: Iterable[Article]) -> Iterator[Extraction]:
        """The facts submitted of each article. Raises BadFacts for one that cannot be taken."""
        for article in articles:
            yield Extraction(
                article,
                tuple(
                    records.fact(each, article, self.name, f"/facts/{number}")
                    for submission in self._submissions
                    if submission.article in (None, article.digest)
                    for number, each in enumerate(submission.facts)
                ),
            )


def read(data: bytes | str) -> Submission:
    """A submission in JSON. Raises BadFacts."""
    try:
        held = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadFacts(f"this is no JSON: {error}", place="", reason="malformed") from None
    return of(held)


def of(held: object) -> Submission:
    """A submission of a JSON value. Raises BadFacts."""
    if not isinstance(held, dict) or (surplus := sorted(held.keys() - set(_MEMBERS))):
        wrong = f"{surplus[0]!r} is no member" if isinstance(held, dict) else "this is no object"
        raise _malformed(f"{wrong}: a submission has `by` and `facts`")
    by, facts, article = (held.get(name) for name in ("by", "facts", "article"))
    if not isinstance(by, str) or not records.is_line(by):
        raise _malformed("`by` is the name of whoever submits the facts", "/by")
    if not isinstance(facts, list) or not 0 < len(facts) <= MOST:
        raise _malformed(f"`facts` is a list of 1 to {MOST:,} facts", "/facts")
    if article is not None and not isinstance(article, str):
        raise _malformed("`article` is an IRI, a key or a SHA-256", "/article")
    return Submission(" ".join(by.split()), tuple(facts), article)


def _malformed(words: str, place: str = "") -> BadFacts:
    return BadFacts(f"{place or '/'}: {words}", place=place, reason="malformed")


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON number (RFC 8259 section 6)")
