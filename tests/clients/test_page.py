"""docs/clients.md does what it says: its commands are run, and print what it shows."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.clients.browser import pages
from tests.clients.conftest import python
from tests.clients.yasgui import Yasgui
from tests.conftest import TOKEN, Server, required
from tests.docs.blocks import Block, blocks

pytestmark = [pytest.mark.slow, pytest.mark.clients]

PAGE = Path(__file__).parents[2] / "docs" / "clients.md"
# What the commands of a section need that is not Python's.
PROGRAMS = {
    "curl": ("curl", "curl"),
    "R": ("Rscript", "r-cran-sparql"),
    "rapper": ("rapper", "raptor2-utils"),
}


def sections() -> dict[str, list[Block]]:
    """The blocks below each heading: each with the ``text`` block that follows it, if any."""
    found = {}
    for part in PAGE.read_text("utf-8").split("\n## ")[1:]:
        title, _, text = part.partition("\n")
        found[title] = blocks(text)
    return found


SECTIONS = sections()


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the seed articles, which the page's commands may write to."""
    with Server(tmp_path_factory.mktemp("page") / "store", KGAPI_TOKEN=TOKEN) as server:
        yield server


@pytest.fixture
def here(seeded: Server) -> Callable[[str], str]:
    """The page's text with this server and its token in place of the reader's."""

    def here(text: str) -> str:
        return re.sub(r"\bTOKEN\b", TOKEN, text.replace("http://127.0.0.1:8000/", seeded.address))

    return here


def test_every_block_that_prints_is_run() -> None:
    assert len(SECTIONS) == 9
    assert {block.language for blocks in SECTIONS.values() for block in blocks} == {
        "sh", "python", "r", "js", "html",
    }  # fmt: skip
    assert PAGE.read_text("utf-8").count("```text") == sum(
        bool(block.prints) for blocks in SECTIONS.values() for block in blocks
    )


@pytest.mark.parametrize("title", [title for title in SECTIONS if title != "YASGUI"])
def test_the_commands_print_what_the_page_shows(
    title: str, here: Callable[[str], str], run: Callable[..., str], request: pytest.FixtureRequest
) -> None:
    if title in PROGRAMS:
        required(*PROGRAMS[title])
    if title != "curl":
        # The graph that other sections read.
        run("bash", "-c", here(SECTIONS["curl"][1].code))
    for block in SECTIONS[title]:
        command = _command(block.language, here(block.code), request)
        assert run(*command.arguments, **command.how) == block.prints


@dataclass(frozen=True)
class Command:
    arguments: list[str | Path]
    how: dict[str, Any]


def _command(language: str, code: str, request: pytest.FixtureRequest) -> Command:
    if language == "python":
        return Command([*python("-W", "ignore", "-")], {"input": code})
    if language == "r":
        return Command(["Rscript", "-e", code], {})
    if language == "js":
        folder = request.getfixturevalue("node_modules").parent
        return Command(
            [request.getfixturevalue("node"), "--input-type=module", "-e", code], {"cwd": folder}
        )
    return Command(["bash", "-c", _with_comunica(code, request)], {})


def _with_comunica(code: str, request: pytest.FixtureRequest) -> str:
    """The commands, with Comunica and its Node first among the programs."""
    if "comunica" not in code:
        return code
    folders = (
        request.getfixturevalue("node_modules") / ".bin",
        request.getfixturevalue("node").parent,
    )
    return f"PATH={os.pathsep.join(map(str, folders))}:$PATH\n{code}"


def test_the_page_for_a_browser_asks_from_another_origin(
    chromium: Any, node_modules: Path, here: Callable[[str], str], seeded: Server, tmp_path: Path
) -> None:
    (block,) = SECTIONS["YASGUI"]
    (tmp_path / "index.html").write_text(here(block.code), encoding="utf-8")
    (tmp_path / "node_modules").symlink_to(node_modules.resolve())
    with pages(tmp_path) as address, chromium.new_context() as context:
        opened = context.new_page()
        opened.goto(address)
        yasgui = Yasgui(opened, f"{seeded.address}sparql")
        status, shown = yasgui.ask(
            "SELECT ?c { ?c <https://w3id.org/kgapi/sanctions#alpha2> 'IR' }"
        )
        assert status == 200
        assert "https://kgapi.example.org/id/country/ir" in shown
        note = "<https://example.org/y> <https://example.org/b> 4"
        text = f"INSERT DATA {{ GRAPH <https://example.org/notes> {{ {note} }} }}"
        assert yasgui.ask(text)[0] == 204
