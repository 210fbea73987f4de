"""Settings come from one place, and say so where they cannot be used."""

import pytest

from kgapi.errors import BadSettings
from kgapi.settings import Settings, from_environ, rows, variable


def test_defaults_need_no_environment() -> None:
    assert from_environ({}) == Settings()


def test_the_environment_is_read_by_type_and_options_win() -> None:
    environ = {"KGAPI_STORE": "/tmp/a", "KGAPI_PAGE_SIZE": "7", "KGAPI_KEEP_TEXT": "no"}
    settings = from_environ(environ, store="/tmp/b")
    assert (settings.store, settings.page_size, settings.keep_text) == ("/tmp/b", 7, False)
    assert from_environ(environ, store=None).store == "/tmp/a"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("KGAPI_PAGE_SIZE", "many", "whole number"),
        ("KGAPI_PAGE_SIZE", "0", "at least 1"),
        ("KGAPI_KEEP_TEXT", "perhaps", "yes or no"),
        ("KGAPI_BASE", "kgapi.example.org", "absolute"),
        ("KGAPI_BASE", "https://example.org/no-slash", "slash"),
        ("KGAPI_BASE", "https://example.org/#/", "absolute|start of an IRI"),
        ("KGAPI_DEFAULT_GRAPH", "onion", "union or strict"),
        ("KGAPI_FEDERATION", "https://example.org/a example.org/b", "absolute"),
        ("KGAPI_FEDERATION", "https://example.org", "with a path"),
        ("KGAPI_MAX_DEPTH", "0", "at least 1"),
        ("KGAPI_STROE", "x", "unknown setting KGAPI_STROE"),
    ],
)
def test_what_cannot_be_used_is_named(name: str, value: str, words: str) -> None:
    with pytest.raises(BadSettings, match=words):
        from_environ({name: value})


def test_every_setting_has_help() -> None:
    assert all(help.endswith(".") for _, _, help in rows())
    assert variable("page_size") in {name for name, _, _ in rows()}
