"""How good matching is on real rows: names that lists give for one body, and names of other bodies.

Each name is asked for in turn, with that very name left out of what is known: only the other names
of its entity can find it. Many cannot, being translations or quite different names.
"""

import pytest

from kgapi.matching.score import Profile, Wanted, ranked
from kgapi.matching.spelling import keys, latin
from kgapi.reference import gazetteer
from tests.conftest import SHARED
from tests.matching import lists


@pytest.fixture(scope="module")
def listed() -> lists.Listed:
    folder = SHARED / "lists"
    if not folder.exists():
        pytest.skip(f"the lists are not part of the repository; looked for {folder}")
    return lists.read(folder)


def found(name: str, listed: lists.Listed) -> str | None:
    """Who matches, with this very name known of nobody."""
    wanted = keys(name)
    profiles = [
        Profile(key, names[0], class_, others)
        for key, (class_, names) in listed.items()
        if (others := tuple(n for n in names if n != name and wanted & keys(n)))
    ]
    return next(
        (one.profile.path for one in ranked(Wanted((name,)), profiles, 3) if one.match), None
    )


def test_aliases_find_their_own_and_nobody_else(listed: lists.Listed) -> None:
    asked = [(name, key) for key, (_, names) in listed.items() if len(names) > 1 for name in names]
    answers = [(key, found(name, listed)) for name, key in asked]
    right = sum(key == answer for key, answer in answers)
    wrong = sum(answer not in {key, None} for key, answer in answers)
    print(f"{len(asked)} names: {right} right, {wrong} wrong")
    assert len(asked) > 100
    assert wrong == 0
    assert right / len(asked) >= 0.5


def test_names_of_others_match_nobody(listed: lists.Listed) -> None:
    """Others: of whose names no list has all the words, nor they all those of a listed name."""
    known = [set(latin(name).split()) for _, names in listed.values() for name in names]
    others = sorted(
        name
        for name, senses in gazetteer.shipped().names()
        for words in [set(latin(name).split())]
        if {sense.known.type for sense in senses} == {"Organization"}
        and not any(words <= one or one <= words for one in known)
    )
    matched = {name: answer for name in others if (answer := found(name, listed))}
    print(f"{len(others)} names of others: {len(matched)} wrong")
    assert len(others) > 500
    assert matched == {}
