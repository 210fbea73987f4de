"""Sanctions on countries in the columns of the Global Sanctions Data Base (GSDB, release 4)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO

from kgapi.exports import merging, tables, told
from kgapi.graph.iris import Iris
from kgapi.queries.query import Row, house, rows
from kgapi.store.engine import Engine

COLUMNS = (
    "case_id", "sanctioned_state", "sanctioning_state", "begin", "end", "trade", "descr_trade",
    "arms", "military", "financial", "travel", "other", "target_mult", "sender_mult",
    "objective", "success",
)  # fmt: skip
"""The columns of the data base, in its order."""

TYPES: Mapping[str, str] = {
    "trade": "trade",
    "import": "trade",
    "export": "trade",
    "technology": "trade",
    "price-cap": "trade",
    "embargo": "trade",
    "arms": "arms",
    "military": "military",
    "financial": "financial",
    "asset-freeze": "financial",
    "investment": "financial",
    "travel": "travel",
    "transport": "other",
    "diplomatic": "other",
    "secondary": "other",
    "other": "other",
}
"""The column of each measure type. Those that may be of several kinds (economic, sectoral) have none."""

OBJECTIVES: Mapping[str, str] = {
    "human-rights": "human_rights",
    "terrorism": "terrorism",
    "territorial-integrity": "territorial_conflict",
    "democracy": "democracy",
    "election-interference": "democracy",
    "other": "other",
}
"""The objective that a ground stands for, where it stands for one and not for several."""

_KINDS = ("trade", "arms", "military", "financial", "travel", "other")
# Of the others it is not told whether they are complete.
_TRADE = {"technology": "exp_part"}
_YEAR = re.compile(r"\d{4}(?![^-])", re.ASCII)
_IN_FORCE = {"in-force", "suspended"}


def cases(engine: Engine, iris: Iris) -> Iterator[Mapping[str, str]]:
    """One row for each measure against countries, in the order of their IRIs."""
    query = house("episodes").bind()
    parts = (
        (row["case"], row) for _, small in told.stores(engine, iris) for row in rows(small, query)
    )
    for _, found in merging.together(parts):
        yield case(found)


def case(told: Sequence[Row]) -> Mapping[str, str]:
    """One measure as a row, from the rows that graphs give of it; what nobody tells is empty."""
    targets, senders = _all("targets", told), _all("senders", told)
    types, statuses = _all("types", told), _all("statuses", told)
    kinds = {TYPES[name] for name in types if name in TYPES}
    begins, ends = _years("begin", told), _years("end", told)
    return {
        "case_id": told[0]["case"],
        "sanctioned_state": ", ".join(targets),
        "sanctioning_state": ", ".join(senders),
        "begin": min(begins, default=""),
        "end": max(ends, default=""),
        **{kind: "1" if kind in kinds else "" for kind in _KINDS},
        "descr_trade": ",".join(sorted({_TRADE[name] for name in types if name in _TRADE})),
        "target_mult": _flag(len(targets) > 1),
        "sender_mult": _flag(_is_multilateral(senders, told)) if senders else "",
        "objective": ",".join(sorted(_objectives(told))),
        "success": "ongoing" if statuses and set(statuses) <= _IN_FORCE and not ends else "",
    }


def _objectives(told: Sequence[Row]) -> set[str]:
    return {OBJECTIVES[name] for name in _all("reasons", told) if name in OBJECTIVES}


def _is_multilateral(senders: Sequence[str], told: Sequence[Row]) -> bool:
    """Whether there are several senders, or one is a body of several countries."""
    return len(senders) > 1 or not {"Organization", "AgentGroup"}.isdisjoint(
        _all("senderClasses", told)
    )


def _years(name: str, told: Iterable[Row]) -> list[str]:
    return [found[0] for row in told if (found := _YEAR.match(row.get(name, "")))]


def _all(name: str, told: Iterable[Row]) -> list[str]:
    return sorted({each for row in told for each in row.get(name, "").split("|") if each})


def _flag(is_so: bool) -> str:
    return "1" if is_so else "0"


def write_csv(engine: Engine, iris: Iris, sink: IO[bytes]) -> None:
    """The cases as CSV, with a header."""
    tables.write(COLUMNS, cases(engine, iris), sink)
