"""Run the README as it stands: start the server, ask its questions, stop it, run its tests.

Fenced ``sh`` blocks hold commands; the first that serves is started and left running while every
``console`` block is compared: lines after ``$ `` are run, and what they print must be what the
README shows below them. The ``sh`` block that runs pytest comes last.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

HEALTH = "http://127.0.0.1:8000/healthz"
PATIENCE = 600  # seconds, most of it for installing


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def sessions(block: str) -> Iterator[tuple[str, str]]:
    """(command, what it prints) for each prompt of a console block."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        end = next(n for n in range(1, len(lines) + 1) if is_whole("".join(lines[:n])))
        yield "".join(lines[:end]), "".join(lines[end:])


def is_whole(command: str) -> bool:
    """Whether a shell would run it as it is: no open quotation, no line to be continued."""
    try:
        shlex.split(command)
    except ValueError:
        return False
    return not command.endswith("\\\n")


def wait_until_served(server: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        if server.poll() is not None:
            raise SystemExit(f"the README's first command ended with {server.returncode}")
        try:
            with urllib.request.urlopen(HEALTH, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the README's first command does not serve")


def check_questions(text: str) -> int:
    wrong = 0
    for command, expected in (
        each for block in blocks(text, "console") for each in sessions(block)
    ):
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
        if done.stdout.strip() != expected.strip():
            wrong += 1
            print(f"$ {command}README says:\n{expected}\nit prints:\n{done.stdout}{done.stderr}")
        else:
            print(f"as the README says: {shlex.split(command)[0]} … {len(expected)} characters")
    return wrong


def main(path: str) -> int:
    text = Path(path).read_text("utf-8")
    commands = blocks(text, "sh")
    serve = next(block for block in commands if "kgapi serve" in block)
    test = next(block for block in commands if "pytest" in block)
    began = time.monotonic()
    server = subprocess.Popen(["bash", "-c", serve], start_new_session=True)
    try:
        wait_until_served(server)
        print(f"served {time.monotonic() - began:.0f} s after the command was given")
        wrong = check_questions(text)
    finally:
        # The session is the server's own, so this ends it and what it started, nothing else.
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)
    if wrong:
        return 1
    return subprocess.run(["bash", "-c", test]).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
