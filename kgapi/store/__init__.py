"""The store: one seam, and the engines behind it."""

from kgapi.settings import Settings
from kgapi.store.embedded import EmbeddedEngine
from kgapi.store.engine import Engine
from kgapi.store.guards import Guards


def open_engine(settings: Settings) -> Engine:
    """The engine that ``KGAPI_STORE`` names. Raises StoreLocked or StoreUnavailable."""
    return EmbeddedEngine(
        None if settings.in_memory else settings.store_folder,
        union=settings.default_graph == "union",
        guards=Guards.of(settings),
    )
