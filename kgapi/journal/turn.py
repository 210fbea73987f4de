"""Whose turn it is, say to follow a store: one process or thread at a time."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from kgapi.journal import database


class Turn:
    """A place in front of a folder, for one thing to do there; the turn is over when it is left, or
    the process ends.

    Raises StoreUnavailable where the folder cannot be used.
    """

    def __init__(self, folder: Path, name: str = "following") -> None:
        database.make(folder)
        try:
            self._lock = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise database.unusable(folder, error) from None

    def take(self) -> bool:
        """Take the turn, unless somebody else has it; whether it is ours."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._lock)
