"""Texts in pieces, times in words: what pages are made of."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgapi.web.marking import Span, pieces
from kgapi.web.moments import Time, day, order, when
from kgapi.web.templating import head, tail

SPANS = st.lists(
    st.builds(Span, st.integers(-2, 30), st.integers(-2, 30), st.sampled_from("abc")), max_size=6
)


@given(st.text(max_size=25), SPANS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_pieces_make_the_text_and_know_their_passages(text: str, spans: list[Span]) -> None:
    found = list(pieces(text, spans))
    assert "".join(piece.text for piece in found) == text
    sound = {span for span in spans if 0 <= span.start < span.end <= len(text)}
    for span in sound:
        inside = [piece.text for piece in found if span in piece.inside]
        assert "".join(inside) == text[span.start : span.end]
        assert sum(span in piece.begins for piece in found) == 1
        assert sum(span in piece.ends for piece in found) == 1
    assert {span for piece in found for span in piece.inside} == sound


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ({"date": "2018-05-08"}, "8 May 2018"),
        ({"date": "2018-05"}, "May 2018"),
        ({"date": "2018"}, "2018"),
        ({"begin": "2018-05-08", "end": "2019"}, "8 May 2018 – 2019"),
        ({"begin": "2018-05-08"}, "since 8 May 2018"),
        ({"end": "2018-05"}, "until May 2018"),
        ({"earliest": "2018-01-01", "latest": "2018-04-30"}, "1 January 2018 – 30 April 2018"),
        ({"earliest": "2018-01-01", "latest": "2018-01-01"}, "1 January 2018"),
        ({"earliest": None, "latest": "2018-04-30"}, "by 30 April 2018"),
        ({"earliest": "2018-04-30"}, "not before 30 April 2018"),
        ({}, "no date"),
    ],
)
def test_times_in_words(time: Time, words: str) -> None:
    assert when(time) == words


def test_what_is_no_day_stays_as_it_is() -> None:
    assert [day(text) for text in ("", None, "some day", "2018-13")] == [
        "", "", "some day", "2018-13",
    ]  # fmt: skip


def test_facts_are_ordered_by_the_first_day_in_question() -> None:
    times: list[Time] = [{}, {"latest": "2019-01-01"}, {"earliest": "2018-01-01", "latest": "2020"}]
    assert sorted(times, key=order) == [times[2], times[1], times[0]]


def test_surroundings_begin_and_end_with_whole_words() -> None:
    assert tail("alf a sentence. And one. ") == "… a sentence. And one. "
    assert tail("paragraph.\n\nThe next. ") == "The next. "
    assert head(" And then some wor") == " And then some …"
    assert head(" The end.\n\nAnother") == " The end."
    assert (head(""), tail("")) == ("", "")
