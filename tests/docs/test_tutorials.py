"""The tutorials do what they say: their commands are run in order, and print what they show."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import TOKEN, Server, environment, required
from tests.docs.blocks import Block, blocks

pytestmark = pytest.mark.slow

PAGES = sorted((Path(__file__).parents[2] / "docs").glob("tutorial-*.md"))


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the seed articles, which the commands may write to."""
    with Server(tmp_path_factory.mktemp("tutorials") / "store", KGAPI_TOKEN=TOKEN) as server:
        yield server.ready()


def test_there_are_four() -> None:
    assert len(PAGES) == 4


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_print_what_the_page_shows(page: Path, seeded: Server, tmp_path: Path) -> None:
    required("curl", "curl")
    found = blocks(page.read_text("utf-8"))
    assert len(found) >= 3
    for block in found:
        assert printed(block, seeded, tmp_path) == block.prints, block.code


def printed(block: Block, server: Server, folder: Path) -> str:
    """What a block prints, with this server and its token in place of the reader's."""
    code = block.code.replace("http://127.0.0.1:8000/", server.address)
    code = re.sub(r"\bTOKEN\b", TOKEN, code)
    program = [sys.executable, "-"] if block.language == "python" else ["bash", "-s"]
    done = subprocess.run(
        program, input=code, cwd=folder, capture_output=True, text=True, timeout=120,
        env=environment(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout
