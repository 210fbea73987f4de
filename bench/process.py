"""What processes use, as Linux tells it in /proc: CPU seconds and memory of a process and all below it."""

import os
import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, Popen

_TICK = os.sysconf("SC_CLK_TCK")
_ANONYMOUS = re.compile(r"^RssAnon:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a command took: seconds on the clock and of CPU, bytes resident at most."""

    seconds: float
    cpu: float
    resident: int


def tree(pid: int) -> set[int]:
    """A process and all that descend from it; nobody for process 0."""
    children = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children[int(fields[1])].append(int(entry.name))
    found, left = set(), [pid] if pid else []
    while left:
        each = left.pop()
        found.add(each)
        left += children[each]
    return found


def cpu(pid: int) -> float:
    """CPU seconds of a process tree so far, those of children that have ended included."""
    told = filter(None, map(_stat, tree(pid)))
    # proc(5): utime, stime, cutime and cstime are fields 14 to 17; state is field 3.
    return sum(sum(map(int, fields[11:15])) for fields in told) / _TICK


def anonymous(pid: int) -> int:
    """Bytes of memory that a process tree holds beside files: what an answer kept back would add to."""
    return sum(map(_anonymous, tree(pid)))


def _anonymous(pid: int) -> int:
    try:
        found = _ANONYMOUS.search(Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on, the state; none where the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def alive(pid: int) -> bool:
    """Whether a process still runs; one that ended and was not yet waited for does not."""
    return _stat(pid)[:1] not in ([], ["Z"])


class Growth:
    """How much memory a process tree takes at most beyond what it had, in bytes."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._first = anonymous(pid)
        self.most = 0

    def look(self) -> None:
        self.most = max(self.most, anonymous(self._pid) - self._first)


@contextmanager
def growth(pid: int, every: float = 0.05) -> Iterator[Growth]:
    """Watch the memory of a process tree while the block runs."""
    watch, over = Growth(pid), threading.Event()

    def look() -> None:
        while not over.wait(every):
            watch.look()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()


def seconds_until_idle(pid: int, longest: float) -> float:
    """How long a process tree goes on working: until it uses less than 5 % of a core for a second."""
    began = time.monotonic()
    while (since := time.monotonic() - began) < longest:
        before = cpu(pid)
        time.sleep(1)
        if cpu(pid) - before < 0.05:
            return since
    return longest


def environment() -> dict[str, str]:
    """That of this process, without what would set kgapi otherwise than a scenario does."""
    return {name: each for name, each in os.environ.items() if not name.startswith("KGAPI_")}


def run(command: Sequence[str | Path]) -> Spent:
    """Run a command to its end. Raises RuntimeError where it fails."""
    began = time.monotonic()
    process = Popen(command, stdout=DEVNULL, env=environment())
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {process.returncode}")
    seconds = time.monotonic() - began
    return Spent(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)
