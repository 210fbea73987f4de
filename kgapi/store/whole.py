"""Files that are there as a whole, and on disk, or not at all."""

import os
from collections.abc import Iterable
from pathlib import Path


def replace(path: Path, lines: Iterable[bytes]) -> None:
    """Put a file in the place of the one that may be there, so that nobody ever sees part of it."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    sync(path.parent)


def sync(folder: Path) -> None:
    """Have on disk what a folder holds by now."""
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
