"""Facts read back from JSON: what is right survives the way there and back, what is not is refused."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgapi import news
from kgapi.errors import BadFacts
from kgapi.facts import records, schema, submitted
from kgapi.facts.extractor import Extraction, Extractor
from kgapi.facts.fact import Fact
from kgapi.facts.quotes import locate
from kgapi.graph.iris import Iris
from kgapi.graph.record import record
from kgapi.reference import files
from tests.facts.conftest import article

TEXT = "The United States imposed sanctions on Iran. It did so “at last”, on May 8, 2018 – at noon."
ABOUT = article(TEXT)
FACT: dict[str, Any] = {
    "type": "SanctionsAction",
    "action": "impose",
    "roles": {"actor": ["United States"], "target": [{"id": "country/ir"}]},
    "values": {"reason": ["nuclear-programme"]},
    "time": {"begin": "2018-05", "end": "2018-05", "text": "May 8, 2018"},
    "evidence": ["The United States imposed sanctions on Iran."],
}
VALIDATOR = jsonschema.Draft202012Validator(schema.submission())


def read(**members: Any) -> Fact:
    return records.fact(FACT | members, ABOUT, "submitted")


@pytest.fixture(scope="module")
def seeds(extractor: Extractor) -> list[Extraction]:
    paths = sorted(files.seeds("articles").glob("*.md"))
    return list(extractor.extract(news.read(path.read_bytes(), "text/markdown") for path in paths))


def in_hundredths(fact: Fact) -> Fact:
    """The fact as its record has it."""
    return replace(
        fact,
        confidence=round(fact.confidence, 2),
        evidence=tuple(sorted(set(fact.evidence))),
        roles={
            role: tuple(in_hundredths(f) if isinstance(f, Fact) else f for f in fillers)
            for role, fillers in fact.roles.items()
        },
    )


def test_what_is_extracted_can_be_submitted_as_it_is(seeds: list[Extraction], iris: Iris) -> None:
    found = 0
    for extraction in seeds:
        for fact in extraction.facts:
            found += 1
            told = json.loads(json.dumps(record(fact, extraction.article, iris)))
            assert VALIDATOR.is_valid({"by": "kgapi", "facts": [told]}), told
            assert records.fact(told, extraction.article, "submitted") == in_hundredths(fact)
    assert found > 200


def test_names_ids_and_months_are_read() -> None:
    fact = read()
    assert VALIDATOR.is_valid({"by": "Ada", "facts": [FACT]})
    assert [each.path for _, each in fact.fillers()] == ["country/us", "country/ir"]  # type: ignore[union-attr]
    assert (str(fact.when.begin), str(fact.when.end)) == ("2018-05-01", "2018-05-31")
    assert fact.when.precision == "month"
    assert fact.values == {"reason": ("nuclear-programme",)}
    assert (fact.rule, fact.confidence, fact.modality) == ("submitted", 1.0, "stated")


def test_somebody_new_has_the_key_that_the_rules_would_give() -> None:
    roles = {
        "holder": [{"label": "Élodie Martin", "type": "Person"}],
        "post": [{"label": "finance minister", "type": "Post", "within": "France"}],
    }
    fact = read(type="Tenure", action=None, roles=roles, values={})
    holder, post = (each for _, each in fact.fillers())
    assert holder.path == "person/elodie-martin"  # type: ignore[union-attr]
    assert post.path == "post/finance-minister-of-france"  # type: ignore[union-attr]


def test_the_example_of_the_manual_is_one() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "manual.md").read_text("utf-8")
    (example,) = re.findall(r"```json\n(\{\"by\".*?)```", manual, re.S)
    submission = submitted.read(example)
    assert VALIDATOR.is_valid(json.loads(example))
    about = article(f"{submission.facts[0]['evidence'][0]} More is to come.")
    (found,) = submitted.Submitted([submission]).extract([about])
    assert found.facts[0].action == "tighten"


US = "United States"
REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a quote that is not there": (
        {"evidence": ["They did not."]},
        "not-in-the-text",
        "/evidence/0",
    ),
    "an empty quote": ({"evidence": [" "]}, "not-in-the-text", "/evidence/0"),
    "no evidence": ({"evidence": []}, "malformed", "/evidence"),
    "an offset beside it": (
        {"evidence": [{"start": 5, "text": "The United States"}]},
        "not-in-the-text",
        "/evidence/0",
    ),
    "an offset before it": (
        {"evidence": [{"start": -17, "text": "The United States"}]},
        "not-in-the-text",
        "/evidence/0",
    ),
    "an end elsewhere": (
        {"evidence": [{"start": 0, "end": 18, "text": "The United States"}]},
        "not-in-the-text",
        "/evidence/0",
    ),
    "an unknown class": ({"type": "Bombing"}, "unknown-term", "/type"),
    "a class of entities": ({"type": "Person"}, "unknown-term", "/type"),
    "a claim": ({"type": "Claim"}, "unknown-term", "/type"),
    "an unknown action": ({"action": "bomb"}, "unknown-term", "/action"),
    "no action": ({"action": None}, "unknown-term", "/action"),
    "a quote of nobody": ({"modality": "quoted"}, "malformed", "/speaker"),
    "a speaker of what is stated": ({"speaker": "Russia"}, "malformed", "/speaker"),
    "an unknown role": ({"roles": {"victim": [US]}}, "unknown-term", "/roles/victim"),
    "a wrong range": (
        {"roles": {"place": [{"id": "organization/european-union"}]}},
        "wrong-range",
        "/roles/place/0",
    ),
    "a measure as target": (
        {"roles": {"target": [{"fact": FACT | {"type": "SanctionsMeasure", "action": None}}]}},
        "unknown-term",
        "/roles/target/0/fact/roles/actor",
    ),
    "a name nobody knows": (
        {"roles": {"target": ["Ruritania"]}},
        "unknown-filler",
        "/roles/target/0",
    ),
    "a country nobody knows": (
        {"roles": {"target": [{"id": "country/zz", "label": "Z", "type": "Country"}]}},
        "unknown-filler",
        "/roles/target/0",
    ),
    "an IRI of a fact": (
        {"roles": {"target": [{"id": "event/x", "label": "x", "type": "Person"}]}},
        "malformed",
        "/roles/target/0/id",
    ),
    "a key that breaks out of its IRI": (
        {"roles": {"target": [{"id": "person/a b>", "label": "x", "type": "Person"}]}},
        "malformed",
        "/roles/target/0/id",
    ),
    "a concept of another scheme": (
        {"values": {"reason": ["up"]}},
        "unknown-term",
        "/values/reason",
    ),
    "a value of another class": (
        {"values": {"status": "lifted"}},
        "unknown-term",
        "/values/status",
    ),
    "a number in words": ({"values": {"value": "ten"}}, "malformed", "/values/value"),
    "true for a number": ({"values": {"value": True}}, "malformed", "/values/value"),
    "a day that there is not": ({"time": {"begin": "2018-02-30"}}, "malformed", "/time/begin"),
    "a time the wrong way round": (
        {"time": {"begin": "2019", "end": "2018"}},
        "malformed",
        "/time",
    ),
    "too much confidence": ({"confidence": 1.1}, "malformed", "/confidence"),
    "half a surrogate pair": ({"rule": "a\ud800"}, "malformed", "/rule"),
    "a long name": (
        {"roles": {"target": [{"label": "x" * 501, "type": "Person"}]}},
        "malformed",
        "/roles/target/0/label",
    ),
    "a surplus member": ({"colour": "red"}, "malformed", ""),
    "an inferred role that it lacks": ({"inferred": ["place"]}, "unknown-term", "/inferred/0"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_wrong_is_refused_with_its_place(what: str) -> None:
    members, reason, place = REFUSED[what]
    with pytest.raises(BadFacts) as refused:
        read(**members)
    assert (refused.value.extra["reason"], refused.value.extra["place"]) == (reason, place)


def test_facts_inside_one_another_are_bounded() -> None:
    told: dict[str, Any] = FACT
    for _ in range(20):
        told = FACT | {"roles": FACT["roles"] | {"inResponseTo": [{"fact": told}]}}
    with pytest.raises(BadFacts, match="deep"):
        records.fact(told, ABOUT, "submitted")


SCALARS = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5)
MEMBERS = st.sampled_from([*records.MEMBERS, "actor", "fact", "label", "id", "start", "begin"])
INSIDE = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(MEMBERS, SCALARS, max_size=3)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(INSIDE | st.dictionaries(MEMBERS, INSIDE | st.lists(INSIDE, max_size=2), max_size=3))
def test_anything_else_is_refused_and_nothing_breaks(held: object) -> None:
    for told in (held, FACT | held if isinstance(held, dict) else held):
        try:
            fact = records.fact(told, ABOUT, "submitted")
        except BadFacts:
            continue
        for each in fact.evidence:
            assert TEXT[each.start : each.end] == each.text


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("sanctions on\n Iran", "sanctions on Iran"),
        ('"at last"', "“at last”"),
        ("2018 - at", "2018 – at"),
        ("sanctions on Ira", "sanctions on Ira"),
        ("Sanctions on Iran", None),
        ("sanctions Iran", None),
        ("\n", None),
    ],
)
def test_a_quote_is_found_word_for_word_or_not_at_all(quote: str, found: str | None) -> None:
    evidence = locate(quote, TEXT)
    assert (evidence.text if evidence else None) == found
    assert evidence is None or TEXT[evidence.start : evidence.end] == evidence.text


@settings(deadline=None)
@given(st.text("ab “”\"'\n\u00a0–-\U0001f600", max_size=30), st.data())
def test_every_part_of_a_text_is_found_where_it_says_so(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = locate(text[start:end], text)
    assert (found is None) == (not text[start:end].strip())
    if found:
        assert text[found.start : found.end] == found.text == text[start:end]
