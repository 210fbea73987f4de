"""Gold: the facts that people say an article states, read from a Markdown table or from JSON."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from kgapi import news
from kgapi.errors import BadGold, KgapiError
from kgapi.facts.fact import Entity, Fact, Value
from kgapi.news.article import Article
from kgapi.reference import files, gazetteer, ontology
from kgapi.reference.turtle import BASE, SAN, triples

IMPLIED = "~"
_SUFFIX = ".gold.md"
_REALIS = ("actual", "planned", "threatened", "possible", "denied", "cancelled")
_CLAIMED = frozenset({"quoted", "reported", "opinion"})
_ISO = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a fact must be: its type, its action, and values by which its class is told."""

    type: str
    action: str | None = None
    values: tuple[tuple[str, Value], ...] = ()

    def takes(self, fact: Fact) -> bool:
        """True where the fact is of this kind."""
        return (fact.type, fact.action) == (self.type, self.action) and all(
            fact.values.get(name) == value for name, value in self.values
        )


@dataclass(frozen=True, slots=True)
class Name:
    """A filler as gold writes it. ``path`` is the kind/key of its IRI where the reference data know
    it; ``any_kind`` stands for whatever is of that kind; ``scored`` is False for one implied,
    which without a text may be anything."""

    text: str
    path: str | None = None
    any_kind: str | None = None
    scored: bool = True

    def means(self, entity: Entity) -> bool:
        """True where the name is one of the entity."""
        if not self.text:
            return True
        if self.any_kind:
            return entity.kind == self.any_kind
        if self.path:
            return entity.path == self.path
        labels = {entity.label, entity.key}
        if entity.within:
            labels.add(entity.label.removesuffix(f" of {entity.within.label}"))
        return _folded(self.text) in {_folded(label) for label in labels}


@dataclass(frozen=True, slots=True)
class Role:
    """The roles that may hold the fillers, and the fillers."""

    names: tuple[str, ...]
    fillers: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class GoldFact:
    """A fact that an article states, or one that must not be found in it.

    ``begin`` and ``end`` are ISO 8601 dates as precise as the text is ("2018", "2018-03"), None
    where open. ``realis`` and ``modalities`` are empty where anything will do. ``evidence`` are
    offsets into the article's text. An ``optional`` fact is right where found and not missed.
    ``closed`` roles are all there is: a filler that gold does not have is wrong; where it is False,
    this holds only for the roles that gold names.
    """

    id: str
    kinds: tuple[Kind, ...]
    roles: tuple[Role, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    begin: str | None = None
    end: str | None = None
    realis: str = ""
    modalities: frozenset[str] = frozenset()
    evidence: tuple[tuple[int, int], ...] = ()
    optional: bool = False
    closed: bool = True
    rule: str = ""
    trap: str = ""


@dataclass(frozen=True, slots=True)
class Gold:
    """An article with its gold. ``kinds`` are those of which the gold is complete (None: of all);
    ``unscored`` are the kinds of entities that it has no names for, ``entities`` those that it
    lists, where it does; ``passed_over`` are rows that cannot be scored."""

    name: str
    article: Article
    facts: tuple[GoldFact, ...]
    absent: tuple[GoldFact, ...] = ()
    entities: tuple[Name, ...] | None = None
    kinds: tuple[Kind, ...] | None = None
    unscored: frozenset[str] = frozenset()
    passed_over: tuple[str, ...] = ()


def find(paths: Iterable[Path]) -> Iterator[Path]:
    """The gold files at these paths: files as given, of a folder all ``*.gold.md`` and ``*.json``.

    Raises BadGold for a path that is not there and a folder without gold.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(each for each in path.iterdir() if each.name.endswith((_SUFFIX, ".json")))
        if not found:
            raise BadGold(f"{path}: there is no *{_SUFFIX} and no *.json in this folder")
        yield from found


def read(path: Path) -> Gold:
    """The gold of a file, with its article. Raises BadGold, which names the file and the place."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadGold(f"{path}: cannot be read: {error}") from None
    try:
        return _table(path, text) if path.name.endswith(_SUFFIX) else _json(path, text)
    except KgapiError as error:
        raise BadGold(f"{path}: {error}") from None


def _article(path: Path) -> Article:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadGold(f"its article cannot be read: {error}") from None
    return news.read(data, news.media_type_of(path))


@dataclass(frozen=True, slots=True)
class _Row:
    fact: GoldFact
    restates: str | None
    told: tuple[str, str]


def _table(path: Path, text: str) -> Gold:
    article = _article(path.with_name(path.name.removesuffix(_SUFFIX) + ".txt"))
    rows: list[_Row] = []
    passed_over: list[str] = []
    columns: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("|"):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not columns:
            columns = cells
        elif set(line) <= set("|-: "):
            continue
        elif len(cells) != len(columns):
            raise BadGold(f"line {number}: {len(cells)} cells where the head has {len(columns)}")
        else:
            cell = dict(zip(columns, cells, strict=True))
            row = _row(cell, article, f"line {number}")
            if row:
                rows.append(row)
            else:
                passed_over.append(f"{cell['id']} {cell['class']}")
    if not rows:
        raise BadGold("there is no table with a row that can be scored")
    classes = _classes()
    return Gold(
        str(path),
        article,
        tuple(_joined(rows)),
        entities=_listed(text),
        kinds=tuple(kind for name in classes["class"] for kind in _kinds(name)),
        unscored=frozenset(classes["unscored_kinds"]),
        passed_over=tuple(passed_over),
    )


@cache
def _classes() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("classes.toml").read_text("utf-8"))


