"""What the rules make of single sentences: voice, realis, discourse, time, merging."""

from datetime import date

import pytest

from kgapi.facts.fact import Fact
from tests.facts.conftest import Read, labels, of, one


@pytest.mark.parametrize(
    ("text", "realis"),
    [
        ("The European Union imposed sanctions on Belarus.", "actual"),
        ("The European Union will impose sanctions on Belarus.", "planned"),
        ("The European Union plans to impose sanctions on Belarus.", "planned"),
        ("The European Union is to impose sanctions on Belarus.", "planned"),
        ("The European Union threatened to impose sanctions on Belarus.", "threatened"),
        ("The European Union may impose sanctions on Belarus.", "possible"),
        ("The European Union is considering whether to impose sanctions on Belarus.", "possible"),
        ("The European Union did not impose sanctions on Belarus.", "denied"),
        ("The European Union refused to impose sanctions on Belarus.", "denied"),
        ("The European Union agreed to impose sanctions on Belarus.", "actual"),
    ],
)
def test_realis(read: Read, text: str, realis: str) -> None:
    imposing = one(read(text), "SanctionsAction", "impose")
    assert imposing.realis == realis
    assert labels(imposing, "actor") == ["European Union"]
    assert labels(imposing, "target") == ["Belarus"]


@pytest.mark.parametrize(
    "text",
    [
        "Canada imposed sanctions on Myanmar on Friday.",
        "Sanctions were imposed on Myanmar by Canada on Friday.",
        "On Friday, sanctions on Myanmar were imposed by Canada.",
        "Canada, which imposed sanctions on Myanmar on Friday, is a member of the G7.",
    ],
)
def test_one_act_in_many_constructions(read: Read, text: str) -> None:
    imposing = one(read(text), "SanctionsAction", "impose")
    assert labels(imposing, "actor") == ["Canada"]
    assert labels(imposing, "target") == ["Myanmar"]
    assert imposing.when.begin == date(2023, 12, 1)


def test_swapping_countries_swaps_roles(read: Read) -> None:
    one_way = one(read("Japan condemned Iran."), "Event", "condemn")
    other = one(read("Iran condemned Japan."), "Event", "condemn")
    assert labels(one_way, "actor") == labels(other, "target") == ["Japan"]
    assert labels(one_way, "target") == labels(other, "actor") == ["Iran"]


def test_an_irrelevant_paragraph_changes_nothing(read: Read) -> None:
    text = "Canada imposed sanctions on Myanmar on Friday."
    alone = read(text)
    more = read(f"{text}\n\nIt rained all day, and the shops were closed.")
    assert [(f.type, f.action, f.when) for f in alone] == [(f.type, f.action, f.when) for f in more]


def test_what_is_reported_is_a_claim(read: Read) -> None:
    facts = read("Janet Yellen said that Iran had supplied Russia with drones.")
    said = one(facts, "Utterance", "state")
    claim = one(facts, "Event", "support")
    assert said.roles["says"] == (claim,)
    assert (claim.modality, claim.claimed) == ("reported", True)
    assert claim.speaker is not None
    assert claim.speaker.label == "Janet Yellen"


def test_what_is_quoted_is_a_claim(read: Read) -> None:
    facts = read('"Iran invaded Ukraine," Janet Yellen said. "We will impose sanctions on Iran."')
    assert {(f.action, f.modality) for f in facts if f.type != "Utterance"} == {
        ("invade", "quoted"),
        ("impose", "quoted"),
    }


def test_an_accusation_names_whom(read: Read) -> None:
    facts = read("The United States accused North Korea of sending ammunition to Russia.")
    accusation = one(facts, "Utterance", "accuse")
    assert labels(accusation, "target") == ["North Korea"]
    claim = one(facts, "Event", "support")
    assert labels(claim, "actor") == ["North Korea"]
    assert claim.modality == "reported"


def test_a_denial_denies(read: Read) -> None:
    facts = read("Iran denied that it had sent missiles to Russia.")
    claim = one(facts, "Event", "support")
    assert (claim.realis, claim.modality) == ("denied", "reported")
    assert labels(claim, "actor") == ["Iran"]


def test_it_is_the_subject_before(read: Read) -> None:
    facts = read("The European Union met on Monday. It imposed sanctions on Belarus.")
    imposing = one(facts, "SanctionsAction", "impose")
    assert labels(imposing, "actor") == ["European Union"]
    assert imposing.inferred == ("actor",)


def test_both_countries_are_the_two_before(read: Read) -> None:
    facts = read("Russia and Iran are neighbours. Both countries face Western sanctions.")
    measure = one(facts, "SanctionsMeasure")
    assert labels(measure, "target") == ["Russia", "Iran"]
    assert labels(measure, "imposedBy") == ["West"]


def test_a_surname_is_the_person_before(read: Read) -> None:
    facts = read(
        "Turkish Foreign Minister Hakan Fidan arrived on Monday. Fidan will visit Oman on Friday."
    )
    visit = [f for f in of(facts, "Visit") if labels(f, "place") == ["Oman"]]
    assert labels(visit[0], "actor") == ["Hakan Fidan"]
    assert visit[0].when.begin == date(2023, 12, 8)


