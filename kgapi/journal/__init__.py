"""The journal: what changed in the store, graph by graph, and a place for what follows from it."""

from kgapi.journal.changes import FactChange, GraphChange
from kgapi.journal.database import connect, transaction
from kgapi.journal.follow import Projection, follow, graphs, rebuild
from kgapi.journal.follower import await_first, keep_following
from kgapi.journal.journal import Journal
from kgapi.journal.reads import Change, Present

__all__ = [
    "Change",
    "FactChange",
    "GraphChange",
    "Journal",
    "Present",
    "Projection",
    "await_first",
    "connect",
    "follow",
    "graphs",
    "keep_following",
    "rebuild",
    "transaction",
]
