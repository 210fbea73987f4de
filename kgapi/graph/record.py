"""A fact as one JSON object: the stable contract of ``kgapi extract``.

``kgapi.facts.records`` reads it back.
"""

from typing import Any

from kgapi.facts.fact import Entity, Fact
from kgapi.graph.iris import Iris
from kgapi.graph.labels import label
from kgapi.news.article import Article


def record(fact: Fact, article: Article, iris: Iris) -> dict[str, Any]:
    """Local names for ontology terms, ISO 8601 dates, offsets into the article's stored text."""
    return {
        "type": fact.type,
        "action": fact.action,
        "roles": {
            role: [_filler(each, article, iris) for each in fact.roles[role]]
            for role in sorted(fact.roles)
        },
        "values": {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in sorted(fact.values.items())
        },
        "time": {
            "begin": fact.when.begin.isoformat() if fact.when.begin else None,
            "end": fact.when.end.isoformat() if fact.when.end else None,
            "text": fact.when.text,
            "precision": fact.when.precision,
            "lasting": fact.when.lasting,
        },
        "realis": fact.realis,
        "modality": fact.modality,
        "speaker": _filler(fact.speaker, article, iris) if fact.speaker else None,
        "confidence": round(fact.confidence, 2),
        "rule": fact.rule,
        "inferred": list(fact.inferred),
        "evidence": [
            {"start": each.start, "end": each.end, "text": each.text} for each in fact.evidence
        ],
    }


def _filler(filler: Entity | Fact, article: Article, iris: Iris) -> dict[str, Any]:
    told: dict[str, Any] = {
        "iri": str(iris.filler(filler, article)),
        "label": filler.label if isinstance(filler, Entity) else label(filler),
        "type": filler.type,
    }
    if isinstance(filler, Fact):
        told["fact"] = record(filler, article, iris)
    elif filler.within:
        told["within"] = _filler(filler.within, article, iris)
    return told
