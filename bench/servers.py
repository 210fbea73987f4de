"""kgapi and its peers as processes of our own: a store filled, a server started, and stopped by its id."""

import re
import resource
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from bench import process

TOKEN = "bench"
NOBODY = 0  # the process id of a server that is not ours
HOST = "127.0.0.1"
PATIENCE = 120.0
MEMORY = 4 << 30  # bytes a process of a server may take
Command = Sequence[str | Path]


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers: where, and which process it is."""

    name: str
    pid: int
    address: str
    query_path: str
    graph_path: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def query_url(self) -> str:
        return self.address + self.query_path

    @property
    def graph_url(self) -> str:
        return self.address + self.graph_path


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of server. ``load`` is the command that fills a store from N-Quads, ``tuning`` one that
    then makes reading faster; ``start`` serves the store until its block ends."""

    name: str
    load: Callable[[Path, Path], Command]
    start: Callable[[Path], AbstractContextManager[Server]]
    tuning: Callable[[Path], Command] | None = None

    def fill(self, graph: Path, store: Path) -> process.Spent:
        """Fill a store that is not there yet; what that took."""
        return process.run(self.load(graph, store))

    def tune(self, store: Path) -> float:
        """Make a store ready for reading; seconds."""
        return process.run(self.tuning(store)).seconds if self.tuning else 0.0

    def ready(self, graph: Path, store: Path) -> None:
        """Fill and tune a store, unless that is done."""
        if not store.exists():
            part = store.with_name(store.name + ".part")
            shutil.rmtree(part, ignore_errors=True)
            self.fill(graph, part)
            self.tune(part)
            part.rename(store)


def peer(told: str) -> Server:
    """A SPARQL endpoint that runs already, from ``NAME=URL``. Raises ValueError for anything else."""
    name, found, url = told.partition("=")
    parts = urlsplit(url)
    if not found or parts.scheme != "http" or not parts.netloc:
        raise ValueError(f"{told!r} is not NAME=http://…")
    return Server(name, NOBODY, f"{parts.scheme}://{parts.netloc}", parts.path or "/", "")


def program(name: str) -> Path:
    """A program that is installed beside this Python, or on the path. Raises FileNotFoundError."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is not installed")
    return Path(found)


@contextmanager
def _kgapi(store: Path, **settings: str) -> Iterator[Server]:
    log = store.with_suffix(".log")
    command: Command = [sys.executable, "-m", "kgapi", "serve", "--no-seeds", "--port", "0"]
    environment = process.environment() | {"KGAPI_TOKEN": TOKEN} | settings
    with _running([*command, "--store", store], log, environment) as pid:
        yield Server(
            "kgapi",
            pid,
            _told(log, re.compile(r" at (http://\S+)/$", re.MULTILINE)),
            "/sparql",
            "/graphs",
            {"Authorization": f"Bearer {TOKEN}"},
        )


@contextmanager
def _oxigraph(store: Path) -> Iterator[Server]:
    port = _free_port()
    where = ("--location", store, "--bind", f"{HOST}:{port}")
    command: Command = [program("oxigraph"), "serve", *where, "--union-default-graph"]
    with _running(command, store.with_suffix(".log"), process.environment()) as pid:
        _await_port(port)
        yield Server("oxigraph serve", pid, f"http://{HOST}:{port}", "/query", "/store")


@contextmanager
def _running(command: Command, log: Path, environment: Mapping[str, str]) -> Iterator[int]:
    with log.open("wb") as told:
        server = subprocess.Popen(
            command, stdout=told, stderr=told, env=environment, preexec_fn=_limit_memory
        )
    try:
        yield server.pid
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            # A native server at a runaway query has no other end.
            server.kill()
            server.wait()


def _limit_memory() -> None:
    """A hostile query takes gigabytes a second: what it ends should be its server, not the machine."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def _told(log: Path, pattern: re.Pattern[str]) -> str:
    for _ in _patiently():
        if found := pattern.search(log.read_text()):
            return found[1]
    raise TimeoutError(f"the server did not start: {log.read_text()}")


def _await_port(port: int) -> None:
    for _ in _patiently():
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
    raise TimeoutError(f"nobody listens at port {port}")


def _patiently() -> Iterator[None]:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        yield
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


KGAPI = Kind(
    "kgapi",
    lambda graph, store: [sys.executable, "-m", "kgapi", "load", graph, "--store", store],
    _kgapi,
)
# The same, where each answer is made anew.
UNCACHED = replace(KGAPI, start=partial(_kgapi, KGAPI_CACHE="0"))
OXIGRAPH = Kind(
    "oxigraph serve",
    lambda graph, store: [program("oxigraph"), "load", "--location", store, "--file", graph],
    _oxigraph,
    # kgapi load does this too: both are read in the same state.
    lambda store: [program("oxigraph"), "optimize", "--location", store],
)
