"""One table of media types for the whole house, and the one way to choose among them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kgapi.errors import BadRequest, NotAcceptable


@dataclass(frozen=True, slots=True)
class MediaType:
    """A representation on offer: its media type, and the name it has in ``?format=`` and suffixes."""

    type: str
    name: str
    text: bool = False

    @property
    def content_type(self) -> str:
        return f"{self.type}; charset=utf-8" if self.text else self.type


JSON = MediaType("application/json", "json")
HTML = MediaType("text/html", "html", text=True)
TEXT = MediaType("text/plain", "txt", text=True)
PROBLEM = MediaType("application/problem+json", "problem")

TURTLE = MediaType("text/turtle", "ttl", text=True)
JSON_LD = MediaType("application/ld+json", "jsonld")
N_TRIPLES = MediaType("application/n-triples", "nt")
RDF_XML = MediaType("application/rdf+xml", "rdf")
N_QUADS = MediaType("application/n-quads", "nq")
TRIG = MediaType("application/trig", "trig")

# RDF 1.2 has the media types of RDF 1.1 with a parameter.
TURTLE_12 = MediaType("text/turtle; version=1.2", "ttl", text=True)
N_TRIPLES_12 = MediaType("application/n-triples; version=1.2", "nt")
N_QUADS_12 = MediaType("application/n-quads; version=1.2", "nq")

GRAPHML = MediaType("application/graphml+xml", "graphml")
GEXF = MediaType("application/gexf+xml", "gexf")

GZIP = MediaType("application/gzip", "gz")
PARQUET = MediaType("application/vnd.apache.parquet", "parquet")
# Not registered; what publishers of the format call it. Lines of JSON, an entity each.
FTM = MediaType("application/json+ftm", "ftm", text=True)

RESULTS_JSON = MediaType("application/sparql-results+json", "json")
# R takes it for Latin-1 where the header does not say what it is.
RESULTS_XML = MediaType("application/sparql-results+xml", "xml", text=True)
RESULTS_CSV = MediaType("text/csv", "csv", text=True)
RESULTS_TSV = MediaType("text/tab-separated-values", "tsv", text=True)

SPARQL_QUERY = MediaType("application/sparql-query", "rq", text=True)
SPARQL_UPDATE = MediaType("application/sparql-update", "ru")
RDF_PATCH = MediaType("application/rdf-patch", "rdfp")

ATOM = MediaType("application/atom+xml", "atom", text=True)
JSON_FEED = MediaType("application/feed+json", "jsonfeed")
EVENT_STREAM = MediaType("text/event-stream", "sse", text=True)

GRAPHS = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML)
DATASETS = (N_QUADS, TRIG, JSON_LD)
PATCHES = (SPARQL_UPDATE, RDF_PATCH)
SOLUTIONS = (RESULTS_JSON, RESULTS_XML, RESULTS_CSV, RESULTS_TSV)

Choose = Callable[[Sequence[MediaType]], MediaType]
"""Picks one of the representations on offer, or raises NotAcceptable."""

# Names under which clients ask for a representation that has another name of its own.
_ALIASES = {
    "application/json": RESULTS_JSON.type,
    "application/xml": RESULTS_XML.type,
    "text/xml": RESULTS_XML.type,
    "text/n3": TURTLE.type,
    "application/x-turtle": TURTLE.type,
    "text/plain": N_TRIPLES.type,
}

# Other short names that clients send in ``?format=``, SPARQLWrapper's among them.
_OTHER_NAMES = {
    "turtle": TURTLE.name,
    "n3": TURTLE.name,
    "json": JSON_LD.name,
    "json-ld": JSON_LD.name,
    "ntriples": N_TRIPLES.name,
    "xml": RDF_XML.name,
    "rdf+xml": RDF_XML.name,
}


def of(name: str, offered: Iterable[MediaType]) -> MediaType | None:
    """The one on offer that a Content-Type names, by its own name or another; None for none."""
    return next((each for each in offered if each.type in {name, _ALIASES.get(name)}), None)


def always(wanted: MediaType) -> Choose:
    """A choice made beforehand."""
    return lambda offered: negotiate(wanted.type, offered)


def named(*names: str) -> Choose:
    """The choice of ``?format=name``: a short name (``csv``, ``ttl``) or a media type.

    Several are names of one thing, as SPARQLWrapper sends them: a name that nothing has does no
    harm beside one that something has. Where two things are named, the choice raises BadRequest.
    """

    def choose(offered: Sequence[MediaType]) -> MediaType:
        found = {offer for name in names if (offer := _called(name, offered))}
        if len(found) > 1:
            raise BadRequest(f"one representation at a time, not {' and '.join(names)}")
        if not found:
            raise _nothing_fits(", ".join(names), offered)
        return found.pop()

    return choose


def _called(name: str, offered: Sequence[MediaType]) -> MediaType | None:
    for wanted in (name, _ALIASES.get(name), _OTHER_NAMES.get(name)):
        for offer in offered:
            if wanted in {offer.name, offer.type}:
                return offer
    return None


def negotiate(accept: str, offered: Sequence[MediaType]) -> MediaType:
    """The offer that an Accept header likes best (RFC 9110 section 12.5.1).

    The most specific range that matches an offer decides its quality; among equals the first
    offer wins. An empty header accepts everything. Raises NotAcceptable with the offers.
    """
    ranges = list(_ranges(accept)) or [("*/*", 1.0)]
    best, best_quality = None, 0.0
    for offer in offered:
        quality = _quality(offer.type, ranges)
        if quality > best_quality:
            best, best_quality = offer, quality
    if best is None:
        raise _nothing_fits(accept, offered)
    return best


def _nothing_fits(asked: str, offered: Iterable[MediaType]) -> NotAcceptable:
    types = [offer.type for offer in offered]
    return NotAcceptable(f"asked for {asked!r}; on offer: {', '.join(types)}", offered=types)


def _ranges(accept: str) -> Iterable[tuple[str, float]]:
    for part in accept.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if media_range.count("/") == 1:
            yield media_range, weight(parameters)


def weight(parameters: Iterable[str]) -> float:
    """How much something is liked, by its parameter ``q`` (RFC 9110 section 12.4.2)."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def _quality(media_type: str, ranges: Iterable[tuple[str, float]]) -> float:
    best = (-1, 0.0)
    for media_range, quality in ranges:
        best = max(best, (_specificity(media_range, media_type), quality))
    return best[1] if best[0] >= 0 else 0.0


def _specificity(media_range: str, media_type: str) -> int:
    if media_range == media_type:
        return 3
    if _ALIASES.get(media_range) == media_type:
        return 2
    if media_range == f"{media_type.partition('/')[0]}/*":
        return 1
    return 0 if media_range == "*/*" else -1
