"""The store: one seam, and the engines behind it."""

from kgapi.errors import StoreLocked
from kgapi.settings import Settings
from kgapi.store.embedded import EmbeddedEngine, ServedEngine
from kgapi.store.embedded.served import address_of
from kgapi.store.engine import Engine
from kgapi.store.guards import Guards
from kgapi.store.remote import connect


def open_engine(settings: Settings) -> Engine:
    """The engine that ``KGAPI_STORE`` names, by its look a folder, memory or an address.

    Raises StoreLocked, StoreUnavailable or StoreRefused. A folder that a server holds is read beside
    it, and the server does the writing.
    """
    union, guards = settings.default_graph == "union", Guards.of(settings)
    if settings.is_remote:
        return connect(settings, guards)
    if settings.in_memory:
        return EmbeddedEngine(union=union, guards=guards)
    folder = settings.store_folder
    try:
        return EmbeddedEngine(folder, union=union, guards=guards)
    except StoreLocked:
        writer = address_of(folder)
        if writer is None:
            raise
        return ServedEngine(folder, writer, union=union, guards=guards)
