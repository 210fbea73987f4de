"""Real rows of sanctions lists: who has which names."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

Listed = Mapping[str, tuple[str, tuple[str, ...]]]
"""Class and names by key."""

_OFAC = {"vessel": "Vessel", "individual": "Person"}


def read(folder: Path) -> Listed:
    """The entities of the lists in a folder."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    found |= _ofac(folder)
    found |= _un(folder)
    found |= _csl(folder)
    return found


def _ofac(folder: Path) -> Iterator[tuple[str, tuple[str, tuple[str, ...]]]]:
    others = defaultdict(list)
    for row in _rows(folder / "ofac-alt.csv"):
        others[row[0]].append(row[3])
    for row in _rows(folder / "ofac-sdn.csv"):
        class_ = _OFAC.get(row[2].strip(), "Organization")
        yield f"ofac-{row[0]}", (class_, (row[1], *others[row[0]]))


def _un(folder: Path) -> Iterator[tuple[str, tuple[str, tuple[str, ...]]]]:
    for each in ElementTree.parse(folder / "un-consolidated.xml").iter("ENTITY"):
        others = [alias.findtext("ALIAS_NAME") for alias in each.iter("ENTITY_ALIAS")]
        names = tuple(name for name in (each.findtext("FIRST_NAME"), *others) if name)
        yield f"un-{each.findtext('DATAID')}", ("Organization", names)


def _csl(folder: Path) -> Iterator[tuple[str, tuple[str, tuple[str, ...]]]]:
    header, *rows = _rows(folder / "us-csl.csv")
    for row in (dict(zip(header, row, strict=True)) for row in rows):
        others = tuple(name.strip() for name in row["alt_names"].split(";") if name.strip())
        class_ = "Vessel" if row["type"] == "Vessel" else "Organization"
        yield f"csl-{row['entity_number']}", (class_, (row["name"], *others))


def _rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.reader(lines))
