"""Scoring: found facts against gold facts, one to one, and what that says in numbers."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from kgapi.errors import BadGold
from kgapi.evaluation.gold import Gold, GoldFact, Name
from kgapi.facts.extractor import Extraction
from kgapi.facts.fact import Entity, Fact, Value

SEED = 20231205
DRAWS = 1000
BINS = 10
_MEASURES = ("precision", "recall", "f1")


@dataclass(frozen=True, slots=True)
class Count:
    """How many of those found and of those in the gold are right."""

    right: int = 0
    found: int = 0
    gold: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.right + other.right, self.found + other.found, self.gold + other.gold)

    @property
    def precision(self) -> float:
        """Share of those found that are right; 1 where nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the gold that was found; 1 where there is no gold."""
        return self.right / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, from the counts; 1 where there is nothing."""
        return 2 * self.right / (self.found + self.gold) if self.found + self.gold else 1.0


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a found fact fits a gold fact: its role fillers as a count, and what else is right.

    ``matches`` is the lenient measure: the kind, and at least one role filler; where the gold has
    no filler to score, a passage in common. ``strict`` asks for every filler and no other, and for
    the values.
    """

    roles: Count
    matches: bool
    strict: bool
    time: Count
    realis: bool
    modality: bool
    passage: bool

    @property
    def quality(self) -> tuple[float, ...]:
        """The better, the larger."""
        wrong = self.roles.found - self.roles.right
        return (
            self.passage,
            self.strict,
            self.modality,
            self.realis,
            self.roles.right - wrong,
            self.time.right - (self.time.found - self.time.right),
        )


@dataclass(frozen=True)
class Scored:
    """One article, scored. ``wrong`` found facts are in no gold, ``repeated`` ones tell in a
    speaker's voice what the gold has of the article and the speaker, ``outside`` ones are of kinds
    of which the gold is not complete; only the wrong ones count against precision. ``sprung`` are
    the absent facts that were found."""

    gold: Gold
    pairs: tuple[tuple[GoldFact, Fact, Fit], ...]
    missed: tuple[GoldFact, ...]
    wrong: tuple[Fact, ...]
    repeated: tuple[Fact, ...]
    outside: tuple[Fact, ...]
    sprung: tuple[GoldFact, ...]
    entities: Count
    offsets: Count


def score(gold: Gold, extraction: Extraction) -> Scored:
    """What was found in an article against its gold."""
    inside: list[Fact] = []
    outside: list[Fact] = []
    for fact in extraction.facts:
        complete = gold.kinds is None or any(kind.takes(fact) for kind in gold.kinds)
        (inside if complete else outside).append(fact)
    fits = {
        (row, column): found
        for row, wanted in enumerate(gold.facts)
        for column, fact in enumerate(inside)
        if (found := fit(wanted, fact, gold.unscored)).matches
    }
    partner = _pair(gold.facts, fits)
    pairs = [
        (gold.facts[row], inside[column], fits[row, column]) for column, row in partner.items()
    ]
    wrong: list[Fact] = []
    repeated: list[Fact] = []
    for column, fact in enumerate(inside):
        if column not in partner:
            told = (wanted for row, wanted in enumerate(gold.facts) if (row, column) in fits)
            again = fact.claimed and any(fact.modality in one.modalities for one in told)
            (repeated if again else wrong).append(fact)
    taken = set(partner.values())
    return Scored(
        gold,
        tuple(pairs),
        tuple(one for row, one in enumerate(gold.facts) if row not in taken and not one.optional),
        tuple(wrong),
        tuple(repeated),
        tuple(outside),
        tuple(trap for trap in gold.absent if any(_springs(trap, each) for each in inside)),
        _entities(gold, extraction.facts),
        _offsets(extraction),
    )


def fit(gold: GoldFact, fact: Fact, unscored: frozenset[str] = frozenset()) -> Fit:
    """How well a found fact fits a gold fact. Entities of ``unscored`` kinds are never wrong."""
    roles = _roles(gold, fact, unscored)
    values = all(_same(fact.values.get(name), value) for name, value in gold.values.items())
    passage = any(
        start < each.end and each.start < end
        for start, end in gold.evidence
        for each in fact.evidence
    )
    return Fit(
        roles,
        any(kind.takes(fact) for kind in gold.kinds)
        and (roles.right > 0 if roles.gold else passage),
        roles.right == roles.gold == roles.found and values,
        _time(gold, fact),
        not gold.realis or fact.realis == gold.realis,
        not gold.modalities or fact.modality in gold.modalities,
        passage,
    )


def _roles(gold: GoldFact, fact: Fact, unscored: frozenset[str]) -> Count:
    right = wanted = extra = 0
    for role in gold.roles:
        there = list(_filled(fact, role.names))
        scored = [name for name in role.fillers if name.scored]
        wanted += len(scored)
        right += sum(any(name.means(each) for each in there) for name in scored)
        extra += sum(
            each.kind not in unscored and not any(name.means(each) for name in role.fillers)
            for each in there
        )
    if gold.closed:
        named = {name.partition(".")[0] for role in gold.roles for name in role.names}
        extra += len(list(_filled(fact, sorted(set(fact.roles) - named))))
    return Count(right, right + extra, wanted)


def _filled(fact: Fact, roles: Iterable[str]) -> Iterator[Entity]:
    """The entities in these roles, each once; ``role.within`` gives what the filler belongs to."""
    seen = set()
    for name in roles:
        role, _, within = name.partition(".")
        for filler in fact.roles.get(role, ()):
            entity = filler if isinstance(filler, Entity) else None
            if entity and within:
                entity = entity.within
            if entity and entity.path not in seen:
                seen.add(entity.path)
                yield entity


def _same(found: Value | None, wanted: Value) -> bool:
    if isinstance(wanted, tuple):
        return isinstance(found, tuple) and set(found) == set(wanted)
    return found == wanted


def _time(gold: GoldFact, fact: Fact) -> Count:
    told = bool(gold.begin or gold.end)
    found = bool(fact.when.begin or fact.when.end)
    right = told and _within(fact.when.begin, gold.begin) and _within(fact.when.end, gold.end)
    return Count(int(right), int(found), int(told))


def _within(day: date | None, period: str | None) -> bool:
    if day is None or period is None:
        return day is None and period is None
    return day.isoformat().startswith(period)


def _pair(gold: Sequence[GoldFact], fits: Mapping[tuple[int, int], Fit]) -> dict[int, int]:
    """Gold by found, as many pairs as there can be, the best fits first (Kuhn's algorithm)."""
    columns: defaultdict[int, list[int]] = defaultdict(list)
    for row, column in sorted(fits, key=lambda each: fits[each].quality, reverse=True):
        columns[row].append(column)
    partner: dict[int, int] = {}

    def take(row: int, tried: set[int]) -> bool:
        for column in columns[row]:
            if column not in tried:
                tried.add(column)
                if column not in partner or take(partner[column], tried):
                    partner[column] = row
                    return True
        return False

    # Optional facts come last, so that none takes what a fact that would be missed could have.
    best = sorted(
        columns,
        key=lambda row: (not gold[row].optional, fits[row, columns[row][0]].quality),
        reverse=True,
    )
    for row in best:
        free = next((column for column in columns[row] if column not in partner), None)
        if free is not None:
            partner[free] = row
        else:
            take(row, set())
    return dict(sorted(partner.items()))


def _springs(trap: GoldFact, fact: Fact) -> bool:
    found = fit(trap, fact)
    return (
        any(kind.takes(fact) for kind in trap.kinds)
        and found.roles.right == found.roles.gold
        and found.realis
        and found.modality
        and all(_same(fact.values.get(name), value) for name, value in trap.values.items())
    )


def _entities(gold: Gold, facts: Iterable[Fact]) -> Count:
    found = {each.path: each for fact in facts for each in _filled(fact, sorted(fact.roles))}
    there = [each for _, each in sorted(found.items()) if each.kind not in gold.unscored]
    wanted: set[Name] = set(gold.entities or ())
    allowed: set[Name] = set(wanted)
    for fact in gold.facts:
        for name in (name for role in fact.roles for name in role.fillers):
            allowed.add(name)
            if gold.entities is None and name.scored and not fact.optional:
                wanted.add(name)
    right = sum(any(name.means(each) for each in there) for name in wanted)
    extra = sum(not any(name.means(each) for name in allowed) for each in there)
    return Count(right, right + extra, len(wanted))


def _offsets(extraction: Extraction) -> Count:
    text = extraction.article.text
    cut = [each for fact in extraction.facts for each in fact.evidence]
    right = sum(text[each.start : each.end] == each.text for each in cut)
    return Count(right, len(cut), len(cut))


@dataclass
class _Sums:
    lines: defaultdict[str, Count] = field(default_factory=lambda: defaultdict(Count))

    def add(self, line: str, *, right: bool, found: bool = True, gold: bool = True) -> None:
        self.lines[line] += Count(int(right), int(found), int(gold))


def report(scored: Sequence[Scored]) -> dict[str, Any]:
    """Everything that is known about these articles together, as plain values for JSON.

    ``lines`` are counts with precision, recall and F1, of all and of each class; ``interval`` holds
    the middle 95 % of a bootstrap over articles (over facts, where there is one article only).
    """
    sums = _Sums()
    confidence: list[tuple[float, bool]] = []
    for one in scored:
        _count(one, sums, confidence)
    return {
        "articles": len(scored),
        "lines": {name: _plain(sums.lines[name]) for name in _ordered(sums.lines)},
        "interval": _interval(scored),
        "calibration": _calibration(confidence),
        "traps": {
            "set": sum(len(one.gold.absent) for one in scored),
            "sprung": [_told(one, each.id, each.trap) for one in scored for each in one.sprung],
        },
        "missed": [_told(one, each.id, gold_class(each)) for one in scored for each in one.missed],
        "wrong": [_told(one, _shown(each), each.rule) for one in scored for each in one.wrong],
        "repeated": sum(len(one.repeated) for one in scored),
        "outside": sum(len(one.outside) for one in scored),
    }


def _count(one: Scored, sums: _Sums, confidence: list[tuple[float, bool]]) -> None:
    for gold, fact, found in one.pairs:
        for prefix in ("", f"{gold_class(gold)}: "):
            sums.add(prefix + "facts", right=True)
            sums.add(prefix + "strict facts", right=found.strict)
        sums.lines["role triples"] += found.roles
        sums.lines["time"] += found.time
        sums.add("realis", right=found.realis)
        sums.add("modality", right=found.modality)
        sums.add("passage", right=found.passage)
        confidence.append((fact.confidence, True))
    for gold in one.missed:
        for prefix in ("", f"{gold_class(gold)}: "):
            sums.add(prefix + "facts", right=False, found=False)
            sums.add(prefix + "strict facts", right=False, found=False)
        names = [name for role in gold.roles for name in role.fillers if name.scored]
        sums.lines["role triples"] += Count(gold=len(names))
    for fact in one.wrong:
        for prefix in ("", f"{found_class(fact)}: "):
            sums.add(prefix + "facts", right=False, gold=False)
            sums.add(prefix + "strict facts", right=False, gold=False)
        sums.lines["role triples"] += Count(found=len(list(_filled(fact, sorted(fact.roles)))))
        confidence.append((fact.confidence, False))
    sums.lines["entities"] += one.entities
    sums.lines["evidence offsets"] += one.offsets


_TOTALS = (
    "facts",
    "strict facts",
    "role triples",
    "entities",
    "time",
    "realis",
    "modality",
    "passage",
    "evidence offsets",
)


def _ordered(lines: Iterable[str]) -> list[str]:
    return [*_TOTALS, *sorted(set(lines) - set(_TOTALS))]


def _plain(count: Count) -> dict[str, float]:
    return {
        "right": count.right,
        "found": count.found,
        "gold": count.gold,
        "precision": round(count.precision, 4),
        "recall": round(count.recall, 4),
        "f1": round(count.f1, 4),
    }


def gold_class(gold: GoldFact) -> str:
    """The class under which a gold fact is counted: type, and action or indicator."""
    kind = gold.kinds[0]
    return _class(kind.type, kind.action, {**gold.values, **dict(kind.values)})


def found_class(fact: Fact) -> str:
    """The class under which a found fact is counted: type, and action or indicator."""
    return _class(fact.type, fact.action, fact.values)


def _class(type_: str, action: str | None, values: Mapping[str, Value]) -> str:
    told = action or values.get("indicator")
    return f"{type_} {told}" if told else type_


def _shown(fact: Fact) -> str:
    fillers = ", ".join(
        f"{role}={filler.label}" for role, filler in fact.fillers() if isinstance(filler, Entity)
    )
    return f"{found_class(fact)} ({fillers})"


def _told(one: Scored, *words: str) -> str:
    return " ".join(filter(None, (f"{one.gold.name}:", *words)))


def _interval(scored: Sequence[Scored]) -> dict[str, list[float]]:
    """The 2.5th and 97.5th percentile of each measure over ``DRAWS`` draws with replacement."""
    units = [_units(one) for one in scored]
    pool = [sum(unit, Count()) for unit in units] if len(units) > 1 else [*units[0]]
    strict_units = [_units(one, strict=True) for one in scored]
    strict_pool = (
        [sum(unit, Count()) for unit in strict_units] if len(units) > 1 else [*strict_units[0]]
    )
    measures: dict[str, tuple[list[Count], Callable[[Count], float]]] = {
        "precision": (pool, lambda count: count.precision),
        "recall": (pool, lambda count: count.recall),
        "f1": (pool, lambda count: count.f1),
        "strict f1": (strict_pool, lambda count: count.f1),
    }
    found = {}
    for name, (counts, measure) in measures.items():
        chance = Random(SEED)  # noqa: S311 - a fixed seed is the point
        draws = sorted(
            measure(sum(chance.choices(counts, k=len(counts)), Count())) for _ in range(DRAWS)
        )
        low, high = draws[DRAWS // 40], draws[DRAWS - 1 - DRAWS // 40]
        found[name] = [round(low, 4), round(high, 4)]
    return found


def _units(one: Scored, *, strict: bool = False) -> list[Count]:
    return [
        *(Count(int(found.strict or not strict), 1, 1) for _, _, found in one.pairs),
        *(Count(0, 0, 1) for _ in one.missed),
        *(Count(0, 1, 0) for _ in one.wrong),
    ] or [Count()]


def _calibration(confidence: Sequence[tuple[float, bool]]) -> dict[str, Any]:
    """How far the confidence can be taken for the chance to be right.

    ``brier`` is the mean squared difference, ``ece`` the expected calibration error: the mean
    difference of confidence and share of right facts in bins of equal width, weighted by facts.
    """
    bins: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for sure, right in confidence:
        # Binary fractions: 0.7 * 10 is not quite 7.
        bins[min(BINS - 1, int(round(sure * BINS, 9)))].append((sure, right))
    squares = [(sure - right) ** 2 for sure, right in confidence]
    return {
        "brier": round(sum(squares) / len(squares), 4) if squares else None,
        "ece": round(sum(map(_gap, bins.values())) / len(confidence), 4) if confidence else None,
        "bins": [
            {
                "from": number / BINS,
                "to": (number + 1) / BINS,
                "facts": len(held),
                "confidence": round(sum(sure for sure, _ in held) / len(held), 4),
                "right": round(sum(right for _, right in held) / len(held), 4),
            }
            for number, held in sorted(bins.items())
        ],
    }


def _gap(held: Sequence[tuple[float, bool]]) -> float:
    """Difference of what a bin's facts promise and keep, in facts."""
    return abs(sum(sure for sure, _ in held) - sum(right for _, right in held))


def baseline(data: bytes) -> dict[str, Any]:
    """An earlier report from its JSON. Raises BadGold for anything else."""
    try:
        held: dict[str, Any] = json.loads(data)
        lines = {name: _numbers(line) for name, line in held["lines"].items()}
        sprung = [str(each) for each in held["traps"]["sprung"]]
    except (ValueError, LookupError, TypeError, AttributeError):
        raise BadGold("this is no report of `kgapi evaluate --json`") from None
    return held | {"lines": lines, "traps": {**held["traps"], "sprung": sprung}}


def _numbers(line: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(line[name]) for name in ("right", "found", "gold", *_MEASURES)}


def fallen(now: Mapping[str, Any], before: Mapping[str, Any]) -> list[str]:
    """What is worse now than in an earlier report, a sentence each; empty where nothing is."""
    worse = []
    for line, old in before["lines"].items():
        new = now["lines"].get(line, _plain(Count(gold=int(old["gold"]))))
        worse += [
            f"{line}: {measure} fell from {old[measure]:.4f} to {new[measure]:.4f}"
            for measure in _MEASURES
            if new[measure] < old[measure]
        ]
    old_traps, new_traps = len(before["traps"]["sprung"]), len(now["traps"]["sprung"])
    if new_traps > old_traps:
        worse.append(f"traps: {new_traps} sprung, {old_traps} before")
    return worse


def markdown(held: Mapping[str, Any]) -> str:
    """A report as Markdown: the measures, the classes, the confidence, and what was not right."""
    totals = [(name, line) for name, line in held["lines"].items() if ": " not in name]
    classes = [(name, line) for name, line in held["lines"].items() if ": " in name]
    parts = [
        f"Articles: {held['articles']}",
        _table("measure", totals),
        "\n".join(
            ["| measure | 95 % interval |", "| --- | --- |"]
            + [
                f"| {name} | {low:.3f} to {high:.3f} |"
                for name, (low, high) in held["interval"].items()
            ]
        ),
        _table("class", classes),
        "\n".join(
            ["| confidence | facts | mean | right |", "| --- | --- | --- | --- |"]
            + [
                f"| {each['from']:.1f} to {each['to']:.1f} | {each['facts']} "
                f"| {each['confidence']:.3f} | {each['right']:.3f} |"
                for each in held["calibration"]["bins"]
            ]
        ),
        f"Brier score {held['calibration']['brier']}, "
        f"expected calibration error {held['calibration']['ece']}",
        f"{len(held['traps']['sprung'])} of {held['traps']['set']} traps sprung, "
        f"{held['repeated']} facts told again by a speaker, "
        f"{held['outside']} of kinds that the gold does not cover",
    ]
    for title, key in (
        ("Missed", held["missed"]),
        ("Wrong", held["wrong"]),
        ("Sprung", held["traps"]["sprung"]),
    ):
        if key:
            parts.append("\n".join([f"{title}:", "", *(f"- {each}" for each in key)]))
    return "\n\n".join(parts)


def _table(head: str, lines: Iterable[tuple[str, Mapping[str, float]]]) -> str:
    rows = [
        f"| {head} | right | found | gold | precision | recall | F1 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    rows += [
        f"| {name} | {line['right']} | {line['found']} | {line['gold']} "
        f"| {line['precision']:.3f} | {line['recall']:.3f} | {line['f1']:.3f} |"
        for name, line in lines
    ]
    return "\n".join(rows)
