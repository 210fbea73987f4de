"""What was measured on what: the machine and the versions, as a table of two columns."""

import os
import platform
import re
import subprocess
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench import clients

_PACKAGES = ("kgapi", "pyoxigraph", "oxigraph", "Flask", "uvicorn", "spacy")


def described() -> Mapping[str, str]:
    return {
        "processor": f"{_found('/proc/cpuinfo', r'model name.*: (.*)')}, {os.cpu_count()} cores",
        "memory": f"{int(_found('/proc/meminfo', r'MemTotal: *([0-9]*)')) / 2**20:.0f} GiB",
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "Python": platform.python_version(),
        **dict(_versions()),
        "load generator": _wrk() if clients.has_wrk() else "httpx, slower than the servers",
    }


def _versions() -> Iterator[tuple[str, str]]:
    for name in _PACKAGES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


def _found(path: str, pattern: str) -> str:
    found = re.search(pattern, Path(path).read_text())
    return found[1].strip() if found else "0"


def _wrk() -> str:
    told = subprocess.run(["wrk", "-v"], capture_output=True, text=True).stdout
    return " ".join(told.split()[:2])
