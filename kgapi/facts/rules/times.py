"""Dates in words, read relative to the day of publication, never finer than they are worded."""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from kgapi.facts.fact import When
from kgapi.facts.rules.numbers import SMALL

Lean = Literal["past", "future", "near"]

# Spelt out, because the standard library's names follow the locale of the process.
_FULL_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTHS = {
    name: number
    for number, month in enumerate(map(str.lower, _FULL_MONTHS), 1)
    for name in (month, month[:3])
} | {"sept": 9}
_WEEKDAYS = {
    name: number
    for number, name in enumerate(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    )
}
_NUMBERS = SMALL | {"a": 1, "an": 1, "couple": 2, "several": 3, "few": 3, "dozen": 12}

_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_FULL = "|".join(_FULL_MONTHS)
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_PART = r"(?:the )?(?P<part>early|late|mid|beginning|start|end|first half|second half|middle)(?:[ -]of)?[ -]"
_COUNT = r"(?P<count>\d+|" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + r")(?: of)?"
_UNIT = r"(?P<unit>day|week|month|year|decade)s?"
_SINCE = r"(?P<lead>(?:ever )?since|from|until|till|through|by|before|after|as of|up to|starting|effective)"


SAME_DAY = "the same day"
"""The text of a time that is the one spoken of last."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A time in words: offsets into the text, and how to read it for a day of publication."""

    start: int
    end: int
    text: str
    read: Callable[[date, Lean], When]


def find(text: str, start: int, end: int) -> list[Expression]:
    """The time expressions in a stretch of text, in order, the longest at each place."""
    if _SIGN.search(text, start, end) is None:
        return []
    found: list[Expression] = []
    taken: list[tuple[int, int]] = []
    missing = {name for name, sign in _SIGNS.items() if sign.search(text, start, end) is None}
    for pattern, reader in _PATTERNS:
        if not missing.isdisjoint(pattern.groupindex):
            continue
        for match in pattern.finditer(text, start, end):
            if any(match.start() < last and first < match.end() for first, last in taken):
                continue
            # A date that does not exist says nothing, nor do its parts.
            taken.append(match.span())
            if (read := reader(match)) is not None:
                found.append(Expression(*match.span(), match.group().strip(), read))
    return sorted(found, key=lambda expression: expression.start)


def resolve(expression: Expression, published: date, lean: Lean) -> When:
    """The bounds that the expression gives, with its words."""
    when = expression.read(published, lean)
    return when if when.text == SAME_DAY else replace(when, text=expression.text)


_Reader = Callable[[re.Match[str]], "Callable[[date, Lean], When] | None"]


def _fixed(when: When) -> Callable[[date, Lean], When]:
    return lambda published, lean: when


def _day(match: re.Match[str]) -> Callable[[date, Lean], When] | None:
    month, day = _MONTHS[match["month"].lower()], int(match["day"])
    if match.groupdict().get("year"):
        found = _date(int(match["year"]), month, day)
        return _fixed(When(found, found)) if found else None

    def read(published: date, lean: Lean) -> When:
        found = _pick(published, lean, lambda year: _date(year, month, day))
        return When(found, found)

    return read if _date(2024, month, day) else None


def _pick(published: date, lean: Lean, make: Callable[[int], date | None]) -> date | None:
    """Of this year, the last and the next, the date that fits: past, future or nearest."""
    dates = [d for year in (-1, 0, 1) if (d := make(published.year + year))]
    if lean == "past":
        # "announced on 7 December" in an article of the fifth is more likely ahead than a year old.
        dates = [d for d in dates if d <= published] or dates
    elif lean == "future":
        dates = [d for d in dates if d >= published] or dates
    return min(dates, key=lambda d: abs((d - published).days), default=None)


def _iso(match: re.Match[str]) -> Callable[[date, Lean], When] | None:
    found = _date(int(match["year"]), int(match["m"]), int(match["d"]))
    return _fixed(When(found, found)) if found else None


def _month(match: re.Match[str]) -> Callable[[date, Lean], When] | None:
    month = _MONTHS[match["month"].lower()]
    part = (match.groupdict().get("part") or "").lower()
    if match.groupdict().get("year"):
        return _fixed(_in_month(int(match["year"]), month, part))

    def read(published: date, lean: Lean) -> When:
        first = _pick(published, lean, lambda year: date(year, month, 1))
        return _in_month((first or published).year, month, part)

    return read


def _in_month(year: int, month: int, part: str) -> When:
    last = calendar.monthrange(year, month)[1]
    first_day, last_day = {
        "early": (1, 10),
        "beginning": (1, 10),
        "start": (1, 10),
        "first half": (1, 15),
        "mid": (10, 20),
        "middle": (10, 20),
        "second half": (16, last),
        "late": (20, last),
        "end": (20, last),
    }.get(part, (1, last))
    return When(date(year, month, first_day), date(year, month, last_day), None, "month")


