"""The manual names what there is: settings, commands, routes, media types. It fails where it lies."""

import re
from pathlib import Path

import pytest
from flask import Flask

from kgapi import media, news
from kgapi.cli import main
from kgapi.exports.formats import EXPORTS
from kgapi.settings import rows

ROOT = Path(__file__).parents[2]
MANUAL = ROOT / "docs" / "manual.md"


def table() -> str:
    """The table of settings as the manual has it, made from the settings themselves."""
    lines = ["| variable | default | what it is |", "| --- | --- | --- |"]
    lines += [f"| `{name}` | `{default!r}` | {help} |" for name, default, help in rows()]
    return "\n".join(lines)


def test_the_settings_of_the_manual_are_the_settings() -> None:
    found = re.search(
        r"<!-- settings -->\n(.*?)\n?<!-- /settings -->", MANUAL.read_text("utf-8"), re.S
    )
    assert found
    assert found[1] == table(), f"the manual's table should be:\n{table()}"


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_is_in_the_manual(command: str) -> None:
    assert f"`kgapi {command}" in MANUAL.read_text("utf-8")


def test_every_route_is_in_the_manual(app: Flask) -> None:
    manual = MANUAL.read_text("utf-8")
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            path = re.sub(r"<(?:[^<>:]+:)?(\w+)>", r"{\1}", rule.rule)
            path = re.sub(r"^/v1/queries/.+", "/v1/queries/{name}", path)
            assert f" {path}`" in manual, path


def test_every_media_type_is_in_the_manual() -> None:
    manual = MANUAL.read_text("utf-8")
    wanted = {
        *news.READERS,
        *news.SPLITTERS,
        *(offer.type for offer in (*media.GRAPHS, *media.SOLUTIONS, *media.PATCHES)),
    }
    assert {name for name in wanted if f"`{name}`" not in manual} == set()


def test_links_inside_the_documents_lead_somewhere() -> None:
    for document in [*ROOT.glob("*.md"), *MANUAL.parent.glob("*.md")]:
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document.name} points to {target}"


@pytest.mark.parametrize("name", EXPORTS)
def test_every_download_is_in_the_manual(name: str) -> None:
    assert f"`{name}`" in MANUAL.read_text("utf-8")
