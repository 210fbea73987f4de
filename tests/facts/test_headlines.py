"""Headlines: no articles, no auxiliaries, commas for "and", and verbs that look like nouns."""

from collections.abc import Sequence
from datetime import date

import pytest

from kgapi import news
from kgapi.facts.extractor import Extractor
from kgapi.facts.fact import Fact
from kgapi.facts.rules import headlines
from tests.facts.conftest import Read, labels, of, one


@pytest.mark.parametrize(
    ("text", "action", "actor", "target"),
    [
        ("US sanctions five over Myanmar jet fuel supplies", "designate", "United States", "five"),
        ("Iran hit with new EU sanctions", "impose", "European Union", "Iran"),
        ("US temporarily lifts some Venezuela sanctions", "lift", "United States", "Venezuela"),
        ("US fines Dutch bank over Sudan deals", "fine", "United States", "Dutch bank"),
        (
            "US sanctions Chinese refinery over oil",
            "designate",
            "United States",
            "Chinese refinery",
        ),
        ("Two Iranian judges blacklisted by Canada", "designate", "Canada", "Two Iranian judges"),
        ("White House mulls sanctions on Uganda", "impose", "United States", "Uganda"),
    ],
)
def test_a_headline_alone(read: Read, text: str, action: str, actor: str, target: str) -> None:
    act = one(read(text), "SanctionsAction", action)
    assert labels(act, "actor") == [actor]
    assert labels(act, "target") == [target]


def test_an_infinitive_is_ahead(read: Read) -> None:
    act = one(read("EU to extend Syria sanctions by a year"), "SanctionsAction", "extend")
    assert (act.realis, labels(act, "actor")) == ("planned", ["European Union"])


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("Japan, South Korea sanction Russian hackers", ["Japan", "South Korea"]),
        (
            "EU, UK, US and Canada impose sanctions on China over Uighurs",
            ["European Union", "United Kingdom", "United States", "Canada"],
        ),
    ],
)
def test_a_comma_stands_for_and(read: Read, text: str, actors: list[str]) -> None:
    (act,) = of(read(text), "SanctionsAction")
    assert labels(act, "actor") == actors


@pytest.mark.parametrize("text", ["US sanctions bite", "US sanctions on the table in Geneva"])
def test_a_noun_stays_a_noun(read: Read, text: str) -> None:
    assert not of(read(text), "SanctionsAction")


def test_whether_a_noun_hides_the_verb_is_told_by_its_neighbours() -> None:
    def is_verb(word: str, tag: str) -> bool:
        return word in {"sanctions", "sign"}

    names = [("US", "NNP"), ("sanctions", "NNS")]
    assert headlines.hidden_verb([*names, ("five", "CD")], is_verb) == (1, "punishes")
    assert headlines.hidden_verb([*names, ("on", "IN"), ("Iran", "NNP")], is_verb) is None
    several = [("Putin", "NNP"), (",", ","), ("Kim", "NNP"), ("sign", "NN"), ("pact", "NN")]
    assert headlines.hidden_verb(several, is_verb) == (3, "punish")


def told(extractor: Extractor, text: str) -> Sequence[Fact]:
    hints = news.Hints(published=date(2023, 12, 5))
    (found,) = extractor.extract([news.read(text.encode(), "text/plain", hints=hints)])
    return found.facts


def test_a_headline_confirms_what_the_body_reports(extractor: Extractor) -> None:
    facts = told(
        extractor,
        "Canada lifts sanctions on Syria\n\n"
        "Canada lifted its sanctions on Syria on Monday, Foreign Minister Melanie Joly said.\n",
    )
    lifting = one(facts, "SanctionsAction", "lift")
    assert (lifting.modality, len(lifting.evidence)) == ("stated", 2)
    assert lifting.when.begin == date(2023, 12, 4)


def test_what_a_headline_attributes_is_a_claim(extractor: Extractor) -> None:
    facts = told(
        extractor,
        "North Korea tested missile, South Korea says\n\nThe sea off the coast was calm on Monday.\n",
    )
    test = one(facts, "Event", "test-weapon")
    assert (test.modality, labels(test, "actor")) == ("reported", ["North Korea"])
