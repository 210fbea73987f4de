"""Minting IRIs: deterministic, from what a thing is, never from when or where it was seen."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from urllib.parse import quote

from rdflib import URIRef

from kgapi.facts.fact import Entity, Fact
from kgapi.graph import vocab
from kgapi.news.article import Article

_KINDS = {
    "SanctionsMeasure": "measure",
    "Designation": "measure",
    "Tenure": "tenure",
    "EconomicEffect": "effect",
    "Judgement": "judgement",
}
# States that hold whoever tells of them. Undated events are told apart by article instead:
# "the United States imposed sanctions on Iran" of two articles may well be two acts.
_TIMELESS = {"SanctionsMeasure", "Designation", "Tenure"}


# RFC 3986 section 3.3: what a path segment may hold as it is.
_SAFE = "/:@!$&'()*+,;=~-._"


class Iris:
    """The IRIs under one base. ``base`` ends with a slash."""

    def __init__(self, base: str) -> None:
        self.base = base

    def thing(self, path: str) -> URIRef:
        """``{base}id/{kind}/{key}`` from ``kind/key``, whatever stands in the path."""
        return URIRef(f"{self.base}id/{_quoted(path)}")

    def path(self, iri: str) -> str | None:
        """``kind/key`` of one of our own IRIs; None for anybody else's."""
        start = f"{self.base}id/"
        return iri.removeprefix(start) if iri.startswith(start) else None

    def graph(self, name: str) -> URIRef:
        return URIRef(f"{self.base}graph/{name}")

    def article(self, article: Article) -> URIRef:
        return self.thing(f"article/{article_key(article)}")

    def article_graph(self, key: str) -> URIRef:
        return self.graph(f"article/{key}")

    def submission_graph(self, key: str, submission: str) -> URIRef:
        return self.graph(f"article/{key}/submission/{submission}")

    def decision_graph(self, key: str, proposal: str) -> URIRef:
        return self.graph(f"article/{key}/decision/{proposal}")

    def review_graph(self, graph: str) -> URIRef:
        """Where the facts wait that were left out of a graph."""
        return URIRef(f"{graph}/review")

    def article_of(self, graph: str) -> str | None:
        """The IRI of the article that a graph is about; None for a graph of another kind."""
        start = str(self.article_graph(""))
        if not graph.startswith(start):
            return None
        return str(self.thing(f"article/{graph.removeprefix(start).partition('/')[0]}"))

    def passage(self, article: URIRef, start: int, end: int) -> URIRef:
        """A text fragment in the manner of RFC 5147 section 2.1, counted in code points."""
        return URIRef(f"{article}#char={start},{end}")

    def entity(self, entity: Entity) -> URIRef:
        return self.thing(entity.path)

    def fact(self, fact: Fact, article: Article) -> URIRef:
        return self.thing(fact_path(fact, article))

    def filler(self, filler: Entity | Fact, article: Article) -> URIRef:
        return self.entity(filler) if isinstance(filler, Entity) else self.fact(filler, article)

    def statement(self, fact: Fact, article: Article, submission: str = "") -> URIRef:
        return self.thing(f"statement/{statement_key(fact, article, submission)}")

    def proposal(self, fact: Fact, article: Article, submission: str = "") -> URIRef:
        """The proposal of what would be the statement of the same key."""
        return self.thing(f"proposal/{statement_key(fact, article, submission)}")

    def decision(self, proposal: str) -> URIRef:
        return self.thing(f"decision/{proposal}")

    def extractor(self, name: str, version: str, by: str | None = None) -> URIRef:
        whose = f"-{contributor_key(by)}" if by else ""
        return self.thing(f"extractor/{slug(name)}-{slug(version, longest=40)}{whose}")

    def contributor(self, name: str) -> URIRef:
        """Somebody, or some program, that submits facts or decides on them."""
        return self.thing(f"contributor/{contributor_key(name)}")


@lru_cache(maxsize=20_000)
def slug(text: str, longest: int = 60) -> str:
    """Lower-case ASCII letters, digits and hyphens, cut at a word where it is too long."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(words) <= longest:
        return words or "x"
    return words[: longest + 1].rpartition("-")[0] or words[:longest]


@lru_cache(maxsize=20_000)
def _quoted(path: str) -> str:
    return quote(path, safe=_SAFE)


def statement_key(fact: Fact, article: Article, submission: str = "") -> str:
    """The same for one article that states one fact in one voice, whoever finds it; each
    submission makes statements of its own."""
    speaker = fact.speaker.path if fact.speaker else ""
    basis = [article_key(article), fact_path(fact, article), fact.modality, speaker]
    return _digest(*basis, *filter(None, [submission]), length=16)


def submission_key(by: str, facts: str) -> str:
    """The same for the same facts, written alike, of the same submitter."""
    return _digest(by, facts, length=16)


def contributor_key(name: str) -> str:
    # Names that differ in script or accents alone are other people.
    return f"{slug(name, longest=40)}-{_digest(name, length=6)}"


def article_key(article: Article) -> str:
    """``{day}-{headline}-{8 hex of the text}``: the same article has the same key everywhere."""
    day = article.published.isoformat() if article.published else "undated"
    return f"{day}-{slug(article.headline)}-{article.digest[:8]}"


def fact_path(fact: Fact, article: Article) -> str:
    """``kind/key`` of a fact. Articles that tell the same fact the same way meet in it."""
    day = fact.when.begin or fact.when.end
    kind = _KINDS.get(fact.type, "event")
    verb = fact.action or str(fact.values.get("indicator", fact.type))
    parties = islice((slug(label, longest=24) for label in _parties(fact)), 3)
    local = "" if day or fact.type in _TIMELESS else article.digest
    basis = (*_identity(fact), local)
    words = [day.isoformat() if day else "", slug(verb), *parties, _digest(*basis, length=8)]
    return f"{kind}/{'-'.join(word for word in words if word)}"


def _parties(fact: Fact) -> Iterator[str]:
    named = (
        (vocab.ROLE_ORDER.index(role), filler.label)
        for role, filler in fact.fillers()
        if isinstance(filler, Entity)
    )
    return (label for _, label in sorted(named))


def _identity(fact: Fact) -> Iterator[str]:
    """What makes a fact that fact: class, action, time, who, how much, and whether it is so."""
    yield fact.type
    yield fact.action or ""
    yield fact.realis
    for bound in (fact.when.begin, fact.when.end):
        yield bound.isoformat() if bound else ""
    # A fact's causes and contents say more about it; they do not make it another fact.
    yield from sorted(
        f"{role}={filler.path}" for role, filler in fact.fillers() if isinstance(filler, Entity)
    )
    if fact.type == "Utterance":
        # Two things said by one person on one day are two utterances.
        yield from (evidence.text for evidence in fact.evidence)
    for name, value in sorted(fact.values.items()):
        yield f"{name}={value}"


def _digest(*parts: str, length: int) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()[:length]
