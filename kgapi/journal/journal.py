"""The journal of an engine: who follows the store when, and how others wait for it."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Event, Lock
from weakref import finalize

from kgapi.errors import Busy, StoreUnavailable
from kgapi.journal import database, reads
from kgapi.journal.follow import Projection, follow
from kgapi.journal.reads import Present
from kgapi.journal.turn import Turn
from kgapi.store.engine import Engine
from kgapi.store.touches import is_reached

# Seconds between two looks at whether the store, or the journal, is another one.
LOOK = 0.02
# Seconds that an answer waits for the journal to be at the present state of the store.
_PATIENCE = 2.0
_COME_BACK = 5
# Changes that are read at a time where many are wanted.
_PIECE = 100
# Bytes of pages that whoever follows the store keeps in memory, at most.
_ROOM = 128 << 20


class Journal:
    """What changed in the store of an engine, with projections that follow it.

    ``folder`` is where it is kept; None for a temporary one that goes with this object. One process
    or thread at a time follows the store: one that is there for it, or else whoever asks.
    """

    def __init__(
        self, engine: Engine, folder: Path | None, projections: Sequence[Projection] = ()
    ) -> None:
        self.engine = engine
        self._folder = folder
        self._remove: Callable[[], object] | None = None
        self._projections = projections
        self._opening = Lock()
        self._idle: list[sqlite3.Connection] = []
        self.wanted = Event()

    @property
    def folder(self) -> Path:
        """Where it is kept; a temporary folder is made when it is first asked for."""
        with self._opening:
            if self._folder is None:
                self._folder = Path(mkdtemp(prefix="kgapi-index-"))
                self._remove = finalize(self, rmtree, self._folder, ignore_errors=True)
            return self._folder

    def current(self, patience: float = _PATIENCE) -> Present:
        """Have the journal at the present state of the store, as this engine knows it.

        Waits for whoever follows the store, and follows it here where nobody does. Where that
        takes longer than ``patience`` seconds, the journal is at the state that is returned, which
        is an older one. Raises Busy where it has not been at any yet.
        """
        wanted, ends = self.engine.mark(), time.monotonic() + patience
        while True:
            found = self.present()
            if found and is_reached(wanted, found.mark):
                return found
            if time.monotonic() >= ends:
                break
            if not self._follow_in_turn():
                self.wanted.set()
                time.sleep(LOOK)
        if found is None:
            raise Busy("the index is being made for the first time", retry_after=_COME_BACK)
        return found

    def present(self) -> Present | None:
        """Where the journal is, at once; None before it has followed for the first time, and while
        its projections are still those of another version."""
        with self.reading() as connection:
            are_ours = all(
                database.told(connection, each.name) == each.version for each in self._projections
            )
            return reads.present(connection) if are_ours else None

    def patch(self, after: int, until: int) -> Iterator[bytes]:
        """The changes that come after one, up to and with another, as one RDF Patch.

        Each is a transaction of its own; blank nodes go by the same labels throughout.
        """
        while after < until:
            with self.reading() as connection:
                piece = reads.patches_after(connection, after, min(until - after, _PIECE))
            if not piece:
                return
            for after, rows in piece:  # noqa: B007  # where the next piece begins
                yield rows

    def follow(self, *, recount: bool = False, anew: bool = False) -> int:
        """Bring the journal to the present state of the store; the number of graphs that changed.

        See the function of this name.
        """
        with self._connection() as connection:
            # Rows of a large store go all over the tables: pages without room are written and read
            # again and again.
            connection.execute(f"PRAGMA cache_size = -{_ROOM // 1024}")
            return follow(self.engine, connection, self._projections, recount=recount, anew=anew)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The database, in one state for all that is read within."""
        with self._connection() as connection, database.transaction(connection, "DEFERRED"):
            yield connection

    def close(self) -> None:
        """Let go of the database. A temporary one is of no use any more."""
        while self._idle:
            self._idle.pop().close()
        if self._remove:
            self._remove()

    def _follow_in_turn(self) -> bool:
        """Follow the store, unless somebody is there for that; whether it was done."""
        with Turn(self.folder) as turn:
            is_ours = turn.take()
            if is_ours:
                self.follow()
            return is_ours

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = database.connect(self.folder)
        with ExitStack() as stack:
            stack.callback(self._idle.append, connection)
            try:
                with database.usable(self.folder):
                    yield connection
            except (sqlite3.Error, StoreUnavailable):
                # What went wrong with it may do so again: another one is opened the next time.
                stack.pop_all()
                connection.close()
                raise
