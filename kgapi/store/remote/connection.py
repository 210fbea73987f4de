"""Another server over pooled HTTP: requests out, bytes in as they come, failures in our own words."""

import json
import time
from collections import deque
from collections.abc import Generator, Iterator
from http import HTTPStatus
from typing import Any, Self

import httpx

from kgapi import __version__
from kgapi.errors import (
    BadQuery,
    Busy,
    Conflict,
    DeadlinePassed,
    KgapiError,
    NotAcceptable,
    NotFound,
    PreconditionFailed,
    StoreRefused,
    StoreUnavailable,
    TooLarge,
)
from kgapi.store.remote.dialects import Failures

# How often a request is sent that nobody has begun to answer.
_TRIES = 3
# Seconds within which a server takes a connection, and within which one of ours becomes free.
_REACH = 10.0
_CONNECTIONS = 64
# As much of an error as anybody reads.
_WORDS = 4_096

_STATUS: dict[int, type[KgapiError]] = {
    HTTPStatus.BAD_REQUEST: BadQuery,
    HTTPStatus.UNPROCESSABLE_ENTITY: BadQuery,
    HTTPStatus.UNAUTHORIZED: StoreRefused,
    HTTPStatus.FORBIDDEN: StoreRefused,
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.NOT_ACCEPTABLE: NotAcceptable,
    HTTPStatus.CONFLICT: Conflict,
    HTTPStatus.PRECONDITION_FAILED: PreconditionFailed,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: TooLarge,
    HTTPStatus.REQUEST_URI_TOO_LONG: TooLarge,
    HTTPStatus.TOO_MANY_REQUESTS: Busy,
    HTTPStatus.SERVICE_UNAVAILABLE: Busy,
    HTTPStatus.REQUEST_TIMEOUT: DeadlinePassed,
    HTTPStatus.GATEWAY_TIMEOUT: DeadlinePassed,
}


class Connection:
    """A pool of connections with its credentials.

    ``silence`` is how long the server may say nothing, in seconds, where no deadline is shorter.
    ``failures`` are words by which it tells what failed. Redirects are not followed: they would
    take the credentials along.
    """

    def __init__(self, auth: httpx.Auth | None, silence: float, failures: Failures = ()) -> None:
        self.failures = failures
        self._silence = silence
        self._open = _Open()
        self._client = httpx.Client(
            auth=auth,
            headers={"User-Agent": f"kgapi/{__version__}"},
            limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=16),
        )

    def read(self, method: str, url: str, **parts: Any) -> "Reply":
        """Ask for something that changes nothing; asked again where the connection is lost."""
        return self._send(method, url, (httpx.ConnectError, *_LOST), **parts)

    def write(self, method: str, url: str, **parts: Any) -> "Reply":
        """Change something; asked again only where nothing was sent."""
        return self._send(method, url, (httpx.ConnectError,), **parts)

    def close(self) -> None:
        self._client.close()

    def _send(
        self,
        method: str,
        url: str,
        again: tuple[type[httpx.HTTPError], ...],
        deadline: float | None = None,
        **parts: Any,
    ) -> "Reply":
        silence = min(deadline or self._silence, self._silence)
        timeout = httpx.Timeout(silence, connect=min(silence, _REACH), pool=min(silence, _REACH))
        self._open.close_left()
        request = self._client.build_request(method, url, timeout=timeout, **parts)
        for left in reversed(range(_TRIES)):
            started = time.monotonic()
            try:
                response = self._client.send(request, stream=True)
            except again as error:
                if not left:
                    raise unreachable(url, error) from None
                time.sleep(0.05)
            except httpx.HTTPError as error:
                raise unreachable(url, error) from None
            else:
                reply = Reply(response, self._open, deadline, time.monotonic() - started)
                if not response.is_success:
                    raise _failure(reply, url, self.failures)
                return reply
        raise AssertionError("the last try returns or raises")


_LOST = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)


class Reply:
    """What a server answers: its headers, and an iterator over the bytes of the body.

    ``deadline`` is how long the server may take in all, in seconds, of which ``waited`` have
    passed; the time that the reader takes does not count. What nobody reads to the end or closes
    is left to whoever sends the next request.
    """

    def __init__(
        self,
        response: httpx.Response,
        open_ones: "_Open",
        deadline: float | None,
        waited: float,
    ) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self._response, self._open = response, open_ones
        self._chunks = response.iter_bytes()
        self._open.responses[self._chunks] = response
        self._deadline, self._waited = deadline, waited

    @property
    def type(self) -> str:
        """The media type, without parameters."""
        return str(self.headers.get("Content-Type", "")).partition(";")[0].strip().lower()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        started = time.monotonic()
        try:
            chunk = next(self._chunks)
        except StopIteration:
            self.close()
            raise
        except httpx.HTTPError as error:
            self.close()
            raise unreachable(str(self._response.url), error) from None
        self._waited += time.monotonic() - started
        if self._deadline and self._waited > self._deadline:
            self.close()
            raise DeadlinePassed(f"the store did not finish within {self._deadline:g} s")
        return chunk

    def read(self, most: int | None = None) -> bytes:
        """The rest of the body, or about its first ``most`` bytes; then the end."""
        data = b""
        try:
            for chunk in self:
                data += chunk
                if most is not None and len(data) >= most:
                    break
        finally:
            self.close()
        return data

    def close(self) -> None:
        """Take no more."""
        self._open.responses.pop(self._chunks, None)
        self._response.close()

    def __del__(self) -> None:
        self._open.left.append(self._chunks)


