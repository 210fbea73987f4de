"""The supervisor, with roles that do next to nothing: who is replaced, who ends when, who is told."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import pytest

ROOT = Path(__file__).parents[2]
# Seconds within which the house is whole again after a death.
BACK = 2.0


class House:
    """A process of tests.server.echoing."""

    def __init__(self, folder: Path, flaw: str = "", port: int = 0) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.server.echoing", str(port), folder, flaw],
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert self.process.stderr
        self.told = self.process.stderr.readline()
        found = re.search(r"ready at http://127.0.0.1:(\d+)/", self.told)
        self.port = int(found[1]) if found else 0

    @contextmanager
    def connect(self) -> Iterator[IO[bytes]]:
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection,
            connection.makefile("rwb", buffering=0) as file,
        ):
            yield file

    def ask(self, line: str) -> str:
        with self.connect() as file:
            return say(file, line)

    def pids(self) -> set[int]:
        """The process ids of all children."""
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True
        )
        return {int(pid) for pid in found.stdout.split()}

    def ask_until(self, line: str, wrong: str) -> str:
        """Ask until the answer is another than ``wrong``, for as long as it may take."""
        end = time.monotonic() + BACK
        while time.monotonic() < end:
            with suppress(OSError):
                if (answer := self.ask(line)) not in {wrong, ""}:
                    return answer
            time.sleep(0.02)
        raise AssertionError(f"{line} is still {wrong} after {BACK} s")

    def stop(self) -> tuple[int, str]:
        if self.port:
            self.process.send_signal(signal.SIGTERM)
        _, rest = self.process.communicate(timeout=30)
        return self.process.returncode, self.told + rest


def say(file: IO[bytes], line: str) -> str:
    file.write(line.encode() + b"\n")
    return file.readline().decode().strip()


def is_alive(pid: int) -> bool:
    """Whether the process runs: one that has ended and waits to be collected does not."""
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return found.stdout.strip()[:1] not in {"", "Z"}


def wait_until_dead(pids: set[int]) -> None:
    end = time.monotonic() + BACK
    while any(map(is_alive, pids)):
        assert time.monotonic() < end, f"still alive: {set(filter(is_alive, pids))}"
        time.sleep(0.02)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    try:
        yield house
    finally:
        if house.process.poll() is None:
            house.process.kill()
        house.process.communicate(timeout=30)


def test_it_is_ready_when_all_are_and_ends_them_in_reverse_order(house: House) -> None:
    assert house.told.startswith("ready at")
    assert len(house.pids()) == 3
    assert int(house.ask("clerk")) in house.pids()
    pids = house.pids()
    assert house.stop() == (0, house.told)
    assert (house.folder / "last words").read_text() == "closed"
    wait_until_dead(pids)


def test_a_spawned_process_is_reached_by_its_socket_and_ends_with_it(house: House) -> None:
    with house.connect() as file:
        pid, text = say(file, "echo hello").split(" ", 1)
        assert text == "echo hello"
        assert int(pid) in house.pids()
        other, _ = say(file, "echo again").split(" ", 1)
        assert other != pid
    wait_until_dead({int(pid), int(other)})
    assert house.stop() == (0, house.told)


def test_a_deaf_process_can_be_killed_by_who_spawned_it(house: House) -> None:
    with house.connect() as file:
        pid = int(say(file, "hold"))
        assert is_alive(pid)
        assert say(file, "kill") == "0", "the end of its socket"
        wait_until_dead({pid})
        assert say(file, "echo still here").endswith("echo still here")


def test_what_a_process_spawned_dies_with_it(house: House) -> None:
    with house.connect() as file:
        door, held = int(say(file, "pid")), int(say(file, "hold"))
        os.kill(door, signal.SIGKILL)
        wait_until_dead({door, held})
    assert house.stop()[0] == 0


def test_who_is_killed_is_replaced(house: House) -> None:
    clerk = house.ask("clerk")
    os.kill(int(clerk), signal.SIGKILL)
    assert int(house.ask_until("clerk", clerk)) in house.pids()
    for _ in range(5):
        door = house.ask("pid")
        os.kill(int(door), signal.SIGKILL)
        house.ask_until("pid", door)
    with suppress(OSError):
        house.ask("die")
    end = time.monotonic() + BACK
    while len(house.pids()) < 3:
        assert time.monotonic() < end
        time.sleep(0.02)
    status, told = house.stop()
    assert status == 0
    assert told.count("was killed by signal 9; another takes its place") == 6
    assert told.count("ended with status 9; another takes its place") == 1


def test_nobody_outlives_the_supervisor(house: House) -> None:
    with house.connect() as file:
        pids = house.pids() | {int(say(file, "hold"))}
        house.process.kill()
        house.process.wait()
        wait_until_dead(pids)


def test_a_signal_to_all_at_once_is_one_stop_in_order(house: House) -> None:
    for pid in [*house.pids(), house.process.pid]:
        os.kill(pid, signal.SIGTERM)
    assert house.stop() == (0, house.told)
    assert (house.folder / "last words").read_text() == "closed"


def test_a_second_interrupt_ends_all_at_once(house: House) -> None:
    with house.connect() as file:
        pids = house.pids() | {int(say(file, "hold"))}
        for pid in house.pids():
            os.kill(pid, signal.SIGSTOP)
        house.process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert house.process.poll() is None, "it waits for them"
        house.process.send_signal(signal.SIGINT)
        house.process.wait(timeout=BACK)
        wait_until_dead(pids)


def test_a_role_that_cannot_begin_ends_all_with_its_words(tmp_path: Path) -> None:
    status, told = House(tmp_path, "clerk cannot").stop()
    assert (status, told) == (1, "Error: the clerk has no pencil\n")
    status, told = House(tmp_path, "clerk dies").stop()
    assert (status, told) == (1, "Error: the clerk process ended with status 3 as it began\n")


def test_a_port_that_is_taken_is_told(house: House, tmp_path: Path) -> None:
    status, told = House(tmp_path, port=house.port).stop()
    assert status == 1
    assert told == f"Error: cannot listen on 127.0.0.1:{house.port}: Address already in use\n"
