"""Facts out of JSON objects: what ``kgapi extract`` prints, what people submit, what models answer.

Every term is looked up in the ontology and every quote in the article, and what is not there is
refused with its place. The format is described by ``kgapi.facts.schema``.
"""

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, TypeVar, get_args
from urllib.parse import unquote

from kgapi.errors import BadFacts
from kgapi.facts import terms
from kgapi.facts.fact import NEVER_SAID, Entity, Evidence, Fact, Precision, Value, When
from kgapi.facts.quotes import locate
from kgapi.facts.rules import names
from kgapi.news.article import Article
from kgapi.reference import gazetteer, ontology

T = TypeVar("T")

DEEPEST = 6
"""How many facts may stand inside one another."""

LONGEST = 500
"""Characters of a name and of any other string but a quote."""

MEMBERS = (
    "type", "action", "roles", "values", "time", "realis", "modality", "speaker", "confidence",
    "rule", "inferred", "evidence",
)  # fmt: skip
_ENTITY = ("id", "iri", "label", "type", "within")
_TIME = ("begin", "end", "text", "precision", "lasting")
_EVIDENCE = ("start", "end", "text")
# What no XML, hence no answer, can carry.
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_PATH = re.compile(r"([a-z]+)/([^\s/\\?#<>\"{}|^`]+)")


def fact(record: object, article: Article, rule: str, place: str = "", depth: int = 0) -> Fact:
    """The fact that a JSON object tells of an article; ``rule`` where it names none itself.

    Raises BadFacts, whose place begins with ``place``.
    """
    told = _object(record, MEMBERS, place)
    if depth > DEEPEST:
        raise _malformed(place, f"facts stand inside one another at most {DEEPEST} deep")
    type_ = _one_of(told.get("type"), terms.fact_classes(), f"{place}/type", "class of facts")
    roles = dict(_roles(told, type_, article, rule, place, depth))
    modality = _concept("modality", told.get("modality", "stated"), f"{place}/modality")
    return Fact(
        type=type_,
        evidence=_evidence(told.get("evidence"), article, f"{place}/evidence"),
        rule=_string(told.get("rule") or rule, f"{place}/rule"),
        action=_action(told.get("action"), type_, f"{place}/action"),
        roles=roles,
        values=dict(_values(told, type_, place)),
        when=_when(told.get("time"), f"{place}/time"),
        realis=_concept("realis", told.get("realis", "actual"), f"{place}/realis"),
        modality=modality,
        speaker=_speaker(told.get("speaker"), modality, f"{place}/speaker"),
        confidence=_confidence(told.get("confidence", 1.0), f"{place}/confidence"),
        inferred=tuple(
            _one_of(each, roles, f"{place}/inferred/{n}", "role of this fact")
            for n, each in enumerate(_list(told.get("inferred") or [], f"{place}/inferred"))
        ),
    )


def entity(held: object, allowed: Collection[str], place: str) -> Entity:
    """The entity that a name or an object means, of one of the classes ``allowed``.

    A name is one of the reference data; an object has an ``id`` (kind/key) or ``iri``, or a
    ``label`` and a ``type``. Raises BadFacts.
    """
    if isinstance(held, str):
        return _known(held, allowed, place) or _unknown(held, place)
    told = _object(held, _ENTITY, place)
    path = told.get("id") or _path_of(told.get("iri"))
    found = _by_path(path, told, place) if path else _named(told, allowed, place)
    if not ontology.shipped().within(found.type, allowed):
        raise BadFacts(
            f"{place}: {found.label} is {_a(found.type)}; this takes {', '.join(sorted(allowed))}",
            place=place,
            reason="wrong-range",
        )
    return found


def _roles(
    told: Mapping[str, Any], type_: str, article: Article, rule: str, place: str, depth: int
) -> Iterator[tuple[str, tuple[Entity | Fact, ...]]]:
    allowed = terms.roles(type_)
    for role, fillers in _object(told.get("roles") or {}, None, f"{place}/roles").items():
        here = f"{place}/roles/{role}"
        _one_of(role, allowed, here, f"role of {_a(type_)}")
        found = [
            _filler(each, allowed[role], article, rule, f"{here}/{n}", depth)
            for n, each in enumerate(_list(fillers, here))
        ]
        if found:
            yield role, _once(found)


def _once(fillers: Iterable[Entity | Fact]) -> tuple[Entity | Fact, ...]:
    """Each filler once. Facts hold mappings, which have no hash."""
    found: list[Entity | Fact] = []
    for each in fillers:
        if each not in found:
            found.append(each)
    return tuple(found)


def _filler(
    held: object, allowed: Collection[str], article: Article, rule: str, place: str, depth: int
) -> Entity | Fact:
    if not isinstance(held, dict) or "fact" not in held:
        return entity(held, allowed, place)
    inner = fact(held["fact"], article, rule, f"{place}/fact", depth + 1)
    if inner.type not in allowed:
        raise BadFacts(
            f"{place}: this takes {', '.join(sorted(allowed))}, not {_a(inner.type)}",
            place=place,
            reason="wrong-range",
        )
    return inner


