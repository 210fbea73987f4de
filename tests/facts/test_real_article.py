"""The facts of a real article, its exact passages and the traps it holds."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from kgapi import news
from kgapi.facts.extractor import Extraction, Extractor
from kgapi.facts.fact import Fact
from tests.facts.conftest import labels, of, one


@pytest.fixture(scope="module")
def extraction(extractor: Extractor, real_article: Path) -> Extraction:
    (found,) = extractor.extract([news.read(real_article.read_bytes(), "text/plain")])
    return found


@pytest.fixture(scope="module")
def facts(extraction: Extraction) -> Sequence[Fact]:
    return extraction.facts


def stated(facts: Sequence[Fact]) -> list[Fact]:
    return [fact for fact in facts if not fact.claimed]


def test_published_on_the_fifth_of_december(extraction: Extraction) -> None:
    assert extraction.article.published == date(2023, 12, 5)
    assert extraction.warnings == ()


def test_passages_are_cut_exactly(extraction: Extraction) -> None:
    for fact in extraction.facts:
        for passage in fact.evidence:
            assert extraction.article.text[passage.start : passage.end] == passage.text
            assert passage.text == passage.text.strip()


def test_one_signing_with_all_its_passages(facts: Sequence[Fact]) -> None:
    signing = one(stated(facts), "AgreementAction", "sign")
    assert labels(signing, "signatory") == ["Hossein Amir-Abdollahian", "Sergei Lavrov"]
    assert sorted(labels(signing, "party")) == ["Iran", "Russia"]
    assert labels(signing, "concerns") == [
        "Declaration of the Russian Federation and the Islamic Republic of Iran"
    ]
    assert labels(signing, "place") == ["Moscow"]
    assert (signing.when.begin, signing.when.end) == (date(2023, 12, 5), date(2023, 12, 5))
    starts = [passage.text.split()[0] for passage in signing.evidence]
    assert starts == ["Iranian", "Under", "“Declaration"]


def test_three_offices(facts: Sequence[Fact]) -> None:
    held = {(labels(f, "holder")[0], labels(f, "post")[0]): f for f in of(facts, "Tenure")}
    assert set(held) == {
        ("Hossein Amir-Abdollahian", "foreign minister of Iran"),
        ("Sergei Lavrov", "foreign minister of Russia"),
        ("Ebrahim Raisi", "president of Iran"),
    }
    assert held["Sergei Lavrov", "foreign minister of Russia"].inferred == ("post",)


def test_the_visit_is_only_planned(facts: Sequence[Fact]) -> None:
    visit = one(facts, "Visit")
    assert (visit.realis, visit.when.begin) == ("planned", date(2023, 12, 7))
    assert labels(visit, "actor") == ["Ebrahim Raisi"]
    assert labels(visit, "place") == ["Russia"]


def test_hosting(facts: Sequence[Fact]) -> None:
    meeting = one(facts, "Meeting", "host")
    assert labels(meeting, "host") == ["Sergei Lavrov"]
    assert labels(meeting, "participant") == ["Hossein Amir-Abdollahian"]


def test_sanctions_on_russia_keep_the_group_unnamed(facts: Sequence[Fact]) -> None:
    (imposing,) = [
        f for f in of(facts, "SanctionsAction", "impose") if labels(f, "target") == ["Russia"]
    ]
    assert labels(imposing, "actor") == ["United States", "European Union", "allies"]
    assert imposing.values["reason"] == ("invasion",)
    (answered,) = imposing.roles["inResponseTo"]
    assert isinstance(answered, Fact)
    assert answered.action == "invade"
    assert "inResponseTo" in imposing.inferred


def test_sanctions_on_iran_name_reasons_and_no_sender(facts: Sequence[Fact]) -> None:
    (measure,) = [f for f in of(facts, "SanctionsMeasure") if "reason" in f.values]
    assert labels(measure, "target") == ["Iran"]
    assert measure.values["reason"] == (
        "nuclear-programme",
        "missile-programme",
        "human-rights",
        "terrorism",
    )
    assert "imposedBy" not in measure.roles


def test_the_withdrawal_has_the_year_alone_and_is_less_sure(facts: Sequence[Fact]) -> None:
    withdrawal = one(facts, "AgreementAction", "withdraw")
    assert labels(withdrawal, "actor") == ["United States"]
    assert labels(withdrawal, "concerns") == ["JCPOA"]
    assert (withdrawal.when.begin, withdrawal.when.end) == (date(2018, 1, 1), date(2018, 12, 31))
    (imposing,) = [
        f for f in of(facts, "SanctionsAction", "impose") if labels(f, "target") == ["Iran"]
    ]
    assert (imposing.when.begin, imposing.when.end) == (date(2018, 1, 1), date(2018, 4, 30))
    assert "actor" not in imposing.roles
    assert withdrawal.confidence < imposing.confidence


def test_support_by_those_named(facts: Sequence[Fact]) -> None:
    support = one(facts, "Event", "support")
    assert labels(support, "actor") == ["North Korea", "Eritrea"]
    assert labels(support, "beneficiary") == ["Russia"]


def test_effects_and_their_chain(facts: Sequence[Fact]) -> None:
    effects = {
        (f.values["indicator"], labels(f, "observedFor")[0]): f for f in of(facts, "EconomicEffect")
    }
    rial = effects["exchange-rate", "Iranian rial"]
    assert {name: rial.values[name] for name in ("direction", "value", "unit")} == {
        "direction": "down",
        "value": 12,
        "unit": "factor",
    }
    assert (rial.when.begin, rial.when.end) == (date(2018, 1, 1), None)
    ruble = effects["exchange-rate", "Russian ruble"]
    assert ruble.values["direction"] == "down"
    assert "value" not in ruble.values
    inflation = effects["inflation", "Iran"]
    assert inflation.values["value"] == 50
    assert inflation.values["approximate"] is True
    assert (inflation.when.begin, inflation.when.end) == (date(2020, 12, 5), date(2023, 12, 5))
    imports = effects["cost-of-imports", "Iran"]
    assert inflation.roles["causedBy"] == (imports,)
    assert imports.roles["causedBy"] == (rial,)
    assert {cause.action for cause in rial.roles["causedBy"] if isinstance(cause, Fact)} == {
        "withdraw",
        "impose",
    }


def test_what_lavrov_says_is_a_claim(facts: Sequence[Fact]) -> None:
    said = one(facts, "Utterance")
    assert labels(said, "speaker") == ["Sergei Lavrov"]
    claims = [each for each in said.roles["says"] if isinstance(each, Fact)]
    assert {claim.action for claim in claims if claim.action} == {"sign", "counter"}
    assert {claim.modality for claim in claims} == {"quoted"}
    assert {claim.speaker for claim in claims} == {*said.roles["speaker"]}


def test_judgements_are_opinions(facts: Sequence[Fact]) -> None:
    judged = {f.values["characterizedAs"]: f for f in of(facts, "Judgement")}
    assert labels(judged["pariah states"], "target") == ["North Korea", "Eritrea"]
    assert judged["pariah states"].modality == "opinion"
    assert labels(judged["destabilizing actions"], "target") == ["Russia", "Iran"]
    assert judged["unilateral coercive measures"].speaker is not None


def test_nothing_that_is_not_said(facts: Sequence[Fact]) -> None:
    assert not of(facts, "Vote")
    assert not of(facts, "Designation")
    people = {
        each.label
        for fact in facts
        for _, each in fact.fillers()
        if not isinstance(each, Fact) and each.type == "Person"
    }
    assert people == {"Hossein Amir-Abdollahian", "Sergei Lavrov", "Ebrahim Raisi"}
    invasion = one(facts, "Event", "invade")
    assert invasion.when.begin is None
    assert invasion.when.end is None


def test_same_facts_every_time(extractor: Extractor, extraction: Extraction) -> None:
    (again,) = extractor.extract([extraction.article])
    assert again == extraction
