"""The journal: what changed in the store, graph by graph, and a place for what follows from it."""

from kgapi.journal.changes import FactChange, GraphChange
from kgapi.journal.database import connect, transaction
from kgapi.journal.follow import Apply, follow, graphs

__all__ = ["Apply", "FactChange", "GraphChange", "connect", "follow", "graphs", "transaction"]
