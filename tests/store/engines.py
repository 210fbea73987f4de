"""Real engines for tests: processes of our own on free ports of this machine, each in its folder."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.conftest import required

VIRTUOSO_INI = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = {folder}/temp.db
TransactionFile = {folder}/temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
CaseMode = 2
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
DirsAllowed = {folder}
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 10
MaxKeepAlives = 10
KeepAliveTimeout = 10
Charset = UTF-8
[URIQA]
DefaultHost = localhost:{http}
[SPARQL]
MaxQueryExecutionTime = 60
{more}
"""


class Engine:
    """A process of ours that answers HTTP at ``address``, ended by its process id."""

    def __init__(self, command: list[str], address: str, folder: Path) -> None:
        self.address = address
        with (folder / "output").open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=folder, stdout=output, stderr=output, stdin=subprocess.DEVNULL
            )
        for _ in range(600):
            if self.process.poll() is not None:
                break
            try:
                httpx.get(address, timeout=5)
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        self.stop()
        raise AssertionError(f"{command[0]} did not start: {(folder / 'output').read_text()}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def oxigraph(folder: Path, port: int | None = None) -> Iterator[Engine]:
    """An `oxigraph serve`, from the package of that name; its data are in memory."""
    found = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}")
    assert found, "the test extra brings oxigraph"
    port = port or free_port()
    engine = Engine(
        [found, "serve", "--bind", f"127.0.0.1:{port}"], f"http://127.0.0.1:{port}/", folder
    )
    try:
        yield engine
    finally:
        engine.stop()


@contextmanager
def virtuoso(folder: Path, more: str = "") -> Iterator[Engine]:
    """A Virtuoso; ``more`` are further lines of its [SPARQL] settings."""
    found = required("virtuoso-t", "virtuoso-opensource-7")
    sql, http = free_port(), free_port()
    settings = folder / "virtuoso.ini"
    settings.write_text(VIRTUOSO_INI.format(folder=folder, sql=sql, http=http, more=more))
    engine = Engine(
        [found, "+foreground", "+configfile", str(settings)],
        f"http://127.0.0.1:{http}/sparql",
        folder,
    )
    try:
        yield engine
    finally:
        engine.stop()
