"""The lexicon is data with its own proof: every example fires its frame, no counter-example does."""

import pytest

from kgapi.errors import BadSettings
from kgapi.facts.extractor import Extraction, Extractor
from kgapi.facts.rules import frames
from kgapi.reference import ontology
from tests.facts.conftest import article, labels

FRAMES = frames.shipped().frames
EXAMPLES = [
    pytest.param(frame.id, example["text"], example.get("roles", {}), id=f"{frame.id}-{number}")
    for frame in FRAMES.values()
    for number, example in enumerate(frame.examples, 1)
]
COUNTER = [
    pytest.param(frame.id, text, id=f"{frame.id}-{number}")
    for frame in FRAMES.values()
    for number, text in enumerate(frame.counter, 1)
]


@pytest.fixture(scope="module")
def read_all(extractor: Extractor) -> dict[str, Extraction]:
    texts = {example["text"] for frame in FRAMES.values() for example in frame.examples}
    texts |= {text for frame in FRAMES.values() for text in frame.counter}
    articles = [article(text) for text in sorted(texts)]
    return {found.article.text: found for found in extractor.extract(articles)}


@pytest.mark.parametrize(("frame", "text", "roles"), EXAMPLES)
def test_example_fires(
    frame: str, text: str, roles: dict[str, list[str]], read_all: dict[str, Extraction]
) -> None:
    fired = [fact for fact in read_all[text].facts if fact.rule == frame]
    assert any(
        all(sorted(labels(fact, role)) == sorted(wanted) for role, wanted in roles.items())
        for fact in fired
    ), [(fact.rule, fact.roles) for fact in read_all[text].facts]


@pytest.mark.parametrize(("frame", "text"), COUNTER)
def test_counter_example_does_not_fire(
    frame: str, text: str, read_all: dict[str, Extraction]
) -> None:
    assert not [fact for fact in read_all[text].facts if fact.rule == frame]


@pytest.mark.parametrize("frame", FRAMES.values(), ids=lambda frame: frame.id)
def test_frame_has_examples_on_both_sides(frame: frames.Frame) -> None:
    assert frame.examples
    assert frame.counter


def test_most_actions_have_a_frame() -> None:
    told = {frame.action for frame in FRAMES.values()}
    assert ontology.shipped().schemes["action"] - told == set()


ROW = '[[frame]]\nid = "x"\nclass = "Event"\naction = "invade"\nverbs = ["x"]\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[frame", "cannot read"),
        (ROW.replace('"Event"', '"Evnt"'), "no class Evnt"),
        (ROW.replace('"invade"', '"invite"'), "no action invite"),
        (ROW + 'roles.imposedBy = ["subj"]', "Event has no property imposedBy"),
        (ROW + 'roles.actor = ["sub"]', "no step 'sub'"),
        (ROW + 'need = ["actor"]', "needs actor"),
        (ROW + 'shape = "round"', "no field 'shape'"),
        (ROW + 'roles.actor = ["subj"]\ntypes.actor = ["Agency"]', "Agency"),
        (ROW + 'where = { "obj" = ["@nonsense"] }', "no list classes.nonsense"),
        (ROW + ROW, "same id"),
        (ROW + 'values = { reason = ["boredom"] }', "no reason boredom"),
    ],
)
def test_a_row_that_does_not_fit_is_refused(text: str, told: str) -> None:
    with pytest.raises(BadSettings, match=told):
        frames.load(text)
