"""The embedded engine in one process: in memory, or on disk with nobody else writing."""

import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from gzip import BadGzipFile
from pathlib import Path
from secrets import token_hex
from threading import Lock

import pyoxigraph as ox

from kgapi.errors import BadRequest, StoreUnavailable
from kgapi.media import Choose, MediaType
from kgapi.store import rdf
from kgapi.store.embedded.checkpoints import Held
from kgapi.store.embedded.view import View, told
from kgapi.store.embedded.write import Write
from kgapi.store.embedded.writes import Writes
from kgapi.store.engine import WHOLE, Answer, Dataset, Document, State
from kgapi.store.grammar import check_query
from kgapi.store.guards import Guards
from kgapi.store.touches import Names, Recent, Touches

# Between two revisions where many writes follow each other, in seconds: making one has its price.
_PACE = 1.0


class EmbeddedEngine(Writes):
    """An Engine on a pyoxigraph store; ``folder`` None keeps everything in memory.

    On disk, writes become a revision that other processes see within a second, or on closing.
    A deadline is not kept here: nothing can end Oxigraph's work but the end of its process.
    """

    def __init__(
        self, folder: Path | None = None, *, union: bool = True, guards: Guards | None = None
    ) -> None:
        self._held = Held(folder) if folder else None
        self._view = View(self._held.store if self._held else ox.Store(), union=union)
        self._guards = guards or Guards()
        # Oxigraph loses writes where two updates run at once.
        self._writing = Lock()
        token = token_hex(4)
        # The writes of this process follow the revision that it began with.
        self._store = f"{self._held.revision}+{token}" if self._held else token
        self._recent = Recent(self._store)
        self._published = time.monotonic()
        self._is_new = False

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
        return self._view.query(text, choose, dataset)

    def get_graph(self, name: str | None, choose: Choose) -> Answer:
        return self._view.get_graph(name, choose)

    def graphs(self) -> Iterator[str]:
        return self._view.graphs()

    def contents(self) -> Iterator[tuple[str | None, Iterator[ox.Triple]]]:
        if self._held:
            with self._writing:
                self._publish()
                snapshot = self._held.snapshot()
            yield from snapshot.view.contents()
        else:
            with self._writing:
                # What is in memory has room for as many iterators as there are graphs.
                graphs = list(self._view.contents())
            yield from graphs

    def dump(self, media_type: MediaType) -> Iterator[bytes]:
        return self._view.dump(media_type)

    def revision(self) -> str | None:
        return self.mark()

    def mark(self) -> str:
        return f"{self._store}-{self._view.writes}"

    @contextmanager
    def state(self, since: str | None) -> Iterator[State]:
        """The store as it is; nobody writes meanwhile."""
        with self._writing:
            yield self._view.state(self.mark(), self._touched(since))

    def _touched(self, since: str | None) -> Touches | None:
        if since is None:
            return None
        touched = self._recent.since(since, self.mark())
        if touched is None and self._held:
            return self._held.touched(since)
        return touched

    def _touch(self, names: Names) -> None:
        """Say which graphs the next write may change."""
        if self._held:
            self._held.touch(names)
        self._recent.add(f"{self._store}-{self._view.writes + 2}", names)

    def close(self) -> None:
        with self._writing:
            try:
                self._publish()
            finally:
                del self._view
                if self._held:
                    self._held.close()

    def release(self) -> Held:
        """Give away the folder, with all that was written; this engine is of no use any more."""
        with self._writing:
            self._publish()
            if not self._held:
                raise ValueError("a store in memory has no folder")
            held, self._held = self._held, None
            del self._view
            return held

    def _carry_out(self, write: Write, deadline: float | None = None) -> bool:
        with self._writing:
            self._touch(write.touches())
            self._view.writes += 1
            try:
                is_new = write.carry_out(self._view)
            finally:
                self._view.writes += 1
            self._is_new = True
            if time.monotonic() - self._published > _PACE:
                self._publish()
        return is_new

    def load(self, documents: Iterable[Document]) -> None:
        """Add datasets of any size, many times faster than graph by graph.

        They are published when all are there: an engine that is closed after an error keeps
        nothing of them. Raises BadRequest for a document that cannot be read.
        """
        with self._writing:
            self._publish()
            self._touch(None)
            self._view.writes += 1
            try:
                for document in documents:
                    with _read(document):
                        self._view.store.bulk_load(
                            document.stream, rdf.FORMATS[document.media_type]
                        )
                # Few large files instead of many small ones: reading gets up to 1.7 times faster.
                self._view.store.optimize()
            finally:
                self._view.writes += 1
            self._is_new = True
            self._publish()

    def _publish(self) -> None:
        if self._held and self._is_new:
            with told(""):
                self._held.publish(self._held.notes)
            self._is_new = False
            self._published = time.monotonic()


@contextmanager
def _read(document: Document) -> Iterator[None]:
    """What can go wrong with a document, and with the disk, as our errors."""
    try:
        yield
    except (SyntaxError, ValueError, EOFError, BadGzipFile, zlib.error) as error:
        raise BadRequest(f"{document.name} cannot be read: {error}") from None
    except OSError as error:
        raise StoreUnavailable(f"the store cannot do its work: {error}") from None
