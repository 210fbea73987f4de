"""The folder of a store: immutable checkpoints, one of them the present revision.

revision                 the name of the present revision; replaced by rename
touched                  which graphs each write may have changed
checkpoints/<revision>/  an Oxigraph store to be read only, by hard links
live/                    the writer's own copy, disposable: what was not published never happened
lock                     held by whoever writes
"""

import fcntl
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import Any

import pyoxigraph as ox

from kgapi.errors import StoreLocked, StoreUnavailable
from kgapi.store import touches, whole
from kgapi.store.embedded.view import View

_PRESENT, _LEASE, _NOTES = "revision", "LEASE", "NOTES"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A revision that is open for reading. It stays on disk for as long as anybody holds it."""

    revision: str
    view: View
    lease: int

    def __del__(self) -> None:
        os.close(self.lease)


class Snapshots:
    """The present revision of a store folder, opened when it is asked for and has changed."""

    def __init__(self, folder: Path, *, union: bool) -> None:
        self._folder = folder
        self._present = folder / _PRESENT
        self._union = union
        self._opening = Lock()
        self._mark = (-1, -1)
        self._revision = ""
        self._held: Snapshot | None = None

    def revision(self) -> str:
        """The name of the present revision. Raises StoreUnavailable where there is none."""
        try:
            # A rename makes a new file, and the nanosecond of its making is what tells.
            file = self._present.stat()
            mark = (file.st_mtime_ns, file.st_ino)
            if mark != self._mark:
                self._revision = _present(self._folder) or ""
                self._mark = mark
        except OSError as error:
            raise _unusable(self._folder, error) from None
        return self._revision

    def fresh(self) -> Snapshot:
        """The present revision, open. Raises StoreUnavailable where it cannot be read."""
        held = self._held
        if held and held.revision == self.revision():
            return held
        with self._opening:
            while not self._held or self._held.revision != self.revision():
                try:
                    self._held = _take(self._folder, self.revision(), union=self._union)
                except FileNotFoundError:
                    # It was succeeded and removed between the two.
                    continue
                except OSError as error:
                    raise _unusable(self._folder, error) from None
            return self._held


class Held:
    """A store folder held for writing: ``store`` is at the present revision when it opens.

    ``notes`` are small values that are published along with each revision. Raises StoreLocked
    where another process writes, StoreUnavailable where the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            (folder / "checkpoints").mkdir(parents=True, exist_ok=True)
            self._lock = _lock(folder)
            present = _present(folder)
            self.revision = present or f"{token_hex(4)}-0"
            self._log = touches.Log(folder, self.revision)
            self._clear()
            self.notes = _copy(self._checkpoint(self.revision), self._live)
            self.store = ox.Store(str(self._live))
            if present is None:
                self.publish({})
        except OSError as error:
            raise _unusable(folder, error) from None

    @property
    def _live(self) -> Path:
        return self._folder / "live"

    def _checkpoint(self, revision: str) -> Path:
        return self._folder / "checkpoints" / revision

    def touch(self, names: touches.Names) -> None:
        """Say which graphs a write is about to change; it belongs to the next revision."""
        self._log.add(_next(self.revision), names)

    def touched(self, since: str) -> touches.Touches | None:
        """What was touched since a revision, published or not; None where nobody knows."""
        return touches.logged(self._folder, since, _next(self.revision))

    def publish(self, notes: Mapping[str, Any]) -> None:
        """Make the store as it is the present revision, on disk before anybody sees it."""
        revision = _next(self.revision)
        place = self._checkpoint(revision)
        part = place.with_suffix(".part")
        self.store.backup(str(part))
        (part / _LEASE).touch()
        (part / _NOTES).write_text(json.dumps(notes), encoding="utf-8")
        part.rename(place)
        whole.sync(place.parent)
        self._log.keep()
        whole.replace(self._folder / _PRESENT, [revision.encode("ascii")])
        old, self.revision = self._checkpoint(self.revision), revision
        if old.is_dir():
            self._prune(old)

    def snapshot(self) -> Snapshot:
        """The present revision, open for reading."""
        return _take(self._folder, self.revision, union=False)

    def close(self) -> None:
        """Let go of the folder. What was not published is gone."""
        # Oxigraph lets go of its files when the last reference to the store goes.
        del self.store
        self._log.close()
        shutil.rmtree(self._live, ignore_errors=True)
        os.close(self._lock)

    def _clear(self) -> None:
        """Remove what a writer that ended halfway left, and revisions that nobody holds."""
        shutil.rmtree(self._live, ignore_errors=True)
        for place in (self._folder / "checkpoints").iterdir():
            if place.suffix:
                shutil.rmtree(place)
            elif place.name != self.revision:
                self._prune(place)

    def _prune(self, place: Path) -> None:
        """Remove a revision, unless somebody reads it: then a later writer will."""
        lease = os.open(place / _LEASE, os.O_RDONLY)
        try:
            fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # In one step, so that nobody opens half of it.
            gone = place.rename(place.with_suffix(".gone"))
            shutil.rmtree(gone)
        except BlockingIOError:
            pass
        finally:
            os.close(lease)


def _present(folder: Path) -> str | None:
    try:
        return (folder / _PRESENT).read_text(encoding="ascii")
    except FileNotFoundError:
        return None


def _next(revision: str) -> str:
    """A store's own token and a number: no two stores share the name of a revision."""
    token, _, number = revision.partition("-")
    return f"{token}-{int(number) + 1}"


def _take(folder: Path, revision: str, *, union: bool) -> Snapshot:
    place = folder / "checkpoints" / revision
    lease = os.open(place / _LEASE, os.O_RDONLY)
    try:
        fcntl.flock(lease, fcntl.LOCK_SH)
        # Fails where it was removed between the two.
        place.stat()
        view = View(ox.Store.read_only(str(place)), union=union)
    except BaseException:
        os.close(lease)
        raise
    return Snapshot(revision, view, lease)


def _copy(checkpoint: Path, live: Path) -> dict[str, Any]:
    """A store to write to that begins as a checkpoint; its notes. Tables never change: linked."""
    if not checkpoint.is_dir():
        return {}
    live.mkdir()
    for file in checkpoint.iterdir():
        if file.suffix == ".sst":
            os.link(file, live / file.name)
        elif file.name not in {_LEASE, _NOTES, "LOCK"}:
            shutil.copy2(file, live / file.name)
    notes: dict[str, Any] = json.loads((checkpoint / _NOTES).read_text(encoding="utf-8"))
    return notes


def _lock(folder: Path) -> int:
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise StoreLocked(
            f"the store {folder} is in use by another process: stop that one, or choose another --store"
        ) from None
    return lock


def _unusable(folder: Path, error: OSError) -> StoreUnavailable:
    return StoreUnavailable(f"the store {folder} cannot be used: {error}")
