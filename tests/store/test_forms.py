"""What a query is by its text: the form of its answer, and whether it repeats."""

import pytest

from kgapi import media
from kgapi.store.forms import offers, repeats


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * {}", media.SOLUTIONS),
        ("select*{}", media.SOLUTIONS),
        ("ASK{}", media.SOLUTIONS),
        ("# CONSTRUCT\nBASE <a:CONSTRUCT> PREFIX describe: <a:b> SELECT * {}", media.SOLUTIONS),
        ("PREFIX select: <a:b> CONSTRUCT WHERE {}", media.GRAPHS),
        ("DESCRIBE <a:ask>", media.GRAPHS),
        ("CONSTRUCT { ?s ?p ?o } { SELECT * { ?s ?p ?o } }", media.GRAPHS),
        ("DROP ALL", ()),
        ("", ()),
    ],
)
def test_the_form_is_the_first_keyword_of_one(text: str, expected: object) -> None:
    assert offers(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (NOW() AS ?n) {}",
        "SELECT (rand() AS ?n) {}",
        "SELECT (UUID() AS ?n) {}",
        "SELECT (StrUUID() AS ?n) {}",
        "ASK { SERVICE <a:b> {} }",
        "ASK { SERVICE SILENT ?x {} }",
        "PREFIX x: <a:b> ASK { SERVICE x:y {} }",
        "ASK { FILTER(true && trueRAND() ) }",
        "PREFIX : <a:b> ASK { SERVICE:y {} }",
    ],
)
def test_what_may_differ_the_next_time_does_not_repeat(text: str) -> None:
    assert not repeats(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?now ?rand ?uuid }",
        "ASK { ?s <a:SERVICE> 'NOW()' } # RAND()",
        "PREFIX foaf: <http://xmlns.com/foaf/0.1/> ASK { ?s foaf:knows ?o }",
        "SELECT (BNODE() AS ?b) {}",
    ],
)
def test_all_else_repeats(text: str) -> None:
    assert repeats(text)
