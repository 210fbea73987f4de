"""What both versions of the API answer, before each gives it the shape of its own."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from flask import render_template, request

from kgapi.errors import BadRequest, NotFound, TooLarge
from kgapi.index.selection import Selection
from kgapi.matching.countries import called
from kgapi.matching.score import Candidate, Profile, Value, Wanted, ranked
from kgapi.queries import listing, names
from kgapi.queries.names import Names
from kgapi.web.conditions import journal_tag, revision_tag
from kgapi.web.parts import parts
from kgapi.web.reconcile import offers
from kgapi.web.reconcile.offers import Offer

PREVIEW = (430, 300)
"""Width and height of a preview, in pixels."""

_MOST = 100
_USUAL = 10
# How many of those that share most keys with a name are compared with it.
_CONSIDERED = 40
_CONSIDERED_BY_PROPERTY = 200


@dataclass(frozen=True, slots=True)
class Query:
    """What is wanted, and how many candidates at most; None: as many as usual."""

    wanted: Wanted
    limit: int | None = None


def tag(name: str) -> str | None:
    """ETag of an answer: of the names where something is asked, not of what is offered."""
    return journal_tag(name) if request.args else revision_tag(name)


@contextmanager
def known_names() -> Iterator[Names]:
    """The names of the store as it is, in one state for all that is asked within."""
    house = parts()
    house.journal.current()
    with house.journal.reading() as connection:
        yield Names(connection, house.iris)


def granted(limit: int | None) -> int:
    """How many are given where so many are asked for."""
    return min(limit or _USUAL, _MOST)


def check_size(number: int) -> None:
    """Raises TooLarge for more queries, or entities, than one request may have."""
    most = parts().settings.max_batch
    if number > most:
        raise TooLarge(f"{number:,} at a time are too many: at most {most:,}", limit=most)


def matched(queries: Sequence[Query]) -> list[list[Candidate]]:
    """Who may be meant by each of some queries, the best first."""
    with known_names() as known:
        considered = [_considered(query.wanted, known) for query in queries]
    return [
        ranked(query.wanted, profiles, granted(query.limit))
        for query, profiles in zip(queries, _with_values(queries, considered), strict=True)
    ]


def _with_values(
    queries: Sequence[Query], considered: Sequence[Sequence[Profile]]
) -> Iterator[Sequence[Profile]]:
    """The same entities with what they have of all that is asked, read at once."""
    asked = {each.property for query in queries for each in query.wanted.conditions}
    house, once = parts(), _once([each for found in considered for each in found] if asked else [])
    full = names.with_values(house.engine, house.iris, once, sorted(asked))
    known = {profile.path: profile.values for profile in full}
    for found in considered:
        yield [replace(each, values=known.get(each.path, {})) for each in found]


def path_of(text: str) -> str:
    """The kind/key of an IRI of ours; anything else as it is."""
    return parts().iris.path(text) or text


def _considered(wanted: Wanted, known: Names) -> list[Profile]:
    types = wanted.types if wanted.strict else ()
    paths = (*wanted.paths, *(path_of(name) for name in wanted.names))
    found = [profile for path in paths if (profile := known.get(path))]
    for name in wanted.names:
        found += _abroad(name, known)
        found += known.like(name, types, _CONSIDERED)
    if not wanted.names and not wanted.paths:
        found += _by_property(wanted, known)
    return _once(found)


def _abroad(name: str, known: Names) -> list[Profile]:
    """The countries that have this name in another language, with it."""
    found = [known.get(f"country/{code}") for code in called(name)]
    return [replace(each, names=(*each.names, name)) for each in found if each]


def _once(found: Sequence[Profile]) -> list[Profile]:
    """Each entity once, as it comes first."""
    return list({profile.path: profile for profile in reversed(found)}.values())


def _by_property(wanted: Wanted, known: Names) -> list[Profile]:
    """Those who meet the first condition: it is what they are looked up by."""
    first = wanted.conditions[0]
    if first.property == names.NAME:
        return [each for name in first.values for each in known.like(name, (), _CONSIDERED)]
    house = parts()
    values = [path_of(value) for value in first.values]
    values += [each.path for value in first.values for each in _exactly(value, known)]
    paths = names.having(house.engine, house.iris, first.property, values, _CONSIDERED_BY_PROPERTY)
    return [profile for path in paths if (profile := known.get(path))]


def _exactly(name: str, known: Names) -> list[Profile]:
    """Who has this very name, in any script."""
    like = [*_abroad(name, known), *known.like(name, (), _CONSIDERED)]
    found = ranked(Wanted((name,)), _once(like), _CONSIDERED)
    return [one.profile for one in found if one.features.get("folded") or one.features.get("exact")]


def suggested(prefix: str, types: Sequence[str], skip: int, limit: int) -> list[Profile]:
    """Entities with a name, or a word of one, that starts so."""
    wanted = [offers.type_of(each).id for each in types]
    with known_names() as known:
        return known.starting(path_of(prefix), wanted, skip + limit)[skip : skip + limit]


def offered(found: Sequence[Offer], prefix: str, skip: int, limit: int) -> list[Offer]:
    """The classes or properties whose name or identifier has a word that starts so."""
    wanted = prefix.casefold()
    starting = [
        offer
        for offer in found
        if offer.id.casefold().startswith(wanted)
        or any(word.startswith(wanted) for word in _rests(offer.name.casefold()))
    ]
    return starting[skip : skip + limit]


def _rests(name: str) -> list[str]:
    words = name.split()
    return [" ".join(words[at:]) for at in range(len(words))]


def extended(ids: Sequence[str], properties: Sequence[Offer]) -> list[tuple[str, Profile | None]]:
    """Entities by the identifiers asked for, with their values; None for what is none."""
    house = parts()
    with known_names() as known:
        found = {each: known.get(path_of(each)) for each in ids}
    profiles = [profile for profile in found.values() if profile]
    wanted = [offer.id for offer in properties]
    full = names.with_values(house.engine, house.iris, profiles, wanted)
    by_path = {profile.path: profile for profile in full}
    return [(each, by_path[found.path] if found else None) for each, found in found.items()]


def values(found: Profile | None, offer: Offer) -> list[dict[str, Any]]:
    """The values of a property, in the shape that both versions have."""
    return [_value(each) for each in found.values.get(offer.id, ())] if found else []


def _value(told: Value) -> dict[str, Any]:
    return {"id": told.path, "name": told.text} if told.path else {"str": told.text}


def type_json(type_: str) -> dict[str, Any]:
    offer = offers.type_of(type_)
    return {"id": offer.id, "name": offer.name}


def offer_json(offer: Offer) -> dict[str, Any]:
    return {"id": offer.id, "name": offer.name, "description": offer.description}


def described(profile: Profile) -> str:
    """A line that tells namesakes apart."""
    others = [name for name in profile.names[1:] if name.isascii()][:3]
    kind = offers.type_of(profile.type).name
    return f"{kind}; also {', '.join(others)}" if others else kind


def entity_json(profile: Profile) -> dict[str, Any]:
    return {"id": profile.path, "name": profile.label, "description": described(profile)}


def candidate_json(one: Candidate) -> dict[str, Any]:
    return {
        **entity_json(one.profile),
        "type": [type_json(one.profile.type)],
        "score": one.score,
        "match": one.match,
        "features": [{"id": name, "value": value} for name, value in one.features.items()],
    }


def meta_json(offer: Offer) -> dict[str, Any]:
    """A column of an extension: its name, and the class of its values where they have just one."""
    known = offers.ranges(offer.id)
    told = {"id": offer.id, "name": offer.name}
    return told | ({"type": type_json(known[0])} if len(known) == 1 else {})


def default_types() -> list[dict[str, Any]]:
    return [type_json(name) for name in ("Agent", "Person", "Organization", "Country", "Vessel")]


def entity(identifier: str) -> Profile:
    """The entity with this identifier. Raises NotFound."""
    with known_names() as known:
        profile = known.get(path_of(identifier))
    if profile is None:
        raise NotFound(f"there is no entity {identifier!r}")
    return profile


def preview(identifier: str) -> dict[str, Any]:
    """What a preview shows of an entity. Raises NotFound."""
    house, profile = parts(), entity(identifier)
    about = Selection(terms=[("entity", [str(house.iris.thing(profile.path))])])
    with house.journal.reading() as connection:
        facts = listing.facts(house.engine, connection, about, "", 3)
    return {
        "root": request.url_root,
        "profile": profile,
        "description": described(profile),
        "facts": facts.items,
        "total": facts.total,
    }


def flyout(identifier: str, html: str) -> dict[str, Any]:
    return {"id": identifier, "html": html}


def entity_flyout(identifier: str) -> dict[str, Any]:
    """A small preview of an entity. Raises NotFound."""
    profile = entity(identifier)
    text = described(profile)
    return flyout(
        identifier, render_template("reconcile-flyout.html", name=profile.label, text=text)
    )


def offer_flyout(offer: Offer) -> dict[str, Any]:
    """A small preview of a class or property."""
    html = render_template("reconcile-flyout.html", name=offer.name, text=offer.description)
    return flyout(offer.id, html)


def whole_number(text: str | None, name: str, least: int) -> int | None:
    """A parameter that is a whole number. Raises BadRequest for what is none, or less."""
    if text is None or text == "":
        return None
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < least:
        raise BadRequest(f"`{name}` is a whole number from {least} on, not {text[:20]!r}")
    return int(text)
