"""Write frames.md: what the rules understand, a table made from ontology/frames.toml.

python docs/build_frames.py
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
HEAD = """# What the rules understand

One row for each frame of [`ontology/frames.toml`](../ontology/frames.toml), in the order in which
frames are tried. `rule` is what a fact found by it carries, `words` evoke it where its conditions
are met, and the example is one that a test reads. Lists of words (`@name`) are in
[`ontology/words.toml`](../ontology/words.toml). This page is made by `python docs/build_frames.py`.

| rule | fact | roles | words | example |
| --- | --- | --- | --- | --- |
"""


def page(frames: list[Mapping[str, Any]]) -> str:
    """The page as Markdown."""
    return HEAD + "".join(f"| {' | '.join(_row(frame))} |\n" for frame in frames)


def _row(frame: Mapping[str, Any]) -> Iterator[str]:
    yield f"`{frame['id']}`"
    told = frame.get("action") or frame.get("values", {}).get("indicator")
    yield f"{frame['class']}, {told}" if told else frame["class"]
    yield ", ".join(frame.get("roles", {}))
    words = [*frame.get("verbs", []), *frame.get("nouns", []), *frame.get("adjectives", [])]
    yield ", ".join(words) or "what another frame brings"
    yield frame["examples"][0]["text"]


def main() -> None:
    frames = tomllib.loads((ROOT / "ontology" / "frames.toml").read_text("utf-8"))["frame"]
    (ROOT / "docs" / "frames.md").write_text(page(frames), "utf-8")


if __name__ == "__main__":
    main()
