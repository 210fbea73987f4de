"""Keys and labels for entities that a text names: folded, stable, never guessed together."""

import re
import unicodedata

from kgapi.facts.fact import Entity
from kgapi.reference.gazetteer import Gazetteer, Known

_UNFOLDED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"})
_NOT_KEY = re.compile(r"[^a-z0-9]+")


def fold(name: str) -> str:
    """The name in small letters without accents: "Élysée" and "Elysee" fold alike."""
    if name.isascii():
        return name.lower()
    low = unicodedata.normalize("NFKD", name.lower().translate(_UNFOLDED))
    return "".join(mark for mark in low if not unicodedata.combining(mark))


def slug(name: str) -> str:
    """The name as a key: folded, words joined by hyphens; "unnamed" where nothing is left."""
    return _NOT_KEY.sub("-", fold(name).replace("'", "")).strip("-")[:80].strip("-") or "unnamed"


def entity(known: Known, gazetteer: Gazetteer) -> Entity:
    """The entity of the reference data as a filler, within its country where it has just one."""
    home = gazetteer.get(known.countries[0]) if len(known.countries) == 1 else None
    within = Entity(home.kind, home.key, home.label, home.type) if home else None
    return Entity(known.kind, known.key, known.label, known.type, within)
