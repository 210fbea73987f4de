"""Content codings (RFC 9110 section 8.4): answers leave compressed, and bodies may come so.

Answers are compressed chunk by chunk, so that what streams still streams. The strong entity tag of
a compressed answer is that of the plain one and the name of the coding, ``"…+gzip"``; conditions
that name such a tag are about the plain one, so that a tag holds across codings.
"""

import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BufferedReader, RawIOBase
from itertools import chain
from typing import IO, Any, Protocol

from flask import Flask, Response, current_app, g, request

from kgapi.errors import BadRequest, KgapiError, NotAcceptable, UnsupportedMediaType
from kgapi.media import weight

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# Both levels are those beyond which more time saves little of JSON and N-Triples.
_GZIP_LEVEL, _ZSTD_LEVEL = 3, 3
# zlib's way to say gzip, with the largest window.
_GZIP = 31
# RFC 9659: a window of 8 MB at most.
_WINDOW = {int(zstd.DecompressionParameter.window_log_max): 23}
# Below this many bytes an answer is one packet anyway.
SMALL = 1_000
_CHUNK = 65_536
# How much longer a body may be compressed than it is plain: room for headers, none for mischief.
_OVERHEAD = 1_000_000

_TEXTUAL = re.compile(
    r"text/(?!event-stream)|image/svg|application/(?:.+\+)?(?:json|xml|javascript|sql)\b"
    r"|application/(?:n-triples|n-quads|trig|x-ndjson|jsonl|rdf-patch|sparql-)"
)
_PLAIN, _LEAST = "identity", 1e-6
_SUFFIX = re.compile(r'\+(?:gzip|zstd)"')


def _gzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    gzip = zlib.compressobj(_GZIP_LEVEL, wbits=_GZIP)
    for chunk in chunks:
        # Nothing is held back: the first row leaves when it is there.
        yield gzip.compress(chunk) + gzip.flush(zlib.Z_SYNC_FLUSH)
    yield gzip.flush()


def _zstandard(chunks: Iterable[bytes]) -> Iterator[bytes]:
    frame = zstd.ZstdCompressor(level=_ZSTD_LEVEL)
    for chunk in chunks:
        yield frame.compress(chunk, mode=frame.FLUSH_BLOCK)
    yield frame.flush()


Coding = Callable[[Iterable[bytes]], Iterator[bytes]]
# In the order in which they are chosen where a client likes them alike.
CODINGS: Mapping[str, Coding] = {"zstd": _zstandard, "gzip": _gzipped}