def _year(match: re.Match[str]) -> Callable[[date, Lean], When] | None:
    year = int(match["year"])
    part = (match.groupdict().get("part") or "").lower()
    first, last = {
        "early": ((1, 1), (4, 30)),
        "beginning": ((1, 1), (4, 30)),
        "start": ((1, 1), (4, 30)),
        "first half": ((1, 1), (6, 30)),
        "mid": ((5, 1), (8, 31)),
        "middle": ((5, 1), (8, 31)),
        "second half": ((7, 1), (12, 31)),
        "late": ((9, 1), (12, 31)),
        "end": ((11, 1), (12, 31)),
    }.get(part, ((1, 1), (12, 31)))
    return _fixed(When(date(year, *first), date(year, *last), None, "year"))


def _weekday(match: re.Match[str]) -> Callable[[date, Lean], When]:
    number = _WEEKDAYS[match["weekday"].lower()]
    which = (match["which"] or "").lower()

    def read(published: date, lean: Lean) -> When:
        back = (published.weekday() - number) % 7
        if which == "last" and back == 0:
            back = 7
        if which == "next" or (lean == "future" and which != "last"):
            ahead = (number - published.weekday()) % 7
            found = published + timedelta(ahead or (7 if which == "next" else 0))
        else:
            found = published - timedelta(back)
        return When(found, found)

    return read


def _same_day(match: re.Match[str]) -> Callable[[date, Lean], When]:
    return lambda published, lean: When(published, published, SAME_DAY)


def _relative_day(match: re.Match[str]) -> Callable[[date, Lean], When]:
    days = {"yesterday": -1, "tomorrow": 1}.get(match["name"].lower(), 0)

    def read(published: date, lean: Lean) -> When:
        found = published + timedelta(days)
        return When(found, found)

    return read


def _relative_period(match: re.Match[str]) -> Callable[[date, Lean], When]:
    step = {"last": -1, "past": -1, "previous": -1, "next": 1, "coming": 1}.get(
        match["which"].lower(), 0
    )
    unit = match["unit"].lower()

    def read(published: date, lean: Lean) -> When:
        if unit == "week":
            monday = published - timedelta(published.weekday()) + timedelta(7 * step)
            return When(monday, monday + timedelta(6))
        if unit == "month":
            return _in_month(*_months_on(published, step), "")
        year = published.year + step
        return When(date(year, 1, 1), date(year, 12, 31), None, "year")

    return read


def _months_on(day: date, months: int) -> tuple[int, int]:
    total = day.year * 12 + day.month - 1 + months
    return total // 12, total % 12 + 1


