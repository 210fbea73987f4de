"""Names to entities: longest first, whole words only, every sense told."""

from pathlib import Path

import pytest

from kgapi.errors import BadSettings
from kgapi.reference import gazetteer, ontology


@pytest.fixture(scope="module")
def shipped() -> gazetteer.Gazetteer:
    return gazetteer.shipped()


def found(shipped: gazetteer.Gazetteer, text: str) -> list[tuple[str, list[str]]]:
    return [
        (text[match.start : match.end], [sense.known.path for sense in match.senses])
        for match in shipped.find(text)
    ]


@pytest.mark.parametrize(
    ("text", "name", "path"),
    [
        ("the US withdrawal", "US", "country/us"),
        ("the U.S. withdrawal", "U.S.", "country/us"),
        ("the European Union's package", "European Union", "organization/european-union"),
        ("NORTH KOREA fired", "NORTH KOREA", "country/kp"),
        ("the Iranian rial", "Iranian rial", "currency/irr"),
        ("the JCPOA nuclear deal", "JCPOA nuclear deal", "agreement/jcpoa"),
    ],
)
def test_names(shipped: gazetteer.Gazetteer, text: str, name: str, path: str) -> None:
    assert (name, [path]) in found(shipped, text)


@pytest.mark.parametrize("text", ["thus and us", "Irangate", "MacIran", "irani"])
def test_only_whole_words(shipped: gazetteer.Gazetteer, text: str) -> None:
    assert found(shipped, text) == []


def test_a_seat_is_a_place_and_stands_for_its_country(shipped: gazetteer.Gazetteer) -> None:
    (match,) = shipped.find("Moscow")
    manners = {sense.known.path: sense.manner for sense in match.senses}
    assert manners["place/moscow"] == "name"
    assert manners["country/ru"] == "metonym"


def test_a_bare_currency_has_all_its_senses(shipped: gazetteer.Gazetteer) -> None:
    (match,) = shipped.find("rial")
    assert {"currency/irr", "currency/omr", "currency/yer"} <= {s.known.path for s in match.senses}
    assert {sense.manner for sense in match.senses} == {"bare"}


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "broken.ttl"
    path.write_text("<a> <b>")
    with pytest.raises(BadSettings, match=r"broken\.ttl"):
        gazetteer.read(path)
    with pytest.raises(BadSettings, match=r"missing\.ttl"):
        gazetteer.read(tmp_path / "missing.ttl")


def test_ontology_as_values() -> None:
    terms = ontology.shipped()
    assert terms.is_a("Designation", "SanctionsMeasure")
    assert terms.within("Visit", ["Meeting"])
    assert terms.has_property("target", "SanctionsAction")
    assert terms.has_property("holder", "Tenure")
    assert not terms.has_property("holder", "Vote")
    assert "snapback" in terms.schemes["action"]
    assert terms.properties["signatory"].parents == {"actor"}
