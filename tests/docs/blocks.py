"""The blocks of a page that are run, each with what it prints."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Block:
    language: str
    code: str
    prints: str


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a language: each with the ``text`` block that follows it, if any."""
    fenced = re.findall(
        r"^```(\w+)\n(.*?)^```$(?:\n+```text\n(.*?)^```$)?", text, re.MULTILINE | re.DOTALL
    )
    return [Block(*each) for each in fenced]
