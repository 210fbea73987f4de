"""Answers kept for as long as the store does not change, given again on the event loop.

An answer that says by its entity tag, ``"REVISION.…"``, of which revision of the store it is, is
right until there is another revision. It is kept whole with the request that it answers.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgapi.errors import KgapiError
from kgapi.server.lookups import SELECTING, LookUp, Lookups
from kgapi.server.refusal import Headers

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application, ASGISendEvent, HTTPScope, Scope
    from uvicorn._types import ASGIReceiveCallable as Receive
    from uvicorn._types import ASGISendCallable as Send

Key = tuple[bytes, ...]

# Bytes of the largest body that is kept.
LARGEST = 262_144
# Bytes that an answer costs beyond its body and its request.
_COST = 1_000
_FORWARDED = (b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-port", b"x-forwarded-prefix")
# What a 304 leaves out (RFC 9110 section 15.4.5).
_OF_THE_BODY = (b"content-type", b"content-length", b"content-encoding", b"content-language")


@dataclass(frozen=True, slots=True)
class Kept:
    headers: Headers
    body: bytes
    tag: bytes

    @property
    def not_modified(self) -> Headers:
        return [(name, value) for name, value in self.headers if name.lower() not in _OF_THE_BODY]


class Answers:
    """The answers of one revision: up to ``size`` bytes, those that were wanted last."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._revision = ""
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._held = 0

    def get(self, revision: str, key: Key) -> Kept | None:
        self._turn_to(revision)
        found = self._kept.get(key)
        if found:
            self._kept.move_to_end(key)
        return found

    def put(self, revision: str, key: Key, kept: Kept) -> None:
        """Keep an answer, if it is of this revision."""
        if not _is_of(kept, revision):
            return
        self._turn_to(revision)
        self._drop(key)
        self._kept[key] = kept
        self._held += _cost(key, kept)
        while self._held > self._size:
            self._drop(next(iter(self._kept)))

    def _turn_to(self, revision: str) -> None:
        if revision != self._revision:
            self._kept.clear()
            self._held, self._revision = 0, revision

    def _drop(self, key: Key) -> None:
        if dropped := self._kept.pop(key, None):
            self._held -= _cost(key, dropped)


class Cache:
    """An ASGI application before another, that gives the answers which it has.

    ``revision`` says at once of which revision the store is, None where nobody knows. With
    ``forwarded``, answers depend on what a proxy says of the request's address, too. ``look_up``
    answers lookups without the application.
    """

    def __init__(
        self,
        app: "ASGI3Application",
        revision: Callable[[], str | None],
        size: int,
        *,
        forwarded: bool = False,
        look_up: LookUp | None = None,
    ) -> None:
        self._app = app
        self._revision = revision
        self._answers = Answers(size)
        self._lookups = Lookups(look_up) if look_up else None
        self._selecting = (*SELECTING, *_FORWARDED) if forwarded else SELECTING

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        key = self._key(scope) if scope["type"] == "http" else None
        revision = self._present() if key else None
        if scope["type"] != "http" or key is None or revision is None:
            await self._app(scope, receive, send)
        elif kept := self._answers.get(revision, key):
            await _give(kept, scope, send)
        elif looked_up := self._looked_up(revision, key):
            await _give(looked_up, scope, send)
        elif scope["method"] == "GET":
            copy = _Copy(send)
            await self._app(scope, receive, copy)
            if found := copy.kept():
                self._keep(key, found)
        else:
            await self._app(scope, receive, send)

    def _keep(self, key: Key, kept: Kept) -> None:
        revision = self._present() or ""
        self._answers.put(revision, key, kept)
        path, query, *variant = key
        if self._lookups and _is_of(kept, revision):
            self._lookups.learn(revision, path, query, tuple(variant), kept.headers)

    def _looked_up(self, revision: str, key: Key) -> Kept | None:
        path, query, *variant = key
        found = self._lookups and self._lookups.answer(revision, path, query, tuple(variant))
        if not found:
            return None
        headers, body = found
        tag = next(value for name, value in headers if name.lower() == b"etag")
        kept = Kept(headers, body, tag)
        self._answers.put(revision, key, kept)
        return kept

    def _present(self) -> str | None:
        try:
            return self._revision()
        except KgapiError:
            # The application says what is wrong with the store.
            return None

    def _key(self, scope: "Scope") -> Key | None:
        """What tells a request from others with other answers; None where it is not to be kept."""
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            return None
        found = dict.fromkeys(self._selecting, b"")
        for name, value in scope["headers"]:
            if name in found:
                found[name] += value + b"\n"
            elif name in {b"authorization", b"range", b"content-length", b"transfer-encoding"}:
                return None
        return (scope["raw_path"], scope["query_string"], *found.values())


class _Copy:
    """Sends what it is called with, and keeps a copy as long as it is fit to be kept."""

    def __init__(self, send: "Send") -> None:
        self._send = send
        self._headers: Headers | None = None
        self._parts: list[bytes] = []
        self._size = 0
        self._is_whole = False

    async def __call__(self, message: "ASGISendEvent") -> None:
        await self._send(message)
        if message["type"] == "http.response.start":
            if message["status"] == 200:
                self._headers = list(message.get("headers", []))
        elif message["type"] == "http.response.body" and self._headers is not None:
            self._add(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)

    def kept(self) -> Kept | None:
        if self._headers is None or not self._is_whole:
            return None
        found = {name.lower(): value for name, value in self._headers}
        if b"etag" not in found or not _may_be_kept(found):
            return None
        body = b"".join(self._parts)
        length = (b"content-length", b"%d" % len(body))
        headers = [pair for pair in self._headers if pair[0].lower() != b"content-length"]
        return Kept([*headers, length], body, found[b"etag"])

    def _add(self, part: bytes) -> None:
        self._parts.append(part)
        self._size += len(part)
        if self._size > LARGEST:
            self._headers, self._parts = None, []


def _is_of(kept: Kept, revision: str) -> bool:
    return opaque(kept.tag).partition(b".")[0] == revision.encode()


def _may_be_kept(headers: dict[bytes, bytes]) -> bool:
    vary = {name.strip().lower() for name in headers.get(b"vary", b"").split(b",") if name.strip()}
    control = headers.get(b"cache-control", b"").lower()
    return (
        vary <= set(SELECTING)
        and b"set-cookie" not in headers
        and not any(word in control for word in (b"no-store", b"private"))
    )


async def _give(kept: Kept, scope: "HTTPScope", send: "Send") -> None:
    is_known = any(
        name == b"if-none-match" and names(value, kept.tag) for name, value in scope["headers"]
    )
    status, headers = (304, kept.not_modified) if is_known else (200, kept.headers)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    body = b"" if is_known else kept.body
    await send({"type": "http.response.body", "body": body, "more_body": False})


def names(condition: bytes, tag: bytes) -> bool:
    """Whether If-None-Match names an entity tag, by weak comparison (RFC 9110 section 13.1.2)."""
    if condition.strip() == b"*":
        return True
    return opaque(tag) in [opaque(each) for each in condition.split(b",")]


def opaque(tag: bytes) -> bytes:
    """An entity tag without its quotes and whether it is weak."""
    return tag.strip().removeprefix(b"W/").strip(b'"')


def _cost(key: Key, kept: Kept) -> int:
    return _COST + sum(map(len, key)) + len(kept.body)
