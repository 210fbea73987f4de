"""RDF documents in and out, by their media types."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

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
RESULTS = {
    media.RESULTS_JSON: ox.QueryResultsFormat.JSON,
    media.RESULTS_XML: ox.QueryResultsFormat.XML,
    media.RESULTS_CSV: ox.QueryResultsFormat.CSV,
    media.RESULTS_TSV: ox.QueryResultsFormat.TSV,
}


def named(name: str) -> ox.NamedNode:
    """A node by its IRI. Raises BadRequest for what is no absolute one."""
    try:
        return ox.NamedNode(name)
    except ValueError as error:
        raise BadRequest(f"{name!r} is no absolute IRI: {error}") from None


def read(data: bytes, media_type: MediaType, base: str | None = None) -> Iterator[ox.Triple]:
    """The triples of a document; relative IRIs are relative to ``base``. Raises BadRequest."""
    # Not by identity: it may have come from another process.
    if media_type == media.RDF_XML:
        check_rdf_xml(data)
    try:
        for quad in ox.parse(data, FORMATS[media_type], base_iri=base, without_named_graphs=True):
            yield quad.triple
    except (SyntaxError, ValueError) as error:
        raise BadRequest(f"the graph cannot be read as {media_type.type}: {error}") from None


def read_apart(
    data: bytes, media_type: MediaType, number: int | str, base: str | None = None
) -> Iterator[ox.Triple]:
    """The triples of one document of several, by its number: its blank nodes are its own."""
    return (apart(triple, number) for triple in read(data, media_type, base))


def merged(documents: Iterable[tuple[bytes, MediaType]], base: str | None = None) -> bytes:
    """Several documents as one of N-Triples, the blank nodes of each its own. Raises BadRequest."""
    lines = []
    for number, (data, media_type) in enumerate(documents):
        lines += [f"{triple} .\n" for triple in read_apart(data, media_type, number, base)]
    return "".join(lines).encode()


def serialized(
    triples: Iterable[ox.Triple], media_type: MediaType, prefixes: dict[str, str] | None = None
) -> bytes:
    """Triples as a document, with these prefixes where its syntax has any."""
    return bytes(ox.serialize(triples, format=FORMATS[media_type], prefixes=prefixes) or b"")


def digest(triples: Iterable[ox.Triple]) -> str:
    """The tag of a graph: a digest of the set of its triples, in whatever order they come."""
    digests = (sha256(str(triple).encode()).digest() for triple in triples)
    total = sum(int.from_bytes(each) for each in digests)
    return f"{total % 2**128:032x}"


def labelled(triples: Iterable[ox.Triple], own: int | str) -> Iterator[ox.Triple]:
    """The triples of a graph, blank nodes by labels that follow from what it holds (RDFC-1.0), and
    from a number or token of its own.

    Only triples with blank nodes decide those labels, and only they are held in memory.
    """
    blank = ox.Dataset()
    for triple in triples:
        if has_blank(triple):
            blank.add(ox.Quad(triple.subject, triple.predicate, triple.object))
        else:
            yield triple
    blank.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    for quad in blank:
        yield apart(quad.triple, own)


def has_blank(term: object) -> bool:
    """Whether a term is a blank node, or a triple that has one."""
    if isinstance(term, ox.Triple):
        return has_blank(term.subject) or has_blank(term.object)
    return isinstance(term, ox.BlankNode)


def apart(triple: ox.Triple, number: int | str) -> ox.Triple:
    """A triple whose blank nodes are those of one document of several, by its number or token."""

    def renamed(term: object) -> object:
        if isinstance(term, ox.BlankNode):
            return ox.BlankNode(f"d{number}{term.value}")
        return apart(term, number) if isinstance(term, ox.Triple) else term

    if not has_blank(triple):
        return triple
    return ox.Triple(renamed(triple.subject), triple.predicate, renamed(triple.object))  # type: ignore[arg-type]
