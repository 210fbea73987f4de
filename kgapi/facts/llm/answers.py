"""Answers that have been paid for: kept on disk, a file for each question."""

import json
import os
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from kgapi.errors import BadSettings


class Answers:
    """A folder of answers by model, version of the question, and digest of the article.

    ``folder`` None keeps nothing. A file that cannot be read counts as not there.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def get(self, *key: str) -> dict[str, Any] | None:
        """The answer to a question, None where there is none yet."""
        if self._folder is None:
            return None
        try:
            held = json.loads(self._path(self._folder, key).read_bytes())
        except (OSError, ValueError, RecursionError):
            return None
        known = isinstance(held, dict) and isinstance(held.get("facts"), list)
        return held if known else None

    def put(self, answer: dict[str, Any], *key: str) -> None:
        """Keep an answer, as a whole or not at all. Raises BadSettings where it cannot be."""
        if self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile("w", dir=self._folder, encoding="utf-8", delete=False) as file:
                json.dump(answer, file)
            os.replace(file.name, self._path(self._folder, key))  # noqa: PTH105  # in one step
        except OSError as error:
            raise BadSettings(
                f"KGAPI_LLM_CACHE: cannot write {self._folder}: {error.strerror}"
            ) from None

    @staticmethod
    def _path(folder: Path, key: tuple[str, ...]) -> Path:
        return folder / f"{sha256(chr(31).join(key).encode()).hexdigest()}.json"
