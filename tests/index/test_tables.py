"""What the index holds is what the graphs tell now, whatever they told before."""

import random
import sqlite3
from collections import Counter
from dataclasses import replace
from pathlib import Path

from kgapi import journal, media
from kgapi.index import INDEX, pointers, size
from kgapi.index.projection import Tag, Telling, first_day, last_day, rows
from kgapi.index.tables import place_of
from kgapi.queries.query import rows as solutions
from kgapi.store.embedded import EmbeddedEngine
from tests.index.conftest import Follow

SAN = "https://w3id.org/kgapi/sanctions#"
ADDED_UP = {
    "telling": "fact.iri, t.type, t.claimed, t.label, t.action, t.realis, t.since, t.until, t.earliest,"
    " t.latest, t.dated, t.times",
    "statement": "fact.iri, t.iri, t.modality, t.speaker, t.confidence, t.rule, t.times",
    "passage": "fact.iri, t.start, t.stop, t.text, t.times",
}

News = list[tuple[str, bytes]]


def content(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Everything that the index tells, without the numbers by which it keeps it."""
    asked = {
        table: f"SELECT {columns} FROM {table} AS t LEFT JOIN fact ON fact.id = t.fact"
        for table, columns in ADDED_UP.items()
    } | {
        "fact": "SELECT * FROM fact",
        "tag": "SELECT dimension, value, iri, times FROM tag JOIN term ON term.id = term"
        " LEFT JOIN fact ON fact.id = fact",
        "term": "SELECT dimension, value, facts FROM term WHERE facts != 0",
        "kind": "SELECT iri, type, times FROM kind JOIN resource ON resource.id = entity",
        "entity": "SELECT iri, type, label FROM entity",
        "name": "SELECT iri, name.name, manner, language, folded, times, key FROM name"
        " JOIN resource ON resource.id = entity LEFT JOIN name_key ON name_key.name = name.id",
        "link": "SELECT s.iri, predicate, o.iri, times FROM link JOIN resource AS s ON s.id = subject"
        " JOIN resource AS o ON o.id = object",
        "pointing": "SELECT object, property, subjects FROM pointing WHERE subjects != 0",
        "pointer": "SELECT object, property, subject, times FROM pointer"
        " JOIN pointing ON pointing.id = pointing",
        "report": "SELECT iri, headline, published, language, source, body, times FROM report"
        " JOIN resource ON resource.id = article",
        "article": "SELECT iri, published FROM article",
        "document": "SELECT kind, title, body FROM document",
    }
    return {table: sorted(connection.execute(query)) for table, query in asked.items()}


def check_words(connection: sqlite3.Connection) -> None:
    """What is found by words is what the tables have. Raises sqlite3.DatabaseError."""
    for table in ("search", "name_words"):
        connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")


def anew(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    with journal.transaction(connection):
        journal.rebuild(connection, INDEX)
    return content(connection)


def put(engine: EmbeddedEngine, name: str, data: bytes) -> None:
    engine.put_graph(name, data, media.N_TRIPLES)


def test_after_any_writes_it_is_as_if_made_anew(
    engine: EmbeddedEngine, connection: sqlite3.Connection, follow: Follow, news: News
) -> None:
    chance = random.Random(5)
    for _ in range(25):
        name, _ = chance.choice(news)
        other, data = chance.choice(news)
        match chance.randrange(4):
            case 0:
                put(engine, name, data)
            case 1:
                lines = data.splitlines(keepends=True)
                engine.post_graph(name, b"".join(chance.sample(lines, 30)), media.N_TRIPLES)
            case 2:
                engine.update(f"DROP SILENT GRAPH <{name}>")
            case 3:
                engine.update(
                    f"DELETE {{ GRAPH ?g {{ ?f ?p ?o }} }}"
                    f" WHERE {{ GRAPH ?g {{ ?f a <{SAN}SanctionsAction> ; ?p ?o }} FILTER(?g = <{other}>) }}"
                )
        follow()
    check_words(connection)
    followed = content(connection)
    assert len(followed["fact"]) > 10
    assert followed == anew(connection)


def test_its_facts_are_those_of_the_graphs(
    engine: EmbeddedEngine, connection: sqlite3.Connection, follow: Follow, news: News
) -> None:
    for name, data in news:
        put(engine, name, data)
    follow()
    query = f"SELECT DISTINCT ?fact {{ GRAPH ?g {{ ?statement <{SAN}states> ?fact }} }}"
    told = {row["fact"] for row in solutions(engine, query)}
    assert {iri for (iri,) in connection.execute("SELECT iri FROM fact")} == told
    roles = f"""SELECT ?fact ?target {{ GRAPH ?g {{ ?statement <{SAN}states> ?fact .
        ?fact <{SAN}target> ?target }} }}"""
    found = connection.execute(
        "SELECT iri, value FROM tag JOIN term ON term.id = term JOIN fact ON fact.id = fact"
        " WHERE dimension = 'target'"
    )
    assert {(row["fact"], row["target"]) for row in solutions(engine, roles)} == set(found)


def test_who_points_at_things_is_told_of_all_graphs_that_do_not_wait_for_a_decision(
    engine: EmbeddedEngine, connection: sqlite3.Connection, follow: Follow, news: News
) -> None:
    thing = "https://kgapi.example.org/id/country/ru"
    for name, data in news:
        put(engine, name, data)
    says = f"<https://example.org/{{}}> <https://example.org/says> <{thing}> .\n"
    put(engine, "https://example.org/g", says.format("z").encode())
    put(engine, "https://example.org/h", "".join(map(says.format, "az")).encode())
    put(engine, "https://example.org/g/review", says.format("y").encode())
    follow()
    query = f"""SELECT DISTINCT ?p ?s {{ GRAPH ?g {{ ?s ?p <{thing}> }}
        FILTER(!STRENDS(STR(?g), "/review")) }} ORDER BY ?s"""
    told: dict[str, list[str]] = {}
    for row in solutions(engine, query):
        told.setdefault(row["p"], []).append(row["s"])
    assert told["https://example.org/says"] == ["https://example.org/a", "https://example.org/z"]
    totals = pointers.totals(connection, thing)
    assert totals == {name: len(subjects) for name, subjects in told.items()}
    for name, subjects in told.items():
        assert pointers.page(connection, thing, name, "", 1_000) == subjects
        assert pointers.page(connection, thing, name, subjects[0], 1) == subjects[1:2]


def test_a_fact_stays_while_one_graph_tells_it(
    engine: EmbeddedEngine, connection: sqlite3.Connection, follow: Follow, news: News
) -> None:
    name, data = news[0]
    put(engine, name, data)
    follow()
    once = content(connection)
    put(engine, f"{name}/twice", data)
    follow()
    twice = content(connection)
    assert [row[:-1] for row in twice["telling"]] == [row[:-1] for row in once["telling"]]
    assert {row[-1] for row in twice["telling"]} == {2}
    assert twice["fact"] == once["fact"]
    engine.delete_graph(name)
    follow()
    assert content(connection) == once
    engine.delete_graph(f"{name}/twice")
    follow()
    check_words(connection)
    left = content(connection)
    assert not any(left.values())


def test_whoever_states_a_fact_outright_is_believed(
    engine: EmbeddedEngine, connection: sqlite3.Connection, follow: Follow
) -> None:
    def graph(cls: str, modality: str) -> bytes:
        return f"""
        <x:f> a <{SAN}{cls}> ; <{SAN}claimedType> <{SAN}Vote> ;
          <http://www.w3.org/2000/01/rdf-schema#label> "{cls}" ;
          <{SAN}realis> <https://w3id.org/kgapi/vocab/realis#actual> .
        <x:{cls}> <{SAN}states> <x:f> ; <{SAN}modality> <https://w3id.org/kgapi/vocab/modality#{modality}> .
        """.encode()

    engine.put_graph("x:claims", graph("Claim", "quoted"), media.TURTLE)
    follow()
    (claimed,) = connection.execute("SELECT type, claimed, label FROM fact")
    assert claimed == ("Vote", 1, "Claim")
    engine.put_graph("x:states", graph("Vote", "stated"), media.TURTLE)
    follow()
    (stated,) = connection.execute("SELECT type, claimed, label FROM fact")
    assert stated == ("Vote", 0, "Vote")
    lists = connection.execute("SELECT value FROM term WHERE dimension = 'in' AND facts = 1")
    assert {value for (value,) in lists} == {"facts", "events", "claims"}


def test_words_that_are_told_no_longer_find_nothing(
    engine: EmbeddedEngine, connection: sqlite3.Connection, follow: Follow
) -> None:
    for told, former in ("embargo", "waiver"), ("waiver", "embargo"):
        graph = f"""
        <x:f> a <{SAN}Event> ; <http://www.w3.org/2000/01/rdf-schema#label> "{told}" ; <{SAN}realis> "so" .
        <x:s> <{SAN}states> <x:f> .
        """
        engine.put_graph("x:g", graph.encode(), media.TURTLE)
        follow()
        check_words(connection)
        count = "SELECT count(*) FROM search WHERE search MATCH ?"
        found = [connection.execute(count, (word,)).fetchone()[0] for word in (told, former)]
        assert found == [1, 0]


def test_what_is_no_fact_of_ours_leaves_no_row(
    engine: EmbeddedEngine, connection: sqlite3.Connection, follow: Follow
) -> None:
    strange = f"""
    _:b <{SAN}states> <x:1> . <x:s> <{SAN}states> _:b , "words" , <x:undescribed> .
    <x:undescribed> a <{SAN}Event> . <x:e> a <{SAN}Person> .
    <x:broken> <{SAN}states> <x:2> ; <{SAN}confidence> "much" ; <{SAN}evidence> <x:p> .
    <x:p> <http://www.w3.org/ns/oa#exact> "words" ; <http://www.w3.org/ns/oa#start> "here" .
    <x:2> a <{SAN}Event> , <http://schema.org/Event> ; <{SAN}begin> "once", "2020-13", "9" ;
      <http://www.w3.org/2000/01/rdf-schema#label> "two" , <x:label> ; <{SAN}realis> "so" .
    """
    engine.put_graph("x:g", strange.encode(), media.TURTLE)
    follow()
    assert connection.execute("SELECT iri, since, confidence FROM fact").fetchall() == [
        ("x:2", None, 0.0)
    ]
    assert not connection.execute("SELECT * FROM entity").fetchall()


def test_numbers_and_addresses_that_are_none_do_not_stop_it(
    engine: EmbeddedEngine, connection: sqlite3.Connection, follow: Follow
) -> None:
    strange = f"""
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    <x:f> a <{SAN}Event> ; <http://www.w3.org/2000/01/rdf-schema#label> "f" ; <{SAN}realis> "so" .
    <x:s> <{SAN}states> <x:f> ; <{SAN}confidence> "NaN"^^xsd:double ; <{SAN}evidence> <x:p> , <x:q> ;
      <http://purl.org/dc/terms/source> <x:article> .
    <x:p> <http://www.w3.org/ns/oa#exact> "one" ; <http://www.w3.org/ns/oa#start> "-INF"^^xsd:double ;
      <http://www.w3.org/ns/oa#end> "INF"^^xsd:double .
    <x:q> <http://www.w3.org/ns/oa#exact> "two" ; <http://www.w3.org/ns/oa#start> 7 ;
      <http://www.w3.org/ns/oa#end> {"9" * 30} .
    <x:article> <http://purl.org/dc/terms/source> "http://[broken" .
    """
    engine.put_graph("x:g", strange.encode(), media.TURTLE)
    follow()
    assert connection.execute("SELECT iri, confidence FROM fact").fetchall() == [("x:f", 0.0)]
    told = connection.execute("SELECT start, stop, text FROM passage ORDER BY text").fetchall()
    assert told == [(0, 0, "one"), (7, 0, "two")]
    sources = connection.execute("SELECT value FROM term WHERE dimension = 'source'").fetchall()
    assert sources == [("http://[broken",)]


def test_rows_of_graphs_add_up(engine: EmbeddedEngine, news: News) -> None:
    put(engine, *news[1])
    with engine.state(None) as state:
        triples = frozenset(state.triples(news[1][0]))
    kinds = Counter(kind for kind, _ in rows(triples))
    assert kinds[Telling] > 5
    assert kinds[Tag] > kinds[Telling] * 5
    assert not rows(())


def test_tables_of_another_version_are_made_anew_and_not_read(
    engine: EmbeddedEngine, tmp_path: Path, news: News
) -> None:
    put(engine, *news[0])
    other = replace(INDEX, version="0", create=lambda _: None, apply=lambda *_: None)
    before = journal.Journal(engine, tmp_path, [other])
    before.current()
    before.close()
    now = journal.Journal(engine, tmp_path, [INDEX])
    assert now.present() is None
    now.current(patience=60)
    with now.reading() as connection:
        assert size(connection).articles == 1
    now.close()


def test_places_order_facts_by_day() -> None:
    base = "https://kgapi.example.org/id/event/"
    days = ["impose-x-12345678", "2014-03-01-b-00000000", "2014-03-02-a-00000000", "2024-01-01-a-0"]
    places = [place_of(base + day) for day in days]
    assert places == sorted(places)
    assert place_of(base + "2014-99-01-a-00000000") < 1 << 41
    assert all(0 <= place < 1 << 63 for place in places)


def test_bounds_of_months_and_years() -> None:
    assert [first_day(date) for date in ("2020", "2020-02", "2020-02-07", "", "soon", "2020-13")] == [
        "2020-01-01", "2020-02-01", "2020-02-07", "", "", "",
    ]  # fmt: skip
    assert [last_day(date) for date in ("2020", "2020-02", "2021-02", "2020-02-07", "")] == [
        "2020-12-31", "2020-02-29", "2021-02-28", "2020-02-07", "",
    ]  # fmt: skip
