"""Reading gold: both formats, and one line for what cannot be read."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kgapi.cli import main
from kgapi.errors import BadGold
from kgapi.evaluation import gold
from kgapi.facts.fact import Entity

TEXT = """Iran and Russia sign

March 4, 2024

Iran and Russia signed a\u00a0treaty in Moscow on Monday. Kenya and Ghana stood by Iran.
"""
TABLE = """# Gold

| id | class | roles | time | qualifiers | voice | evidence |
|---|---|---|---|---|---|---|
| F01 | Signing | signatory=IRN; instrument=Deal; place=~Moscow | 2024-03-04 | | A | S3 "a treaty" |
| F02 | Signing | signatory=RUS; instrument=Agreement | | same event as F01 | T | S1 "Iran and Russia sign" |
| F03 | Support | supporter=KEN; supported=IRN | | modality=planned | A | S4 "Kenya and Ghana stood by Iran" |
| F04 | Support | supporter=GHA; supported=IRN | | | A | S4 "Kenya and Ghana stood by Iran" |
| F05 | Depreciation | currency=IRR; factor=12 | 2018/ | | A | S1 "Iran" |
| F06 | Titled | title=x | | | A | S1 "Iran" |

Entities (type:canonical): Country:IRN, Agreement:Declaration
"""
FACT: dict[str, Any] = {
    "type": "AgreementAction",
    "action": "sign",
    "roles": {"signatory": ["Iran", "country/ru"], "place": ["~Moscow"]},
    "time": {"begin": "2024-03", "end": "2024-03"},
    "evidence": ["Iran and Russia signed"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    return tmp_path


def table(folder: Path, text: str = TABLE) -> gold.Gold:
    path = folder / "a.gold.md"
    path.write_text(text, "utf-8")
    return gold.read(path)


def as_json(folder: Path, *facts: object, **more: object) -> gold.Gold:
    path = folder / "a.json"
    path.write_text(json.dumps({"article": "a.txt", "facts": facts, **more}), "utf-8")
    return gold.read(path)


def test_rows_of_the_same_event_are_one_fact(folder: Path) -> None:
    signing, support, fall = table(folder).facts
    assert [name.path for name in signing.roles[0].fillers] == ["country/ir", "country/ru"]
    assert [name.any_kind for name in signing.roles[1].fillers] == ["agreement"]
    assert [name.scored for name in signing.roles[2].fillers] == [False]
    assert "stated" in signing.modalities
    assert "quoted" in signing.modalities
    assert [name.path for name in support.roles[0].fillers] == ["country/ke", "country/gh"]
    assert support.realis == "planned"
    assert (fall.begin, fall.end, fall.values) == ("2018", None, {"value": 12})


def test_rows_that_are_no_facts_are_told(folder: Path) -> None:
    assert table(folder).passed_over == ("F06 Titled",)


def test_evidence_is_found_where_the_article_has_another_white_space(folder: Path) -> None:
    held = table(folder)
    start, end = held.facts[0].evidence[0]
    assert held.article.text[start:end] == "a\u00a0treaty"


def test_json_facts(folder: Path) -> None:
    held = as_json(folder, FACT, absent=[{"type": "AgreementAction", "action": "ratify"}])
    (fact,) = held.facts
    assert [name.path for name in fact.roles[0].fillers] == ["country/ir", "country/ru"]
    assert (fact.realis, fact.modalities) == ("actual", {"stated"})
    assert [(trap.realis, trap.modalities) for trap in held.absent] == [("", frozenset())]


def test_the_example_of_the_manual_is_read(folder: Path) -> None:
    manual = Path(__file__).parents[2] / "docs" / "manual.md"
    example = re.search(r"```json\n(\{\"article\".*?)```", manual.read_text("utf-8"), re.S)
    assert example
    told = json.loads(example[1])
    passage = told["facts"][0]["evidence"][0]
    (folder / told["article"]).write_text(f"Mali\n\nJanuary 10, 2022\n\n{passage}.\n", "utf-8")
    (folder / "mali.json").write_text(example[1], "utf-8")
    held = gold.read(folder / "mali.json")
    actor, target, place = held.facts[0].roles
    assert [name.path for name in actor.fillers] == ["country/ca", "country/jp"]
    assert [name.path for name in target.fillers] == ["country/ml"]
    assert not place.fillers[0].scored
    assert len(held.absent) == 1


def test_names_of_an_office() -> None:
    iran = Entity("country", "ir", "Iran", "Country")
    post = Entity("post", "president-of-iran", "President of Iran", "Post", iran)
    for text in ("president", "President of Iran", "president-of-iran"):
        assert gold.Name(text).means(post)
    assert not gold.Name("minister").means(post)


def test_a_fact_may_be_of_several_kinds(folder: Path) -> None:
    other = {"type": "Utterance", "action": "state"}
    (fact,) = as_json(folder, FACT | {"or": [other, {"type": "SanctionsMeasure"}]}).facts
    assert [(kind.type, kind.action) for kind in fact.kinds] == [
        ("AgreementAction", "sign"),
        ("Utterance", "state"),
        ("SanctionsMeasure", None),
    ]


def test_a_filler_may_be_anything_of_a_kind(folder: Path) -> None:
    (fact,) = as_json(folder, FACT | {"roles": {"signatory": ["group/*"]}}).facts
    (name,) = fact.roles[0].fillers
    assert name.scored
    assert name.means(Entity("group", "eight-importers-1b53a24c", "eight importers", "AgentGroup"))
    assert not name.means(Entity("country", "ir", "Iran", "Country"))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (FACT | {"or": [{"type": "Signing"}]}, "facts 1: 'Signing' is no class of the ontology"),
        (FACT | {"or": ["Utterance"]}, "facts 1: 'Utterance' is no class"),
        (FACT | {"or": [{"type": "Utterance", "action": "sgin"}]}, "facts 1: 'sgin' is no action"),
        (FACT | {"type": "Signing"}, "facts 1: 'Signing' is no class of the ontology"),
        (FACT | {"action": "sgin"}, "facts 1: 'sgin' is no action"),
        (FACT | {"roles": {"signer": []}}, "'signer' is no property"),
        (FACT | {"roles": {"actor": "Iran"}}, "actor: not a list"),
        (FACT | {"evidence": ["Iran signed"]}, "does not have the evidence 'Iran signed'"),
        (FACT | {"evidence": []}, "needs evidence"),
        (FACT | {"time": {"begin": "March"}}, "'March' is not a year"),
        (FACT | {"time": {"end": 2018}}, "2018 is not a year"),
        (FACT | {"time": {"begin": "2024-13"}}, "'2024-13' is not a year"),
        (FACT | {"values": {"reason": [{}]}}, "is no value of a fact"),
        (FACT | {"modality": ""}, "'' is no modality"),
        (FACT | {"comment": ""}, "'comment' is no member"),
        ("sign", "not an object"),
    ],
)
def test_json_that_cannot_be_read(folder: Path, line: object, told: str) -> None:
    with pytest.raises(BadGold, match=told) as raised:
        as_json(folder, line)
    assert str(folder / "a.json") in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"Iran and Russia sign"', '"Iran and China sign"', "line 6: the article does not have"),
        ("2018/", "soon", "line 9: 'soon'"),
        ("factor=12", "factor=x", "line 9: 'x' is not a number"),
        ("signatory=RUS;", "RUS;", "line 6: 'RUS' is not role=filler"),
        ("| same event as F01 ", "", "line 6: 6 cells"),
        ("| voice |", "| tone |", "lacks the column voice"),
        ("|", "", "no table"),
    ],
)
def test_a_table_that_cannot_be_read(folder: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(BadGold, match=told):
        table(folder, TABLE.replace(old, new))


@pytest.mark.parametrize(
    "broken", ["no.json", "x.json", "list.json", "alone.json", "bytes.gold.md", "empty"]
)
def test_bad_gold_is_one_line_and_exit_status_1(folder: Path, broken: str) -> None:
    (folder / "x.json").write_text("{")
    (folder / "list.json").write_text("[]")
    (folder / "alone.json").write_text('{"article": "gone.txt"}')
    (folder / "bytes.gold.md").write_bytes(b"\xff\xfe\x00")
    (folder / "empty").mkdir()
    result = CliRunner().invoke(main, ["evaluate", str(folder / broken)])
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert broken in result.output
    assert result.output.count("\n") == 1
