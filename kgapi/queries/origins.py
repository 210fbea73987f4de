"""Where articles come from."""

from collections.abc import Iterable
from dataclasses import dataclass

from kgapi.index.projection import hostname
from kgapi.queries.query import Iri, house, rows
from kgapi.store.engine import Engine


@dataclass(frozen=True, slots=True)
class Origin:
    """The address of an article, what is there calls itself, and the host without ``www.``."""

    url: str
    title: str | None
    host: str | None


def read(engine: Engine, articles: Iterable[str]) -> dict[str, Origin]:
    """The origins of those articles whose graph tells one, by their IRIs."""
    wanted = [Iri(iri) for iri in sorted(set(articles))]
    found: dict[str, Origin] = {}
    for row in rows(engine, house("article-sources").bind(articles=wanted)):
        origin = Origin(row["source"], row.get("title"), host(row["source"]))
        found.setdefault(row["article"], origin)
    return found


def host(address: str) -> str | None:
    """The host of an address, without ``www.``; None for what has none."""
    named = hostname(address)
    return named.removeprefix("www.") if named else None
