"""Dates written in news text, and which of them is the day of publication."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from kgapi.errors import UnreadableArticle
from kgapi.news.article import Article, Zone

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
WEEKDAY = re.compile(
    r"\b(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:s|nes|rs|ur|urs)?(?:day)?)\b", re.IGNORECASE
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_ORDINAL = r"(?:st|nd|rd|th)?"
_CLEAR = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\b(?P<month>{MONTH})\.?\s+(?P<day>\d\d?){_ORDINAL},?\s+{_YEAR}\b",
        rf"\b(?P<day>\d\d?){_ORDINAL}\s+(?:of\s+)?(?P<month>{MONTH})\.?,?\s+{_YEAR}\b",
        rf"(?<!\d){_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)",
        rf"(?<![\d.])(?P<day>\d\d?)\.(?P<month>\d\d?)\.{_YEAR}\b",
    )
]
_SLASHED = re.compile(rf"(?<![\d/])(?P<first>\d\d?)/(?P<second>\d\d?)/{_YEAR}\b(?!/)")
_DATELINES = 5  # more than an article has; a table of dates is none
_BESIDE = 20  # characters between a date and the weekday that belongs to it
_NEAR = 31  # days between a date and another one in the same news


@dataclass(frozen=True, slots=True, order=True)
class Written:
    """A full date as it stands in a text. Two readings where day and month could be swapped."""

    start: int
    end: int
    readings: tuple[date, ...]


def written(text: str) -> list[Written]:
    """The full dates of a text in reading order. Days that do not exist are no dates."""
    found = [
        Written(*match.span(), _existing([(match["year"], _month(match["month"]), match["day"])]))
        for form in _CLEAR
        for match in form.finditer(text)
    ]
    for match in _SLASHED.finditer(text):
        year, first, second = match["year"], match["first"], match["second"]
        readings = _existing([(year, first, second), (year, second, first)])
        found.append(Written(*match.span(), readings))
    return sorted(one for one in found if one.readings)


def published(text: str, zones: Iterable[Zone]) -> date | None:
    """The date of the dateline, else the first full date, where it can be read in one way only."""
    dates = written(text)
    lines = [zone for zone in zones if zone.kind == "dateline"][:_DATELINES]
    dated = [one for one in dates if any(z.start <= one.start < z.end for z in lines)]
    return settled((dated or dates)[0], text, dates) if dates else None


def settled(one: Written, text: str, others: Iterable[Written]) -> date | None:
    """The one reading that fits the weekday beside the date, else a clear date close to it."""
    if len(one.readings) == 1:
        return one.readings[0]
    beside = text[max(0, one.start - _BESIDE) : one.end + _BESIDE]
    days = {_DAYS.index(word.lower()) for word in WEEKDAY.findall(beside)}
    clear = [other.readings[0] for other in others if len(other.readings) == 1]
    for fitting in (
        [reading for reading in one.readings if reading.weekday() in days],
        [r for r in one.readings if any(abs((r - day).days) <= _NEAR for day in clear)],
    ):
        if len(fitting) == 1:
            return fitting[0]
    return None


def undated(article: Article) -> str:
    """Why an article has no date of publication, and how to mend it: one sentence."""
    for one in written(article.text):
        if len(one.readings) > 1:
            swapped = " or ".join(reading.isoformat() for reading in sorted(one.readings))
            return (
                f"The date {article.text[one.start : one.end]} may be {swapped} and neither a"
                " weekday nor another date settles it: send the date of publication."
            )
    return "The article says nowhere when it was published: send the date of publication."


def iso(value: str, field: str) -> date:
    """The day of an ISO 8601 date or date-time, in the time zone it is written in.

    Raises UnreadableArticle, naming the field, where it is none or the day does not exist.
    """
    dashed = re.match(r"\d{4}-\d\d-\d\d(?:[T ]|\Z)", value)
    try:
        return datetime.fromisoformat(value if dashed else "").date()
    except ValueError:
        raise UnreadableArticle(
            f"{field} is not a date that exists: {value[:100]!r};"
            " write it as year-month-day, such as 2023-12-05."
        ) from None


def _month(name: str) -> str:
    return name if name.isdigit() else str(_MONTHS.index(name[:3].lower()) + 1)


def _existing(readings: list[tuple[str, str, str]]) -> tuple[date, ...]:
    days: list[date] = []
    for year, month, day in readings:
        try:
            days.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return tuple(dict.fromkeys(days))
