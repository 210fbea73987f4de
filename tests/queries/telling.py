"""Facts as the graph tells them, made for one test."""

from collections.abc import Mapping, Sequence
from typing import Any

from kgapi.queries.reads import EvidenceRead, FactRead, Reference, StatementRead

CLASSES = {
    "country": "Country",
    "organization": "Organization",
    "person": "Person",
    "group": "AgentGroup",
    "vessel": "Vessel",
    "currency": "Currency",
    "agreement": "Agreement",
}


def named(path: str) -> Reference:
    """``country/us`` and the like."""
    kind, _, key = path.partition("/")
    return Reference(f"https://kgapi.example.org/id/{path}", key, CLASSES[kind])


def statement(
    article: str, published: str = "2024-02-24", *texts: str, speaker: str | None = None
) -> StatementRead:
    evidence = [
        EvidenceRead(0, len(text), text) for text in texts or (f"Words of {article} alone.",)
    ]
    return StatementRead(
        id=f"x:statement/{article}/{texts}",
        article=Reference(f"x:{article}", article, "Article"),
        published=published,
        modality="quoted" if speaker else "stated",
        speaker=named(speaker) if speaker else None,
        confidence=0.9,
        rule="by-hand",
        extractor=None,
        inferred=(),
        evidence=evidence,
    )


def fact(
    name: str,
    roles: Mapping[str, str],
    *statements: StatementRead,
    cls: str = "SanctionsAction",
    action: str | None = "impose",
    day: str | tuple[str | None, str | None] | None = None,
    realis: str = "actual",
    **values: Any,
) -> FactRead:
    """A fact of an article of its own, of one day or with bounds; ``roles`` by their paths."""
    told = statements or (statement(f"article-of-{name}"),)
    earliest, latest = day if isinstance(day, tuple) else (day, day)
    return FactRead(
        id=f"x:{name}",
        label=name,
        type=cls,
        claimed=False,
        action=action,
        roles={role: [named(path) for path in paths.split()] for role, paths in roles.items()},
        values=values,
        time=_time(earliest, latest, told) | {"date": day if isinstance(day, str) else None},
        realis=realis,
        statements=told,
    )


def _time(
    earliest: str | None, latest: str | None, told: Sequence[StatementRead]
) -> dict[str, str | None]:
    nothing = dict.fromkeys(("date", "begin", "end", "text"))
    return nothing | {"earliest": earliest, "latest": latest or told[0].published}
