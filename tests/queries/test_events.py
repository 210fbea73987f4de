"""What makes two facts be about the same event, and where they then differ."""

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from kgapi.queries.events import Sides, differences, same_event
from kgapi.queries.reads import FactRead
from kgapi.queries.timeline import is_dated
from tests.queries.telling import fact, named, statement

NONE: Sides = {}
US_ON_SHIPS = {"actor": "country/us", "target": "organization/sovcomflot"}
US_ON_RUSSIA = {"actor": "country/us", "target": "country/ru"}
EU_ON_RUSSIA = {"actor": "organization/eu", "target": "country/ru"}
VISIT = {"actor": "person/raisi"}
RIAL = {"observedFor": "currency/irr"}


def kinds(one: FactRead, other: FactRead, belonging: Sides = NONE) -> list[str]:
    """In what two facts about one event differ; both ways alike."""
    assert same_event(one, other, belonging)
    assert same_event(other, one, belonging)
    found = differences(one, other, belonging)
    back = differences(other, one, belonging)
    assert [(d.kind, d.one, d.other) for d in found] == [(d.kind, d.other, d.one) for d in back]
    return [each.kind for each in found]


def apart(one: FactRead, other: FactRead, belonging: Sides = NONE) -> bool:
    assert same_event(one, other, belonging) == same_event(other, one, belonging)
    return not same_event(one, other, belonging)


def test_the_same_day_and_parties_are_one_event() -> None:
    one = fact("one", US_ON_RUSSIA, day="2024-02-23")
    assert kinds(one, fact("other", US_ON_RUSSIA, day="2024-02-23")) == []
    assert apart(one, fact("other", US_ON_RUSSIA, day="2024-02-23", action="lift"))
    assert apart(one, fact("other", {**US_ON_RUSSIA, "target": "country/by"}, day="2024-02-23"))
    assert apart(one, fact("other", {"actor": "country/us"}, day="2024-02-23", cls="Event"))


def test_what_is_undated_is_near_the_day_of_its_article() -> None:
    dated = fact("dated", US_ON_RUSSIA, day="2024-02-23")
    for published, is_same in [("2024-02-24", True), ("2024-03-01", True), ("2024-03-02", False)]:
        undated = fact("undated", US_ON_RUSSIA, statement("a", published))
        assert not is_dated(undated.time)
        assert apart(dated, undated) is not is_same


def test_days_that_cannot_both_hold_contradict_where_the_act_is_plainly_one() -> None:
    one = fact("one", US_ON_SHIPS, day="2024-02-23")
    other = fact("other", US_ON_SHIPS, day="2024-02-22")
    assert kinds(one, other) == ["date"]
    assert differences(one, other, NONE)[0].one == ["2024-02-23"]
    # Of a country, that may well be another act.
    assert apart(
        fact("one", US_ON_RUSSIA, day="2024-02-23"), fact("o", US_ON_RUSSIA, day="2024-02-22")
    )
    grounds = [
        fact(day, US_ON_RUSSIA, day=day, reason=["invasion"])
        for day in ("2024-02-23", "2024-02-22")
    ]
    assert kinds(*grounds) == ["date"]
    # One article that has two days has two events.
    both = statement("both")
    assert apart(
        fact("1", US_ON_SHIPS, both, day="2024-02-23"),
        fact("2", US_ON_SHIPS, both, day="2024-02-22"),
    )


def test_days_that_overlap_do_not_contradict() -> None:
    month = fact("month", US_ON_SHIPS, day=("2024-02-01", "2024-02-29"))
    assert kinds(month, fact("day", US_ON_SHIPS, day="2024-02-23")) == []
    by_then = fact("by", US_ON_SHIPS, day=(None, "2024-02-24"))
    by_then = replace(by_then, time={**by_then.time, "text": "by Saturday"})
    assert kinds(by_then, fact("day", US_ON_SHIPS, day="2024-02-23")) == []


def test_senders_contradict_only_where_it_is_plainly_the_same_act() -> None:
    on_one_day = [
        fact(n, r, day="2024-02-23") for n, r in (("u", US_ON_RUSSIA), ("e", EU_ON_RUSSIA))
    ]
    assert apart(*on_one_day)
    ships = {**US_ON_SHIPS, "actor": "organization/eu"}
    assert kinds(fact("u", US_ON_SHIPS, day="2024-02-23"), fact("e", ships, day="2024-02-23")) == [
        "sender"
    ]
    words = "Sanctions were imposed on Russia over the death of a prisoner on Friday."
    alike = [
        fact(n, r, statement(n, "2024-02-24", words), day="2024-02-23")
        for n, r in (("u", US_ON_RUSSIA), ("e", EU_ON_RUSSIA))
    ]
    assert kinds(*alike) == ["sender"]
    nobody = fact("nobody", {"target": "country/ru"}, day="2024-02-23")
    assert kinds(on_one_day[0], nobody) == []


def test_a_ministry_is_of_the_side_of_its_country() -> None:
    treasury = fact("t", {**US_ON_RUSSIA, "actor": "organization/us-treasury"}, day="2024-02-23")
    country = fact("c", US_ON_RUSSIA, day="2024-02-23")
    assert apart(treasury, country)
    belonging = {named("organization/us-treasury").iri: frozenset({named("country/us").iri})}
    assert kinds(treasury, country, belonging) == []


