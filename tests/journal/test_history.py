"""Graphs as they were, told from patches, are what they were."""

from pathlib import Path
from random import Random

from kgapi.journal import GraphChange, Journal, Projection
from kgapi.journal.history import change, history
from kgapi.store.embedded import EmbeddedEngine
from tests.journal.writes import write


def test_every_change_is_found_again(engine: EmbeddedEngine, tmp_path: Path) -> None:
    seen: list[GraphChange] = []
    record = Projection(
        "record", "1", lambda _: None, lambda _, changes: seen.extend(c for c in changes if c.seq)
    )
    journal, random = Journal(engine, tmp_path, [record]), Random(5)
    for _ in range(80):
        write(random, engine)
        journal.follow()
    assert len(seen) > 40
    assert [each.seq for each in seen] == list(range(1, len(seen) + 1))
    with journal.reading() as connection:
        assert sorted(history(connection), key=lambda each: each.seq) == seen
        assert [change(connection, each.seq) for each in seen] == seen
    journal.close()
