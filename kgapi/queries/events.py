"""Whether two facts are about the same event, and where they then differ.

Facts of two articles meet in one IRI only where both tell the same time, parties and values; an
undated event is told apart by its article. So this is decided by what is told:

1. Class and action are the same, and so is the indicator; what is restricted has something in common.
2. They are near in time: not more than a week lies between them. What is undated is taken to be of
   the day of its article. Listings and posts held are near if one of them is undated.
3. In each role that both fill, they have somebody in common, and in one role somebody named, no mere
   group; in sanctions, that is the target. Of those who act, an ambassador and the country are as
   one; of senders of sanctions, all of one side (the US Treasury and the President). What they
   concern goes by too many names ("a similar text"): where it differs, they are of the same days.
4. Utterances and judgements have half of their wording in common: somebody says many things a day.
5. Where times cannot both hold, they have more in common: wording, ground, kind of measure, or a
   target that is no country. One article that tells two times, or one thing that is ahead and one
   that is not, tells of two events.
6. Senders of sanctions may differ where wording, or a target that is no country, is common.
   Several sanction one country on one day, and neither report contradicts the other.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kgapi.queries import wording
from kgapi.queries.query import Iri, house, rows
from kgapi.queries.reads import FactRead, Reference
from kgapi.queries.timeline import is_dated
from kgapi.store.engine import Engine

NEAR = timedelta(days=7)
"""What may lie between two times of the same event."""

ALIKE = 0.5
"""The resemblance from which on texts have the same wording."""

Sides = Mapping[str, frozenset[str]]
"""To what countries and bodies somebody belongs, by IRI."""

PARTIES = (
    "actor", "imposedBy", "signatory", "speaker", "host", "holder", "observedFor", "participant",
    "party", "target", "beneficiary", "post",
)  # fmt: skip
"""The roles by which events are told apart."""

_SENDERS = ("actor", "imposedBy")
SANCTIONS = frozenset({"SanctionsMeasure", "Designation", "SanctionsAction"})
"""Classes of facts that have somebody as their target, whoever else takes part."""

STATES = frozenset({"Designation", "Tenure"})
"""Classes of what holds, whoever tells of it when."""

_WORDS = {"Utterance", "Judgement"}
_AHEAD = {"planned", "threatened", "possible"}
# By how much numbers differ that are both right where one is approximate.
_ROUGHLY = 0.1

Window = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """That two facts about one event differ: in ``date``, ``value``, ``direction``, ``sender``,
    ``reason`` or ``realis``; ``development`` where what was ahead was told to be so later."""

    kind: str
    one: Sequence[str]
    other: Sequence[str]


def sides(engine: Engine, facts: Iterable[FactRead]) -> Sides:
    """To what the parties of facts belong."""
    found = {each.iri for fact in facts for role in PARTIES for each in _fillers(fact, role)}
    wanted = [Iri(iri) for iri in sorted(found)]
    told: dict[str, frozenset[str]] = {}
    for row in rows(engine, house("belongings").bind(entities=wanted)):
        told[row["entity"]] = told.get(row["entity"], frozenset()) | {row["whole"]}
    return told


def same_event(one: FactRead, other: FactRead, belonging: Sides) -> bool:
    """Whether two facts are about the same event, as the module has it."""
    if one.id == other.id:
        return True
    return (
        _same_kind(one, other)
        and _near(one, other)
        and _parties_agree(one, other, belonging)
        and (one.type not in _WORDS or alike(one, other))
        and (_same_concern(one, other) or _same_days(one, other))
        and not _told_apart(one, other)
        and (not _apart(one, other) or _one_in_spite_of_dates(one, other))
    )


def differences(one: FactRead, other: FactRead, belonging: Sides) -> list[Difference]:
    """Where two facts about the same event cannot both be so, or say so of different things."""
    told = (
        _dates(one, other),
        _values(one, other),
        _named("direction", _value(one, "direction"), _value(other, "direction")),
        _doers(one, other, belonging),
        _named("reason", _value(one, "reason"), _value(other, "reason")),
        _realis(one, other),
    )
    return [difference for difference in told if difference]


def contradict(found: Iterable[Difference]) -> bool:
    """Whether facts that differ so cannot both be so, and none only tells what became of the other."""
    return any(each.kind != "development" for each in found)


def parties(fact: FactRead, roles: Iterable[str] = PARTIES) -> frozenset[str]:
    """The IRIs of those who take part in a fact, in some of the roles, without mere groups."""
    return frozenset(
        each.iri for role in roles for each in _fillers(fact, role) if each.type != "AgentGroup"
    )


def days(fact: FactRead) -> Window:
    """The days that a fact is about; those of its articles where it is an undated event."""
    earliest, latest = bounds(fact)
    if fact.type in STATES:
        return (earliest, latest) if is_dated(fact.time) else (None, None)
    if is_dated(fact.time):
        return earliest or latest, latest or earliest
    published = sorted(filter(None, (_day(each.published) for each in fact.statements)))
    return (published[0], published[-1]) if published else (None, None)


def bounds(fact: FactRead) -> Window:
    """First and last day in question; None is open."""
    return _day(fact.time["earliest"]), _day(fact.time["latest"])


def alike(one: FactRead, other: FactRead) -> bool:
    """Whether the sentences of two facts have the same wording."""
    return wording.resemblance(_shingles(one), _shingles(other)) >= ALIKE


def _shingles(fact: FactRead) -> wording.Shingles:
    return wording.shingles(text.text for each in fact.statements for text in each.evidence)


def _same_kind(one: FactRead, other: FactRead) -> bool:
    return (
        (one.type, one.action) == (other.type, other.action)
        and _value(one, "indicator") == _value(other, "indicator")
        and not _disjoint(_value(one, "measureType"), _value(other, "measureType"))
    )


def _near(one: FactRead, other: FactRead) -> bool:
    (begin, end), (other_begin, other_end) = days(one), days(other)
    return not (_behind(end, other_begin, NEAR) or _behind(other_end, begin, NEAR))


def _behind(end: date | None, begin: date | None, by: timedelta) -> bool:
    """Whether more than ``by`` lies between an end and a begin."""
    return end is not None and begin is not None and begin - end > by


def _apart(one: FactRead, other: FactRead) -> bool:
    """Whether the times of two facts are both told, and cannot both hold."""
    if not (is_dated(one.time) and is_dated(other.time)):
        return False
    (begin, end), (other_begin, other_end) = bounds(one), bounds(other)
    none = timedelta(0)
    return _behind(end, other_begin, none) or _behind(other_end, begin, none)


def _same_days(one: FactRead, other: FactRead) -> bool:
    return is_dated(one.time) and is_dated(other.time) and not _apart(one, other)


def _same_concern(one: FactRead, other: FactRead) -> bool:
    ours, theirs = ([each.iri for each in _fillers(fact, "concerns")] for fact in (one, other))
    return not _disjoint(ours, theirs)


def _told_apart(one: FactRead, other: FactRead) -> bool:
    """Whether one article tells both, and as two events."""
    ahead = (one.realis in _AHEAD) != (other.realis in _AHEAD)
    return bool(_articles(one) & _articles(other)) and (ahead or _apart(one, other))


def _one_in_spite_of_dates(one: FactRead, other: FactRead) -> bool:
    shared = (
        set(_value(one, name)) & set(_value(other, name)) for name in ("reason", "measureType")
    )
    return any(shared) or _specific(one, other)


def _articles(fact: FactRead) -> set[str]:
    return {each.article.iri for each in fact.statements}


def _specific(one: FactRead, other: FactRead) -> bool:
    """Whether two facts have in common what hardly two events have."""
    shared = {each.iri for each in _fillers(other, "target")}
    targets = (each for each in _fillers(one, "target") if each.iri in shared)
    return any(each.type not in {"Country", "AgentGroup"} for each in targets) or alike(one, other)


def _parties_agree(one: FactRead, other: FactRead, belonging: Sides) -> bool:
    in_common = set()
    for role in PARTIES:
        ours, theirs = _fillers(one, role), _fillers(other, role)
        if not (ours and theirs):
            continue
        if _meet(role, one, other, belonging):
            in_common |= {role} if parties(one, [role]) and parties(other, [role]) else set()
        elif not (one.type in SANCTIONS and role in _SENDERS and _specific(one, other)):
            return False
    return "target" in in_common if one.type in SANCTIONS else bool(in_common)


def _meet(role: str, one: FactRead, other: FactRead, belonging: Sides) -> bool:
    """Whether somebody has a role in both: of those who act, somebody who belongs to the other, and
    of senders of sanctions, somebody of the same side."""
    ours, theirs = ({each.iri for each in _fillers(fact, role)} for fact in (one, other))
    if ours & theirs:
        return True
    if role not in _SENDERS:
        return False
    all_of_ours, all_of_theirs = wider(ours, belonging), wider(theirs, belonging)
    if one.type in SANCTIONS:
        return bool(all_of_ours & all_of_theirs)
    return bool(ours & all_of_theirs or theirs & all_of_ours)


def wider(iris: Collection[str], belonging: Sides) -> frozenset[str]:
    """Some things, and what they belong to."""
    return frozenset(iris).union(*(belonging.get(iri, frozenset()) for iri in iris))


def _dates(one: FactRead, other: FactRead) -> Difference | None:
    if not _apart(one, other):
        return None
    return Difference("date", [_interval(one)], [_interval(other)])


def _interval(fact: FactRead) -> str:
    """The days in question as ISO 8601 has intervals, with two dots for an open end."""
    begin, end = fact.time["earliest"], fact.time["latest"]
    return str(begin) if begin == end else f"{begin or '..'}/{end or '..'}"


def _values(one: FactRead, other: FactRead) -> Difference | None:
    ours, theirs = one.values.get("value"), other.values.get("value")
    if not (_is_number(ours) and _is_number(theirs)) or _unit(one) != _unit(other):
        return None
    if _may_equal(one, other):
        return None
    return Difference("value", [_amount(one)], [_amount(other)])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _may_equal(one: FactRead, other: FactRead) -> bool:
    """Whether two amounts may be the same one: "at least 50" and 60, "about 30" and 31."""
    low, high = sorted((one, other), key=lambda fact: fact.values["value"])
    less, more = low.values["value"], high.values["value"]
    if (
        less == more
        or low.values.get("bound") == "at-least"
        or high.values.get("bound") == "at-most"
    ):
        return True
    rough = any(
        fact.values.get("approximate") or fact.values.get("bound") == "approximately"
        for fact in (low, high)
    )
    return rough and abs(more - less) <= _ROUGHLY * max(abs(more), abs(less))


def _unit(fact: FactRead) -> str:
    named = [each.iri for each in _fillers(fact, "unit")]
    return str(named[0] if named else fact.values.get("unit", ""))


def _amount(fact: FactRead) -> str:
    units = [each.label for each in _fillers(fact, "unit")] or [fact.values.get("unit", "")]
    return f"{fact.values.get('bound', '')} {fact.values['value']} {units[0]}".strip()


def _doers(one: FactRead, other: FactRead, belonging: Sides) -> Difference | None:
    ours, theirs = ([e for role in _SENDERS for e in _fillers(f, role)] for f in (one, other))
    sides = (wider({each.iri for each in found}, belonging) for found in (ours, theirs))
    if one.type not in SANCTIONS or not (ours and theirs) or frozenset.intersection(*sides):
        return None
    return Difference("sender", [each.label for each in ours], [each.label for each in theirs])


def _named(kind: str, ours: Sequence[str], theirs: Sequence[str]) -> Difference | None:
    return Difference(kind, ours, theirs) if _disjoint(ours, theirs) else None


def _disjoint(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether both say something, and nothing in common."""
    return bool(ours and theirs) and set(ours).isdisjoint(theirs)


def _realis(one: FactRead, other: FactRead) -> Difference | None:
    if one.realis == other.realis:
        return None
    first, second = sorted((one, other), key=_first_told)
    ahead, not_ahead = first.realis in _AHEAD, second.realis not in _AHEAD
    # On one day nobody knows which was told first.
    same_day = _first_told(first) == _first_told(second) and {one.realis, other.realis} & _AHEAD
    kind = "development" if (ahead and not_ahead) or same_day else "realis"
    return Difference(kind, [one.realis], [other.realis])


def _first_told(fact: FactRead) -> str:
    return min((each.published for each in fact.statements), default="")


def _value(fact: FactRead, name: str) -> Sequence[str]:
    """The concepts of a property of a fact, however many it can have."""
    value = fact.values.get(name)
    return [
        str(each) for each in (value if isinstance(value, list) else [value]) if each is not None
    ]


def _fillers(fact: FactRead, role: str) -> Sequence[Reference]:
    return [each for each in fact.roles.get(role, ()) if isinstance(each, Reference)]


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        # Anybody may have stored anything as a day.
        return None
