"""Asking a language model over HTTP: any server with OpenAI's chat completions, however it behaves."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

import httpx

from kgapi.errors import BadSettings, ModelFailed

LARGEST = 4_000_000
"""Bytes of an answer."""

_LONGEST_WAIT = 30.0
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_NOT_THAT_FORMAT = frozenset({400, 415, 422})

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Model:
    """A model on a server. ``timeout`` is in seconds, for a whole answer; ``attempts`` is how often
    it is asked at most. The key is in no message and no representation."""

    url: str
    name: str
    key: str = field(default="", repr=False)
    timeout: float = 60
    attempts: int = 3

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            raise BadSettings("KGAPI_LLM_URL is an http(s) address without name and password")
        if not self.name:
            raise BadSettings("KGAPI_LLM_MODEL names the model that is asked")

    @property
    def address(self) -> str:
        return f"{self.url.rstrip('/')}/chat/completions"


class _Again(Exception):  # what to do, rather than what went wrong
    """This attempt gave nothing; another one may. ``wait`` is what the server asks for, in seconds."""

    def __init__(self, words: str, wait: float | None = None) -> None:
        super().__init__(words)
        self.wait = wait


def ask(
    model: Model,
    system: str,
    user: str,
    schema: Mapping[str, Any],
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """The JSON object that the model answers. Raises ModelFailed.

    A server that does not take the schema is asked for plain JSON. Redirects are not followed: they
    would carry the key to somebody else.
    """
    formats = list(_formats(schema))
    problem = ""
    for attempt in range(model.attempts):
        try:
            return _in_some_format(model, system, user, formats)
        except _Again as again:
            problem = str(again)
            wait = again.wait if again.wait is not None else min(0.5 * 2**attempt, 8.0)
            if wait > _LONGEST_WAIT:
                raise ModelFailed(f"{_who(model)} asks to wait {wait:.0f} seconds") from None
            if attempt + 1 < model.attempts:
                sleep(wait)
    raise ModelFailed(f"{_who(model)}: {problem}, {model.attempts} times") from None


def _formats(schema: Mapping[str, Any]) -> Iterator[Payload]:
    """Ways to ask for JSON, the strictest first."""
    described = {"name": "facts", "schema": schema}
    yield {"response_format": {"type": "json_schema", "json_schema": described}}
    yield {"response_format": {"type": "json_object"}}
    yield {}


def _in_some_format(model: Model, system: str, user: str, formats: list[Payload]) -> dict[str, Any]:
    """Ask in the first format that the server takes; those that it does not are struck out."""
    while True:
        payload = {
            "model": model.name,
            "temperature": 0,
            "seed": 0,
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": user},
            ],
            **formats[0],
        }
        status, body = _post(model, payload)
        if status in _NOT_THAT_FORMAT and len(formats) > 1:
            formats.pop(0)
        elif status != 200:
            raise ModelFailed(f"{_who(model)} answers {status}")
        else:
            return _object(_content(body))


def _post(model: Model, payload: Payload) -> tuple[int, bytes]:
    """Status and body of an answer. Raises _Again, and ModelFailed for what will not change."""
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    if model.key:
        headers["Authorization"] = f"Bearer {model.key}"
    # Certificates take longer to load than a model on this machine to reach.
    secure = urlsplit(model.url).scheme == "https"
    with (
        _told(),
        httpx.Client(timeout=model.timeout, follow_redirects=False, verify=secure) as client,
        _closed_after(model.timeout, client),
        client.stream("POST", model.address, json=payload, headers=headers) as response,
    ):
        if response.status_code in _AGAIN:
            raise _Again(f"it answers {response.status_code}", _retry_after(response.headers))
        if response.is_redirect:
            raise ModelFailed(f"{_who(model)} redirects: set KGAPI_LLM_URL to where it leads")
        if response.status_code != 200:
            return response.status_code, b""
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json" or response.headers.get("Content-Encoding", "identity") != (
            "identity"
        ):
            raise ModelFailed(
                f"{_who(model)} answers {kind or 'something untyped'}, not plain JSON"
            )
        return 200, b"".join(_bounded(response.iter_raw()))


@contextmanager
def _told() -> Iterator[None]:
    """httpx's errors as a reason to ask again."""
    try:
        yield
    except httpx.TimeoutException:
        raise _Again("it does not answer in time") from None
    except httpx.HTTPError as error:
        raise _Again(f"the connection fails ({type(error).__name__})") from None


@contextmanager
def _closed_after(seconds: float, client: httpx.Client) -> Iterator[None]:
    """Close a client that is still at it after so long: its own timeout is for each byte."""
    timer = Timer(seconds, client.close)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _bounded(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks, as long as there are not too many bytes."""
    taken = 0
    for chunk in chunks:
        taken += len(chunk)
        if taken > LARGEST:
            raise ModelFailed(f"the model's answer has more than {LARGEST:,} bytes")
        yield chunk


def _retry_after(headers: httpx.Headers) -> float | None:
    """Seconds to wait (RFC 9110 section 10.2.3); None where it does not say or not rightly."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def _content(body: bytes) -> str:
    """What the model says, out of a chat completion."""
    try:
        content = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, RecursionError, LookupError, TypeError):
        raise _Again("its answer is no chat completion") from None
    if not isinstance(content, str):
        raise _Again("its answer has no text")
    return content


def _object(content: str) -> dict[str, Any]:
    """The first JSON object of a text: models like to add a few words before and after."""
    start = content.find("{")
    try:
        held, _ = json.JSONDecoder().raw_decode(content, max(start, 0))
    except (ValueError, RecursionError):
        raise _Again("the model does not write JSON") from None
    if not isinstance(held, dict) or not isinstance(held.get("facts"), list):
        raise _Again("the model writes no list of facts")
    return held


def _who(model: Model) -> str:
    return f"the model {model.name!r} at {model.url}"
