"""Parameters that say what somebody wants to hear of."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema

from kgapi.feeds import DIMENSIONS, Wanted
from kgapi.web.filters import Thing, any_of, concept


class TopicArguments(Schema):
    """What the facts are about."""

    entity = any_of("Who or what takes part in it, in whatever role", Thing())
    country = any_of("A country that takes part, or to which someone who does belongs", Thing())
    programme = any_of("The sanctions programme", Thing())
    reason = any_of("The ground that is given", concept("reason"))


def wanted(arguments: Mapping[str, Any]) -> Wanted:
    """What is asked for; everything where nothing is."""
    return {name: arguments[name] for name in DIMENSIONS if name in arguments}
