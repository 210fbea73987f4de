"""Where a served store lives, and the processes that this takes."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from kgapi.app import deliverer, open_journal
from kgapi.journal import Journal, await_first, keep_following
from kgapi.server.control import Control
from kgapi.server.supervisor import Role
from kgapi.settings import Settings
from kgapi.store import open_engine
from kgapi.store.embedded import EmbeddedEngine, ServedEngine
from kgapi.store.embedded.reader import Reader
from kgapi.store.embedded.readers import Readers
from kgapi.store.embedded.served import tell
from kgapi.store.embedded.writer import Writer
from kgapi.store.engine import Engine
from kgapi.store.guards import Guards

Prepare = Callable[[Engine], None]
"""Makes a store ready to be served, whatever it holds."""


@dataclass(frozen=True, slots=True)
class Home:
    """``roles`` are the processes beside those of the web, ``workers`` the number of these.

    ``engine`` opens the store in a web process. ``follows`` says that a role follows the store, so
    that no web process need do it.
    """

    roles: list[Role]
    workers: int
    engine: Callable[[Control], Engine]
    follows: bool = False


@contextmanager
def home(settings: Settings, prepare: Prepare) -> Iterator[Home]:
    """The home of the store that the settings name. Raises KgapiError where it cannot be used."""
    if settings.in_memory:
        yield Home([], 1, partial(_in_memory, settings, prepare))
        return
    if settings.is_remote:
        with closing(open_engine(settings)) as engine:
            prepare(engine)
        # One process writes, one write after another: Oxigraph loses updates that meet.
        yield Home([], 1, lambda control: open_engine(settings))
        return
    with TemporaryDirectory(prefix="kgapi-") as place, _listening(Path(place)) as listening:
        address = listening.getsockname()
        roles = [
            Role("writer", 1, partial(_write, settings, listening, prepare)),
            Role("reader", 0, partial(_read, settings)),
            Role("follower", 1, partial(_follow, settings, address)),
        ]
        yield Home(roles, settings.workers, partial(_served, settings, address), follows=True)


def _in_memory(settings: Settings, prepare: Prepare, control: Control) -> Engine:
    engine = open_engine(settings)
    prepare(engine)
    return engine


@contextmanager
def _listening(place: Path) -> Iterator[socket.socket]:
    """The socket of the writer: here, so that those who wait do not notice when it is replaced.

    A folder of our own is nobody else's to enter, and its path is short enough for a socket.
    """
    with closing(socket.socket(socket.AF_UNIX)) as listening:
        listening.bind(str(place / "writer"))
        listening.listen(128)
        yield listening


def _write(
    settings: Settings, listening: socket.socket, prepare: Prepare, control: Control
) -> None:
    engine = EmbeddedEngine(
        settings.store_folder, union=_union(settings), guards=Guards.of(settings)
    )
    tell(settings.store_folder, listening.getsockname())
    prepare(engine)
    writer = Writer(engine.release(), listening, memory=_memory(settings))
    control.on_stop(writer.stop)
    writer.run(control.ready)


def _read(settings: Settings, control: Control) -> None:
    asked = control.connection
    if asked is None:
        raise ValueError("a reader is there for whoever had it spawned")
    folder = settings.store_folder
    Reader(asked, folder, union=_union(settings), memory=_memory(settings)).run()


def _follow(settings: Settings, address: str, control: Control) -> None:
    engine = ServedEngine(settings.store_folder, address, union=_union(settings))
    journal = open_journal(settings, engine)
    # In the middle of anything: what is not recorded by then is followed the next time.
    control.on_stop(lambda: os._exit(0))
    Thread(target=_ready_soon, args=(journal, control), daemon=True).start()
    deliver = deliverer(journal, settings)
    Thread(target=deliver, args=(control.stopped,), daemon=True, name="kgapi-webhooks").start()
    keep_following(journal, control.stopped)


def _ready_soon(journal: Journal, control: Control) -> None:
    await_first(journal, control.stopped)
    control.ready()


def _served(settings: Settings, address: str, control: Control) -> Engine:
    return ServedEngine(
        settings.store_folder,
        address,
        Readers(lambda: control.spawn("reader").connection, settings.readers),
        union=_union(settings),
        guards=Guards.of(settings),
        write_deadline=settings.update_timeout,
    )


def _union(settings: Settings) -> bool:
    return settings.default_graph == "union"


def _memory(settings: Settings) -> int:
    return settings.max_memory << 20
