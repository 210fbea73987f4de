"""The writing half of the Engine protocol, for engines that carry out writes as values."""

from collections.abc import Mapping

from kgapi.media import MediaType
from kgapi.store.embedded.write import Drop, Patch, Replace, Store, Update, Write
from kgapi.store.engine import ALWAYS, WHOLE, Condition, Dataset
from kgapi.store.grammar import check_update
from kgapi.store.guards import Guards
from kgapi.store.touches import of_update


class Writes:
    """Makes a Write of each call; ``_carry_out`` is where engines differ."""

    _guards: Guards

    def _carry_out(self, write: Write, deadline: float | None = None) -> bool:
        raise NotImplementedError

    def update(self, text: str, dataset: Dataset = WHOLE, *, deadline: float | None = None) -> None:
        self._guards.check(text, check_update)
        self._carry_out(Update(text, dataset, of_update(text)), deadline)

    def put_graph(
        self,
        name: str | None,
        data: bytes,
        media_type: MediaType,
        base: str | None = None,
        condition: Condition = ALWAYS,
    ) -> bool:
        return self._carry_out(Store(name, data, media_type, base, condition, replace=True))

    def put_graphs(self, graphs: Mapping[str, bytes | None]) -> bool:
        return self._carry_out(Replace(tuple(graphs.items())))

    def post_graph(
        self,
        name: str | None,
        data: bytes,
        media_type: MediaType,
        base: str | None = None,
        condition: Condition = ALWAYS,
    ) -> bool:
        return self._carry_out(Store(name, data, media_type, base, condition, replace=False))

    def patch_graph(self, name: str | None, text: str, condition: Condition = ALWAYS) -> None:
        self._guards.check(text, check_update)
        self._carry_out(Patch(name, text, condition))

    def delete_graph(self, name: str | None, condition: Condition = ALWAYS) -> None:
        self._carry_out(Drop(name, condition))