class _Decompressor(Protocol):
    eof: bool
    needs_input: bool
    unused_data: bytes

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gunzip:
    """zlib's decompressor with the manners of zstd's: it keeps the input that has to wait."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(_GZIP)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


_DECOMPRESSORS: Mapping[str, Callable[[], Any]] = {
    "zstd": lambda: zstd.ZstdDecompressor(options=_WINDOW),
    "gzip": _Gunzip,
    "x-gzip": _Gunzip,
}


class Decoded(RawIOBase):
    """A compressed file, read as what it holds, never more of it than is asked for.

    Reading raises BadRequest for what is not in the coding, is cut off, or is much longer
    compressed than it is plain.
    """

    def __init__(self, source: IO[bytes], coding: str) -> None:
        self._source, self._coding = source, coding
        self._decompressor: _Decompressor = _DECOMPRESSORS[coding]()
        self._taken = self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = b""
        while not data:
            more = self._more()
            if more is None:
                return 0
            try:
                data = self._decompressor.decompress(more, len(buffer))
            except (zlib.error, zstd.ZstdError) as error:
                raise BadRequest(f"the body is not {self._coding}: {error}") from None
        buffer[: len(data)] = data
        self._given += len(data)
        return len(data)

    def _more(self) -> bytes | None:
        """What to decompress next: nothing where some waits already, None at the end."""
        if self._decompressor.eof:
            # Both codings may have several members, one behind the other.
            rest = self._decompressor.unused_data or self._take()
            self._decompressor = _DECOMPRESSORS[self._coding]()
            return rest or None
        if not self._decompressor.needs_input:
            return b""
        more = self._take()
        if not more:
            raise BadRequest(f"the body ends before its {self._coding} does")
        return more

    def _take(self) -> bytes:
        more = self._source.read(_CHUNK)
        self._taken += len(more)
        if self._taken > self._given + _OVERHEAD:
            raise BadRequest("the body is longer compressed than it is plain")
        return more


def install(app: Flask) -> None:
    """Let an application speak in these codings, and hear in them."""
    app.before_request(_hear)
    app.after_request(_speak)


def choose(accept: str) -> str | None:
    """The coding that an Accept-Encoding header likes best (section 12.5.3), None for no coding.

    Raises NotAcceptable where it likes none and refuses to do without.
    """
    liked = _liked(accept)
    # Among equals the first wins, and no coding comes last.
    best = max(liked, key=lambda name: liked[name])
    if not liked[best]:
        raise NotAcceptable(
            f"asked for the coding {accept!r}; on offer: {', '.join(liked)}", offered=[*liked]
        )
    return None if best == _PLAIN else best


def _liked(accept: str) -> dict[str, float]:
    """How much each coding is liked; none at all is fine, if least so, where it is not refused."""
    asked = {}
    for part in accept.lower().split(","):
        name, _, parameter = (piece.strip() for piece in part.partition(";"))
        asked[name.removeprefix("x-")] = weight([parameter])
    others = asked.get("*", 0.0)
    plain = asked.get(_PLAIN, 0.0 if asked.get("*") == 0 else _LEAST)
    return {name: asked.get(name, others) for name in CODINGS} | {_PLAIN: plain}


def _hear() -> None:
    g.known = request.headers.get("If-None-Match", "")
    for header in ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH"):
        if header in request.environ:
            request.environ[header] = _SUFFIX.sub('"', request.environ[header])
    _decode()
    choose(_accepted())


def _accepted() -> str:
    return request.headers.get("Accept-Encoding", "")


def _decode() -> None:
    codings = [each.strip() for each in request.headers.get("Content-Encoding", "").split(",")]
    codings = [each.lower() for each in codings if each.lower() not in {"", "identity"}]
    if not codings:
        return
    if len(codings) > 1 or codings[0] not in _DECOMPRESSORS:
        raise UnsupportedMediaType(
            f"a body comes as it is or in one of {', '.join(CODINGS)}, not {', '.join(codings)}",
            accepted=list(CODINGS),
        )
    plain = Decoded(request.environ["wsgi.input"], codings[0])
    request.environ["wsgi.input"] = BufferedReader(plain, _CHUNK)
    # How long it is will be seen when it is read.
    request.environ["wsgi.input_terminated"] = True
    request.environ.pop("CONTENT_LENGTH", None)


def _speak(response: Response) -> Response:
    if response.status_code == 415 and "Content-Encoding" in request.headers:
        response.headers["Accept-Encoding"] = ", ".join(CODINGS)
    if response.status_code == 304:
        response.vary.add("Accept-Encoding")
        _tag(response, next((name for name in CODINGS if _has(response, name)), None))
    elif response.status_code not in {204, 206} and "Content-Encoding" not in response.headers:
        try:
            _compress(response)
        except KgapiError as error:
            # What streams failed before anything of it was sent: that can still be said.
            response.close()
            return current_app.make_response(current_app.handle_user_exception(error))
    return response


def _compress(response: Response) -> None:
    is_text = _TEXTUAL.match(response.mimetype or "")
    if is_text:
        response.vary.add("Accept-Encoding")
    try:
        coding = choose(_accepted())
    except NotAcceptable:
        # This answer is the one that says so.
        return
    is_needed = not _liked(_accepted())[_PLAIN]
    if coding and (is_needed or (is_text and not _is_small(response))):
        _put(response, CODINGS[coding])
        response.headers["Content-Encoding"] = coding
        _tag(response, coding)


def _is_small(response: Response) -> bool:
    """Whether there is little to compress; of what streams, the first bytes are looked at."""
    length = response.headers.get("Content-Length", type=int)
    if length is None and not response.is_streamed:
        length = len(response.get_data())
    if length is not None:
        return length < SMALL
    begin: list[bytes] = []
    chunks = response.iter_encoded()
    _stream(response, chain(begin, chunks))
    for chunk in chunks:
        begin.append(chunk)
        if sum(map(len, begin)) >= SMALL:
            return False
    response.set_data(b"".join(begin))
    return True


def _put(response: Response, coding: Coding) -> None:
    response.direct_passthrough = False
    if response.is_streamed:
        _stream(response, coding(response.iter_encoded()))
        response.headers.pop("Content-Length", None)
    else:
        response.set_data(b"".join(coding([response.get_data()])))


def _stream(response: Response, chunks: Iterator[bytes]) -> None:
    """Other chunks in the place of a response's own, which are still closed when it is."""
    if close := getattr(response.response, "close", None):
        response.call_on_close(close)
    response.response = chunks


def _has(response: Response, coding: str) -> bool:
    tag, _ = response.get_etag()
    return f'"{tag}+{coding}"' in g.known


def _tag(response: Response, coding: str | None) -> None:
    tag, is_weak = response.get_etag()
    # A weak tag says the same thing in every coding.
    if tag and coding and not is_weak:
        response.set_etag(f"{tag}+{coding}")
