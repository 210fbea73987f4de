"""Figures in words."""

import pytest

from kgapi.facts.rules import numbers


@pytest.mark.parametrize(
    ("text", "value", "unit", "bound"),
    [
        ("approximately 50 percent", 50, "percent", "approximately"),
        ("fell 5.5%", 5.5, "percent", "exactly"),
        ("more than 20 per cent", 20, "percent", "at-least"),
        ("up to 3 percentage points", 3, "percentage-point", "at-most"),
        ("a twelvefold depreciation", 12, "factor", "exactly"),
        ("rose 3-fold", 3, "factor", "exactly"),
        ("prices doubled", 2, "factor", "exactly"),
        ("by a factor of ten", 10, "factor", "exactly"),
        ("lost more than half of its value", 50, "percent", "at-least"),
        ("about 1.2 million barrels a day", 1_200_000, "barrels-per-day", "approximately"),
        ("more than $1 billion", 1_000_000_000, "amount", "at-least"),
        ("968,618,825 dollars", 968_618_825, "amount", "exactly"),
        ("€300m", 300_000_000, "amount", "exactly"),
    ],
)
def test_figure(text: str, value: float, unit: str, bound: str) -> None:
    (figure,) = numbers.find(text, 0, len(text))
    assert (figure.value, figure.unit, figure.bound) == (value, unit, bound)
    assert figure.approximate == (bound == "approximately")


@pytest.mark.parametrize(
    ("text", "code"), [("$5 million", "usd"), ("£20", "gbp"), ("60 dollars a barrel", "usd")]
)
def test_money_has_a_currency(text: str, code: str) -> None:
    (figure,) = numbers.find(text, 0, len(text))
    assert figure.currency == code


@pytest.mark.parametrize("text", ["three ministers", "Resolution 1718", "a barrage of sanctions"])
def test_no_figure(text: str) -> None:
    assert numbers.find(text, 0, len(text)) == []


def test_offsets() -> None:
    text = "from 9.5 percent to 20 percent"
    found = numbers.find(text, 0, len(text))
    assert [text[f.start : f.end] for f in found] == ["9.5 percent", "20 percent"]
