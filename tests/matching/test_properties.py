"""What holds of any two names at all, whatever is in them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kgapi.matching.names import compare
from kgapi.matching.spelling import keys, latin, spelling

CLASSES = st.sampled_from(["Person", "Organization", "Country", "Vessel"])
NAMES = st.text(max_size=60)


@settings(max_examples=100, deadline=None)
@given(NAMES, NAMES, CLASSES)
def test_scores_are_from_0_to_100(asked: str, known: str, class_: str) -> None:
    features = compare(asked, known, class_)
    assert 0 <= features.words <= 1
    assert 0 <= features.sounds <= 1
    assert 0 <= features.score <= 100


@settings(max_examples=100, deadline=None)
@given(NAMES, CLASSES)
def test_a_name_is_like_itself(name: str, class_: str) -> None:
    assert compare(name, name, class_).score == 100


@settings(max_examples=100, deadline=None)
@given(NAMES)
def test_what_is_compared_is_ascii(name: str) -> None:
    assert latin(name).isascii()
    assert latin(latin(name)) == latin(name)
    assert len(spelling(name).words) == len(spelling(name).sounds)
    assert bool(keys(name)) == bool(latin(name))
