"""Feeds: what changed, for those who want to know of some of it, and in which words it is told."""

from kgapi.feeds.notices import Notice, notices
from kgapi.feeds.selection import EVERYTHING, Wanted, count, last_before, selected
from kgapi.feeds.telling import told
from kgapi.feeds.topics import DIMENSIONS, TOPICS
from kgapi.feeds.versions import event

__all__ = [
    "DIMENSIONS",
    "EVERYTHING",
    "TOPICS",
    "Notice",
    "Wanted",
    "count",
    "event",
    "last_before",
    "notices",
    "selected",
    "told",
]
