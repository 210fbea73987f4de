"""Answers in another spelling than they came in, on their way."""

import io
from collections.abc import Iterator
from typing import IO, Any, Self

import pyoxigraph as ox

from kgapi.errors import StoreUnavailable
from kgapi.media import MediaType
from kgapi.store import rdf
from kgapi.store.embedded.stream import Stream
from kgapi.store.remote.connection import Reply


def respelt(body: "Reply | Mended", answered: MediaType, wanted: MediaType) -> Stream:
    """Bytes of one media type as bytes of another; both of solutions, or both of graphs."""
    source = io.BufferedReader(_Readable(body))

    def write(sink: IO[bytes]) -> None:
        try:
            if answered in rdf.RESULTS:
                found = ox.parse_query_results(source, format=rdf.RESULTS[answered])
                found.serialize(sink, rdf.RESULTS[wanted])
            else:
                parsed = ox.parse(source, rdf.FORMATS[answered])
                ox.serialize((quad.triple for quad in parsed), sink, rdf.FORMATS[wanted])
        except (SyntaxError, ValueError) as error:
            raise unreadable(answered, error) from None
        finally:
            # The store would go on to wait for a reader.
            body.close()

    return Stream(write)


def unreadable(answered: MediaType, error: Exception) -> StoreUnavailable:
    return StoreUnavailable(f"the store's answer is no proper {answered.type}: {error}")


class Mended:
    """Bytes as they come, with every ``wrong`` as ``right``, wherever chunks may cut it."""

    def __init__(self, body: Reply, wrong: bytes, right: bytes) -> None:
        self._body, self._wrong, self._right = body, wrong, right
        self._kept = b""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        for chunk in self._body:
            data = (self._kept + chunk).replace(self._wrong, self._right)
            # The next chunk may complete one that begins here.
            cut = max(len(data) - len(self._wrong) + 1, 0)
            self._kept = data[cut:]
            if cut:
                return data[:cut]
        if not self._kept:
            raise StopIteration
        rest, self._kept = self._kept, b""
        return rest

    def close(self) -> None:
        """Take no more."""
        self._body.close()


class _Readable(io.RawIOBase):
    """An iterator over bytes as a file to read."""

    def __init__(self, body: Iterator[bytes]) -> None:
        self._body = body
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            chunk = next(self._body, None)
            if chunk is None:
                return 0
            self._rest = chunk
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)
