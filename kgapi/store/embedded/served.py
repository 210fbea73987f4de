"""The embedded engine of a process that shares its store with others: it reads, a writer writes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Client
from pathlib import Path
from uuid import uuid4

import pyoxigraph as ox

from kgapi.errors import KgapiError, StoreUnavailable
from kgapi.media import Choose, MediaType, always
from kgapi.store.embedded.checkpoints import Snapshots
from kgapi.store.embedded.lookups import is_lookup
from kgapi.store.embedded.readers import Readers
from kgapi.store.embedded.view import View
from kgapi.store.embedded.write import Write
from kgapi.store.embedded.writer import Request
from kgapi.store.embedded.writes import Writes
from kgapi.store.engine import WHOLE, Answer, Dataset, State
from kgapi.store.grammar import check_query
from kgapi.store.guards import Guards
from kgapi.store.touches import logged

# A writer that ends is replaced within a fraction of a second.
_ATTEMPTS, _PAUSE = 6, 0.05
_ADDRESS = "writer"
# Characters of a query that is looked up at once.
_LONGEST = 4_096


def tell(folder: Path, address: str) -> None:
    """Let whoever opens a folder know where its writer is."""
    (folder / _ADDRESS).write_text(address, encoding="utf-8")


def address_of(folder: Path) -> str | None:
    """Where the writer of a folder is to be found; None where nobody told."""
    try:
        return (folder / _ADDRESS).read_text(encoding="utf-8")
    except OSError:
        return None


class ServedEngine(Writes):
    """An Engine on the checkpoints of a folder, with the address of the writer's Unix socket.

    Each request sees the newest revision, so that everybody reads their own writes. A query with
    a deadline is answered here where it is a lookup, which ends, and otherwise by a reader.
    """

    def __init__(
        self,
        folder: Path,
        writer: str,
        readers: Readers | None = None,
        *,
        union: bool = True,
        guards: Guards | None = None,
        write_deadline: float = 60.0,
    ) -> None:
        self._folder = folder
        self._snapshots = Snapshots(folder, union=union)
        self._writer = writer
        self._readers = readers
        self._guards = guards or Guards()
        self._write_deadline = write_deadline

    @property
    def _view(self) -> View:
        return self._snapshots.fresh().view

    def query(
        self,
        text: str,
        choose: Choose,
        dataset: Dataset = WHOLE,
        *,
        deadline: float | None = None,
        client: str = "",
    ) -> Answer:
        self._guards.check(text, check_query)
        if is_lookup(text):
            answer = self._view.at_once(text, choose, dataset)
            if answer:
                return answer
        if deadline is None or self._readers is None:
            return self._view.query(text, choose, dataset)
        return self._readers.query(text, choose, dataset, deadline, client)

    def look_up(self, text: str, media_type: MediaType, most: int) -> bytes | None:
        """The answer to a query of the properties of one thing.

        None where it is no such query, or the answer has more bytes than ``most``.

        It takes less time than handing it to another thread would.
        """
        if len(text) > _LONGEST or not is_lookup(text, of_subject=True):
            return None
        try:
            answer = self._view.at_once(text, always(media_type), most=most)
        except KgapiError:
            return None
        return answer.read() if answer else None

    def get_graph(self, name: str | None, choose: Choose) -> Answer:
        return self._view.get_graph(name, choose)

    def graphs(self) -> Iterator[str]:
        return self._view.graphs()

    def contents(self) -> Iterator[tuple[str | None, Iterator[ox.Triple]]]:
        # Held here, the snapshot stays on disk for as long as anybody reads it.
        snapshot = self._snapshots.fresh()
        yield from snapshot.view.contents()

    def dump(self, media_type: MediaType) -> Iterator[bytes]:
        return self._view.dump(media_type)

    def revision(self) -> str | None:
        return self._snapshots.revision()

    def mark(self) -> str:
        return self._snapshots.revision()

    @contextmanager
    def state(self, since: str | None) -> Iterator[State]:
        """The newest revision."""
        snapshot = self._snapshots.fresh()
        known = logged(self._folder, since, snapshot.revision) if since else None
        yield snapshot.view.state(snapshot.revision, known)

    def close(self) -> None:
        """Nothing of this process's own is held open."""

    def _carry_out(self, write: Write, deadline: float | None = None) -> bool:
        name = uuid4().hex
        for attempt in range(_ATTEMPTS):
            try:
                with Client(self._writer, "AF_UNIX") as connection:
                    connection.send(Request(name, attempt, write, deadline or self._write_deadline))
                    answer: bool | KgapiError = connection.recv()
            except (EOFError, OSError):
                # It ended with this write undone, or done: its successor knows by the name.
                time.sleep(_PAUSE * 2**attempt)
                continue
            if isinstance(answer, KgapiError):
                raise answer
            return answer
        raise StoreUnavailable(
            "the process that writes does not answer; nothing is known of this write"
        )
