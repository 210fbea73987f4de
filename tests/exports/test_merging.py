"""Parts that belong together come together, however many there are and in whatever order."""

from random import Random
from typing import Any

import pytest

from kgapi.exports import merging


def test_parts_come_by_key_each_once_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "_PIECE", 7)
    parts: list[tuple[str, Any]] = [
        (f"kéy\t{n % 10}\n", {"value": n % 20, "a": [n % 20]}) for n in range(200)
    ]
    found = []
    for seed in (1, 2):
        Random(seed).shuffle(parts)
        found.append(list(merging.together(parts)))
    assert found[0] == found[1]
    assert {key for key, _ in found[0]} == {key for key, _ in parts}
    for key, told in found[0]:
        assert sorted(each["value"] for each in told) == sorted(
            {part["value"] for name, part in parts if name == key}
        )