def test_two_of_one_country_are_not_each_other() -> None:
    iran = frozenset({named("country/ir").iri})
    belonging = {named("person/raisi").iri: iran, named("person/minister").iri: iran}

    def visit(actor: str) -> FactRead:
        return fact(actor, {"actor": actor}, cls="Visit", action="visit", day="2023-12-07")

    assert apart(visit("person/raisi"), visit("person/minister"), belonging)
    assert kinds(visit("person/raisi"), visit("country/ir"), belonging) == []
    frozen = [
        fact(target, {"actor": "organization/eu", "target": target}, day="2023-12-07")
        for target in ("person/raisi", "person/minister", "country/ir")
    ]
    assert all(apart(one, other, belonging) for one, other in combinations(frozen, 2))


def test_sanctions_of_no_target_in_common_are_not_one() -> None:
    told = [fact(n, {"actor": "country/us"}, day="2024-02-23") for n in "ab"]
    assert apart(*told)
    assert apart(told[0], fact("c", US_ON_RUSSIA, day="2024-02-23"))


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        ({"value": 50}, {"value": 50}, []),
        ({"value": 50}, {"value": 40}, ["value"]),
        ({"value": 50, "bound": "at-least"}, {"value": 60}, []),
        ({"value": 50, "bound": "at-least"}, {"value": 40}, ["value"]),
        ({"value": 50, "bound": "at-most"}, {"value": 40}, []),
        ({"value": 30, "approximate": True}, {"value": 31}, []),
        ({"value": 30, "approximate": True}, {"value": 40}, ["value"]),
        ({"value": 30, "bound": "approximately"}, {"value": 31}, []),
        ({"value": 50}, {"value": 12, "unit": "factor"}, []),
        ({"value": 50}, {}, []),
        ({"value": "many"}, {"value": 50}, []),
        ({"direction": "up"}, {"direction": "down"}, ["direction"]),
    ],
)  # fmt: skip
def test_numbers(ours: dict[str, Any], theirs: dict[str, Any], found: list[str]) -> None:
    one, other = (
        fact(
            name, RIAL, cls="EconomicEffect", action=None, day="2022-02-28",
            **{"indicator": "exchange-rate", "unit": "percent", **values},
        )
        for name, values in (("one", ours), ("other", theirs))
    )  # fmt: skip
    assert kinds(one, other) == found


def test_other_indicators_are_other_effects() -> None:
    told = [
        fact(n, RIAL, cls="EconomicEffect", action=None, day="2022-02-28", indicator=n)
        for n in "ab"
    ]
    assert apart(*told)


def test_what_was_ahead_develops_and_what_is_denied_contradicts() -> None:
    def visit(name: str, published: str, realis: str) -> FactRead:
        told = statement(name, published)
        return fact(name, VISIT, told, cls="Visit", action="visit", day="2023-12-07", realis=realis)

    planned = visit("planned", "2023-12-06", "planned")
    assert kinds(planned, visit("done", "2023-12-08", "actual")) == ["development"]
    assert kinds(planned, visit("called-off", "2023-12-07", "cancelled")) == ["development"]
    done, denied = visit("done", "2023-12-08", "actual"), visit("denied", "2023-12-09", "denied")
    assert kinds(done, denied) == ["realis"]
    # Told as planned after it was told as done.
    assert kinds(visit("late", "2023-12-09", "planned"), done) == ["realis"]


def test_an_article_tells_what_is_ahead_apart_from_what_was() -> None:
    both = statement("both")
    tests = [
        fact(
            realis, {"actor": "country/kp"}, both, cls="Event", action="test-weapon", realis=realis
        )
        for realis in ("actual", "possible", "denied")
    ]
    assert apart(tests[0], tests[1])
    assert kinds(tests[0], tests[2]) == ["realis"]


def test_grounds_that_have_nothing_in_common_differ() -> None:
    def told(name: str, *reasons: str) -> FactRead:
        return fact(name, US_ON_RUSSIA, day="2024-02-23", reason=list(reasons))

    assert kinds(told("a", "invasion"), told("b", "human-rights")) == ["reason"]
    assert kinds(told("a", "invasion"), told("b", "human-rights", "invasion")) == []
    assert kinds(told("a", "invasion"), told("b")) == []


def test_what_is_said_is_one_only_in_the_same_words() -> None:
    def says(name: str, words: str) -> FactRead:
        told = statement(name, "2024-02-24", words)
        return fact(name, {"speaker": "person/lavrov"}, told, cls="Utterance", action="state")

    said = says("a", '"The sanctions are illegal and we will never accept them," Lavrov said.')
    assert (
        kinds(said, says("b", '"The sanctions are illegal and we will never accept them."')) == []
    )
    assert apart(said, says("c", '"Talks will go on next week in Astana," Lavrov said.'))


def test_groups_do_not_make_an_event() -> None:
    told = [fact(n, {"actor": "group/allies"}, day="2024-02-23", cls="Event") for n in "ab"]
    assert apart(*told)


def test_another_concern_is_the_same_event_only_of_the_same_days() -> None:
    def vote(name: str, concerned: str, day: str | None) -> FactRead:
        roles = {"actor": "country/ru", "concerns": f"agreement/{concerned}"}
        return fact(name, roles, day=day, cls="Vote", action="veto")

    assert kinds(vote("a", "draft", "2024-02-23"), vote("b", "similar-text", "2024-02-23")) == []
    assert apart(vote("a", "draft", "2024-02-23"), vote("b", "similar-text", None))
    assert kinds(vote("a", "draft", "2024-02-23"), vote("b", "draft", None)) == []


def test_a_fact_is_about_the_event_that_it_is_about() -> None:
    one = fact("one", {})
    assert kinds(one, one) == []


def test_days_that_are_none_are_no_days() -> None:
    broken = fact("broken", US_ON_RUSSIA, day="yesterday")
    assert kinds(broken, fact("other", US_ON_RUSSIA, day="2024-02-23")) == []
