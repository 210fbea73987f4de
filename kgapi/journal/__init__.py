"""The journal: what changed in the store, graph by graph, and a place for what follows from it."""

from kgapi.journal.changes import FactChange, GraphChange
from kgapi.journal.database import connect, transaction
from kgapi.journal.follow import Projection, follow, graphs, rebuild

__all__ = [
    "FactChange",
    "GraphChange",
    "Projection",
    "connect",
    "follow",
    "graphs",
    "rebuild",
    "transaction",
]
