"""The JSON-LD context: terms for IRIs and IRIs for terms, in every syntax that has short names."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from kgapi.reference import files

FILE = "context.jsonld"


@cache
def context() -> Mapping[str, Any]:
    """The terms of our context, as served at /context.jsonld."""
    loaded: dict[str, Any] = json.loads(files.ontology(FILE).read_text(encoding="utf-8"))
    return loaded["@context"]  # type: ignore[no-any-return]


@cache
def prefixes() -> dict[str, str]:
    """The namespaces of our context, by prefix."""
    return {
        name: value
        for name, value in context().items()
        if isinstance(value, str) and value.endswith(("#", "/"))
    }


def term(iri: str) -> str:
    """The term of a property or class in our context, ``target``; what has none keeps its IRI."""
    return _terms().get(iri, iri)


def expanded(name: str) -> str:
    """The IRI of a term, ``target`` or ``skos:broader``; anything else is taken for an IRI."""
    return _iris().get(name) or _whole(name)


@cache
def _iris() -> Mapping[str, str]:
    named = {
        name: value if isinstance(value, str) else value.get("@id", "")
        for name, value in context().items()
        if not name.startswith("@")
    }
    return {name: _whole(value) for name, value in named.items() if ":" in value}


@cache
def _terms() -> Mapping[str, str]:
    return {iri: name for name, iri in _iris().items() if name not in prefixes()}


def _whole(name: str) -> str:
    prefix, _, local = name.partition(":")
    return prefixes()[prefix] + local if prefix in prefixes() else name
