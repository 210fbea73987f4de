"""The list of exclusions names tests that exist, each once, with a sentence for each."""

from pathlib import Path

import pytest

from tests.conformance.exclusions import excluded, relaxed
from tests.conformance.manifest import cases

pytestmark = pytest.mark.conformance


@pytest.mark.parametrize("target", ["kgapi", "oxigraph"])
def test_the_list_is_in_order(suites: Path, target: str) -> None:
    listed = excluded(target)
    assert listed
    assert not listed.keys() & relaxed()
    assert listed.keys() | relaxed() <= {case.iri for case in cases(suites)}
    for why in listed.values():
        assert why.rpartition(": ")[2].endswith("."), f"not a sentence: {why}"