def _known(name: str, allowed: Collection[str], place: str) -> Entity | None:
    """The one entity of the reference data, of a class allowed, that the name means."""
    shipped = gazetteer.shipped()
    _string(name, place)
    within = ontology.shipped().within
    if (by_path := shipped.get(name)) is not None:
        return names.entity(by_path, shipped)
    found = {
        sense.known.path: sense.known
        for match in shipped.find(name)
        if (match.start, match.end) == (0, len(name))
        for sense in match.senses
        if within(sense.known.type, allowed)
    }
    if len(found) > 1:
        raise BadFacts(
            f"{place}: {name!r} is {' or '.join(sorted(found))}: send an object with that `id`",
            place=place,
            reason="unknown-filler",
        )
    return names.entity(next(iter(found.values())), shipped) if found else None


def _unknown(name: str, place: str) -> Entity:
    raise BadFacts(
        f"{place}: the reference data have no {name!r} that fits here: send an object with `label`"
        " and `type`",
        place=place,
        reason="unknown-filler",
    )


def _path_of(iri: object) -> str | None:
    """kind/key of an IRI of ours, whatever the base."""
    return unquote(iri.partition("/id/")[2]) if isinstance(iri, str) and "/id/" in iri else None


def _by_path(path: object, told: Mapping[str, Any], place: str) -> Entity:
    parts = _PATH.fullmatch(_string(path, f"{place}/id"))
    if parts is None or parts[1] not in terms.KINDS.values():
        raise _malformed(f"{place}/id", f"{path!r} is not kind/key of an entity")
    shipped = gazetteer.shipped()
    if (known := shipped.get(parts[0])) is not None:
        return names.entity(known, shipped)
    type_ = _one_of(told.get("type"), terms.KINDS, f"{place}/type", "class of entities")
    if type_ in terms.LISTED:
        return _unknown(parts[0], place)
    label = " ".join(_string(told.get("label"), f"{place}/label").split())
    return Entity(parts[1], parts[2], label, type_, _within(told, type_, place))


def _named(told: Mapping[str, Any], allowed: Collection[str], place: str) -> Entity:
    """By label and type: of the reference data where they have it, else somebody new."""
    label = " ".join(_string(told.get("label"), f"{place}/label").split())
    type_ = _one_of(told.get("type"), terms.KINDS, f"{place}/type", "class of entities")
    classes = [one for one in terms.KINDS if ontology.shipped().is_a(one, type_)]
    if known := _known(label, classes, place):
        return known
    if type_ in terms.LISTED:
        return _unknown(label, place)
    within = _within(told, type_, place)
    if type_ == "Post" and within and not label.endswith(within.label):
        label = f"{label} of {within.label}"
    return Entity(terms.KINDS[type_], names.slug(label), label, type_, within)


def _within(told: Mapping[str, Any], type_: str, place: str) -> Entity | None:
    if told.get("within") is None:
        return None
    allowed = ("Country", "Organization") if type_ == "Post" else ("Country",)
    return entity(told["within"], allowed, f"{place}/within")


def _values(told: Mapping[str, Any], type_: str, place: str) -> Iterator[tuple[str, Value]]:
    allowed = terms.values(type_)
    for name, value in sorted(_object(told.get("values") or {}, None, f"{place}/values").items()):
        here = f"{place}/values/{name}"
        _one_of(name, allowed, here, f"property of {_a(type_)}")
        if name in terms.MANY:
            many = [value] if isinstance(value, str) else _list(value, here)
            yield name, tuple(dict.fromkeys(_concept(name, each, here) for each in many))
        elif allowed[name].scheme is not None:
            yield name, _concept(name, value, here)
        else:
            yield name, _literal(value, allowed[name].datatypes, here)


def _literal(value: object, datatypes: frozenset[str], place: str) -> Value:
    if "boolean" in datatypes:
        return _typed(value, bool, place, "true or false")
    if "decimal" in datatypes:
        return _number(value, place)
    return _string(value, place)


def _number(value: object, place: str) -> int | float:
    # A boolean is an int in Python and no number in JSON.
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or abs(value) > 1e18:  # type: ignore[arg-type]
        raise _malformed(place, f"{value!r} is no number that can be kept")
    return value  # type: ignore[return-value]


def _action(value: object, type_: str, place: str) -> str | None:
    if terms.has_action(type_):
        return _concept("actionType", value, place)
    if value is not None:
        raise BadFacts(f"{place}: {_a(type_)} has no action", place=place, reason="unknown-term")
    return None


def _concept(property_: str, value: object, place: str) -> str:
    scheme = ontology.scheme_of(property_)
    concepts = ontology.shipped().schemes[scheme]
    return _one_of(value, concepts, place, f"concept of the scheme {scheme}")


