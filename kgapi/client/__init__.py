"""A client of a kgapi server: facts with their sentences as plain values, page after page.

with Client("http://127.0.0.1:8000/") as graph:
    for fact in graph.measures(target="country/ir"):
        print(fact.label, fact.sentences)
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import quote, urlsplit
from uuid import uuid4

import httpx
import msgspec

from kgapi.client.listing import Listing, Page, frame
from kgapi.client.problems import ApiProblem, check
from kgapi.client.rows import Row, rows
from kgapi.client.values import (
    Article,
    Change,
    Entity,
    Evidence,
    Fact,
    Hit,
    Ingested,
    Reference,
    SavedQuery,
    Snippet,
    Statement,
    Submitted,
    Suggestion,
    Time,
)

__all__ = [
    "ApiProblem",
    "Article",
    "Change",
    "Client",
    "Entity",
    "Evidence",
    "Fact",
    "Hit",
    "Ingested",
    "Listing",
    "Page",
    "Reference",
    "Row",
    "SavedQuery",
    "Snippet",
    "Statement",
    "Submitted",
    "Suggestion",
    "Time",
    "frame",
]

T = TypeVar("T")

_RESULTS = "application/sparql-results+json"
_LINES = "text/tab-separated-values, application/n-triples"
_COME_BACK = {httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE}
# The longest time that the server may have us wait, in seconds.
_LONGEST = 60.0
_TYPES = {
    ".md": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".json": "application/json",
    ".txt": "text/plain",
}


class Client:
    """A connection to a server. Close it, or use it in a ``with``.

    ``base`` is the server's address, ``token`` what writing needs, ``timeout`` in seconds, and
    ``retries`` how often a request is sent again that the server had no room for (429, 503) or that
    did not reach it. What the server refuses is an ApiProblem; what does not reach it at last, an
    ``httpx.TransportError``. ``transport`` is how requests get there, where not over the network.

    Entities, facts and articles go by their IRI, or by the ``kind/key`` in it.
    """

    def __init__(
        self,
        base: str = "http://127.0.0.1:8000/",
        token: str | None = None,
        *,
        timeout: float = 60,
        retries: int = 3,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(
            base_url=base, headers=headers, timeout=timeout, transport=transport
        )
        self._retries = retries

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def articles(self) -> Listing[Article]:
        """All articles, without their text."""
        return self._listing("v1/articles", Article)

    def article(self, article: str) -> Article:
        """One article, with its text where the server keeps it."""
        return self._one(f"v1/articles/{_key(article)}", Article)

    def facts(self, **filters: Any) -> Listing[Fact]:
        """Facts; the filters are the parameters of ``/v1/facts``, ``from_`` for ``from``.

        A filter of several values is a list; True and False are written as such.
        """
        return self._listing("v1/facts", Fact, filters)

    def fact(self, fact: str) -> Fact:
        """One fact: who states it, where, and in which words."""
        return self._one(f"v1/facts/{_path(fact)}", Fact)

    def facts_of(self, thing: str, **filters: Any) -> Listing[Fact]:
        """The facts of an article, or those in which an entity takes part."""
        path = _path(thing)
        if path.startswith("article/"):
            return self._listing(f"v1/articles/{_key(thing)}/facts", Fact)
        return self._listing(f"v1/entities/{path}/facts", Fact, filters)

    def events(self, **filters: Any) -> Listing[Fact]:
        """What happened."""
        return self._listing("v1/events", Fact, filters)

    def measures(self, **filters: Any) -> Listing[Fact]:
        """Who sanctions whom, why and since when; ``in_force`` on a day."""
        return self._listing("v1/measures", Fact, filters)

    def effects(self, **filters: Any) -> Listing[Fact]:
        """What sanctions did to currencies, prices and trade."""
        return self._listing("v1/effects", Fact, filters)

    def claims(self, **filters: Any) -> Listing[Fact]:
        """What somebody says, and no article in its own voice."""
        return self._listing("v1/claims", Fact, filters)

    def entities(self, **filters: Any) -> Listing[Entity]:
        """Who and what takes part in facts."""
        return self._listing("v1/entities", Entity, filters)

    def entity(self, entity: str) -> Entity:
        """One entity: its names, its class, the same thing elsewhere."""
        return self._one(f"v1/entities/{_path(entity)}", Entity)

    def neighbours(self, entity: str, **filters: Any) -> Listing[Entity]:
        """Who and what takes part in facts beside an entity, and in how many of them."""
        return self._listing(f"v1/entities/{_path(entity)}/neighbours", Entity, filters)

    def timeline(self, entity: str, **filters: Any) -> Listing[Fact]:
        """The dated facts in which an entity takes part, in the order of time; ``undated`` the rest."""
        return self._listing(f"v1/entities/{_path(entity)}/timeline", Fact, filters)

    def search(self, words: str, **filters: Any) -> Listing[Hit]:
        """Facts, entities and articles that have all the words, the best first."""
        return self._listing("v1/search", Hit, {"q": words, **filters})

    def suggest(self, prefix: str, **filters: Any) -> list[Suggestion]:
        """Entities whose name begins so."""
        told = self._get("v1/suggest", {"prefix": prefix, **filters}).json()
        return msgspec.convert(told["items"], list[Suggestion])

    def changes(self, since: str | int = 0) -> Listing[Change]:
        """What changed since a number, a revision or a time (ISO 8601), the oldest first."""
        return self._listing("v1/changes", Change, {"since": since})

    def queries(self) -> Listing[SavedQuery]:
        """The questions that the server has saved."""
        return self._listing("v1/queries", SavedQuery)

    def query(self, name: str, **parameters: Any) -> list[Row]:
        """The rows of a saved query, with its parameters, all pages of them."""
        answer = self._get(f"v1/queries/{quote(name)}", parameters, accept=_RESULTS)
        found = rows(answer)
        while "next" in answer.links:
            answer = self._get(answer.links["next"]["url"], {}, accept=_RESULTS)
            found += rows(answer)
        return found

    def select(self, sparql: str) -> list[Row]:
        """The solutions of a SELECT query: plain values by variable, unbound ones left out."""
        return rows(self._sparql(sparql, _RESULTS))

    def ask(self, sparql: str) -> bool:
        """The answer of an ASK query."""
        return bool(self._sparql(sparql, _RESULTS).json()["boolean"])

    def construct(self, sparql: str, media_type: str = "text/turtle") -> str:
        """The graph of a CONSTRUCT or DESCRIBE query, as text."""
        return self._sparql(sparql, media_type).text

    @contextmanager
    def lines(self, sparql: str, timeout: float | None = None) -> Iterator[Iterator[str]]:
        """The answer of a query of any form, line by line as it comes; leave it when you have enough.

        Solutions in SPARQL 1.1 TSV, a truth value, or N-Triples. ``timeout`` is the seconds that
        the server grants the query, at most what it grants any.
        """
        asked = {"query": sparql} | ({} if timeout is None else {"timeout": str(timeout)})
        headers = {"Accept": _LINES}
        with self._http.stream("POST", "sparql", data=asked, headers=headers) as answer:
            yield _lines(check(answer))

    def ingest(
        self,
        article: str | Path,
        *,
        published: str | None = None,
        headline: str | None = None,
        source: str | None = None,
        media_type: str = "",
    ) -> Ingested:
        """Have the facts of an article found and kept: a text, or a file by its path.

        ``published`` is a day (YYYY-MM-DD). Sent again where no answer came, it is taken once.
        """
        data = article.read_bytes() if isinstance(article, Path) else article.encode()
        if isinstance(article, Path):
            media_type = media_type or _TYPES.get(article.suffix.lower(), "text/plain")
        about = {"published": published, "headline": headline, "source": source}
        answer = self._post("v1/articles", data, media_type or "text/plain", about)
        return msgspec.convert(answer.json(), Ingested)

    def submit(self, article: str, submission: Mapping[str, Any]) -> Submitted:
        """Submit facts of your own on an article, as ``/v1/schemas/facts`` has them."""
        data = msgspec.json.encode(submission)
        answer = self._post(f"v1/articles/{_key(article)}/facts", data, "application/json", {})
        return msgspec.convert(answer.json(), Submitted)

    def _listing(
        self, path: str, item: type[T], filters: Mapping[str, Any] | None = None
    ) -> Listing[T]:
        return Listing(self._fetch, _address(path, filters or {}), item)

    def _one(self, address: str, kind: type[T]) -> T:
        return msgspec.convert(self._fetch(address).json(), kind)

    def _get(self, path: str, parameters: Mapping[str, Any], accept: str = "") -> httpx.Response:
        headers = {"Accept": accept} if accept else {}
        return self._send("GET", _address(path, parameters), headers=headers)

    def _fetch(self, address: str) -> httpx.Response:
        return self._send("GET", address)

    def _sparql(self, query: str, accept: str) -> httpx.Response:
        return self._send("POST", "sparql", data={"query": query}, headers={"Accept": accept})

    def _post(
        self, path: str, data: bytes, media_type: str, parameters: Mapping[str, Any]
    ) -> httpx.Response:
        headers = {"Content-Type": media_type, "Idempotency-Key": f'"{uuid4()}"'}
        return self._send("POST", _address(path, parameters), content=data, headers=headers)

    def _send(self, method: str, address: str, **request: Any) -> httpx.Response:
        """Every request here may be sent twice: it reads, or has a key."""
        for again in range(self._retries + 1):
            is_last = again == self._retries
            try:
                answer = self._http.request(method, address, **request)
            except httpx.TransportError:
                if is_last:
                    raise
                time.sleep(0.1 * 2**again)
                continue
            if answer.status_code not in _COME_BACK or is_last:
                break
            time.sleep(_patience(answer, again))
        return check(answer)


def _patience(answer: httpx.Response, again: int) -> float:
    """Seconds until a server may have room (RFC 9110 section 10.2.3)."""
    told = answer.headers.get("Retry-After", "")
    return min(float(told) if told.isdecimal() else 0.5 * 2**again, _LONGEST)


def _lines(answer: httpx.Response) -> Iterator[str]:
    """Lines that end with LF alone: a literal may have other ends of lines in it."""
    rest = ""
    for piece in answer.iter_text():
        *whole, rest = (rest + piece).split("\n")
        yield from whole
    if rest:
        yield rest


def _path(iri: str) -> str:
    """``kind/key`` of an IRI, as a part of an address; its own escapes are left as they are."""
    path = iri.partition("/id/")[2] or iri if urlsplit(iri).scheme else iri.strip("/")
    return quote(path, safe="/%")


def _key(article: str) -> str:
    """The key of an article, as a part of an address."""
    return _path(article).removeprefix("article/")


def _address(path: str, given: Mapping[str, Any]) -> str:
    """With parameters as the server takes them: lists with commas, ``from_`` as ``from``."""
    sent = {name.rstrip("_"): _text(value) for name, value in given.items() if value is not None}
    return str(httpx.URL(path).copy_merge_params(sent))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ",".join(map(_text, value))
    return str(value)
