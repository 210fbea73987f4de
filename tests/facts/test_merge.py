"""Repeats are found without asking every pair: the work grows as the article does."""

import sys
from collections.abc import Callable, Hashable
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgapi import news
from kgapi.facts import rules
from kgapi.facts.fact import Fact
from kgapi.facts.rules.alike import ANY, Alike, nested, shown
from kgapi.facts.rules.extractor import RulesExtractor
from kgapi.news.draft import Hints

RULES = str(Path(rules.__file__).parent)
NAMES = [a + b + c for a, b, c in product("BDKMTV", "aeiou", ("lran", "ndor", "rtek", "skov"))]
DAYS = [date(2001, 1, 1) + timedelta(31 * n) for n in range(240)]
REPEATS: dict[str, Callable[[int], str]] = {
    "the same again": lambda n: "Sanctions on Iran.",
    "other targets": lambda n: (
        f"The US imposed sanctions on {NAMES[n % 120]} {NAMES[n // 2]} Bank."
    ),
    "other days": lambda n: f"The US imposed sanctions on Iran on {DAYS[n]:%d %B %Y}.",
    "other speakers": lambda n: (
        f"{NAMES[n % 120]} {NAMES[n // 2]} condemned the sanctions on Iran."
    ),
    "other meetings": lambda n: f"The minister met {NAMES[n % 120]} {NAMES[n // 2]} in Geneva.",
    "other parties": lambda n: f"Iran signed a treaty with {NAMES[n % 120]} {NAMES[n // 2]} Group.",
    "it": lambda n: "It lifted its sanctions on Iran.",
}


def steps_and_facts(extractor: RulesExtractor, text: str) -> tuple[int, tuple[Fact, ...]]:
    """How many functions of the rules the text makes the extractor call, and what it finds."""
    steps = 0

    def count(frame: FrameType, event: str, _: Any) -> None:
        nonlocal steps
        steps += event == "call" and frame.f_code.co_filename.startswith(RULES)

    article = news.read(text.encode(), "text/plain", hints=Hints(published=date(2023, 12, 5)))
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        [extraction] = extractor.extract([article])
    finally:
        sys.setprofile(before)
    return steps, extraction.facts


@pytest.fixture(scope="module")
def extractor() -> RulesExtractor:
    return RulesExtractor()


@pytest.mark.parametrize(
    "sentence", [pytest.param(each, id=name) for name, each in REPEATS.items()]
)
def test_the_work_grows_as_the_text_does(
    sentence: Callable[[int], str], extractor: RulesExtractor
) -> None:
    (few, facts), (many, more) = (
        steps_and_facts(extractor, "\n\n".join(map(sentence, range(number))))
        for number in (30, 120)
    )
    assert few > 5000
    assert len(facts) <= len(more)
    # Four times the text. Were every pair asked, it would tend to sixteen times the work.
    assert many < 4.8 * few


MARKS = st.fixed_dictionaries(
    {each: st.lists(st.sampled_from([1, 2, 3, ANY]), max_size=2) for each in ("one", "other")}
)


def fits(one: list[Hashable], other: list[Hashable]) -> bool:
    return not one or not other or ANY in (*one, *other) or bool({*one} & {*other})


@given(st.lists(MARKS), MARKS, st.integers(0, 5), MARKS)
def test_whatever_fits_is_likely_and_in_order(
    things: list[dict[str, list[Hashable]]],
    wanted: dict[str, list[Hashable]],
    grown: int,
    later: dict[str, list[Hashable]],
) -> None:
    shelf: Alike[int] = Alike()
    for number, marks in enumerate(things):
        assert shelf.add(number, marks) == number
    if grown < len(things):
        shelf.show(grown, later)
    found = list(dict.fromkeys(shelf.likely(wanted)))
    assert found == sorted(found)
    right = {n for n, marks in enumerate(things) if all(fits(marks[r], wanted[r]) for r in wanted)}
    assert right <= set(found)


SETS = st.frozensets(st.sampled_from("abcdefg"), max_size=5)
MANY = frozenset(map(str, range(100)))


@given(st.lists(SETS | st.just(MANY) | st.just(MANY | {"a"})), SETS | st.just(MANY))
def test_sets_within_one_another_are_likely(
    sets: list[frozenset[str]], wanted: frozenset[str]
) -> None:
    shelf: Alike[frozenset[str]] = Alike()
    for each in sets:
        shelf.add(each, {"set": shown(each)})
    found = set(shelf.likely({"set": nested(wanted)}))
    assert {each for each in sets if each <= wanted or wanted <= each} <= found
    small = {each for each in found if 0 < len(each) < 10 and len(wanted) < 10}
    assert all(each & wanted for each in small if wanted)
