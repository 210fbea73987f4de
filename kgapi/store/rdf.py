"""RDF documents in and out, by their media types."""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kgapi import media
from kgapi.errors import BadRequest
from kgapi.media import MediaType
from kgapi.store.guards import check_rdf_xml

FORMATS = {
    media.TURTLE: ox.RdfFormat.TURTLE,
    media.N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    media.RDF_XML: ox.RdfFormat.RDF_XML,
    media.JSON_LD: ox.RdfFormat.JSON_LD,
    media.N_QUADS: ox.RdfFormat.N_QUADS,
    media.TRIG: ox.RdfFormat.TRIG,
}


def read(data: bytes, media_type: MediaType, base: str | None = None) -> Iterator[ox.Triple]:
    """The triples of a document; relative IRIs are relative to ``base``. Raises BadRequest."""
    if media_type is media.RDF_XML:
        check_rdf_xml(data)
    try:
        for quad in ox.parse(data, FORMATS[media_type], base_iri=base, without_named_graphs=True):
            yield quad.triple
    except (SyntaxError, ValueError) as error:
        raise BadRequest(f"the graph cannot be read as {media_type.type}: {error}") from None


def merged(documents: Iterable[tuple[bytes, MediaType]], base: str | None = None) -> bytes:
    """Several documents as one of N-Triples, the blank nodes of each its own. Raises BadRequest."""
    lines = []
    for number, (data, media_type) in enumerate(documents):
        lines += [f"{_apart(triple, number)} .\n" for triple in read(data, media_type, base)]
    return "".join(lines).encode()


def serialized(
    triples: Iterable[ox.Triple], media_type: MediaType, prefixes: dict[str, str] | None = None
) -> bytes:
    """Triples as a document, with these prefixes where its syntax has any."""
    return bytes(ox.serialize(triples, format=FORMATS[media_type], prefixes=prefixes) or b"")


def _apart(triple: ox.Triple, number: int) -> ox.Triple:
    def renamed(term: object) -> object:
        if isinstance(term, ox.BlankNode):
            return ox.BlankNode(f"d{number}{term.value}")
        return _apart(term, number) if isinstance(term, ox.Triple) else term

    return ox.Triple(renamed(triple.subject), triple.predicate, renamed(triple.object))  # type: ignore[arg-type]
