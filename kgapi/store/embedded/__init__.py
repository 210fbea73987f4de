"""The embedded engine: Oxigraph on this machine, alone in one process or served by several."""

from kgapi.store.embedded.alone import EmbeddedEngine
from kgapi.store.embedded.served import ServedEngine

__all__ = ["EmbeddedEngine", "ServedEngine"]
