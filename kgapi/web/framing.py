"""JSON-LD for people who read JSON: one tree with the thing at its root, in the words of our context.

The tree is that of JSON-LD 1.1 Framing. Whatever points at the thing hangs below it, so that a
frame with the thing alone leaves out nothing.
"""

import json
from collections.abc import Iterable
from typing import Any, NoReturn

import pyoxigraph as ox
from pyld import jsonld

from kgapi import media
from kgapi.queries.descriptions import RDF_TYPE
from kgapi.store import rdf
from kgapi.web.context import context

Object = dict[str, Any]


def framed(triples: Iterable[ox.Triple], thing: str, address: str) -> Object:
    """Triples as a tree of the thing with this IRI; ``address`` is where the context is served."""
    told = sorted(triples, key=str)
    pointing = {each.predicate.value for each in told if each.object == ox.NamedNode(thing)}
    frame = {
        "@context": context(),
        "@id": thing,
        "@reverse": {predicate: {} for predicate in sorted(pointing)},
    }
    expanded = [_typed(node) for node in json.loads(rdf.serialized(told, media.JSON_LD))]
    options = {"omitGraph": True, "embed": "@once", "documentLoader": _no_network}
    tree = jsonld.frame(expanded, frame, options)
    del tree["@context"]
    return {"@context": address, **tree}


def written(tree: Object) -> str:
    """A tree as a document."""
    return json.dumps(tree, ensure_ascii=False, indent=2)


def _typed(node: Object) -> Object:
    """A node of expanded JSON-LD with its classes where framing looks for them."""
    values = node.pop(RDF_TYPE, ())
    classes = [each["@id"] for each in values if "@id" in each]
    # In a graph of somebody else's, a class may be anything.
    others = [each for each in values if "@id" not in each]
    return {
        **node,
        **({"@type": classes} if classes else {}),
        **({RDF_TYPE: others} if others else {}),
    }


def _no_network(address: str, options: object) -> NoReturn:
    raise LookupError(f"{address} is not fetched: our context is here")
