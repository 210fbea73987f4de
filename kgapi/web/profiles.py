"""Content negotiation by profile (W3C Working Draft): how much of a thing a client wants told."""

import re
from collections.abc import Iterator

from flask import request

from kgapi.errors import BadRequest, NotAcceptable
from kgapi.media import weight
from kgapi.queries.descriptions import FULL, PROFILES, Profile

# Profiles are IRIs in angle brackets (section 7.2.1); the short name is let pass, too.
_ASKED = re.compile(r"(?:<(?P<iri>[^<>]*)>|(?P<name>[^\s,;<>]+))\s*(?:;\s*(?P<q>q=[\d.]+))?")


def chosen(named: str | None) -> Profile:
    """The profile of ``?_profile=``, by name or IRI, or else the one that Accept-Profile likes best.

    Raises BadRequest for a name that no profile has, NotAcceptable where none on offer is liked.
    """
    if named is not None:
        return _called(named)
    asked = list(_asked(request.headers.get("Accept-Profile", "")))
    if not asked:
        return FULL
    liked = [(quality, profile) for quality, profile in asked if profile and quality > 0]
    if not liked:
        raise NotAcceptable(f"no such profile; on offer: {_offers()}", offered=_iris())
    return max(liked, key=lambda each: each[0])[1]


def _called(name: str) -> Profile:
    found = _known(name)
    if found is None:
        raise BadRequest(f"there is no profile {name!r}; on offer: {_offers()}", offered=_iris())
    return found


def _known(name: str) -> Profile | None:
    return next((each for each in PROFILES if name in {each.name, each.iri}), None)


def _asked(header: str) -> Iterator[tuple[float, Profile | None]]:
    for part in _ASKED.finditer(header):
        name = part["iri"] or part["name"]
        yield weight([part["q"] or ""]), FULL if name == "*" else _known(name)


def _offers() -> str:
    return ", ".join(each.name for each in PROFILES)


def _iris() -> list[str]:
    return [each.iri for each in PROFILES]
