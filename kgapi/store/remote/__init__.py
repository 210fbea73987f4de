"""The remote engine: any SPARQL 1.1 endpoint, by its address."""

from kgapi.store.remote.engine import RemoteEngine, connect

__all__ = ["RemoteEngine", "connect"]
