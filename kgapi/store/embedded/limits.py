"""What a process that works for others may take, and the thread that watches it."""

import os
from pathlib import Path

_STATM = Path("/proc/self/statm")
_PAGE = os.sysconf("SC_PAGE_SIZE")

# Oxigraph recurses over the nesting of a query; memory is taken only where the stack gets so deep.
STACK = 64 << 20


def resident() -> int:
    """The memory that this process holds, in bytes; 0 where the system does not tell."""
    try:
        return int(_STATM.read_text(encoding="ascii").split()[1]) * _PAGE
    except OSError:
        return 0