def test_a_capital_acts_for_its_country(read: Read) -> None:
    facts = read("Tehran condemned the sanctions imposed on Iran by Washington.")
    condemned = one(facts, "Event", "condemn")
    assert labels(condemned, "actor") == ["Iran"]
    assert "actor" in condemned.inferred


def test_a_place_does_not_act(read: Read) -> None:
    facts = read("In Moscow, Brazil signed a treaty with Peru.")
    signing = one(facts, "AgreementAction", "sign")
    assert labels(signing, "signatory") == ["Brazil", "Peru"]
    assert labels(signing, "place") == ["Moscow"]


@pytest.mark.parametrize(
    "text",
    [
        "Michael Jordan imposed himself on the game.",
        "Residents of Atlanta, Georgia, condemned the police.",
        "Paris Hilton condemned the film.",
    ],
)
def test_names_that_mean_something_else(read: Read, text: str) -> None:
    countries = {
        each.label
        for fact in read(text)
        for _, each in fact.fillers()
        if not isinstance(each, Fact) and each.type == "Country"
    }
    assert countries == set()


def test_repeats_are_one_fact_with_several_passages(read: Read) -> None:
    facts = read(
        "Canada imposed sanctions on Myanmar on Friday.\n\n"
        "The sanctions were imposed by Canada after a coup in Myanmar. Canada has imposed sanctions"
        " on Myanmar."
    )
    imposing = one(facts, "SanctionsAction", "impose")
    assert len(imposing.evidence) == 3
    assert imposing.when.begin == date(2023, 12, 1)


def test_two_acts_stay_two(read: Read) -> None:
    facts = read(
        "Canada imposed sanctions on Myanmar in 2021. Canada imposed sanctions on Myanmar in 2023."
    )
    assert len(of(facts, "SanctionsAction", "impose")) == 2


def test_reasons_and_kinds_of_measure(read: Read) -> None:
    facts = read(
        "Britain imposed asset freezes and travel bans on six Iranian officials over human rights"
        " violations."
    )
    imposing = one(facts, "SanctionsAction", "impose")
    assert set(imposing.values["measureType"]) == {"asset-freeze", "travel"}
    assert imposing.values["reason"] == ("human-rights",)
    (target,) = imposing.roles["target"]
    assert not isinstance(target, Fact)
    assert target.type == "AgentGroup"


def test_an_agreement_without_a_name_is_this_articles_own(read: Read) -> None:
    (one_article,) = of(read("Brazil and Peru signed an agreement."), "AgreementAction")
    (other,) = of(read("Brazil and Peru signed an agreement. It rained."), "AgreementAction")
    assert one_article.roles["concerns"] != other.roles["concerns"]


def test_a_fine_has_an_amount_in_a_currency(read: Read) -> None:
    fine = one(read("OFAC fined Binance 968 million dollars."), "SanctionsAction", "fine")
    assert fine.values["value"] == 968_000_000
    assert labels(fine, "unit") == ["US dollar"]


def test_without_a_day_of_publication_only_full_dates_are_read(read: Read) -> None:
    facts = read("Canada imposed sanctions on Myanmar on Friday.", None)
    assert one(facts, "SanctionsAction", "impose").when.begin is None
    facts = read("Canada imposed sanctions on Myanmar on 1 December 2023.", None)
    assert one(facts, "SanctionsAction", "impose").when.begin == date(2023, 12, 1)


@pytest.mark.parametrize(
    "text", ["", "   ", "…", "?!", "12345", "ѕаnctions оn Іrаn 🙂", "\u202eabc"]
)
def test_odd_texts_say_nothing(read: Read, text: str) -> None:
    assert list(read(text)) == []


@pytest.mark.parametrize(
    ("text", "realis"),
    [
        ("The US Treasury did not designate Sovcomflot.", "denied"),
        ("The EU will designate Sovcomflot on Friday.", "planned"),
        ("The EU designated Sovcomflot on Friday.", "actual"),
    ],
)
def test_only_a_real_designation_lists_anybody(read: Read, text: str, realis: str) -> None:
    facts = read(text)
    assert one(facts, "SanctionsAction", "designate").realis == realis
    listed = [fact for fact in facts if fact.type == "Designation"]
    assert len(listed) == (realis == "actual")


def test_the_name_of_a_country_is_a_persons_only_where_the_person_is_named(read: Read) -> None:
    assert labels(one(read("Norway condemned Jordan."), "Event", "condemn"), "target") == ["Jordan"]
    facts = read("Congress heard Michael Jordan. Jordan said the EU imposed sanctions on Iran.")
    assert labels(one(facts, "Utterance", "state"), "speaker") == ["Michael Jordan"]


def test_who_condemns_judges_in_their_own_words(read: Read) -> None:
    facts = read('Norway condemned the Minsk agreement as a "grave mistake".')
    assert labels(one(facts, "Event", "condemn"), "actor") == ["Norway"]
    (judgement,) = (fact for fact in facts if fact.type == "Judgement")
    assert judgement.speaker is not None
    assert (judgement.modality, judgement.speaker.label) == ("quoted", "Norway")
    assert not [fact for fact in facts if fact.type == "Utterance"]


def test_a_measure_to_come_is_not_in_force(read: Read) -> None:
    facts = read("A similar ban on Russian petroleum products is to follow on 5 February 2024.")
    (measure,) = (fact for fact in facts if fact.type == "SanctionsMeasure")
    assert measure.realis == "planned"
    assert "status" not in measure.values
