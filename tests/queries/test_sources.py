"""How independent statements are of one another."""

from typing import Any

import pytest

from kgapi.queries import wording
from kgapi.queries.origins import Origin, host
from kgapi.queries.reads import StatementRead
from kgapi.queries.sources import grouped, sources, ties
from tests.queries.telling import fact, statement

FIRST = "The United States imposed sanctions on the shipping company Sovcomflot on Friday."
COPIED = f"Late in the evening, it was told: {FIRST}"
OWN = "Washington added Russia's largest tanker fleet to its list."
ORIGINS = {
    "x:a": Origin("https://news.example.org/1", "Example News, 24 February", "news.example.org"),
    "x:b": Origin("https://other.example.net/2", "The Other Paper", "other.example.net"),
    "x:same": Origin("https://news.example.org/9", None, "news.example.org"),
    "x:titled": Origin("https://mirror.example.com/", "The Other Paper", "mirror.example.com"),
}


@pytest.mark.parametrize(
    ("one", "other", "because"),
    [
        (statement("a", "2024-02-24", FIRST), statement("b", "2024-02-24", OWN), None),
        (statement("a", "2024-02-24", FIRST), statement("a", "2024-02-24", OWN), "article"),
        (statement("a", "2024-02-24", FIRST), statement("same", "2024-02-24", OWN), "source"),
        (statement("b", "2024-02-24", FIRST), statement("titled", "2024-02-24", OWN), "source"),
        (statement("a", "2024-02-24", FIRST), statement("b", "2024-02-24", COPIED), "wording"),
        (
            statement("a", "2024-02-24", FIRST, speaker="person/biden"),
            statement("b", "2024-02-24", OWN, speaker="person/biden"),
            "speaker",
        ),
        (
            statement("a", "2024-02-24", "Sovcomflot was listed, The Other Paper reported."),
            statement("b", "2024-02-24", OWN),
            "names",
        ),
        (
            statement("b", "2024-02-24", OWN),
            statement("a", "2024-02-24", "It was listed, says other.example.net today."),
            "names",
        ),
        (statement("unknown", "2024-02-24", FIRST), statement("b", "2024-02-24", OWN), None),
    ],
)  # fmt: skip
def test_what_ties_two_statements(
    one: StatementRead, other: StatementRead, because: str | None
) -> None:
    assert [tie.because for tie in ties([one, other], ORIGINS)] == ([because] if because else [])


def test_short_words_in_common_are_no_copy() -> None:
    told = [
        statement(a, "2024-02-24", w)
        for a, w in (("a", "sanctions on Russia"), ("b", FIRST + " sanctions on Russia"))
    ]
    assert ties(told, ORIGINS) == []


def test_what_hangs_together_is_one_group() -> None:
    told: list[Any] = [
        statement("a", "2024-02-24", FIRST),
        statement("b", "2024-02-24", OWN),
        statement("c", "2024-02-25", COPIED),
        statement("titled", "2024-02-25", "A fleet of tankers is under sanctions now."),
        statement("d", "2024-02-26", "Nobody else words it so."),
    ]
    groups = grouped([each.id for each in told], ties(told, ORIGINS))
    assert [groups[each.id] for each in told] == [1, 2, 1, 2, 3]
    assert grouped([], []) == {}


def test_statements_of_facts_that_say_the_same_count_and_others_do_not() -> None:
    roles = {"actor": "country/us", "target": "organization/sovcomflot"}
    one = fact("one", roles, statement("a", "2024-02-24", FIRST), day="2024-02-23")
    same = fact("same", roles, statement("b", "2024-02-24", OWN), day="2024-02-23")
    other = fact("other", roles, statement("e", "2024-02-24", "On Thursday."), day="2024-02-22")
    found = sources(one, [same, other], {}, ORIGINS)
    assert [(each.fact.iri, each.group) for each in found.sources] == [("x:one", 1), ("x:same", 2)]
    assert found.independent == 2
    assert [each.iri for each in found.same] == ["x:same"]
    assert [(each.fact.id, each.differences[0].kind) for each in found.contradictions] == [
        ("x:other", "date")
    ]
    assert (found.developments, found.whole) == ([], True)


def test_shingles_know_no_case_accents_or_marks() -> None:
    assert wording.shingles(["Société Générale, PARIS!"]) == wording.shingles(
        ["societe generale paris"]
    )
    assert (
        wording.resemblance(
            wording.shingles(["one two three four"]), wording.shingles(["one two three"])
        )
        == 0.5
    )
    assert (
        wording.containment(
            wording.shingles(["one two three four"]), wording.shingles(["one two three"])
        )
        == 1
    )
    assert wording.resemblance(frozenset(), frozenset()) == 0


@pytest.mark.parametrize(
    ("address", "found"),
    [("https://www.example.org/x", "example.org"), ("urn:x", None), ("http://[broken", None)],
)
def test_hosts(address: str, found: str | None) -> None:
    assert host(address) == found
