"""One bounded table of leased entries, each belonging to a subject: what the cache is made of."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LeasedTable(Generic[K, V]):
    """Least recently used first out. Owners are subjects' integers; times are in seconds."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._entries: OrderedDict[K, tuple[V, int, float]] = OrderedDict()
        self._owned: dict[int, set[K]] = {}

    def get(self, key: K, now: float) -> V | None:
        """Return the entry if its lease stands, and mark it used."""
        entry = self._entries.get(key)
        if entry is None or entry[2] <= now:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: K, value: V, owner: int, expires: float) -> None:
        """Remember an entry until ``expires``."""
        self._entries[key] = (value, owner, expires)
        owned = self._owned.get(owner)
        if owned is None:
            self._owned[owner] = {key}
        else:
            owned.add(key)
        if len(self._entries) > self._bound:
            dropped, (_, its_owner, _) = self._entries.popitem(last=False)
            self._disown(dropped, its_owner)

    def evict(self, owner: int) -> None:
        """Drop everything of one owner."""
        for key in self._owned.pop(owner, ()):
            self._entries.pop(key, None)

    def clear(self) -> None:
        """Drop everything."""
        self._entries.clear()
        self._owned.clear()

    def _disown(self, key: K, owner: int) -> None:
        owned = self._owned.get(owner)
        if owned is not None:
            owned.discard(key)
            if not owned:
                del self._owned[owner]
