"""Several extractors as one: agreement makes a fact surer, difference keeps both, nobody is lost."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from kgapi import facts
from kgapi.errors import BadSettings
from kgapi.facts.ensemble import Ensemble, agree, combine
from kgapi.facts.extractor import Extractor
from kgapi.facts.fact import Entity, Fact
from kgapi.facts.submitted import Submission, Submitted
from kgapi.settings import Settings
from tests.facts.conftest import article, labels, of

TEXT = (
    "The United States imposed sanctions on Iran on Monday. "
    "Russia condemned the move. Analysts expect little."
)
IMPOSED: dict[str, Any] = {
    "type": "SanctionsAction",
    "action": "impose",
    "roles": {"actor": ["United States"], "target": ["Iran"]},
    "values": {"reason": ["nuclear-programme"]},
    "confidence": 0.4,
    "rule": "read",
    "evidence": ["imposed sanctions on Iran", "Analysts expect little."],
}
MET = {
    "type": "Meeting",
    "action": "meet",
    "roles": {"participant": ["Russia", "Iran"]},
    "confidence": 0.4,
    "evidence": ["Russia condemned the move."],
}


def both(rules: Extractor, *told: dict[str, Any]) -> Sequence[Fact]:
    ensemble = Ensemble([rules, Submitted([Submission("Ada", told)])])
    (found,) = ensemble.extract([article(TEXT)])
    assert found.facts == next(ensemble.extract([article(TEXT)])).facts
    return found.facts


def test_what_two_agree_on_is_one_fact_and_surer(extractor: Extractor) -> None:
    (alone,) = of(next(extractor.extract([article(TEXT)])).facts, "SanctionsAction")
    (merged,) = of(both(extractor, IMPOSED), "SanctionsAction")
    assert merged.confidence == round(min(0.99, 1 - (1 - alone.confidence) * 0.6), 3)
    assert merged.rule == f"rules:{alone.rule} + submitted:read"
    assert {each.text for each in alone.evidence} < {each.text for each in merged.evidence}
    assert {"imposed sanctions on Iran", "Analysts expect little."} < {
        each.text for each in merged.evidence
    }
    assert merged.values["reason"] == ("nuclear-programme",), "the one adds what the other lacks"
    assert merged.when == alone.when


def test_what_one_alone_finds_stays_and_says_who(extractor: Extractor) -> None:
    found = both(extractor, MET)
    (met,) = of(found, "Meeting")
    assert (met.rule, met.confidence) == ("submitted:submitted", 0.4)
    (condemned,) = of(found, "Event", "condemn")
    assert condemned.rule.startswith("rules:")
    assert labels(condemned, "actor") == ["Russia"]


DIFFERENT: dict[str, dict[str, Any]] = {
    "another target": {"roles": {"actor": ["United States"], "target": ["Russia"]}},
    "another action": {"action": "lift"},
    "another realis": {"realis": "planned"},
    "another voice": {"modality": "reported", "speaker": "Russia"},
    "another time": {"time": {"begin": "1979", "end": "1979"}},
    "another passage": {"evidence": ["Analysts expect little."]},
}


@pytest.mark.parametrize("what", DIFFERENT)
def test_what_differs_is_kept_apart(extractor: Extractor, what: str) -> None:
    assert len(of(both(extractor, IMPOSED | DIFFERENT[what]), "SanctionsAction")) == 2


def test_facts_point_to_the_facts_that_were_merged(extractor: Extractor) -> None:
    effect = {
        "type": "Utterance",
        "action": "state",
        "roles": {"speaker": ["Russia"], "inResponseTo": [{"fact": IMPOSED}]},
        "evidence": ["Russia condemned the move."],
    }
    found = next(Submitted([Submission("Ada", (effect, IMPOSED))]).extract([article(TEXT)])).facts
    inner = found[0].roles["inResponseTo"][0]
    assert isinstance(inner, Fact)
    whole = combine({"a": [inner, found[0]], "b": [found[1]]})
    (said,), (imposed,) = of(whole, "Utterance"), of(whole, "SanctionsAction")
    assert said.roles["inResponseTo"] == (imposed,)
    assert imposed.rule == "a:read + b:read"


def test_agreement_is_mutual(extractor: Extractor) -> None:
    found = both(extractor, IMPOSED, MET, IMPOSED | {"action": "lift"})
    for one in found:
        assert not one.roles or agree(one, one)
        for other in found:
            assert agree(one, other) == agree(other, one)
    us = Entity("country", "us", "United States", "Country")
    assert not agree(replace(found[0], roles={}), replace(found[0], roles={"actor": (us,)}))


@pytest.mark.parametrize("names", ["rules", "rules ensemble", "rules nobody", "rules rules", ""])
def test_an_ensemble_is_of_several_others(names: str) -> None:
    with pytest.raises(BadSettings):
        facts.extractor("ensemble", Settings(ensemble=names))


def test_an_ensemble_goes_by_the_names_in_the_settings() -> None:
    made = facts.extractor("ensemble", Settings(ensemble="submitted rules"))
    assert made.name == "ensemble"
    assert made.version.startswith("submitted-rules-")
    assert made.version != facts.extractor("ensemble", Settings(ensemble="rules submitted")).version
