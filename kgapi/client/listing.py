"""Collections that come page by page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import httpx
import msgspec

if TYPE_CHECKING:
    import pandas

T = TypeVar("T")

Fetch = Callable[[str], httpx.Response]
"""Gets an address. Raises ApiProblem."""


Facets = Mapping[str, Mapping[str, int]]
"""How many facts have each value, by facet and value."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a collection; ``cursor`` is where the next one begins, None at the end."""

    items: Sequence[T]
    total: int
    cursor: str | None = None
    facets: Facets = field(default_factory=dict)


class Listing(Generic[T]):
    """The items of a collection, fetched as they are wanted by the links between the pages.

    Each iteration begins anew, and finds what was there all along exactly once, whatever is written
    meanwhile.
    """

    def __init__(self, fetch: Fetch, address: str, item: type[T]) -> None:
        self._fetch, self._address, self._item = fetch, address, item

    def __iter__(self) -> Iterator[T]:
        address: str | None = self._address
        while address:
            answer = self._fetch(address)
            yield from self._items(answer.json())
            address = answer.links.get("next", {}).get("url")

    def page(self) -> Page[T]:
        """The first page alone; with the filter ``cursor``, and all others as they were, a further one."""
        told = self._first()
        following = httpx.URL(told.get("next") or "").params.get("cursor")
        return Page(self._items(told), told["total"], following, _facets(told))

    @property
    def total(self) -> int:
        """How many there are in all, as the server counts now."""
        return int(self._first()["total"])

    @property
    def facets(self) -> Facets:
        """The facets asked for by ``facet=``: how many facts have each value."""
        return _facets(self._first())

    def frame(self) -> "pandas.DataFrame":
        """All items as a table, a row each. Raises ImportError where pandas is not installed."""
        return frame([asdict(each) for each in self])  # type: ignore[call-overload]

    def _items(self, told: Mapping[str, Any]) -> list[T]:
        return msgspec.convert(told["items"], list[self._item])  # type: ignore[name-defined]

    def _first(self) -> dict[str, Any]:
        found: dict[str, Any] = self._fetch(self._address).json()
        return found


def _facets(told: Mapping[str, Any]) -> Facets:
    found = told.get("facets") or {}
    return {name: {each["value"]: each["facts"] for each in some} for name, some in found.items()}


def frame(rows: list[dict[str, Any]]) -> "pandas.DataFrame":
    """A table of rows. Raises ImportError where pandas is not installed."""
    try:
        import pandas  # on demand alone
    except ImportError as error:
        raise ImportError("tables need pandas: pip install pandas") from error
    return pandas.json_normalize(rows)
