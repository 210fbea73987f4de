"""Times in words: as precise as they are known, and no more."""

from collections.abc import Mapping
from datetime import date

Time = Mapping[str, str | None]
"""The times of a fact: ``date``, ``begin``, ``end``, ``earliest``, ``latest``, ``text``."""

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def day(text: str | None) -> str:
    """``2018-05-08`` as 8 May 2018, ``2018-05`` as May 2018; anything else as it is."""
    if not text:
        return ""
    try:
        first = date.fromisoformat(f"{text}-01" if len(text) == 7 else text)
    except ValueError:
        return text
    month = f"{_MONTHS[first.month - 1]} {first.year}"
    return month if len(text) == 7 else f"{first.day} {month}"


def when(time: Time) -> str:
    """The time of a fact in words; of one without a date, the days between which it lies."""
    if time.get("date"):
        return day(time["date"])
    begin, end = day(time.get("begin")), day(time.get("end"))
    if begin or end:
        return _span(begin, end, "since", "until")
    return _span(day(time.get("earliest")), day(time.get("latest")), "not before", "by")


def order(time: Time) -> str:
    """What to sort by: the first day in question, or the last; what has neither comes last."""
    return time.get("earliest") or time.get("latest") or time.get("date") or "9999"


def _span(first: str, last: str, alone_first: str, alone_last: str) -> str:
    if first and last:
        return first if first == last else f"{first} – {last}"
    if first:
        return f"{alone_first} {first}"
    return f"{alone_last} {last}" if last else "no date"
