"""A change as plain JSON, the same to whoever asks and whoever is told."""

from typing import Any

from kgapi.graph.iris import Iris
from kgapi.journal import Change


def told(change: Change, iris: Iris) -> dict[str, Any]:
    """A change as `/v1/changes` tells it."""
    by_kind: dict[str, list[dict[str, str]]] = {"added": [], "changed": [], "removed": []}
    for each in change.facts:
        by_kind[each.kind].append({"iri": each.fact, "label": each.label, "type": each.type})
    return {
        "seq": change.seq,
        "revision": change.revision,
        "at": change.at,
        "graph": change.graph or None,
        "kind": change.kind,
        "article": iris.article_of(change.graph),
        **by_kind,
    }
