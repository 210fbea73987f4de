"""Watches: who wants to hear of what, and the webhooks that tell them."""

from kgapi.watches.addresses import destinations
from kgapi.watches.delivery import Manner, keep_delivering
from kgapi.watches.signing import new_secret, signature, usable_secret
from kgapi.watches.watches import ACTIVE, GIVEN_UP, Watch, Watches

__all__ = [
    "ACTIVE",
    "GIVEN_UP",
    "Manner",
    "Watch",
    "Watches",
    "destinations",
    "keep_delivering",
    "new_secret",
    "signature",
    "usable_secret",
]
