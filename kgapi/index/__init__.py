"""The index: facts, entities and words in tables, to be filtered, counted and found fast.

It follows the journal, and is made of nothing else: whatever it tells, the graphs tell.
"""

from kgapi.index.names import Candidate, Suggestion, below, candidates, entity, suggestions
from kgapi.index.tables import INDEX, Size, size

__all__ = [
    "INDEX",
    "Candidate",
    "Size",
    "Suggestion",
    "below",
    "candidates",
    "entity",
    "size",
    "suggestions",
]
