"""Where this server tells of what: IRIs are the same at whatever address a server is."""

from flask import request

from kgapi.graph.vocab import SCHEMES
from kgapi.reference.turtle import SAN, local
from kgapi.web.parts import parts


def here(iri: str) -> str:
    """Where this server tells of a thing or term; what is not ours keeps its IRI."""
    path = parts().iris.path(iri)
    if path is not None:
        return f"{request.url_root}doc/{path}"
    if iri.startswith(SAN):
        return f"{request.url_root}ontology#{local(iri)}"
    if iri.startswith(SCHEMES):
        return f"{request.url_root}vocab/{iri.removeprefix(SCHEMES)}"
    return iri
