"""Names in a text, or as they come, and what their owners are in it: target, sender or speaker."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kgapi import facts
from kgapi.facts.fact import Entity, Fact, Named
from kgapi.news.article import Article
from kgapi.queries.query import Iri, house, rows
from kgapi.queries.reads import Reference, local
from kgapi.store.engine import Engine

_SANCTIONS = frozenset({"SanctionsAction", "SanctionsMeasure", "Designation"})
_ROLES = {"target": "target", "imposedBy": "sender", "actor": "sender"}
_ENDS = frozenset({"delist", "lift"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A name: as it stands there, where (None for a name without a text), whose name in full, of
    which class, and in which roles the text shows its owner there."""

    text: str
    start: int | None
    end: int | None
    name: str
    type: str | None
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sanction:
    """How things stand between an entity and one sender of sanctions, None for an unnamed one:
    ``listed`` or ``delisted`` by the last act that the graph has, its action and day."""

    sender: Reference | None
    state: str
    action: str
    day: str
    fact: str


def mentions(article: Article) -> list[Mention]:
    """Whom and what a text names, in reading order."""
    named, told = facts.read(article)
    return [
        Mention(
            article.text[each.start : each.end],
            each.start,
            each.end,
            each.entity.label,
            each.entity.type,
            roles(each, told),
        )
        for each in named
    ]


def roles(named: Named, told: Iterable[Fact]) -> tuple[str, ...]:
    """What somebody is in the facts whose evidence is about the place where they are named."""
    here = (fact for fact in told if _covers(fact, named))
    return tuple(sorted({role for fact in here for role in _roles_in(fact, named.entity)}))


def _covers(fact: Fact, named: Named) -> bool:
    return any(each.start <= named.start and named.end <= each.end for each in fact.evidence)


def _roles_in(fact: Fact, entity: Entity) -> Iterable[str]:
    if fact.speaker and fact.speaker.path == entity.path:
        yield "speaker"
    for role, filler in fact.fillers():
        if isinstance(filler, Entity) and filler.path == entity.path:
            if fact.type == "Utterance" and role == "speaker":
                yield "speaker"
            elif fact.type in _SANCTIONS and role in _ROLES:
                yield _ROLES[role]


def sanctions(engine: Engine, iris: Sequence[str]) -> dict[str, list[Sanction]]:
    """How things stand between entities, by their IRIs, and each sender of sanctions on them."""
    text = house("sanctions-on").bind(entities=[Iri(iri) for iri in iris])
    last = {(row["entity"], row.get("sender")): row for row in rows(engine, text)}
    found: dict[str, list[Sanction]] = {iri: [] for iri in iris}
    for (entity, sender), row in last.items():
        action = local(row["action"])
        who = Reference(sender, row["label"], local(row["type"])) if sender else None
        state = "delisted" if action in _ENDS else "listed"
        found[entity].append(Sanction(who, state, action, row["day"], row["fact"]))
    return found
