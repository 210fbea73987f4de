"""From features to one score, and to the decision that needs no asking."""

from typing import Literal

import pytest

from kgapi.matching.score import Condition, Profile, Value, Wanted, holds, judge, ranked

IRAN = Value("Iran", "country/ir")
SYRIA = Value("Syria", "country/sy")


def bank(path: str, *names: str, **values: Value) -> Profile:
    given = {name: (value,) for name, value in values.items()}
    return Profile(f"organization/{path}", names[0], "Organization", names, given)


SADERAT = bank("bank-saderat", "Bank Saderat", "Bank Saderat Iran", country=IRAN)
SYRIAN = bank("saderat-syria", "Bank Saderat", country=SYRIA)


def test_the_best_name_counts() -> None:
    (found,) = ranked(Wanted(("BANK SADERAT IRAN",)), [SADERAT], 5)
    assert found.score == 100
    assert found.match


def test_of_two_alike_neither_is_a_match() -> None:
    found = ranked(Wanted(("Bank Saderat",)), [SYRIAN, SADERAT], 5)
    assert [one.score for one in found] == [100, 100]
    assert [one.profile for one in found] == [SADERAT, SYRIAN]
    assert not any(one.match for one in found)


@pytest.mark.parametrize(
    "country", ["country/ir", "IR", "iran", "Islamic Republic of Iran", "伊朗"]
)
def test_a_property_tells_them_apart(country: str) -> None:
    wanted = Wanted(("Bank Saderat",), conditions=(Condition("country", (country,)),))
    first, second = ranked(wanted, [SYRIAN, SADERAT], 5)
    assert first.profile is SADERAT
    assert first.match
    assert first.features["property:country"] is True
    assert second.features["property:country"] is False
    assert second.score == 85
    assert not second.match


def test_what_is_contradicted_is_no_match() -> None:
    wanted = Wanted(("Bank Saderat",), conditions=(Condition("country", ("Syria",)),))
    (found,) = ranked(wanted, [SADERAT], 5)
    assert found.score == 85
    assert not found.match


def test_what_is_unknown_counts_neither_way() -> None:
    wanted = Wanted(("Bank Saderat",), conditions=(Condition("memberOf", ("OPEC",)),))
    (found,) = ranked(wanted, [SADERAT], 5)
    assert (found.score, found.match) == (100, True)
    assert "property:memberOf" not in found.features


def test_what_is_required_is_required() -> None:
    wanted = Wanted(("Bank Saderat",), conditions=(Condition("country", ("Iran",), required=True),))
    assert [one.profile for one in ranked(wanted, [SYRIAN, SADERAT], 5)] == [SADERAT]


@pytest.mark.parametrize(("quantifier", "answer"), [("any", True), ("all", False), ("none", False)])
def test_quantifiers(quantifier: Literal["any", "all", "none"], answer: bool) -> None:
    assert holds(Condition("country", ("Iran", "Syria"), quantifier), SADERAT) is answer
    assert holds(Condition("memberOf", ("Iran",), quantifier), SADERAT) is None


def test_classes_are_a_filter_or_count() -> None:
    agent = Wanted(("Bank Saderat",), types=("Agent",))
    assert judge(agent, SADERAT) is not None
    assert judge(Wanted(("Bank Saderat",), types=("Person", "Vessel")), SADERAT) is None
    (found,) = ranked(Wanted(("Bank Saderat",), types=("Person",), strict=False), [SADERAT], 5)
    assert (found.score, found.match, found.features["type"]) == (80, False, False)


def test_one_class_of_several_or_all() -> None:
    both = ("Agent", "Person")
    assert judge(Wanted(("Bank Saderat",), types=both), SADERAT) is not None
    assert judge(Wanted(("Bank Saderat",), types=both, every=True), SADERAT) is None


def test_an_id_is_as_good_as_a_name() -> None:
    (found,) = ranked(Wanted(("organization/bank-saderat",), paths=(SADERAT.path,)), [SADERAT], 5)
    assert (found.score, found.match, found.features) == (100, True, {"id": True})


def test_without_a_name_conditions_rank() -> None:
    wanted = Wanted(conditions=(Condition("country", ("Iran",)),))
    first, second = ranked(wanted, [SYRIAN, SADERAT], 5)
    assert (first.profile, first.score, first.match) == (SADERAT, 65, False)
    assert second.score == 35


def test_no_more_than_asked_for() -> None:
    assert len(ranked(Wanted(("Bank Saderat",)), [SYRIAN, SADERAT], 1)) == 1
    assert ranked(Wanted(("Bank Saderat",)), [], 1) == []
