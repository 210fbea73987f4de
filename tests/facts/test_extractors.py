"""Every extractor, on any text: offsets are exact, classes, roles and values those of the ontology,
and the same text gives the same facts."""

import atexit
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgapi import pipeline
from kgapi.facts import EXTRACTORS
from kgapi.facts.ensemble import Ensemble
from kgapi.facts.extractor import Extraction, Extractor
from kgapi.facts.fact import Entity, Fact, Value, When
from kgapi.facts.llm.answers import Answers
from kgapi.facts.llm.chat import Model
from kgapi.facts.llm.extractor import LlmExtractor
from kgapi.graph import mapping, shapes
from kgapi.graph.iris import Iris
from kgapi.graph.vocab import SCHEME_OF
from kgapi.news.article import Article
from kgapi.news.zones import zones
from kgapi.reference import ontology
from kgapi.reference.ontology import Ontology
from kgapi.store.embedded import EmbeddedEngine
from tests.facts.misbehaving import Server, guesses


@cache
def _model() -> LlmExtractor:
    """A model that guesses, on a server that lives as long as this process."""
    server = Server(guesses)
    Thread(target=server.serve_forever, daemon=True).start()
    atexit.register(server.server_close)
    return LlmExtractor(Model(server.url, "a-model"), Answers(None), 0.4)


# How to make those that need more than their name.
FACTORIES: Mapping[str, Callable[[], Extractor]] = {
    "llm": _model,
    "ensemble": lambda: Ensemble([EXTRACTORS["rules"](), _model()]),
}
STATES = ("SanctionsMeasure", "Tenure", "EconomicEffect", "Judgement")


@cache
def made(name: str) -> Extractor:
    return FACTORIES.get(name, EXTRACTORS[name])()


NAMES = st.sampled_from(
    """Iran|the United States|Mali|Georgia|Côte d'Ivoire|the EU|Moscow|Washington|the Kremlin|OFAC
    |the US Treasury|Türkiye|Congo|Korea|Sovcomflot|Alfa-Bank|En+ Group|Lavrov|Sergei Lavrov
    |President Joe Biden|his Russian counterpart|they|it|both nations|the ministry|Iran's oil sector
    |the Iranian rial|500 people and 3 entities|the JCPOA|Resolution 2231|O’Brien|Al-Shabaab
    |14 tankers|the bloc|the two men|Bank of Russia|Xi|G7|Hezbollah|AT&T|€|Ivan the Terrible""".replace(
        "\n    ", ""
    ).split("|")
)
ACTS = st.sampled_from(
    """imposed sanctions on|did not lift its sanctions on|will ease sanctions against
    |threatened to sanction|was designated by|removed|met|signed a treaty with|invaded|accused
    |called on|voted against|vetoed|fined|denied that it had armed|fell by 12.5 percent against
    |, who visited Moscow on 3 May, hosted|, sanctioned in 2018, evaded the embargo on|condemned
    |extended until 2031 the ban on|stood by|banned imports from|withdrew from|said that|told
    |lost more than half of its value since the fall of|froze the assets of|would be cut off from
    |pulled out of|paid 5 million dollars to settle with|, including""".replace("\n    ", "").split(
        "|"
    )
)
TAILS = st.sampled_from(
    [
        "", " on Tuesday", " on 31 February 2023", " in early 2018", " over its nuclear programme",
        ', he said: "We will never ', '" it said', " last week", " (see page 3)", "…", " – if at all",
        " on December 7", " by 12/05/2023", " reportedly", " and Serbia, China and Peru", " for $1bn",
    ]
)  # fmt: skip
ENDS = st.sampled_from([".", ".", ".", "!", "?", ".”", ' "', "", ";", "\u00a0."])
SENTENCES = st.builds(
    lambda one, act, other, tail, end: f"{one[0].upper()}{one[1:]} {act} {other}{tail}{end}",
    NAMES,
    ACTS,
    NAMES,
    TAILS,
    ENDS,
)
LINES = st.sampled_from(
    [
        "Tuesday, 12/05/2023", "By Jane Roe", "MOSCOW, Dec 5 (Reuters) - ", "More News", "###",
        "EU Sanctions Russia", "| Iran | Iraq | Mali |", "- Sberbank\n- VTB\n- Alfa-Bank", "Iran",
        "إيران وروسيا", "🇮🇷 🚢🚢🚢", "Россия ответит на санкции.", "\u202eSanctions\u202c on Iran.",
        "A" * 300, "Iran, " * 60, "(((((", '""""', "1,234,567.89%", "e\u0301lan vital\u200b of Iran",
    ]
)  # fmt: skip
GARBAGE = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60)
PARAGRAPHS = st.one_of(
    st.lists(SENTENCES, min_size=1, max_size=4).map(" ".join),
    st.lists(SENTENCES, min_size=1, max_size=2).map(" ".join),
    LINES,
    GARBAGE,
)
TEXTS = st.lists(PARAGRAPHS, min_size=1, max_size=5).map("\n\n".join)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    text = draw(TEXTS)
    day = draw(st.dates(date(1950, 1, 1), date(2060, 12, 31)))
    return Article(text, text[:60].strip() or "x", day, zones(text))


