"""The competency questions: each ``.rq`` gives, over HTTP on the seed graph, the rows of its ``.csv``."""

import csv
import io
from pathlib import Path

import pytest

from kgapi.queries.query import Query
from kgapi.reference import files
from tests.conftest import Server

QUESTIONS = sorted(files.ontology("questions").glob("*.rq"))


def test_there_are_25_questions_and_each_says_what_it_asks() -> None:
    assert len(QUESTIONS) == 25
    for path in QUESTIONS:
        assert Query.load(path).summary, f"{path.name} has no summary"


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_a_question_has_its_expected_answer(path: Path, live: Server) -> None:
    answer = live.http.post(
        "sparql", data={"query": path.read_text("utf-8")}, headers={"Accept": "text/csv"}
    )
    assert answer.status_code == 200, answer.text
    expected = path.with_suffix(".csv").read_text("utf-8")
    assert _rows(answer.text) == _rows(expected)
    assert len(_rows(expected)) > 1, "a question without an answer shows nothing"


def _rows(text: str) -> list[list[str]]:
    """Rows in their order; names that GROUP_CONCAT has put together in any order."""
    return [
        [", ".join(sorted(cell.split(", "))) for cell in row]
        for row in csv.reader(io.StringIO(text))
    ]
