"""The file of watches: for nobody else to read, and not written where there is nothing to write."""

from pathlib import Path
from stat import S_IMODE

from kgapi.watches import Watches
from kgapi.watches.watches import FILE


def test_looking_for_what_is_due_writes_nothing(tmp_path: Path) -> None:
    watches = Watches(tmp_path, 1)
    watches.add({}, "https://8.8.8.8/hook", "secret", 0)
    before = (tmp_path / FILE).stat()
    assert watches.due(1, 0.0)
    after = (tmp_path / FILE).stat()
    assert (after.st_mtime_ns, S_IMODE(after.st_mode)) == (before.st_mtime_ns, 0o600)
