"""What is asked for by its address: it is there, or nothing is."""

from typing import TypeVar

from kgapi.errors import NotFound

T = TypeVar("T")


def known(read: T | None, what: str, iri: str) -> T:
    """What was read of something by its IRI. Raises NotFound where that is nothing."""
    if read is None:
        raise NotFound(f"there is no {what} {iri}")
    return read
