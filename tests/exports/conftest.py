"""The seed graph, exported once for the whole run by the server that has it."""

from collections.abc import Callable
from functools import cache

import pytest

from tests.conftest import Server

Exported = Callable[[str], bytes]
"""The bytes of an export of the seed graph, by its name."""


@pytest.fixture(scope="session")
def exported(live: Server) -> Exported:
    @cache
    def get(name: str) -> bytes:
        answer = live.http.get(f"dumps/{name}")
        assert answer.status_code == 200, answer.text
        return answer.content

    return get
