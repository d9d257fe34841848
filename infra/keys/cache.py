"""What a process remembers of the key database: material under a lease, never authority.

Rules. Bounded, least recently used first out. Every entry has a lease of at most 60 s on a
monotonic source; nothing is remembered while the eviction listener is not alive. An entry belongs
to a subject, and an eviction drops all of hers. A *generation* is taken before a fetch and given
back with what was fetched: if she was evicted in between, the fetch is older than the eviction
and is not remembered.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from domain.answers import Answer
from domain.values import Category, ControllerId, SubjectId
from infra.keys.lateness import Guard
from infra.keys.leases import LeasedTable
from infra.keys.token import DataKey

LEASE_LIMIT_SECONDS = 60.0
"""DESIGN "Keys": a destroyed key is unreadable everywhere at the latest one lease later."""

_EVICTIONS_REMEMBERED = 16_384
"""Evictions the guard can tell apart; a fetch older than all of them is not remembered."""


@dataclass(frozen=True, slots=True)
class CacheLimits:
    """Bounds of one process's cache: entries a table, and the lease in seconds.

    What is remembered serves the pages of the next half minute; more would only make an ingest of
    a hundred thousand people hold more memory than one of ten thousand.
    """

    keys: int = 16_384
    people: int = 16_384
    contacts: int = 16_384
    lease_seconds: float = 30.0

    def __post_init__(self) -> None:
        """Refuse a lease that outlives the promise."""
        if not 0 <= self.lease_seconds <= LEASE_LIMIT_SECONDS:
            message = f"a lease is 0 to {LEASE_LIMIT_SECONDS} s"
            raise ValueError(message)


class HeldKey:
    """A key id's state: a live DEK, or the answer given instead (``Shredded``, ``Withheld``).

    A ``retired`` one opens and is not sealed with any more.
    """

    __slots__ = (
        "answer",
        "category",
        "controller",
        "fingerprint",
        "key",
        "key_id",
        "retired",
        "subject",
    )

    def __init__(  # noqa: PLR0913, PLR0917 - one row of the key database
        self,
        key_id: bytes,
        controller: ControllerId,
        subject: SubjectId,
        category: Category,
        fingerprint: bytes,
        key: DataKey | None,
        answer: Answer | None,
        *,
        retired: bool = False,
    ) -> None:
        self.key_id = key_id
        self.controller = controller
        self.subject = subject
        self.category = category
        self.fingerprint = fingerprint
        self.key = key
        self.answer = answer
        self.retired = retired


@dataclass(frozen=True, slots=True)
class Known:
    """Whom a (source, remote id) resolves to, and the guard that stands for it."""

    subject: SubjectId | None
    guard: Guard | None


K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class KeyCache:
    """The tables of one process: keys by id and by (person, category), people, contacts."""

    def __init__(
        self, limits: CacheLimits, monotonic: Callable[[], float], alive: Callable[[], bool]
    ) -> None:
        self._lease = limits.lease_seconds
        self._monotonic = monotonic
        self._alive = alive
        self._lock = Lock()
        self._by_id: LeasedTable[bytes, HeldKey] = LeasedTable(limits.keys)
        self._by_pair: LeasedTable[tuple[int, Category], HeldKey] = LeasedTable(limits.keys)
        self._people: LeasedTable[bytes, Known] = LeasedTable(limits.people)
        self._contacts: LeasedTable[tuple[int, bytes], bool] = LeasedTable(limits.contacts)
        self._generation = 0
        self._forgotten = 0
        self._evicted: OrderedDict[int, int] = OrderedDict()

    def generation(self) -> int:
        """Take the generation, before a fetch."""
        return self._generation

    def by_id(self, key_ids: Sequence[bytes]) -> list[HeldKey | None]:
        """Look keys up by id."""
        return self._page(self._by_id, key_ids)

    def by_pair(self, pairs: Sequence[tuple[int, Category]]) -> list[HeldKey | None]:
        """Look live keys up by (subject's integer, category)."""
        return self._page(self._by_pair, pairs)

    def people(self, inners: Sequence[bytes]) -> list[Known | None]:
        """Look people up by the inner hash of (source, remote id)."""
        return self._page(self._people, inners)

    def unwritten(self, contacts: Sequence[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
        """Keep those (subject's integer, inner hash) not known to be in the key database."""
        found = self._page(self._contacts, contacts)
        return [contact for contact, held in zip(contacts, found, strict=True) if not held]

    def keep_keys(self, generation: int, held: Iterable[HeldKey]) -> None:
        """Remember fetched keys; a live one also as its person's present key of the category."""
        with self._lock:
            expires = self._expiry()
            for key in held:
                owner = key.subject.int
                if self._fresh(owner, generation, expires):
                    self._by_id.put(key.key_id, key, owner, expires)
                    if key.key is not None and not key.retired:
                        self._by_pair.put((owner, key.category), key, owner, expires)

    def keep_made(self, generation: int, made: Iterable[HeldKey]) -> None:
        """Remember keys just made, for sealing: they are seldom opened where they are made."""
        with self._lock:
            expires = self._expiry()
            for key in made:
                owner = key.subject.int
                if self._fresh(owner, generation, expires):
                    self._by_pair.put((owner, key.category), key, owner, expires)

    def keep_people(self, generation: int, people: Iterable[tuple[bytes, Known]]) -> None:
        """Remember whom (source, remote id) resolves to; the unknown are not remembered."""
        with self._lock:
            expires = self._expiry()
            for inner, known in people:
                if known.subject and self._fresh(known.subject.int, generation, expires):
                    self._people.put(inner, known, known.subject.int, expires)

    def keep_contacts(self, generation: int, contacts: Iterable[tuple[int, bytes]]) -> None:
        """Remember that contacts were written."""
        with self._lock:
            expires = self._expiry()
            for contact in contacts:
                if self._fresh(contact[0], generation, expires):
                    self._contacts.put(contact, True, contact[0], expires)  # noqa: FBT003 - a set's member

    def evict(self, subject: int) -> None:
        """Drop everything of one subject (its integer), and whatever is being fetched of her."""
        with self._lock:
            self._generation += 1
            self._evicted[subject] = self._generation
            self._evicted.move_to_end(subject)
            if len(self._evicted) > _EVICTIONS_REMEMBERED:
                self._forgotten = self._evicted.popitem(last=False)[1]
            for table in (self._by_id, self._by_pair, self._people, self._contacts):
                table.evict(subject)

    def clear(self) -> None:
        """Drop everything, and whatever is being fetched."""
        with self._lock:
            self._generation += 1
            self._forgotten = self._generation
            self._evicted.clear()
            for table in (self._by_id, self._by_pair, self._people, self._contacts):
                table.clear()

    def _page(self, table: LeasedTable[K, V], keys: Sequence[K]) -> list[V | None]:
        if not self._alive():
            return [None] * len(keys)
        now = self._monotonic()
        with self._lock:
            return [table.get(key, now) for key in keys]

    def _expiry(self) -> float:
        return self._monotonic() + self._lease if self._alive() else float("-inf")

    def _fresh(self, owner: int, generation: int, expires: float) -> bool:
        if expires == float("-inf") or generation < self._forgotten:
            return False
        return self._evicted.get(owner, 0) <= generation
