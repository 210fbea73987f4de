"""Made-up sanctions news of any amount, in the house's own shape: the same seed, the same bytes.

Each article has a number and a random stream of its own, so that any of them can be made alone.
Its facts go through the house's own mapping: what a generated graph looks like is what a graph of
ingested news looks like. A few countries are in most of the news, and companies and officials
come from a long tail that never ends.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, partial
from itertools import chain, count
from pathlib import Path
from random import Random

import pyoxigraph as ox

from kgapi.facts.extractor import Extraction
from kgapi.facts.fact import NEVER_SAID, Entity, Evidence, Fact, When
from kgapi.graph import mapping
from kgapi.graph.iris import Iris, article_key
from kgapi.news.article import Article, Zone
from kgapi.pipeline import HOUSE_GRAPHS
from kgapi.reference import files, turtle
from kgapi.reference.gazetteer import shipped

BASE = "https://kgapi.example.org/"
SEED = 1
EXTRACTOR = ("generated", "1")
FIRST_DAY, DAYS = date(2014, 3, 1), 4000
TAIL = 10_000_000
BATCH = 64

# In the order in which the news names them.
_SENDERS = "us gb ca jp au ch ua fr de no nz kr"
_TARGETS = "ru ir kp by sy ve cu mm cn af ly sd ye zw ht ni"
_MEASURES = ("financial", "asset-freeze", "travel", "trade", "export", "arms", "sectoral")
_REASONS = ("invasion", "nuclear-programme", "human-rights", "evasion", "cyber", "terrorism")
_EFFECTS = ("exchange-rate", "inflation", "interest-rate", "exports", "oil-output", "reserves")
_VERDICTS = ("illegal", "a step too far", "economic warfare", "long overdue", "a warning")


@dataclass(slots=True)
class Paper:
    """An article while it is written: its own chances, its day, and its text so far."""

    random: Random
    day: date
    paragraphs: list[str] = field(default_factory=list)
    length: int = 0

    def say(self, sentence: str) -> Evidence:
        """Add a sentence; where it stands."""
        start = self.length + 2 if self.paragraphs else 0
        self.paragraphs.append(sentence)
        self.length = start + len(sentence)
        return Evidence(start, self.length, sentence)

    def pick(self, among: Sequence[str]) -> str:
        """One of them, each as often as it stands further up (Zipf's law, exponent 1)."""
        return among[self.rank(len(among) + 1) - 1]

    def rank(self, limit: int) -> int:
        """From 1 up to ``limit``, exclusive: k comes about 1/k as often as 1."""
        return int(limit ** self.random.random())

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def ago(self, days: int) -> When:
        """A day in the past, at most so many days before the article."""
        day = self.day - timedelta(days=int(days * self.random.random()))
        return When(day, day, f"on {day.day} {day:%B %Y}")


Teller = Callable[[Paper], Iterator[Fact]]


def _known(path: str) -> Entity:
    known = shipped()[path]
    within = _known(known.countries[0]) if known.type == "Currency" and known.countries else None
    return Entity(known.kind, known.key, known.label, known.type, within)


@cache
def _countries(first: str) -> tuple[str, ...]:
    """Paths of all countries, these first."""
    named = [f"country/{code}" for code in first.split()]
    others = (path for path in _of_type("Country") if path not in named)
    return (*named, *others)


@cache
def _of_type(name: str) -> tuple[str, ...]:
    """Paths of the entities of a class in the reference data, sorted."""
    found = (
        subject.removeprefix(turtle.BASE + "id/")
        for subject, predicate, value in turtle.triples(files.ontology("reference.ttl"))
        if predicate == turtle.RDF + "type" and value == turtle.SAN + name
    )
    return tuple(sorted(found))


def _sender(paper: Paper) -> Entity:
    if paper.chance(0.25):
        return _known("organization/european-union")
    return _known(paper.pick(_countries(_SENDERS)))


def _target(paper: Paper, other_than: Entity) -> Entity:
    found = (_known(paper.pick(_countries(_TARGETS))) for _ in count())
    return next(each for each in found if each != other_than)


def _company(paper: Paper, country: Entity) -> Entity:
    number = paper.rank(TAIL)
    return Entity("organization", f"company-{number}", f"Company {number}", "Organization", country)


def _official(paper: Paper) -> Entity:
    number = paper.rank(TAIL)
    return Entity("person", f"official-{number}", f"Official {number}", "Person")


def _imposition(paper: Paper) -> Iterator[Fact]:
    sender, when = _sender(paper), paper.ago(60)
    target = _target(paper, sender)
    kind, reason = paper.pick(_MEASURES), paper.pick(_REASONS)
    words = f"over {reason.replace('-', ' ')}"
    told = f"{sender.label} imposed {kind} sanctions on {target.label} {words} {when.text}."
    evidence = (paper.say(told),)
    values = {"measureType": (kind,), "reason": (reason,)}
    measure = Fact(
        "SanctionsMeasure",
        evidence,
        "sanctions-acted-on",
        roles={"imposedBy": (sender,), "target": (target,)},
        values=values | {"status": "in-force"},
        confidence=0.85,
    )
    yield Fact(
        "SanctionsAction",
        evidence,
        "impose-sanctions",
        action="impose",
        roles={"actor": (sender,), "target": (target,), "concerns": (measure,)},
        values=values,
        when=when,
        confidence=0.95,
    )


def _designation(paper: Paper) -> Iterator[Fact]:
    sender, when = _sender(paper), paper.ago(20)
    country = _target(paper, sender)
    listed = _company(paper, country)
    told = f"{sender.label} put {listed.label} of {country.label} on its list {when.text}."
    evidence = (paper.say(told),)
    roles = {"actor": (sender,), "target": (listed,)}
    yield Fact(
        "SanctionsAction", evidence, "designate", "designate", roles, when=when, confidence=0.9
    )
    yield Fact(
        "Designation",
        evidence,
        "listed",
        roles={"imposedBy": (sender,), "target": (listed,)},
        values={"status": "in-force", "reason": (paper.pick(_REASONS),)},
        confidence=0.8,
    )


def _lifting(paper: Paper) -> Iterator[Fact]:
    sender, day = _sender(paper), paper.day + timedelta(days=paper.rank(200))
    target = _target(paper, sender)
    when = When(day, day, f"on {day.day} {day:%B %Y}")
    told = f"{sender.label} plans to lift its sanctions on {target.label} {when.text}."
    yield Fact(
        "SanctionsAction",
        (paper.say(told),),
        "lift-sanctions",
        action="lift",
        roles={"actor": (sender,), "target": (target,)},
        when=when,
        realis="planned",
        confidence=0.8,
    )


def _speech(paper: Paper) -> Iterator[Fact]:
    speaker, country = _official(paper), _known(paper.pick(_countries(_TARGETS)))
    target = _target(paper, country)
    post = Entity(
        "post",
        f"foreign-minister-of-{country.key}",
        f"foreign minister of {country.label}",
        "Post",
        country,
    )
    told = f"{speaker.label}, {post.label}, said that {country.label} would counter"
    evidence = (paper.say(f"{told} the sanctions of {target.label}."),)
    yield Fact("Tenure", evidence, "office", roles={"holder": (speaker,), "post": (post,)})
    claim = Fact(
        "SanctionsAction",
        evidence,
        "counter-sanctions",
        action="counter",
        roles={"actor": (country,), "target": (target,)},
        realis="planned",
        modality="reported",
        speaker=speaker,
        confidence=0.75,
    )
    yield Fact(
        "Utterance",
        evidence,
        "say",
        action="state",
        roles={"speaker": (speaker,), "says": (claim,)},
        when=paper.ago(3),
        confidence=0.95,
    )


def _verdict(paper: Paper) -> Iterator[Fact]:
    speaker, words = _official(paper), paper.pick(_VERDICTS)
    target = _known(paper.pick(_countries(_SENDERS)))
    evidence = (paper.say(f"{speaker.label} called the conduct of {target.label} “{words}”."),)
    yield Fact(
        "Judgement",
        evidence,
        "judged-by-speaker",
        roles={"target": (target,)},
        values={"characterizedAs": words},
        modality="quoted",
        speaker=speaker,
        confidence=0.75,
    )


def _visit(paper: Paper) -> Iterator[Fact]:
    visitor, when = _official(paper), paper.ago(10)
    host = _known(paper.pick(_countries(_TARGETS)))
    evidence = (paper.say(f"{visitor.label} visited {host.label} {when.text}."),)
    roles = {"actor": (visitor,), "host": (host,)}
    yield Fact("Visit", evidence, "visit", "visit", roles, when=when, confidence=0.9)


def _signing(paper: Paper) -> Iterator[Fact]:
    agreement, when = _known(paper.pick(_of_type("Agreement"))), paper.ago(400)
    first = _known(paper.pick(_countries(_TARGETS)))
    second = _target(paper, first)
    told = f"{first.label} and {second.label} signed the {agreement.label} {when.text}."
    roles = {"actor": (first, second), "concerns": (agreement,)}
    yield Fact("AgreementAction", (paper.say(told),), "sign-agreement", "sign", roles, when=when)


def _effect(paper: Paper) -> Iterator[Fact]:
    currency, indicator = _known(paper.pick(_of_type("Currency"))), paper.pick(_EFFECTS)
    percent = paper.rank(80)
    told = (
        f"{indicator.replace('-', ' ').capitalize()}: {currency.label} down by {percent} percent."
    )
    yield Fact(
        "EconomicEffect",
        (paper.say(told),),
        "currency-falls",
        roles={"observedFor": (currency,)},
        values={
            "indicator": indicator,
            "direction": "down",
            "value": percent,
            "unit": "percent",
            "bound": "exactly",
        },
        when=replace(NEVER_SAID, begin=paper.day - timedelta(days=90), lasting=True),
        confidence=0.8,
    )


# Shares of the kinds as in news that was really read: offices and speeches, then sanctions.
_TELLERS: tuple[tuple[float, Teller], ...] = (
    (0.28, _speech),
    (0.24, _imposition),
    (0.20, _designation),
    (0.08, _visit),
    (0.06, _lifting),
    (0.05, _signing),
    (0.05, _effect),
    (0.04, _verdict),
)


def _teller(paper: Paper) -> Teller:
    left = paper.random.random()
    for share, teller in _TELLERS:
        left -= share
        if left < 0:
            return teller
    return _TELLERS[0][1]


def extraction(number: int, seed: int = SEED) -> Extraction:
    """What is found in the article of this number: 4 to 15 paragraphs, 7 to 40 facts."""
    random = Random(f"{seed}:{number}")  # a string: seeded alike on every platform
    paper = Paper(random, FIRST_DAY + timedelta(days=int(DAYS * random.random())))
    facts = tuple(
        chain.from_iterable(
            _teller(paper)(paper) for _ in range(4 + int(12 * paper.random.random()))
        )
    )
    return Extraction(_article(paper, facts, number), facts)


def _article(paper: Paper, facts: Sequence[Fact], number: int) -> Article:
    found = dict.fromkeys(each for fact in facts for each in fact.evidence)
    return Article(
        text="\n\n".join(paper.paragraphs),
        headline=paper.paragraphs[0].rstrip("."),
        published=paper.day,
        zones=tuple(Zone("body", each.start, each.end) for each in found),
        source=f"https://news.example.org/{paper.day:%Y/%m}/{number}",
    )


def graph(number: int, seed: int = SEED, base: str = BASE) -> tuple[str, bytes]:
    """The IRI of an article's graph, and the graph as sorted N-Triples."""
    found, iris = extraction(number, seed), Iris(base)
    triples = mapping.article_graph(found, iris, EXTRACTOR)
    return str(iris.article_graph(article_key(found.article))), mapping.n_triples(triples)


def quads(number: int, seed: int = SEED, base: str = BASE) -> bytes:
    """The same as N-Quads."""
    return _within(*graph(number, seed, base))


def dataset(size: int, pool: Executor, seed: int = SEED, base: str = BASE) -> Iterator[bytes]:
    """N-Quads of the house's own graphs and of as many articles as ``size`` quads take.

    The last article is whole, so that there are a few more.
    """
    left = size
    for block in chain(_house(base), _articles(pool, seed, base)):
        yield block
        left -= block.count(b"\n")
        if left <= 0:
            return


def _house(base: str) -> Iterator[bytes]:
    for name, file in HOUSE_GRAPHS.items():
        yield _within(str(Iris(base).graph(name)), _canonical(files.ontology(file), base))


def _canonical(path: Path, base: str) -> bytes:
    """A Turtle file as sorted N-Triples, its blank nodes named as RDFC-1.0 names them."""
    found = ox.Dataset(ox.parse(turtle.n_triples(path, base), ox.RdfFormat.N_TRIPLES))
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return "".join(sorted(f"{quad.triple} .\n" for quad in found)).encode()


def _articles(pool: Executor, seed: int, base: str) -> Iterator[bytes]:
    make = partial(quads, seed=seed, base=base)
    for first in count(0, BATCH):
        yield from pool.map(make, range(first, first + BATCH), chunksize=8)


def _within(graph: str, n_triples: bytes) -> bytes:
    end = f"<{graph}> .\n".encode()
    lines: Iterable[bytes] = n_triples.splitlines()
    return b"".join(line.removesuffix(b".") + end for line in lines)