def _speaker(held: object, modality: str, place: str) -> Entity | None:
    if (held is not None) != (modality in {"quoted", "reported"}):
        raise _malformed(place, "what is quoted or reported has a speaker, and nothing else has")
    return None if held is None else entity(held, ("Agent",), place)


def _confidence(value: object, place: str) -> float:
    number = _number(value, place)
    if not 0 <= number <= 1:
        raise _malformed(place, f"confidence is from 0 to 1, not {number}")
    return float(number)


def _when(held: object, place: str) -> When:
    if held is None:
        return NEVER_SAID
    told = _object(held, _TIME, place)
    begin, first = _bound(told.get("begin"), f"{place}/begin", last=False)
    end, second = _bound(told.get("end"), f"{place}/end", last=True)
    if begin and end and begin > end:
        raise _malformed(place, f"the time ends on {end}, before it begins on {begin}")
    text = None if told.get("text") is None else _string(told["text"], f"{place}/text")
    precision: Precision = told.get("precision") or first or second or "day"
    _one_of(precision, get_args(Precision), f"{place}/precision", "precision")
    lasting = _typed(told.get("lasting", False), bool, f"{place}/lasting", "true or false")
    return When(begin, end, text, precision, lasting)


def _bound(value: object, place: str, *, last: bool) -> tuple[date | None, Precision | None]:
    """A day, or the first or last one of a month or year, and how precisely it is given."""
    if value is None:
        return None, None
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _malformed(place, f"{value!r} is no day, month or year such as 2018-05-08")
    year, month, day = found.groups()
    try:
        if day:
            return date(int(year), int(month), int(day)), "day"
        if month:
            first = date(int(year), int(month), 1)
            after = (first + timedelta(31)).replace(day=1)
            return (after - timedelta(1) if last else first), "month"
        return date(int(year), 12, 31) if last else date(int(year), 1, 1), "year"
    except (ValueError, OverflowError):
        raise _malformed(place, f"there is no day {value}") from None


def _evidence(held: object, article: Article, place: str) -> tuple[Evidence, ...]:
    quotes = [held] if isinstance(held, str) else _list(held, place)
    if not quotes:
        raise _malformed(place, "a fact needs evidence: the words of the article that say so")
    found = {_passage(each, article, f"{place}/{n}") for n, each in enumerate(quotes)}
    return tuple(sorted(found))


def _passage(held: object, article: Article, place: str) -> Evidence:
    told: Mapping[str, Any] = {"text": held}
    if not isinstance(held, str):
        told = _object(held, _EVIDENCE, place)
    quote = _typed(told.get("text"), str, f"{place}/text", "a string")
    start, end = told.get("start"), told.get("end")
    if start is not None:
        _typed(start, int, f"{place}/start", "a whole number")
        found = Evidence(start, start + len(quote), quote)
        # A store may keep no texts; what it kept of them was checked when it was.
        right = not article.text or article.text[max(start, 0) : found.end] == quote
        if not right or start < 0 or end not in (None, found.end) or not quote.strip():
            raise _misquoted(
                place, f"the article does not have {quote[:80]!r} from {start} to {end}"
            )
        return found
    located = locate(quote, article.text)
    if located is None:
        raise _misquoted(place, f"the article does not say {quote[:80]!r}")
    return located


def _object(held: object, members: Collection[str] | None, place: str) -> Mapping[str, Any]:
    told: dict[str, Any] = _typed(held, dict, place, "an object")
    if members is not None and (surplus := sorted(told.keys() - set(members))):
        raise _malformed(
            place, f"the member {surplus[0][:80]!r} is not known: there are {', '.join(members)}"
        )
    return told


def _list(held: object, place: str) -> list[Any]:
    return _typed(held, list, place, "a list")


def _string(held: object, place: str) -> str:
    text = _typed(held, str, place, "a string")
    if not is_line(text):
        raise _malformed(
            place, f"a text of 1 to {LONGEST} characters stands here, without controls"
        )
    return text


def is_line(text: str) -> bool:
    """True for words that can be kept as a name: some, not too many, no control characters."""
    return bool(text.strip()) and len(text) <= LONGEST and not _UNSTORABLE.search(text)


def _typed(held: object, wanted: type[T], place: str, what: str) -> T:
    if type(held) is not wanted:
        raise _malformed(place, f"this is {what}, not {str(held)[:80]!r}")
    return held


def _one_of(held: object, known: Collection[str], place: str, what: str) -> str:
    if not isinstance(held, str) or held not in known:
        raise BadFacts(
            f"{place}: {str(held)[:80]!r} is no {what}; there are {', '.join(sorted(known))}",
            place=place,
            reason="unknown-term",
        )
    return held


def _malformed(place: str, words: str) -> BadFacts:
    return BadFacts(f"{place or '/'}: {words}", place=place, reason="malformed")


def _misquoted(place: str, words: str) -> BadFacts:
    return BadFacts(f"{place}: {words}", place=place, reason="not-in-the-text")


def _a(type_: str) -> str:
    return f"an {type_}" if type_[0] in "AEIOU" else f"a {type_}"