def _kinds(name: str) -> tuple[Kind, ...]:
    known = _classes()["class"][name]
    values = tuple(sorted(known.get("values", {}).items()))
    return tuple(Kind(each["type"], each.get("action"), values) for each in known.get("is", ()))


def _row(cell: Mapping[str, str], article: Article, place: str) -> _Row | None:
    """A row of the table; None for one whose class is not among the facts."""
    if missing := {"id", "class", "roles", "time", "qualifiers", "voice", "evidence"} - set(cell):
        raise BadGold(f"the table lacks the column {', '.join(sorted(missing))}")
    if cell["class"] not in _classes()["class"] or not _kinds(cell["class"]):
        return None
    known = _classes()["class"][cell["class"]]
    roles: dict[tuple[str, ...], list[Name]] = {}
    values: dict[str, Value] = {}
    for part in filter(None, (part.strip() for part in cell["roles"].split(";"))):
        role, equals, filler = part.partition("=")
        if not equals:
            raise BadGold(f"{place}: {part!r} is not role=filler")
        if role in known.get("numbers", {}):
            values[known["numbers"][role]] = _number(filler, place)
        elif role in known["roles"]:
            roles.setdefault(tuple(known["roles"][role]), []).append(_name(filler))
    qualifiers = cell["qualifiers"]
    realis = re.search(r"\bmodality=(\w+)", qualifiers)
    negative = re.search(r"\bpolarity=(?:negative|negated|neg|no)", qualifiers)
    restates = re.search(r"\b(?:same event as|restates) (\w+)", qualifiers)
    passage = re.fullmatch(r'S\d+ "(.*)"', cell["evidence"])
    if not passage:
        raise BadGold(f'{place}: the evidence is not written S1 "…"')
    fact = GoldFact(
        cell["id"],
        _kinds(cell["class"]),
        tuple(Role(names, tuple(fillers)) for names, fillers in roles.items()),
        values,
        *_interval(cell["time"], place),
        realis=realis[1] if realis and realis[1] in _REALIS else "denied" if negative else "actual",
        modalities=_CLAIMED if cell["voice"] == "T" else frozenset({"stated"}),
        evidence=(_span(article, passage[1], place),),
        closed=False,
    )
    return _Row(fact, restates[1] if restates else None, (cell["class"], passage[1]))


