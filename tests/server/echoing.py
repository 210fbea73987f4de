"""A house of trivial roles under the real supervisor: ``python -m tests.server.echoing PORT [FLAW]``.

``clerk`` counts the lines that it is sent; ``door`` listens, and answers a line of its clients:
``pid``, ``clerk`` (its process id), ``echo TEXT`` (by way of a spawned process, whose process id
stands before the text), ``hold`` (a spawned process that is deaf from then on), ``kill`` (the last
one spawned) and ``die`` (this process, without a word).
"""

import os
import socket
import sys
import time
from functools import partial
from pathlib import Path
from threading import Thread

from kgapi.errors import KgapiError
from kgapi.server.control import Control, Spawned
from kgapi.server.listener import address_of, listen
from kgapi.server.supervisor import Role, Supervisor


def clerk(flaw: str, folder: Path, control: Control) -> None:
    if flaw == "clerk cannot":
        raise KgapiError("the clerk has\nno pencil")
    if flaw == "clerk dies":
        os._exit(3)
    (folder / "clerk").write_text(str(os.getpid()))
    control.ready()
    control.stopped.wait()
    # The doors are gone by now, or this is the wrong order.
    (folder / "last words").write_text((folder / "door").read_text())


def echo(control: Control) -> None:
    assert control.connection
    with control.connection.makefile("rwb", buffering=0) as file:
        while line := file.readline():
            if line == b"hold\n":
                time.sleep(3600)
            file.write(b"%d %b" % (os.getpid(), line))


def door(listener: socket.socket, folder: Path, control: Control) -> None:
    listener.setblocking(True)
    Thread(target=_accept, args=(listener, folder, control), daemon=True).start()
    control.ready()
    control.stopped.wait()
    (folder / "door").write_text("closed")


def _accept(listener: socket.socket, folder: Path, control: Control) -> None:
    while True:
        connection, _ = listener.accept()
        Thread(target=_answer, args=(connection, folder, control), daemon=True).start()


def _answer(connection: socket.socket, folder: Path, control: Control) -> None:
    spawned: list[Spawned] = []
    with connection, connection.makefile("rwb", buffering=0) as file:
        for line in file:
            file.write(_reply(line.decode(), spawned, folder, control) + b"\n")


def _reply(line: str, spawned: list[Spawned], folder: Path, control: Control) -> bytes:
    match line.split():
        case ["pid"]:
            return b"%d" % os.getpid()
        case ["clerk"]:
            return (folder / "clerk").read_bytes()
        case ["kill"]:
            spawned[-1].kill()
            return b"%d" % len(spawned[-1].connection.recv(1))
        case ["die"]:
            os._exit(9)
        case ["hold"]:
            spawned.append(control.spawn("echo"))
            spawned[-1].connection.sendall(b"hold\n")
            return b"%d" % spawned[-1].pid
        case _:
            spawned.append(control.spawn("echo"))
            spawned[-1].connection.sendall(line.encode())
            return spawned[-1].connection.recv(4096).strip()


def main(port: int, folder: Path, flaw: str = "") -> None:
    def tell(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    try:
        listener = listen("127.0.0.1", port)
        roles = [
            Role("clerk", 1, partial(clerk, flaw, folder)),
            Role("echo", 0, echo),
            Role("door", 2, partial(door, listener, folder), listens=True),
        ]
        address = address_of(listener, "127.0.0.1")
        Supervisor(roles, listener, tell).run(lambda: tell(f"ready at {address}"))
    except KgapiError as error:
        tell(f"Error: {error}")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
