"""How lists of facts hold up: the last page beside the first, a busy entity beside a quiet one, and
the documents about both."""

import statistics
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from bench.servers import Server

# How many items each page is asked for.
_LIMITS = range(30, 50)
# Facts of an entity that is not busy.
_FEW = 10
_SYNTAXES = ("html", "jsonld", "nt")


def measured(server: Server) -> Mapping[str, float]:
    """Medians in milliseconds, and how they compare."""
    with httpx.Client(base_url=server.address, timeout=60) as http:
        everything = http.get("/v1/facts?limit=1&facet=entity").json()
        busy = everything["facets"]["entity"][0]
        entities = http.get("/v1/entities?limit=500").json()["items"]
        quiet = min(entities, key=lambda each: abs(each["facts"] - _FEW))
        first, last = _ends(http)
        of_busy, of_quiet = _entity(http, busy["value"]), _entity(http, quiet["id"])
        documents = {
            f"busy / quiet document, {syntax}": (
                _document(http, busy["value"], syntax) / _document(http, quiet["id"], syntax)
            )
            for syntax in _SYNTAXES
        }
    return {
        "facts": float(everything["total"]),
        "first page of all facts, ms": first,
        "last whole page, ms": last,
        "last page / first page": last / first,
        "facts of a busy entity": float(busy["facts"]),
        "facts of a quiet entity": float(quiet["facts"]),
        "busy entity with 10 facts, ms": of_busy,
        "quiet entity with 10 facts, ms": of_quiet,
        "busy entity / quiet entity": of_busy / of_quiet,
        **documents,
    }


def _ends(http: httpx.Client) -> tuple[float, float]:
    """The first page of all facts, and the last one that is full; in turn."""
    first, last = [], []
    for limit in _LIMITS:
        page, spent = _timed(http, f"/v1/facts?limit={limit}")
        first.append(spent)
        end = http.get(page.links["last"]["url"])
        last.append(_timed(http, end.links["prev"]["url"])[1])
    return statistics.median(first), statistics.median(last)


def _entity(http: httpx.Client, iri: str) -> float:
    """What a page about an entity needs: the entity itself, and ten of its facts."""
    path = f"/v1/entities/{_path(iri)}"
    return statistics.median(
        _timed(http, path)[1] + _timed(http, f"{path}/facts?limit=10")[1] for _ in _LIMITS
    )


def _document(http: httpx.Client, iri: str, syntax: str) -> float:
    return statistics.median(_timed(http, f"/doc/{_path(iri)}.{syntax}")[1] for _ in _LIMITS)


def _path(iri: str) -> str:
    """``kind/key`` of an entity."""
    return "/".join(urlsplit(iri).path.split("/")[-2:])


def _timed(http: httpx.Client, address: str) -> tuple[httpx.Response, float]:
    """An answer, and the milliseconds that it took."""
    begun = time.perf_counter()
    answer = http.get(address)
    spent = (time.perf_counter() - begun) * 1_000
    answer.raise_for_status()
    return answer, spent
