"""What changes are about, made anew from the journal, is what it was as they came."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from kgapi.app import create_app
from kgapi.feeds import TOPICS
from kgapi.journal import Journal, connect
from kgapi.settings import Settings
from kgapi.store.embedded import EmbeddedEngine
from tests.conftest import TOKEN
from tests.web.test_changes import send
from tests.web.test_feeds import ON_CUBA, drop


@pytest.fixture
def kept(engine: EmbeddedEngine, tmp_path: Path) -> Flask:
    return create_app(Settings(store=":memory:", token=TOKEN, index=str(tmp_path)), engine)


def rows(folder: Path) -> list[tuple[object, ...]]:
    with closing(connect(folder)) as connection:
        return connection.execute(
            "SELECT dimension, value, seq, place FROM about JOIN topic ON topic.id = topic"
            " ORDER BY dimension, value, seq, place"
        ).fetchall()


def test_topics_made_anew_are_the_same(kept: Flask, engine: EmbeddedEngine, tmp_path: Path) -> None:
    client = kept.test_client()
    send(client)
    drop(client, send(client, ON_CUBA))
    known = client.get("/v1/changes?country=country/cu").json
    before = rows(tmp_path)
    assert {row[0] for row in before} >= {"entity", "country", "reason"}
    with closing(Journal(engine, tmp_path, [replace(TOPICS, version="another")])) as journal:
        journal.follow()
    assert rows(tmp_path) == before
    assert client.get("/v1/changes?country=country/cu").json == known