class _Open:
    """Responses that are under way, each by its iterator, and the iterators that nobody holds.

    To close one takes a lock of the pool, which the very thread that collects garbage may hold just
    then. So none is ever garbage: what is left is closed before the next request.
    """

    def __init__(self) -> None:
        self.responses: dict[Iterator[bytes], httpx.Response] = {}
        self.left = deque[Iterator[bytes]]()

    def close_left(self) -> None:
        while self.left:
            response = self.responses.pop(self.left.popleft(), None)
            if response:
                response.close()


class Challenged(httpx.Auth):
    """User and password, sent only to places that ask for them, as Basic or as Digest."""

    def __init__(self, user: str, password: str) -> None:
        self._user, self._password = user, password
        self._known: dict[tuple[str, str], httpx.Auth] = {}

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        place = (request.url.netloc.decode("ascii"), request.url.path)
        if place in self._known:
            yield from self._known[place].auth_flow(request)
            return
        response = yield request
        challenge = response.headers.get("WWW-Authenticate", "").lower()
        if response.status_code != HTTPStatus.UNAUTHORIZED:
            return
        if "digest" in challenge:
            self._known[place] = httpx.DigestAuth(self._user, self._password)
            yield from _after(self._known[place], request, response)
        elif "basic" in challenge:
            self._known[place] = httpx.BasicAuth(self._user, self._password)
            yield from self._known[place].auth_flow(request)


class Bearer(httpx.Auth):
    """A token, sent with each request."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


def _after(
    auth: httpx.Auth, request: httpx.Request, response: httpx.Response
) -> Generator[httpx.Request, httpx.Response, None]:
    """A flow of authentication whose first request has been answered already."""
    flow = auth.auth_flow(request)
    next(flow)
    try:
        yield flow.send(response)
    except StopIteration:
        return


def unreachable(url: str, error: httpx.HTTPError) -> KgapiError:
    """What it means that HTTP did not come to an answer."""
    place = _origin(url)
    if isinstance(error, httpx.ConnectTimeout):
        return StoreUnavailable(f"the store at {place} cannot be reached: no answer")
    if isinstance(error, httpx.PoolTimeout):
        return Busy("every connection to the store is taken", retry_after=1)
    if isinstance(error, httpx.TimeoutException):
        return DeadlinePassed(f"the store at {place} did not answer in time")
    if isinstance(error, httpx.ConnectError):
        return StoreUnavailable(f"the store at {place} cannot be reached: {error}")
    return StoreUnavailable(f"the store at {place} broke off its answer")


def _failure(reply: Reply, url: str, failures: Failures) -> KgapiError:
    """An answer that is no success as one of our errors, with as many of its words as are fit."""
    status = reply.status
    words = _words(reply.type, reply.read(_WORDS))
    kind = next((kind for pattern, kind in failures if pattern.search(words)), None)
    if kind is None or status == HTTPStatus.NOT_FOUND:
        kind = _STATUS.get(status, StoreUnavailable)
    place = _origin(url)
    if kind is StoreRefused:
        return StoreRefused(
            f"the store at {place} does not let kgapi do that ({status}): check the credentials in"
            " KGAPI_STORE_USER and KGAPI_STORE_PASSWORD, or KGAPI_STORE_TOKEN, and their rights"
        )
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return StoreUnavailable(f"{place} sends elsewhere ({status}): name the address it moved to")
    if kind is Busy:
        return Busy(f"the store is busy ({status})", retry_after=_seconds(reply))
    if kind is StoreUnavailable:
        return StoreUnavailable(f"the store at {place} failed ({status}){words and ': ' + words}")
    return kind(words or f"the store refused it ({status})")


def _words(media_type: str, body: bytes) -> str:
    """What an error says, for people: never markup, and not the request repeated."""
    text = body.decode("utf-8", errors="replace")
    if media_type.endswith("json"):
        return _detail(text)
    if media_type == "text/html":
        # Virtuoso's own words stand in the one element that holds no markup.
        text = text.partition("<xmp>")[2].partition("</xmp>")[0]
    return " ".join(text.partition("\n\nSPARQL query:")[0].split())


def _detail(text: str) -> str:
    """The detail of a problem document (RFC 9457)."""
    try:
        told = json.loads(text)
    except ValueError:
        return ""
    detail = told.get("detail") if isinstance(told, dict) else None
    return detail if isinstance(detail, str) else ""


def _seconds(reply: Reply) -> int:
    given = str(reply.headers.get("Retry-After", ""))
    return int(given) if given.isdigit() else 1


def _origin(url: str) -> str:
    """Scheme, host and port: an address without what may be private in it."""
    parts = httpx.URL(url)
    return f"{parts.scheme}://{parts.netloc.decode('ascii')}"
