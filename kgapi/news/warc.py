"""application/warc: the pages of a web archive (ISO 28500), gzipped record by record or not at all.

Of its records only those are taken that hold the answer to a request, with status 200 and a page of
HTML. A record that is broken is told of, and the reading goes on at the next one.
"""

import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

from kgapi.errors import BadSettings, UnreadableArticle
from kgapi.news.draft import Content, Part, is_url
from kgapi.news.webpage import LARGEST

LARGEST_RECORD = 4 * LARGEST  # bytes of a record, decompressed: a page before it is decoded
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_GZIP = b"\x1f\x8b\x08"
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_HEAD = re.compile(rb"WARC/\d\.\d\r?\n(.*?\r?\n)\r?\n", re.DOTALL)
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_LONGEST_HEAD = 100_000  # bytes; a head that does not end by then is none
_BETWEEN = b"\r\n"
_CHUNK = 16_384  # compressed bytes taken at once: what is left over of them is copied


def pages(data: Content, charset: str | None = None) -> Iterator[Part | UnreadableArticle]:
    """The pages of an archive, and what is broken in it, in order.

    Raises BadSettings where the package that reads the records is not installed.
    """
    loader = _loader()
    for place, raw in _records(data):
        if isinstance(raw, UnreadableArticle):
            yield raw
        else:
            yield from _page(place, raw, loader)


def _loader() -> Any:
    try:
        from warcio.recordloader import ArcWarcRecordLoader
    except ImportError:
        raise BadSettings(
            "Web archives are read with the package warcio: pip install 'kgapi[warc]'."
        ) from None
    return ArcWarcRecordLoader()


def _records(data: Content) -> Iterator[tuple[str, bytes | UnreadableArticle]]:
    """Each record as bytes, or what is wrong with it, with its place in the archive."""
    if data[: len(_GZIP)] != _GZIP:
        yield from _split(data, "byte {}")
        return
    start = 0
    while 0 <= start < len(data):
        place = f"byte {start}"
        held, end = _member(data, start)
        if held is None:
            yield place, _broken(place, "its compression is broken, or it is too large")
            start = data.find(_GZIP, max(end, start + 1))
            continue
        yield from _split(held, place)
        start = end


def _member(data: Content, start: int) -> tuple[bytes | None, int]:
    """The content of a gzip member (RFC 1952) and where it ends; None where it cannot be had."""
    inflate = zlib.decompressobj(wbits=31)
    held = bytearray()
    at = start
    try:
        while not inflate.eof and at < len(data) and len(held) <= LARGEST_RECORD:
            held += inflate.decompress(data[at : at + _CHUNK])
            at += _CHUNK
    except zlib.error:
        return None, start
    if not inflate.eof or len(held) > LARGEST_RECORD:
        return None, start
    return bytes(held), min(at, len(data)) - len(inflate.unused_data)


def _split(data: Content, place: str) -> Iterator[tuple[str, bytes | UnreadableArticle]]:
    """The records that follow on one another in plain bytes."""
    start = 0
    while start < len(data):
        here = place.format(start)
        head = _HEAD.match(data, start, start + _LONGEST_HEAD)
        length = _LENGTH.search(head[1]) if head else None
        end = head.end() + int(length[1]) if head and length else -1
        if 0 <= end <= len(data) and data[end : end + 2] in (_BETWEEN, b"\n\n", b""):
            yield here, data[start:end]
            start = end + len(data[end : end + 4]) - len(data[end : end + 4].lstrip(b"\r\n"))
            continue
        yield here, _broken(here, "its head is broken, or its length is not what the head says")
        following = data.find(b"\nWARC/", start + 1)
        start = following + 1 if following >= 0 else len(data)


def _page(place: str, raw: bytes, loader: Any) -> Iterator[Part | UnreadableArticle]:
    """The page of a record; nothing where it holds none."""
    from warcio.exceptions import ArchiveLoadFailed

    try:
        record = loader.parse_record_stream(BytesIO(raw), known_format="warc")
        if record.rec_type != "response" or record.http_headers is None:
            return
        kind = record.http_headers.get_header("Content-Type") or ""
        name = kind.partition(";")[0].strip().lower()
        if record.http_headers.get_statuscode() != "200" or name not in _PAGES:
            return
        page = record.content_stream().read(LARGEST + 1)
    except (ArchiveLoadFailed, ValueError, LookupError, OSError, EOFError, zlib.error):
        yield _broken(place, "it cannot be read as an answer over HTTP")
        return
    address = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
    charset = _CHARSET.search(kind)
    yield Part(
        f"{place} ({address[:200]})",
        name,
        page,
        charset=charset[1] if charset else None,
        source=address if is_url(address) else None,
        retrieved=_moment(record.rec_headers.get_header("WARC-Date") or ""),
    )


def _moment(written: str) -> datetime | None:
    """A WARC-Date, which is in UTC (ISO 28500 section 5.4); None where it is none."""
    try:
        moment = datetime.fromisoformat(written.strip())
    except ValueError:
        return None
    return moment.replace(microsecond=0) if moment.tzinfo else None


def _broken(place: str, why: str) -> UnreadableArticle:
    return UnreadableArticle(
        f"In {place}: the record is not read, because {why}: fetch it anew.", place=place
    )
