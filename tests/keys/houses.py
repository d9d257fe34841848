"""A keyring with all it needs, for tests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg_pool import ConnectionPool

from domain.values import instant_of
from infra.clock import FixedClock
from infra.keys.cache import CacheLimits
from infra.keys.keyring import Keyring
from infra.keys.provider import KekProvider, LocalFileProvider

__all__ = ["KeyHouse", "Monotonic", "instant_of", "open_keyring"]


@dataclass
class Monotonic:
    """A monotonic source that stands where it is put, in seconds."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class KeyHouse:
    """A keyring, and what it was made of."""

    dsn: str
    keyring: Keyring
    provider: LocalFileProvider
    clock: FixedClock

    @classmethod
    @contextmanager
    def open(cls, dsn: str, root: Path, clock: FixedClock) -> Iterator[Self]:
        """Make a keyring over an empty key database with a new root key."""
        provider = LocalFileProvider(root)
        provider.create_version()
        with open_keyring(dsn, provider, clock) as keyring:
            yield cls(dsn, keyring, provider, clock)

    def sql(self, statement: str, *arguments: object) -> list[tuple[Any, ...]]:
        """Do something behind the keyring's back; return the rows, if any."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), arguments)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def open_keyring(
    dsn: str,
    provider: KekProvider,
    clock: FixedClock,
    *,
    limits: CacheLimits | None = None,
    monotonic: Callable[[], float] | None = None,
) -> Iterator[Keyring]:
    """Run a keyring as one process would have it."""
    leases = {} if monotonic is None else {"monotonic": monotonic}
    with ConnectionPool(dsn, min_size=1, max_size=8, open=True) as pool:
        keyring = Keyring(pool, provider, clock, limits or CacheLimits(), **leases)
        try:
            yield keyring
        finally:
            keyring.close()
