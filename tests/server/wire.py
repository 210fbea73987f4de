"""HTTP by hand, where a client library would be too well-behaved."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit


@contextmanager
def connected(address: str, timeout: float = 60) -> Iterator[socket.socket]:
    where = urlsplit(address)
    with socket.create_connection((where.hostname, where.port), timeout=timeout) as connection:
        yield connection


def request(line: str, *headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]).encode() + body


def read_answer(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """(status, headers, body) of an answer with a length. Raises EOFError where it is cut off."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _some(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += _some(connection)
    return int(first.split()[1]), headers, body


def read_to_the_end(connection: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    found = bytearray()
    while data := connection.recv(65_536):
        found += data
    return bytes(found)


def without_chunks(answer: bytes) -> bytes:
    """The body of an answer in chunks. Raises ValueError where its end is missing."""
    _, _, rest = answer.partition(b"\r\n\r\n")
    body = bytearray()
    while True:
        size, _, rest = rest.partition(b"\r\n")
        if not (length := int(size, 16)):
            return bytes(body)
        body += rest[:length]
        rest = rest[length + 2 :]


def _some(connection: socket.socket) -> bytes:
    if data := connection.recv(65_536):
        return data
    raise EOFError
