"""pandas: tables and graphs as data frames, straight from the address."""

from urllib.parse import urlencode

import pandas as pd
import pytest

from tests.clients.conftest import EX, HARD

pytestmark = [pytest.mark.slow, pytest.mark.clients]

NUMBERS = f"""SELECT ?thing ?name ?length ?depth {{
  ?thing <{EX}name> ?name
  OPTIONAL {{ ?thing <{EX}length> ?length }} OPTIONAL {{ ?thing <{EX}depth> ?depth }}
}} ORDER BY ?thing STR(?name)"""


@pytest.mark.parametrize("way", ["format", "Accept"])
@pytest.mark.parametrize(("name", "separator"), [("csv", ","), ("tab-separated-values", "\t")])
def test_a_data_frame(door: str, way: str, name: str, separator: str) -> None:
    asked = {"query": NUMBERS} | ({"format": f"text/{name}"} if way == "format" else {})
    header = {"Accept": f"text/{name}"} if way == "Accept" else None
    frame = pd.read_csv(f"{door}?{urlencode(asked)}", sep=separator, storage_options=header)
    prefix = "?" if separator == "\t" else ""
    assert list(frame.columns) == [
        f"{prefix}{each}" for each in ("thing", "name", "length", "depth")
    ]
    assert frame[f"{prefix}length"].sum() == 366
    assert frame[f"{prefix}depth"].dropna().tolist() == [11.5]
    if separator == ",":
        assert frame["name"].tolist() == ["Πειραιάς", "Anemos", HARD]
        assert frame["thing"][0] == f"{EX}port"


def test_no_solutions_are_an_empty_frame_with_its_columns(door: str) -> None:
    asked = urlencode({"query": f"SELECT ?a ?b {{ ?a <{EX}nothing> ?b }}", "format": "csv"})
    frame = pd.read_csv(f"{door}?{asked}")
    assert (list(frame.columns), len(frame)) == (["a", "b"], 0)