def _back(day: date, count: int, unit: str) -> date:
    if unit in {"day", "week"}:
        return day - timedelta(count * (7 if unit == "week" else 1))
    months = count * {"month": 1, "year": 12, "decade": 120}[unit]
    year, month = _months_on(day, -months)
    year = max(year, 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _count(match: re.Match[str]) -> int:
    worded = (match.groupdict().get("count") or "1").lower()
    return int(worded) if worded.isdigit() else _NUMBERS.get(worded, 1)


def _ago(match: re.Match[str]) -> Callable[[date, Lean], When] | None:
    count, unit = _count(match), match["unit"].lower()
    if count > 400:
        return None

    def read(published: date, lean: Lean) -> When:
        found = _back(published, count, unit)
        if unit == "day":
            return When(found, found)
        if unit in {"year", "decade"}:
            return When(date(found.year, 1, 1), date(found.year, 12, 31), None, "year")
        if unit == "month":
            return _in_month(found.year, found.month, "")
        return When(found - timedelta(3), found + timedelta(3))

    return read


def _over(match: re.Match[str]) -> Callable[[date, Lean], When] | None:
    count, unit = _count(match), match["unit"].lower()
    if count > 400:
        return None

    def read(published: date, lean: Lean) -> When:
        precision: Literal["day", "month"] = "day" if unit in {"day", "week"} else "month"
        return When(_back(published, count, unit), published, None, precision, True)

    return read


def _led(reader: _Reader) -> _Reader:
    """The reader for an expression that "since", "until" or the like stands before."""

    def lead(match: re.Match[str]) -> Callable[[date, Lean], When] | None:
        inner = reader(match)
        word = match["lead"].lower().split()[-1]
        if inner is None:
            return None

        def read(published: date, lean: Lean) -> When:
            when = inner(published, lean)
            if word == "since":
                when = inner(published, "past")
                return replace(when, end=None, lasting=True)
            if word in {"from", "of", "starting", "effective"}:
                return replace(when, end=None, lasting=True)
            if word in {"until", "till", "through", "to"}:
                return replace(inner(published, "future"), begin=None, lasting=True)
            if word == "by":
                return replace(when, begin=None)
            if word == "before" and when.begin:
                return replace(when, begin=None, end=when.begin - timedelta(1))
            if word == "after" and when.end:
                return replace(when, begin=when.end + timedelta(1), end=None)
            return when

        return read

    return lead


def _span(match: re.Match[str]) -> Callable[[date, Lean], When] | None:
    first, last = int(match["year"]), int(match["until"])
    if first > last:
        return None
    return _fixed(When(date(first, 1, 1), date(last, 12, 31), None, "year", True))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _patterns() -> Iterator[tuple[re.Pattern[str], _Reader]]:
    weekday = "(?P<weekday>" + "|".join(_WEEKDAYS) + ")"
    dated: list[tuple[str, _Reader]] = [
        (rf"(?:(?:{'|'.join(_WEEKDAYS)}),? )?{_MONTH} {_DAY},? {_YEAR}", _day),
        (rf"(?:(?:{'|'.join(_WEEKDAYS)}),? )?{_DAY} {_MONTH},? {_YEAR}", _day),
        (rf"{_YEAR}-(?P<m>\d\d)-(?P<d>\d\d)", _iso),
        (rf"(?:{_PART})?{_MONTH},? (?:of )?{_YEAR}", _month),
        (rf"(?:(?:{'|'.join(_WEEKDAYS)}),? )?{_MONTH} {_DAY}(?!\d|,? ?\d{{4}})", _day),
        (rf"(?:(?:{'|'.join(_WEEKDAYS)}),? )?{_DAY} {_MONTH}(?! \d)", _day),
        (rf"{_PART}{_YEAR}", _year),
    ]
    for pattern, reader in dated:
        yield re.compile(rf"\b{_SINCE} {pattern}\b", re.I), _led(reader)
        yield re.compile(rf"\b{pattern}\b", re.I), reader
    yield (
        re.compile(
            rf"\b(?:from|between) {_YEAR} (?:to|and|until) (?P<until>(?:19|20)\d\d)\b", re.I
        ),
        _span,
    )
    yield re.compile(rf"\b{_SINCE} {_YEAR}\b", re.I), _led(_year)
    yield re.compile(rf"\b(?:in|of|during) {_YEAR}\b", re.I), _year
    yield (
        re.compile(
            r"\b(?:over|in|during|for|within|throughout) (?:the )?(?:last|past|previous) "
            rf"(?:{_COUNT} )?{_UNIT}\b",
            re.I,
        ),
        _over,
    )
    yield re.compile(rf"\b{_COUNT} {_UNIT} (?:ago|earlier)\b", re.I), _ago
    yield re.compile(rf"\b{_SINCE} {_PART}{_MONTH}\b", re.I), _led(_month)
    yield (
        re.compile(
            rf"\b{_PART}(?P<month>{_FULL})\b",
            re.I,
        ),
        _month,
    )
    yield (
        re.compile(rf"\b{_SINCE} (?P<month>{_FULL})\b"),
        _led(_month),
    )
    yield (
        re.compile(rf"\b(?:in|last|this|next) (?P<month>{_FULL})\b"),
        _month,
    )
    weekday = rf"(?:(?P<which>last|next|this) )?{weekday}(?: (?:morning|afternoon|evening|night))?"
    yield re.compile(rf"\b{_SINCE} {weekday}\b", re.I), _led(_weekday)
    yield re.compile(rf"\b{weekday}\b", re.I), _weekday
    yield re.compile(r"\b(?:on )?(?:the same|that) day\b", re.I), _same_day
    yield re.compile(r"\b(?P<name>yesterday|today|tomorrow|tonight)\b", re.I), _relative_day
    yield (
        re.compile(
            r"\b(?P<which>last|past|previous|this|next|coming) (?P<unit>week|month|year)\b(?!'s)",
            re.I,
        ),
        _relative_period,
    )


_PATTERNS = list(_patterns())
# What every match of a group has inside.
_SIGNS = {
    "year": re.compile(r"(?:19|20)\d\d"),
    "month": re.compile(r"\b(?:" + "|".join(_MONTHS) + r")\b", re.I),
    "weekday": re.compile("day", re.I),
    "unit": re.compile("day|week|month|year|decade", re.I),
}
# Without one of these no pattern matches.
_SIGN = re.compile(
    r"\d|day|week|month|year|decade|tonight|tomorrow|\b(?:" + "|".join(_MONTHS) + r")\b", re.I
)
