"""Content negotiation (RFC 9110 section 12.5.1), the one in the house."""

import pytest

from kgapi import media
from kgapi.errors import BadRequest, NotAcceptable


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", media.TURTLE),
        ("*/*", media.TURTLE),
        ("application/n-triples", media.N_TRIPLES),
        ("APPLICATION/N-Triples", media.N_TRIPLES),
        ("text/turtle;q=0.2, application/ld+json;q=0.8", media.JSON_LD),
        ("application/ld+json;q=0.8, text/turtle;q=0.2, */*;q=0.1", media.JSON_LD),
        # The more specific range decides, though the wider one likes it better.
        ("text/*;q=1, text/turtle;q=0.1, application/rdf+xml;q=0.5", media.RDF_XML),
        ("text/turtle;q=0, */*", media.JSON_LD),
        ("text/*", media.TURTLE),
        ("text/html, application/rdf+xml", media.RDF_XML),
        ("text/plain", media.N_TRIPLES),
        ("nonsense, application/n-triples", media.N_TRIPLES),
        ("text/turtle;q=nonsense, application/n-triples;q=0.1", media.N_TRIPLES),
        ("text/turtle; charset=utf-8", media.TURTLE),
    ],
)
def test_the_best_offer_is_chosen(accept: str, chosen: media.MediaType) -> None:
    assert media.negotiate(accept, media.GRAPHS) is chosen


@pytest.mark.parametrize("accept", ["image/png", "text/turtle;q=0", "*/*;q=0"])
def test_where_nothing_fits_the_offers_are_told(accept: str) -> None:
    with pytest.raises(NotAcceptable) as refused:
        media.negotiate(accept, media.GRAPHS)
    assert refused.value.extra["offered"] == [offer.type for offer in media.GRAPHS]


def test_a_representation_can_be_named() -> None:
    assert media.named("nt")(media.GRAPHS) is media.N_TRIPLES
    assert media.named("application/ld+json")(media.GRAPHS) is media.JSON_LD
    assert media.named("tsv", "text/tab-separated-values")(media.SOLUTIONS) is media.RESULTS_TSV
    assert media.named("json-ld", "application/x-json+ld")(media.GRAPHS) is media.JSON_LD
    with pytest.raises(BadRequest, match="ttl and nt"):
        media.named("ttl", "nt")(media.GRAPHS)
    with pytest.raises(NotAcceptable):
        media.named("csv")(media.GRAPHS)
