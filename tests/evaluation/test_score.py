"""The scorer on facts made by hand, with numbers that can be counted on the fingers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from kgapi.errors import BadGold
from kgapi.evaluation import score
from kgapi.evaluation.gold import Gold, GoldFact, Kind, Name, Role
from kgapi.evaluation.score import Count
from kgapi.facts.extractor import Extraction
from kgapi.facts.fact import Entity, Evidence, Fact, When
from kgapi.news.article import Article

TEXT = "Canada and Japan imposed sanctions on Iran. Norway lifted them."
ARTICLE = Article(TEXT, "", date(2024, 3, 4), ())
IMPOSE = (Kind("SanctionsAction", "impose"),)
LIFT = (Kind("SanctionsAction", "lift"),)


def country(key: str) -> Entity:
    return Entity("country", key, key.upper(), "Country")


def found(action: str, actor: str, target: str, **more: object) -> Fact:
    roles = {
        "actor": tuple(map(country, actor.split())),
        "target": tuple(map(country, target.split())),
    }
    passage = Evidence(0, 6, "Canada")
    return Fact("SanctionsAction", (passage,), "r", action, roles, **more)  # type: ignore[arg-type]


def role(name: str, *keys: str) -> Role:
    return Role((name,), tuple(Name(key, f"country/{key}") for key in keys))


def wanted(kinds: tuple[Kind, ...], *roles: Role, **more: object) -> GoldFact:
    return GoldFact("G", kinds, roles, realis="actual", **more)  # type: ignore[arg-type]


def scored(gold: Sequence[GoldFact], facts: Sequence[Fact], *absent: GoldFact) -> score.Scored:
    return score.score(
        Gold("here", ARTICLE, tuple(gold), tuple(absent)), Extraction(ARTICLE, tuple(facts))
    )


BOTH = wanted(IMPOSE, role("actor", "ca", "jp"), role("target", "ir"))


def test_precision_recall_and_f1_from_counts() -> None:
    count = Count(right=3, found=4, gold=6)
    assert (count.precision, count.recall, count.f1) == (0.75, 0.5, 0.6)
    assert (Count().precision, Count().recall, Count().f1) == (1, 1, 1)
    assert Count(0, 0, 5).f1 == 0


def test_a_fact_with_a_missing_filler_matches_but_is_not_strictly_right() -> None:
    lines = score.report([scored([BOTH], [found("impose", "ca", "ir")])])["lines"]
    assert lines["facts"]["f1"] == 1
    assert lines["strict facts"]["right"] == 0
    assert (lines["role triples"]["right"], lines["role triples"]["found"]) == (2, 2)
    assert lines["role triples"]["gold"] == 3


def test_a_filler_too_many_is_wrong() -> None:
    fit = score.fit(BOTH, found("impose", "ca jp no", "ir"))
    assert (fit.matches, fit.strict, fit.roles) == (True, False, Count(3, 4, 3))


def test_no_filler_in_common_and_another_action_match_nothing() -> None:
    result = scored([BOTH], [found("impose", "no", "cu"), found("lift", "ca jp", "ir")])
    assert (len(result.pairs), len(result.wrong), len(result.missed)) == (0, 2, 1)


def test_one_to_one_a_fact_found_twice_is_wrong_once() -> None:
    twice = [found("impose", "ca", "ir"), found("impose", "ca jp", "ir")]
    result = scored([BOTH], twice)
    assert [fact for _, fact, _ in result.pairs] == [twice[1]], "the better fit is the pair"
    assert result.wrong == (twice[0],)


def test_as_many_pairs_as_there_can_be() -> None:
    # The second gold fact fits the first found one only; the first fits both, that one best.
    gold = [
        wanted(IMPOSE, role("actor", "ca"), role("target", "ir")),
        wanted(IMPOSE, role("actor", "no"), role("target", "ir")),
    ]
    facts = [found("impose", "ca", "ir"), found("impose", "ca", "cu")]
    assert len(scored(gold, facts).pairs) == 2


def test_a_claim_that_the_gold_knows_of_is_told_again_and_not_wrong() -> None:
    both = wanted(
        IMPOSE,
        role("actor", "ca", "jp"),
        role("target", "ir"),
        modalities=frozenset({"stated", "quoted"}),
    )
    again = found("impose", "ca", "ir", modality="quoted")
    result = scored([both], [found("impose", "ca jp", "ir"), again])
    assert (result.repeated, result.wrong) == ((again,), ())


def test_an_optional_fact_is_not_missed_and_right_where_found() -> None:
    maybe = wanted(LIFT, role("actor", "no"), optional=True)
    assert scored([BOTH, maybe], [found("impose", "ca jp", "ir")]).missed == ()
    result = scored([maybe], [found("lift", "no", "")])
    assert (len(result.pairs), result.wrong) == (1, ())


def test_an_implied_filler_is_neither_missed_nor_wrong() -> None:
    implied = Role(("actor",), (Name("ca", "country/ca", scored=False),))
    gold = wanted(IMPOSE, implied, role("target", "ir"))
    assert score.fit(gold, found("impose", "ca", "ir")).strict
    assert score.fit(gold, found("impose", "", "ir")).strict
    assert not score.fit(gold, found("impose", "no", "ir")).strict


@pytest.mark.parametrize(
    ("begin", "end", "right"),
    [
        (date(2018, 1, 1), date(2018, 12, 31), 1),
        (date(2018, 1, 1), date(2018, 4, 30), 1),
        (date(2017, 1, 1), date(2018, 12, 31), 0),
        (date(2018, 1, 1), None, 0),
        (None, None, 0),
    ],
)
def test_a_time_is_right_within_the_precision_of_the_gold(
    begin: date | None, end: date | None, right: int
) -> None:
    gold = wanted(IMPOSE, role("actor", "ca"), begin="2018", end="2018")
    assert score.fit(gold, found("impose", "ca", "", when=When(begin, end))).time.right == right


def test_a_time_that_the_gold_does_not_have_is_wrong() -> None:
    when = When(date(2018, 1, 1), date(2018, 1, 1))
    assert score.fit(BOTH, found("impose", "ca", "ir", when=when)).time == Count(0, 1, 0)


def test_realis_and_modality_are_counted_apart_from_the_fact() -> None:
    gold = wanted(IMPOSE, role("target", "ir"), modalities=frozenset({"stated"}))
    fact = found("impose", "", "ir", realis="denied", modality="quoted")
    lines = score.report([scored([gold], [fact])])["lines"]
    assert [lines[each]["right"] for each in ("facts", "realis", "modality")] == [1, 0, 0]


def test_a_trap_springs_on_the_realis_that_it_names() -> None:
    trap = wanted(IMPOSE, role("target", "ir"))
    assert scored([], [found("impose", "ca", "ir")], trap).sprung == (trap,)
    assert scored([], [found("impose", "ca", "ir", realis="denied")], trap).sprung == ()
    assert scored([], [found("impose", "ca", "cu")], trap).sprung == ()


def test_offsets_that_do_not_cut_their_text_are_counted() -> None:
    off = Fact("SanctionsAction", (Evidence(1, 7, "Canada"),), "r", "impose")
    assert scored([], [off, found("impose", "ca", "ir")]).offsets == Count(1, 2, 2)


def test_brier_score_and_reliability() -> None:
    facts = [
        found("impose", "ca jp", "ir", confidence=0.9),
        found("lift", "no", "", confidence=0.7),
    ]
    calibration = score.report([scored([BOTH], facts)])["calibration"]
    assert calibration["brier"] == pytest.approx((0.1**2 + 0.7**2) / 2)
    assert [(each["from"], each["right"]) for each in calibration["bins"]] == [(0.7, 0), (0.9, 1)]
    assert calibration["ece"] == pytest.approx((0.1 + 0.7) / 2)


def test_confidence_that_keeps_its_word_has_no_calibration_error() -> None:
    facts = [found("impose", "ca jp", "ir", confidence=0.5), found("impose", "no", "cu")]
    facts[1] = replace(facts[1], confidence=0.5)
    calibration = score.report([scored([BOTH], facts)])["calibration"]
    assert (calibration["ece"], calibration["brier"]) == (0, 0.25)
    nothing = score.report([scored([BOTH], [])])["calibration"]
    assert nothing == {"brier": None, "ece": None, "bins": []}


def test_a_fact_is_paired_with_the_gold_of_its_own_passage() -> None:
    elsewhere = replace(BOTH, id="elsewhere", evidence=((44, 50),))
    here = replace(BOTH, id="here", evidence=((0, 6),), realis="planned")
    result = scored([elsewhere, here], [found("impose", "ca jp", "ir")])
    assert [gold.id for gold, _, _ in result.pairs] == ["here"]
    assert [gold.id for gold in result.missed] == ["elsewhere"]


def test_the_interval_holds_the_measure_and_is_the_same_every_time() -> None:
    some = [BOTH, wanted(LIFT, role("actor", "no"))]
    result = [scored(some, [found("impose", "ca jp", "ir"), found("lift", "cu", "")])]
    held = score.report(result)
    low, high = held["interval"]["f1"]
    assert low < held["lines"]["facts"]["f1"] < high
    assert score.report(result) == held


def test_a_fall_is_told_by_line_and_a_rise_is_not() -> None:
    good = score.report([scored([BOTH], [found("impose", "ca jp", "ir")])])
    bad = score.report([scored([BOTH], [found("impose", "ca", "ir")])])
    assert score.fallen(good, bad) == score.fallen(good, good) == []
    assert "strict facts: f1 fell from 1.0000 to 0.0000" in score.fallen(bad, good)
    assert "role triples: recall fell from 1.0000 to 0.6667" in score.fallen(bad, good)


def test_a_class_that_is_no_longer_there_has_fallen() -> None:
    before = score.report([scored([BOTH], [found("impose", "ca jp", "ir")])])
    nothing = score.report([scored([], [])])
    assert "SanctionsAction impose: facts: f1 fell from 1.0000 to 0.0000" in score.fallen(
        nothing, before
    )


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"lines": {"facts": {}}}', b"\xff", b'{"lines": 1}']
)
def test_what_is_no_report_is_no_baseline(data: bytes) -> None:
    with pytest.raises(BadGold, match="no report"):
        score.baseline(data)
