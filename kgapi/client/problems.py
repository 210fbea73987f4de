"""What a server refuses, as an exception."""

from collections.abc import Mapping
from typing import Any

import httpx


class ApiProblem(Exception):
    """A problem document (RFC 9457): the server says what is wrong and how to mend it."""

    def __init__(self, status: int, told: Mapping[str, Any]) -> None:
        super().__init__(told.get("detail") or told.get("title") or f"status {status}")
        self.status = status
        self.type: str = told.get("type", "about:blank")
        self.title: str = told.get("title", "")
        self.detail: str = told.get("detail", "")
        self.extra = {
            name: value
            for name, value in told.items()
            if name not in {"type", "title", "status", "detail"}
        }


def check(answer: httpx.Response) -> httpx.Response:
    """The answer, where it is none of an error. Raises ApiProblem."""
    if answer.is_success or answer.status_code == httpx.codes.NOT_MODIFIED:
        return answer
    answer.read()
    try:
        told = answer.json()
    except ValueError:
        told = {"title": answer.reason_phrase, "detail": answer.text[:500]}
    raise ApiProblem(answer.status_code, told if isinstance(told, dict) else {})
