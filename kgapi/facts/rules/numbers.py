"""Figures in words: how much, in which unit, and how exactly."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kgapi.facts.fact import Value

# English number words; the larger numbers are put together from these.
SMALL = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_SCALES = {
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "m": 10**6,
    "mn": 10**6,
    "bn": 10**9,
    "tn": 10**12,
}
_MONEY = {
    "$": "usd",
    "us$": "usd",
    "€": "eur",
    "£": "gbp",
    "¥": "jpy",
    "dollar": "usd",
    "euro": "eur",
    "pound": "gbp",
    "yen": "jpy",
    "yuan": "cny",
    "ruble": "rub",
    "rouble": "rub",
    "rial": "irr",
    "lira": "try",
    "won": "krw",
}
_TIMES = {
    "doubled": 2,
    "doubling": 2,
    "double": 2,
    "tripled": 3,
    "tripling": 3,
    "triple": 3,
    "quadrupled": 4,
    "halved": 2,
    "halving": 2,
    "half its": 2,
    "half of its": 2,
}

_FIGURE = (
    r"(?P<figure>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|"
    + "|".join(sorted(SMALL, key=len, reverse=True))
    + r")(?:[ -]?(?P<scale>thousand|million|billion|trillion|mn|bn|tn|m)\b)?"
)
_HEDGE = (
    r"(?:(?P<hedge>about|around|approximately|roughly|nearly|almost|some|close to|an estimated|estimated|"
    r"more than|over|at least|above|upwards of|exceeding|no less than|"
    r"less than|under|below|up to|at most|no more than|as much as|not more than)\s+)?(?:an?\s+)?"
)
_AT_LEAST = {"more than", "over", "at least", "above", "upwards of", "exceeding", "no less than"}
_AT_MOST = {
    "less than",
    "under",
    "below",
    "up to",
    "at most",
    "no more than",
    "as much as",
    "not more than",
}
_ROUGH = {
    "about",
    "around",
    "approximately",
    "roughly",
    "nearly",
    "almost",
    "some",
    "close to",
    "an estimated",
    "estimated",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in a text: offsets, value, unit (a concept of the unit scheme), bound (of the bound
    scheme), whether it is hedged, and the ISO 4217 code of its currency where it is money."""

    start: int
    end: int
    value: int | float
    unit: str
    bound: str
    approximate: bool
    currency: str | None = None

    def values(self) -> dict[str, Value]:
        """The figure as values of a fact."""
        found: dict[str, Value] = {"value": self.value, "unit": self.unit, "bound": self.bound}
        if self.approximate:
            found["approximate"] = True
        return found


_PERCENT = re.compile(
    _HEDGE + _FIGURE + r"\s?-?(?P<unit>percentage points?|percent|per cent|%)", re.I
)
_FOLD = re.compile(r"\b(?P<word>" + "|".join(SMALL) + r"|\d+)-?fold\b", re.I)
_BY_FACTOR = re.compile(
    r"\bby a factor of (?P<figure>\d+(?:\.\d+)?|" + "|".join(SMALL) + r")\b", re.I
)
_MULTIPLE = re.compile(r"\b(?P<word>" + "|".join(_TIMES) + r")\b", re.I)
_SHARE = re.compile(
    _HEDGE + r"(?P<share>half|a third|one third|a quarter|two thirds|three quarters)"
    r" (?:of )?(?:its|their|the) value\b",
    re.I,
)
_BY_SHARE = re.compile(
    r"\bby " + _HEDGE + r"(?P<share>half|a third|one third|a quarter|two thirds|three quarters)\b",
    re.I,
)
_SHARES = {
    "half": 50,
    "a third": 33.3,
    "one third": 33.3,
    "a quarter": 25,
    "two thirds": 66.7,
    "three quarters": 75,
}
_BARRELS = re.compile(
    _HEDGE + _FIGURE + r"\s(?:barrels? (?:a|per) day|b/d|bpd|barrels daily)", re.I
)
_SUM = re.compile(_HEDGE + r"(?P<sign>US\$|\$|€|£|¥)\s?" + _FIGURE, re.I)
_WORDED_SUM = re.compile(
    _HEDGE + _FIGURE + r"\s(?:US |U\.S\. |American |Iranian |Russian |Chinese )?"
    r"(?P<money>dollar|euro|pound|yen|yuan|ruble|rouble|rial|lira|won)s?\b",
    re.I,
)


def find(text: str, start: int, end: int) -> list[Figure]:
    """The figures in a stretch of text, in order, none overlapping another."""
    found: list[Figure] = []
    for pattern, unit in (
        (_PERCENT, "percent"),
        (_SHARE, "percent"),
        (_BY_SHARE, "percent"),
        (_BARRELS, "barrels-per-day"),
        (_SUM, "amount"),
        (_WORDED_SUM, "amount"),
        (_FOLD, "factor"),
        (_BY_FACTOR, "factor"),
        (_MULTIPLE, "factor"),
    ):
        for match in pattern.finditer(text, start, end):
            if not any(match.start() < f.end and f.start < match.end() for f in found):
                found.append(_figure(match, unit))
    return sorted(found, key=lambda figure: figure.start)


def _figure(match: re.Match[str], unit: str) -> Figure:
    groups = match.groupdict()
    if unit == "percent" and (groups.get("unit") or "").lower().startswith("percentage"):
        unit = "percentage-point"
    hedge = " ".join((groups.get("hedge") or "").lower().split())
    bound = (
        "at-least"
        if hedge in _AT_LEAST
        else "at-most"
        if hedge in _AT_MOST
        else "approximately"
        if hedge in _ROUGH
        else "exactly"
    )
    currency = _MONEY.get((groups.get("sign") or groups.get("money") or "").lower())
    return Figure(
        match.start(), match.end(), _value(groups), unit, bound, hedge in _ROUGH, currency
    )


def _value(groups: Mapping[str, str | None]) -> int | float:
    if share := groups.get("share"):
        return _SHARES[share.lower()]
    worded = (groups.get("figure") or groups.get("word") or "").lower().replace(",", "")
    if worded in _TIMES:
        return _TIMES[worded]
    number: float = SMALL[worded] if worded in SMALL else float(worded)
    number *= _SCALES.get((groups.get("scale") or "").lower(), 1)
    return int(number) if number == int(number) else round(number, 6)
