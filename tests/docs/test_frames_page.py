"""The page on what the rules understand tells what is in the lexicon."""

import runpy
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_is_made_from_the_lexicon() -> None:
    page = runpy.run_path(str(ROOT / "docs" / "build_frames.py"))["page"]
    frames = tomllib.loads((ROOT / "ontology" / "frames.toml").read_text("utf-8"))["frame"]
    assert (ROOT / "docs" / "frames.md").read_text("utf-8") == page(frames), (
        "run python docs/build_frames.py"
    )
    assert len(frames) >= 60
