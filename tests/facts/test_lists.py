"""Lists of those designated: every member, whatever stands beside their names."""

import pytest

from tests.facts.conftest import Read, labels, of, one


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        (
            "The EU on Friday added Bank Rossiya, the tanker Pluto and 106 individuals to its"
            " sanctions list.",
            ["Bank Rossiya", "Pluto", "106 individuals"],
        ),
        (
            "Britain sanctioned President Emmerson Mnangagwa, his wife Auxillia and businessman"
            " Kudakwashe Tagwirei.",
            ["Emmerson Mnangagwa", "Auxillia", "Kudakwashe Tagwirei"],
        ),
        (
            "The United States imposed sanctions on two commanders of Sudan's paramilitary Rapid"
            " Support Forces, Abdel Rahman Juma and Osman Mohamed Hamid, for their role.",
            ["Abdel Rahman Juma", "Osman Mohamed Hamid"],
        ),
        (
            "OFAC is designating Hong Kong-based Cielo Maritime Ltd. and UAE-based Global Tech"
            " Marine Services Inc. pursuant to Executive Order 13224.",
            ["Cielo Maritime Ltd.", "Global Tech Marine Services Inc."],
        ),
        (
            "EU ministers imposed sanctions on seven entities, including Iran Air and Mahan Air.",
            ["seven entities", "Iran Air", "Mahan Air"],
        ),
        ("Moscow sanctioned 500 Americans on Friday.", ["500 Americans"]),
    ],
)
def test_every_member_is_a_target(read: Read, text: str, targets: list[str]) -> None:
    (act,) = of(read(text), "SanctionsAction")
    assert labels(act, "target") == targets


def test_senders_in_a_list_act_together(read: Read) -> None:
    facts = read("The European Union, Britain, the United States and Canada sanctioned Belarus.")
    act = one(facts, "SanctionsAction", "impose")
    assert labels(act, "actor") == [
        "European Union", "United Kingdom", "United States", "Canada",
    ]  # fmt: skip


def test_what_stands_beside_a_name_is_no_member(read: Read) -> None:
    facts = read("The EU sanctioned Igor Sechin, the head of Rosneft, on Friday.")
    assert labels(one(facts, "SanctionsAction", "designate"), "target") == ["Igor Sechin"]


def test_countries_with_names_of_people_in_a_list(read: Read) -> None:
    facts = read("Mali, Burkina Faso and Niger condemned France on Sunday.")
    assert labels(one(facts, "Event", "condemn"), "actor") == ["Mali", "Burkina Faso", "Niger"]


def test_an_office_within_a_department_is_the_office(read: Read) -> None:
    facts = read(
        "The U.S. Department of the Treasury's Office of Foreign Assets Control (OFAC) designated"
        " two companies."
    )
    assert labels(one(facts, "SanctionsAction", "designate"), "actor") == ["OFAC"]


def test_people_of_a_country_are_not_the_country(read: Read) -> None:
    facts = read("Canada imposed sanctions on Haitian gang leaders and Haitian officials.")
    act = one(facts, "SanctionsAction", "impose")
    assert labels(act, "target") == ["Haitian gang leaders", "Haitian officials"]
