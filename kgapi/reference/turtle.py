"""Turtle files as plain triples of strings, so that whoever needs the words needs no RDF library."""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph

from kgapi.errors import BadSettings

SAN = "https://w3id.org/kgapi/sanctions#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SCHEMA = "https://schema.org/"

# Relative IRIs of the reference data hang below this while they are read; nobody sees it.
BASE = "https://kgapi.invalid/"


def triples(path: Path) -> Iterator[tuple[str, str, str]]:
    """(subject, predicate, object) of a Turtle file as the text of their terms.

    Blank nodes keep their label, literals lose language and datatype. Raises BadSettings where the
    file is missing or malformed: it ships with the package, so an installation is broken.
    """
    try:
        for triple in _parsed(path, BASE):
            yield triple.subject.value, triple.predicate.value, triple.object.value
    except (OSError, SyntaxError) as problem:
        raise BadSettings(f"cannot read {path.name}: {problem}") from problem


def prefixes(path: Path) -> dict[str, str]:
    """The namespaces that a Turtle file names, by prefix."""
    parser = _parsed(path, BASE)
    # They are known when they have been read.
    for _ in parser:
        pass
    return dict(parser.prefixes)


def n_triples(path: Path, base: str) -> bytes:
    """A Turtle file as sorted N-Triples, its relative IRIs resolved against ``base``."""
    return "".join(sorted(f"{quad.triple} .\n" for quad in _parsed(path, base))).encode()


def _parsed(path: Path, base: str) -> pyoxigraph.QuadParser:
    return pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE, base_iri=base)


def local(iri: str) -> str:
    """The local name: what stands after the last ``#`` or ``/``."""
    return iri[max(iri.rfind("#"), iri.rfind("/")) + 1 :]