def assert_sound(extraction: Extraction) -> None:
    """What holds for each fact that an extractor finds."""
    known = ontology.shipped()
    for fact in _all(extraction.facts):
        _assert_exact(fact, extraction.article)
        _assert_declared(fact, known)
        assert 0 <= fact.confidence <= 1
        assert fact.rule
        _assert_ordered(fact.when)
    assert all(isinstance(warning, str) for warning in extraction.warnings)


def _all(facts: Sequence[Fact]) -> Iterator[Fact]:
    for fact in facts:
        yield fact
        yield from _all([each for _, each in fact.fillers() if isinstance(each, Fact)])


def _assert_exact(fact: Fact, article: Article) -> None:
    assert fact.evidence
    for each in fact.evidence:
        assert 0 <= each.start < each.end <= len(article.text)
        assert article.text[each.start : each.end] == each.text


def _assert_declared(fact: Fact, known: Ontology) -> None:
    assert known.within(fact.type, ("Event", *STATES))
    assert (fact.action in known.schemes["action"]) == known.is_a(fact.type, "Event")
    assert fact.realis in known.schemes["realis"]
    assert fact.modality in known.schemes["modality"]
    assert (fact.speaker is not None) == (fact.modality in {"quoted", "reported"})
    for role, filler in fact.fillers():
        assert known.has_property(role, fact.type), (fact.type, role)
        assert known.within(filler.type, known.properties[role].range), (role, filler.type)
        if isinstance(filler, Entity):
            _assert_named(filler, known)
    for name, value in fact.values.items():
        assert known.has_property(name, fact.type), (fact.type, name)
        _assert_valued(name, value, known)
    assert set(fact.inferred) <= set(fact.roles) | set(fact.values)


def _assert_named(entity: Entity, known: Ontology) -> None:
    assert entity.type in known.classes
    assert entity.kind
    assert entity.key
    assert entity.label.strip() == entity.label != ""
    assert "\n" not in entity.label
    if entity.within:
        _assert_named(entity.within, known)


def _assert_valued(name: str, value: Value, known: Ontology) -> None:
    if name in SCHEME_OF:
        held = value if isinstance(value, tuple) else (value,)
        assert set(held) <= known.schemes[SCHEME_OF[name]], (name, value)
        assert held


def _assert_ordered(when: When) -> None:
    if when.begin and when.end:
        assert when.begin <= when.end


def test_the_table_of_factories_is_of_extractors_that_there_are() -> None:
    assert set(FACTORIES) <= set(EXTRACTORS)


def _check(name: str, batch: list[Article]) -> None:
    extractor = made(name)
    found = list(extractor.extract(batch))
    assert [each.article for each in found] == batch
    for each in found:
        assert_sound(each)
    alone = [next(iter(extractor.extract([article]))) for article in reversed(batch)]
    assert alone[::-1] == found


@pytest.mark.parametrize("name", EXTRACTORS)
def test_any_text(name: str) -> None:
    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.lists(articles(), min_size=1, max_size=3))
    def check(batch: list[Article]) -> None:
        _check(name, batch)

    check()


@pytest.mark.slow
@pytest.mark.parametrize("name", EXTRACTORS)
def test_any_text_at_length(name: str) -> None:
    @settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(articles(), min_size=1, max_size=3))
    def check(batch: list[Article]) -> None:
        _check(name, batch)

    check()


@pytest.mark.slow
@pytest.mark.parametrize("name", EXTRACTORS)
def test_any_graph_keeps_to_the_shapes(name: str, iris: Iris) -> None:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(articles())
    def check(article: Article) -> None:
        # Of a fallible extractor the pipeline leaves out what breaks a shape; of others it refuses.
        (done,) = pipeline.ingest([article], made(name), EmbeddedEngine(), iris)
        graph = mapping.article_graph(done.extraction, iris, (name, "1"))
        report = shapes.validate(graph)
        assert report.conforms, [result.message for result in report.results]

    check()


@pytest.mark.parametrize("name", EXTRACTORS)
def test_nothing_gives_nothing(name: str) -> None:
    assert list(made(name).extract([])) == []