def _number(text: str, place: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadGold(f"{place}: {text!r} is not a number") from None


def _interval(text: str, place: str) -> tuple[str | None, str | None]:
    begin, slash, end = text.partition("/")
    return _day(begin, place), _day(end if slash else begin, place)


def _day(text: Any, place: str) -> str | None:
    if text and not (isinstance(text, str) and _ISO.fullmatch(text)):
        raise BadGold(f"{place}: {text!r} is not a year, a month or a day of ISO 8601")
    return text or None


def _span(article: Article, text: str, place: str) -> tuple[int, int]:
    # A space in the gold may be any white space of the article: a no-break space looks like one.
    found = re.search(r"\s+".join(map(re.escape, text.split())), article.text)
    if not found or not text.strip():
        raise BadGold(f"{place}: the article does not have the evidence {text[:60]!r}")
    return found.span()


def _joined(rows: Iterable[_Row]) -> Iterator[GoldFact]:
    """One fact for the rows that tell of it: those that say so, and those that tell of several
    parties in the same passage ("North Korea and Eritrea stood by Russia")."""
    facts: dict[str, GoldFact] = {}
    first: dict[str, str] = {}
    passages: dict[tuple[str, str], str] = {}
    for row in rows:
        beside = passages.setdefault(row.told, row.fact.id)
        home = first.get(row.restates or "", beside)
        first[row.fact.id] = home
        facts[home] = _merged(facts[home], row.fact) if home in facts else row.fact
    return iter(facts.values())


def _merged(one: GoldFact, other: GoldFact) -> GoldFact:
    roles = {role.names: role.fillers for role in one.roles}
    for role in other.roles:
        roles[role.names] = tuple(dict.fromkeys((*roles.get(role.names, ()), *role.fillers)))
    return replace(
        one,
        roles=tuple(Role(names, fillers) for names, fillers in roles.items()),
        begin=one.begin or other.begin,
        end=one.end or other.end,
        modalities=one.modalities | other.modalities,
        evidence=(*one.evidence, *other.evidence),
    )


def _listed(text: str) -> tuple[Name, ...] | None:
    found = re.search(r"^Entities \(type:canonical\): (.*)$", text, re.M)
    if not found:
        return None
    return tuple(_name(each.strip().partition(":")[2]) for each in found[1].split(","))


_MEMBERS: Mapping[str, type | tuple[type, ...]] = {
    "id": str,
    "type": str,
    "action": (str, type(None)),
    "or": list,
    "roles": dict,
    "values": dict,
    "time": dict,
    "realis": str,
    "modality": str,
    "evidence": list,
    "optional": bool,
    "rule": str,
    "trap": str,
}


def _json(path: Path, text: str) -> Gold:
    try:
        held = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadGold(f"not JSON: {error}") from None
    if not isinstance(held, dict) or not isinstance(held.get("article"), str):
        raise BadGold('it is no object with "article", the name of a file beside it')
    if unknown := sorted(held.keys() - {"article", "facts", "absent"}):
        raise BadGold(f"{unknown[0]!r} is no member of a gold file")
    article = _article(path.parent / held["article"])
    facts, absent = (
        tuple(
            _fact(each, article, f"{member} {number}", present=member == "facts")
            for number, each in enumerate(_list(held.get(member, []), member), 1)
        )
        for member in ("facts", "absent")
    )
    return Gold(str(path), article, facts, absent)


def _list(value: object, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadGold(f"{place}: not a list")
    return value


def _fact(held: Any, article: Article, place: str, *, present: bool) -> GoldFact:
    if not isinstance(held, dict) or not isinstance(held.get("type"), str):
        raise BadGold(f'{place}: not an object with a "type"')
    for member, value in held.items():
        if member not in _MEMBERS:
            raise BadGold(f"{place}: {member!r} is no member of a fact")
        if not isinstance(value, _MEMBERS[member]):
            raise BadGold(f"{place}: {member!r} holds {value!r}")
    kinds = tuple(_kind(each, place) for each in (held, *held.get("or", ())))
    _concepts(held, ("realis", "modality"), place)
    time = held.get("time", {})
    evidence = _list(held.get("evidence", []), f"{place}: evidence")
    if present and not evidence:
        raise BadGold(f"{place}: a fact needs evidence")
    return GoldFact(
        held.get("id", place),
        kinds,
        tuple(_role(role, names, place) for role, names in held.get("roles", {}).items()),
        {name: _value(value, place) for name, value in held.get("values", {}).items()},
        _day(time.get("begin"), place),
        _day(time.get("end"), place),
        held.get("realis", "actual" if present else ""),
        frozenset({held["modality"]} if "modality" in held else {"stated"} if present else ()),
        tuple(_span(article, str(each), place) for each in evidence),
        held.get("optional", False),
        rule=held.get("rule", ""),
        trap=held.get("trap", ""),
    )


def _kind(held: Any, place: str) -> Kind:
    if not isinstance(held, dict) or held.get("type") not in ontology.shipped().classes:
        told = held.get("type") if isinstance(held, dict) else held
        raise BadGold(f"{place}: {told!r} is no class of the ontology")
    _concepts(held, ("action",), place)
    return Kind(held["type"], held.get("action"))


def _concepts(held: Mapping[str, Any], schemes: Iterable[str], place: str) -> None:
    """Raise BadGold where a member holds no concept of the scheme of its name."""
    for scheme in schemes:
        if held.get(scheme) is not None and held[scheme] not in ontology.shipped().schemes[scheme]:
            raise BadGold(f"{place}: {held[scheme]!r} is no {scheme} of the vocabularies")


def _value(held: object, place: str) -> Value:
    if isinstance(held, list) and all(isinstance(each, str) for each in held):
        return tuple(held)
    if isinstance(held, str | int | float | bool):
        return held
    raise BadGold(f"{place}: {held!r} is no value of a fact")


def _role(role: str, names: object, place: str) -> Role:
    if role.partition(".")[0] not in ontology.shipped().properties:
        raise BadGold(f"{place}: {role!r} is no property of the ontology")
    fillers = _list(names, f"{place}: {role}")
    if not all(isinstance(each, str) and each for each in fillers):
        raise BadGold(f"{place}: the fillers of {role!r} are not all names")
    return Role((role,), tuple(_name(each) for each in fillers))


def _name(text: str) -> Name:
    scored = not text.startswith(IMPLIED)
    text = text.removeprefix(IMPLIED).strip()
    if text in _classes()["any_agreement"]:
        return Name("agreement", any_kind="agreement", scored=scored)
    if text.endswith("/*"):
        return Name(text, any_kind=text.removesuffix("/*"), scored=scored)
    return Name(text, _path(text), scored=scored)


def _path(text: str) -> str | None:
    """kind/key of what a name means: a path outright, an ISO code, a name of the reference data."""
    known = gazetteer.shipped()
    if known.get(text) or re.fullmatch(r"[a-z]+/[a-z0-9-]+", text):
        return text
    if text in _codes():
        return _codes()[text]
    for match in known.find(text):
        sure = [sense for sense in match.senses if sense.manner == "name"]
        if (match.start, match.end) == (0, len(text)) and len(sure) == 1:
            return sure[0].known.path
    return None


@cache
def _codes() -> dict[str, str]:
    """kind/key by ISO 3166-1 alpha-3 and ISO 4217 code."""
    return {
        value: subject.removeprefix(BASE + "id/")
        for subject, predicate, value in triples(files.ontology("reference.ttl"))
        if predicate in {SAN + "alpha3", SAN + "currencyCode"}
    }


def _folded(text: str) -> str:
    return re.sub(r"\W+", " ", text.replace("-", " ")).strip().casefold()
