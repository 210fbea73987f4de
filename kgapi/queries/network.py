"""Who sanctions whom, as a network of senders and targets."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from kgapi import index
from kgapi.index import entities, network, selection
from kgapi.index.network import Act
from kgapi.index.selection import Selection
from kgapi.queries.reads import Reference

IMPOSING = frozenset(
    {"impose", "tighten", "extend", "renew", "snapback", "threaten", "designate", "enforce", "fine",
     "ban", "freeze", "seize"}
)  # fmt: skip
"""Acts by which somebody sanctions somebody, or threatens to."""

RELIEVING = frozenset({"ease", "waive", "suspend", "lift", "delist", "license"})
"""Acts that end sanctions, or make them less."""

MOST_FACTS = 50_000
"""Facts of which a network is made, at most."""

MOST_TOLD = 20
"""Facts of one edge that are named."""

CLASSES = index.below(["SanctionsMeasure", "SanctionsAction"])
_DIMENSIONS = ("sender", "target", "measure", "reason", "article")


Pair = tuple[str | None, str]
"""Sender and target by IRI; None for a sender whom nobody names."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """First and last day in question; None is open."""

    earliest: str | None
    latest: str | None


@dataclass(frozen=True, slots=True)
class Sanction:
    """A fact, and all that an edge says of it; ``published`` are the days of its articles."""

    act: Act
    senders: Sequence[str] = ()
    targets: Sequence[str] = ()
    types: Sequence[str] = ()
    reasons: Sequence[str] = ()
    articles: Sequence[str] = ()
    published: Sequence[str] = ()

    @property
    def is_relief(self) -> bool:
        return self.act.action in RELIEVING


@dataclass(frozen=True, slots=True)
class Edge:
    """That a sender sanctions a target; ``sender`` is None where nobody says who does.

    ``sanctions`` are measures and imposing acts, ``relief`` acts that end or ease them: the first
    of ``facts`` and ``relieved``. ``first`` and ``last`` are the times of the first and last of both
    that have one. ``claimed`` are those that no article states in its own voice.
    """

    sender: Reference | None
    target: Reference
    types: Sequence[str]
    reasons: Sequence[str]
    realis: Mapping[str, int]
    first: Bounds | None
    last: Bounds | None
    undated: int
    first_published: str | None
    last_published: str | None
    articles: int
    facts: int
    relieved: int
    stated: int
    claimed: int
    sanctions: Sequence[Reference]
    relief: Sequence[Reference]


@dataclass(frozen=True, slots=True)
class Network:
    """Edges with a sender, and ``unnamed`` those without, each up to a limit; ``nodes`` are all
    who stand in them. ``total`` and ``total_unnamed`` count the edges there are; ``facts`` those
    that they are made of, ``whole`` whether that is all."""

    nodes: Sequence[Reference]
    edges: Sequence[Edge]
    unnamed: Sequence[Edge]
    total: int
    total_unnamed: int
    facts: int
    whole: bool


def read(connection: sqlite3.Connection, wanted: Selection, limit: int) -> Network:
    """The network of the sanctions in a selection, the edges of the most articles first."""
    asked = selection.query(connection, replace(wanted, terms=(*wanted.terms, ("type", CLASSES))))
    acts = network.acts(connection, asked, IMPOSING | RELIEVING, MOST_FACTS + 1) if asked else []
    tags = network.tags(connection, [act.place for act in acts], _DIMENSIONS)
    articles = {each for told in tags.values() for each in told.get("article", ())}
    days = network.published(connection, articles)
    found = [_sanction(act, tags.get(act.place, {}), days) for act in acts[:MOST_FACTS]]
    named = entities.among(
        connection, {iri for each in found for iri in (*each.senders, *each.targets)}
    )
    parties = {iri: Reference(*told) for iri, told in named.items()}
    pairs = {
        pair: group for pair, group in paired(found, parties).items() if _is_wanted(pair, wanted)
    }
    return network_of(pairs, parties, limit, whole=len(acts) <= MOST_FACTS)


def _is_wanted(pair: Pair, wanted: Selection) -> bool:
    """Whether an edge is between the parties in question: a joint act has further ones."""
    ends = dict(zip(("sender", "target"), pair, strict=True))
    return all(ends[end] in iris for end, iris in wanted.terms if end in ends)


def _sanction(act: Act, told: Mapping[str, Sequence[str]], days: Mapping[str, str]) -> Sanction:
    articles = told.get("article", ())
    return Sanction(
        act,
        senders=told.get("sender", ()),
        targets=told.get("target", ()),
        types=told.get("measure", ()),
        reasons=told.get("reason", ()),
        articles=articles,
        published=[days[each] for each in articles if each in days],
    )


def paired(
    found: Iterable[Sanction], parties: Mapping[str, Reference]
) -> Mapping[Pair, Sequence[Sanction]]:
    """Sanctions by sender and target; what is no party is left out.

    Nobody sanctions themselves: where a text has it so, it is not read so.
    """
    groups: defaultdict[Pair, list[Sanction]] = defaultdict(list)
    for sanction in found:
        named = [iri for iri in sanction.senders if iri in parties]
        for sender, target in product(named or (None,), sanction.targets):
            if target in parties and sender != target:
                groups[sender, target].append(sanction)
    return groups


def network_of(
    pairs: Mapping[Pair, Sequence[Sanction]],
    parties: Mapping[str, Reference],
    limit: int,
    *,
    whole: bool,
) -> Network:
    """The edges of the most articles, as many with a sender and as many without."""
    ranked = sorted(pairs, key=lambda pair: _rank(pair, pairs[pair]))
    named = [pair for pair in ranked if pair[0]]
    unnamed = [pair for pair in ranked if not pair[0]]
    shown = {iri for pair in (*named[:limit], *unnamed[:limit]) for iri in pair if iri}

    def edge(pair: Pair) -> Edge:
        sender, target = pair
        return _edge(parties[sender] if sender else None, parties[target], pairs[pair])

    return Network(
        nodes=[parties[iri] for iri in sorted(shown)],
        edges=[edge(pair) for pair in named[:limit]],
        unnamed=[edge(pair) for pair in unnamed[:limit]],
        total=len(named),
        total_unnamed=len(unnamed),
        facts=len({sanction.act.place for group in pairs.values() for sanction in group}),
        whole=whole,
    )


def _rank(pair: Pair, group: Sequence[Sanction]) -> tuple[int, int, str, str]:
    articles = {article for each in group for article in each.articles}
    return -len(articles), -len(group), pair[0] or "", pair[1]


def _edge(sender: Reference | None, target: Reference, group: Sequence[Sanction]) -> Edge:
    dated = sorted((each.act for each in group if each.act.dated), key=_begins)
    published = sorted(day for each in group for day in each.published)
    imposed = [each for each in group if not each.is_relief]
    relief = [each for each in group if each.is_relief]
    claimed = sum(each.act.claimed for each in group)
    return Edge(
        sender=sender,
        target=target,
        types=sorted({name for each in group for name in each.types}),
        reasons=sorted({name for each in group for name in each.reasons}),
        realis=dict(sorted(Counter(each.act.realis for each in group).items())),
        first=_bounds(dated[0]) if dated else None,
        last=_bounds(max(dated, key=_ends)) if dated else None,
        undated=len(group) - len(dated),
        first_published=published[0] if published else None,
        last_published=published[-1] if published else None,
        articles=len({article for each in group for article in each.articles}),
        facts=len(imposed),
        relieved=len(relief),
        stated=len(group) - claimed,
        claimed=claimed,
        sanctions=list(_told(imposed)),
        relief=list(_told(relief)),
    )


def _begins(act: Act) -> tuple[str, str, str]:
    return act.earliest or act.latest or "", act.latest or "9999", act.iri


def _ends(act: Act) -> tuple[str, str, str]:
    return act.latest or act.earliest or "", act.earliest or "", act.iri


def _bounds(act: Act) -> Bounds:
    return Bounds(act.earliest, act.latest)


def _told(group: Sequence[Sanction]) -> Iterator[Reference]:
    for each in group[:MOST_TOLD]:
        yield Reference(each.act.iri, each.act.label, each.act.type)
