"""The cases as a whole: well made, and the extractor no worse on them than it was."""

import json
import os
import re
import shutil
import tomllib
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from kgapi.cli import main
from kgapi.evaluation import gold
from kgapi.reference import files, ontology

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
SEEDS = ROOT / "seeds" / "gold"
BASELINE = CASES / "baseline.json"
GOLD = sorted(CASES.glob("*/*.json"))
SEED_GOLD = sorted(SEEDS.glob("*.json"))
FLOORS = {
    "dev": (CASES / "dev", BASELINE),
    "held-out": (CASES / "held-out", CASES / "baseline-held-out.json"),
    "seeds": (SEEDS, CASES / "baseline-seeds.json"),
}
# The first twenty were split in another way.
SPLIT_BY_TURNS = {
    "active-two-senders", "assembly-vote", "conditional", "currency-percent", "date-of-the-past",
    "delisting", "denial", "headline-present", "list-of-designations", "metonyms", "negation",
    "passive", "planned-visit", "price-cap", "pronoun", "purpose-clause", "quote", "release",
    "suspended-treaty", "threat",
}  # fmt: skip


def run(*arguments: object) -> tuple[int, str, str]:
    env = {name: None for name in os.environ if name.startswith("KGAPI_")}
    result = CliRunner(env=env).invoke(main, ["evaluate", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_a_case_names_rules_that_there_are_and_its_trap(path: Path) -> None:
    frames = tomllib.loads(files.ontology("frames.toml").read_text("utf-8"))["frame"]
    known = {frame["id"] for frame in frames} | {"office", "counterpart", ""}
    held = gold.read(path)
    assert {fact.rule for fact in held.facts} <= known
    assert any(fact.trap for fact in (*held.facts, *held.absent))
    assert all(trap.trap for trap in held.absent)


@pytest.mark.parametrize("path", [*GOLD, *SEED_GOLD], ids=lambda path: path.stem)
def test_gold_keeps_to_the_domains_of_the_ontology(path: Path) -> None:
    known = ontology.shipped()
    held = gold.read(path)
    for fact in (*held.facts, *held.absent):
        properties = {name.partition(".")[0] for role in fact.roles for name in role.names}
        for name in properties | set(fact.values):
            assert any(known.has_property(name, kind.type) for kind in fact.kinds), fact.id


def test_every_text_has_its_gold() -> None:
    assert len(GOLD) >= 50
    assert {path.with_suffix(".txt") for path in GOLD} == set(CASES.glob("*/*.txt"))


def test_every_seed_article_has_its_gold() -> None:
    articles = {path.stem for path in (ROOT / "seeds" / "articles").glob("*.md")}
    assert {path.stem for path in SEED_GOLD} == articles
    for path in SEED_GOLD:
        held = gold.read(path)
        assert json.loads(path.read_text("utf-8"))["article"] == f"../articles/{path.stem}.md"
        assert sum(not fact.optional for fact in held.facts) >= 8
        assert held.absent


def test_cases_lie_where_their_names_say() -> None:
    later = [path for path in GOLD if path.stem not in SPLIT_BY_TURNS]
    assert len(later) >= 30
    for path in later:
        first = sha256(path.stem.encode()).hexdigest()[0]
        assert path.parent.name == ("dev" if first in "01234567" else "held-out")


@pytest.mark.parametrize("name", FLOORS)
def test_no_number_falls(name: str) -> None:
    folder, floor = FLOORS[name]
    status, _, told = run(folder, "--baseline", floor)
    assert status == 0, told


def test_the_floor_of_the_held_out_cases_tells_nothing_of_them() -> None:
    held = json.loads(FLOORS["held-out"][1].read_text("utf-8"))
    assert not [line for line in held["lines"] if ": " in line]
    assert set(held) == {"lines", "traps"}
    assert not any(held["traps"]["sprung"])


def test_a_fall_fails_and_says_which_lines_fell(tmp_path: Path) -> None:
    held = json.loads(BASELINE.read_text("utf-8"))
    facts = held["lines"]["facts"]
    facts["f1"] = 1.1
    better = tmp_path / "better.json"
    better.write_text(json.dumps(held), "utf-8")
    status, _, told = run(CASES / "dev", "--baseline", better)
    assert status == 1
    assert re.search(r"^facts: f1 fell from 1\.1000 to [01]\.\d+$", told, re.M)
    assert "Error: below the baseline: 1" in told


def test_the_table_and_the_json_tell_the_same(tmp_path: Path) -> None:
    for suffix in (".txt", ".json"):
        shutil.copy(CASES / "dev" / f"negation{suffix}", tmp_path)
    _, printed, _ = run(tmp_path)
    _, told, _ = run(tmp_path, "--json")
    line = json.loads(told)["lines"]["facts"]
    assert (
        f"| facts | {line['right']} | {line['found']} | {line['gold']} | {line['precision']:.3f}"
        in printed
    )


def test_a_baseline_that_is_none_is_told_in_one_line(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.json", CASES / "README.md"):
        status, _, told = run(CASES / "dev", "--baseline", path)
        assert status == 1
        assert told.startswith(f"Error: {path}: ")
        assert told.count("\n") == 1


def test_the_real_article(real_article: Path) -> None:
    table = real_article.with_name(real_article.stem + ".gold.md")
    if not table.exists():
        pytest.skip(f"its gold is not there: {table}")
    status, told, _ = run(table, "--json")
    lines = json.loads(told)["lines"]
    assert status == 0
    assert lines["facts"]["recall"] >= 0.93
    assert lines["strict facts"]["f1"] >= 0.90
    assert lines["evidence offsets"]["recall"] == 1
