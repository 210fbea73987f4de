"""Cursors: a place in a collection as clients carry it about, theirs to send back and not to read.

A place is the key of the item that it is behind. A cursor holds that and a digest of it and of the
question, so that a cursor of another question, or one that somebody has worked on, is noticed. It
needs no secret: whoever makes one up gets nothing that is not open to everybody.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b

from kgapi.errors import BadCursor

_SIZE = 6


def seal(key: str, question: str) -> str:
    """The cursor for the place behind ``key`` in the answer to a question."""
    data = key.encode()
    return urlsafe_b64encode(_digest(data, question) + data).rstrip(b"=").decode()


def unseal(cursor: str, question: str) -> str:
    """The key that a cursor was made of. Raises BadCursor for one that was not made here."""
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        key = urlsafe_b64decode(padded)[_SIZE:].decode()
    except ValueError:
        key = ""
    if seal(key, question) != cursor:
        raise BadCursor(
            "`cursor` is not one that this collection gave for this question: begin without it,"
            " and follow `next` or the links",
            errors={"cursor": ["Not a cursor of this collection."]},
        )
    return key


def _digest(data: bytes, question: str) -> bytes:
    return blake2b(data, key=blake2b(question.encode()).digest(), digest_size=_SIZE).digest()
