"""Facts as CSV and Parquet: a row for every statement, with words that can be looked up."""

import csv
import io
import json
from typing import Any

import pandas
import pyarrow.parquet
import pytest

from kgapi.exports.facts import COLUMNS
from kgapi.exports.tables import SEPARATOR
from tests.conftest import Server
from tests.exports.conftest import Exported


@pytest.fixture(scope="module")
def rows(exported: Exported) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported("facts.csv").decode())))


def values(live: Server, query: str) -> set[str]:
    prefix = "PREFIX san: <https://w3id.org/kgapi/sanctions#> SELECT DISTINCT ?x "
    found = live.http.get("sparql", params={"query": prefix + query}).json()["results"]["bindings"]
    return {row["x"]["value"] for row in found}


def test_there_is_a_row_for_each_statement(live: Server, rows: list[dict[str, str]]) -> None:
    told = [row["statement"] for row in rows]
    assert len(told) == len(set(told)) > 250
    assert set(told) == values(live, "{ GRAPH ?g { ?x san:states ?fact } }")


def test_a_row_says_what_rest_says(live: Server, rows: list[dict[str, str]]) -> None:
    for row in rows[::12]:
        fact = live.http.get(f"v1/facts/{row['fact'].partition('/id/')[2]}").json()
        (told,) = [each for each in fact["statements"] if each["id"] == row["statement"]]
        assert (row["type"], row["label"]) == (fact["type"], fact["label"])
        for role in ("actor", "target", "holder"):
            fillers = fact["roles"].get(role, [])
            assert row[role] == SEPARATOR.join(each["label"] for each in fillers)
            assert row[f"{role}_iri"] == SEPARATOR.join(each["iri"] for each in fillers)
        assert row["measure_type"] == SEPARATOR.join(fact["values"].get("measureType", []))
        assert float(row["confidence"]) == told["confidence"]
        assert row["said_by"] == (told["speaker"]["label"] if told["speaker"] else "")
        # Where several articles tell a fact, each has its own day of publication for the latest.
        if len(fact["statements"]) == 1:
            assert row["latest"] == (fact["time"]["latest"] or "")


def test_the_words_of_a_row_are_those_of_the_article(
    live: Server, rows: list[dict[str, str]]
) -> None:
    texts: dict[str, str] = {}
    for row in rows:
        path = f"v1/articles/{row['article'].rpartition('/')[2]}"
        text = texts.get(path) or live.http.get(path).json()["text"]
        texts[path] = text
        starts, ends = row["evidence_start"].split(SEPARATOR), row["evidence_end"].split(SEPARATOR)
        cut = [text[int(a) : int(b)] for a, b in zip(starts, ends, strict=True)]
        assert SEPARATOR.join(cut) == row["evidence"]


def test_a_claim_is_marked_as_one(live: Server, rows: list[dict[str, str]]) -> None:
    claims = {row["fact"] for row in rows if row["claimed"] == "true"}
    assert claims == values(live, "{ GRAPH ?g { ?x a san:Claim } }")


def test_parquet_is_the_same_table_with_types(
    exported: Exported, rows: list[dict[str, str]]
) -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(exported("facts.parquet")))
    assert table.column_names == [column.name for column in COLUMNS]
    assert str(table.schema.field("published").type) == "date32[day]"
    assert str(table.schema.field("target").type).startswith("list<")
    for told, row in zip(table.to_pylist(), rows, strict=True):
        assert {name: _cell(value) for name, value in told.items()} == row


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return SEPARATOR.join(map(str, value))
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def test_pandas_reads_both(exported: Exported) -> None:
    table = pandas.read_csv(io.BytesIO(exported("facts.csv")))
    parquet = pandas.read_parquet(io.BytesIO(exported("facts.parquet")))
    assert len(table) == len(parquet) > 250
    assert list(table.columns) == list(parquet.columns)
    assert (table["confidence"] == parquet["confidence"]).all()
