"""What /openapi.json promises is kept, whatever is asked: no 500, no answer that it does not have."""

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conftest import TOKEN, Server

KEY = {"Authorization": f"Bearer {TOKEN}"}
KEPT = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# The routes of saved queries are of one make: these take parameters of every type.
QUERIES = {"claims-of", "events-between", "is-known", "most-told", "named", "sanctions-between"}
ALIKE = settings(
    max_examples=12,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)

schemathesis.serializer.alias(["application/sparql-update", "application/rdf-patch"], "text/plain")


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of our own with the seed articles: what is asked of it may write."""
    store = tmp_path_factory.mktemp("openapi") / "store"
    with Server(store, KGAPI_TOKEN=TOKEN, KGAPI_WORKERS="1") as server:
        yield server.ready()


def operations(address: str) -> Iterator[Any]:
    schema = schemathesis.openapi.from_url(f"{address}openapi.json")
    for found in schema.get_all_operations():
        operation = found.ok()
        query = operation.path.removeprefix("/v1/queries/")
        if query == operation.path or query in QUERIES:
            yield operation


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_one_that_the_description_has(
    writable: Server, mode: GenerationMode, subtests: pytest.Subtests
) -> None:
    asked = 0
    for operation in operations(writable.address):

        @ALIKE
        @given(operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            case.call_and_validate(headers=KEY, checks=KEPT)

        # Of some operations there is nothing to get wrong.
        with subtests.test(operation.label), suppress(Unsatisfiable):
            ask()
            asked += 1
    assert asked > 30


@pytest.mark.slow
def test_the_index_follows_whatever_was_written(writable: Server) -> None:
    writable.http.put(
        "graphs",
        params={"graph": "https://example.org/last"},
        content=b"",
        headers=KEY | {"Content-Type": "text/turtle"},
    ).raise_for_status()
    began = time.monotonic()
    writable.http.get("v1/changes", params={"limit": 1}).raise_for_status()
    # Where the index no longer follows, whoever asks waits two seconds for it.
    assert time.monotonic() - began < 1.9
