"""The bucket keys of loose keys: one a scope, purpose and day, under the scope's controller key.

Rules. The scope is a controller, or the house itself (the nil UUID) for what nobody is known to
own; the house's controller key is made at first need. A bucket lives as long as the longest of
its items; once destroyed its day begins another.
"""

from typing import NamedTuple
from uuid import UUID

from domain.answers import KeyUnavailable
from domain.framing import lp
from domain.values import Instant
from infra.keys.database import Connection
from infra.keys.provider import KekProvider
from infra.keys.roots import hold_roots, newest_of_all
from infra.keys.tree import controller_key_aad
from infra.keys.wrapping import KEY_BYTES, WrappingKey
from infra.random_ids import random_bytes, random_id

HOUSE = UUID(int=0)
"""Stands for a controller where none is known yet, and for the nil subject."""

_DAY = 86_400_000_000

_FIND_KEY = (
    "SELECT root_version, wrapped FROM controller_key WHERE controller = %b"
    " ORDER BY root_version DESC LIMIT 1"
)
_NEW_KEY = "INSERT INTO controller_key VALUES (%b, %b, %b) ON CONFLICT DO NOTHING"
_NEW_BUCKET = (
    "INSERT INTO loose_bucket (bucket, controller, purpose, day, root_version, until, wrapped)"
    " VALUES (%b, %b, %b, %b, %b, %b, %b) ON CONFLICT (controller, purpose, day)"
    " WHERE wrapped IS NOT NULL DO UPDATE"
    " SET until = greatest(loose_bucket.until, excluded.until)"
    " RETURNING bucket, root_version, wrapped"
)


class Bucket(NamedTuple):
    """A bucket, unwrapped."""

    bucket: UUID
    controller: UUID
    key: WrappingKey


class Buckets:
    """Unwraps controller keys once, and finds or makes the bucket of a day."""

    def __init__(self, provider: KekProvider) -> None:
        self._provider = provider
        self._keys: dict[tuple[UUID, int], WrappingKey] = {}

    def of_day(
        self, connection: Connection, scope: UUID, purpose: str, now: Instant, until: Instant
    ) -> Bucket:
        """Return today's bucket, made if new, to live until ``until`` at least.

        Raises:
            KeyUnavailable: the controller is unknown, or the provider is away.
        """
        hold_roots(connection)
        version, key = self._newest_key(connection, scope)
        bucket = random_id()
        wrapped = key.wrap(random_bytes(KEY_BYTES), bucket_aad(scope, bucket, purpose))
        day = now // _DAY
        row = (bucket, scope, purpose, day, version, until, wrapped)
        kept = connection.execute(_NEW_BUCKET, row, binary=True).fetchall()[0]
        holder = key if kept[1] == version else self._key_of(connection, scope, kept[1])
        opened = holder.unwrap(kept[2], bucket_aad(scope, kept[0], purpose))
        return Bucket(kept[0], scope, WrappingKey(opened))

    def _newest_key(self, connection: Connection, scope: UUID) -> tuple[int, WrappingKey]:
        rows = connection.execute(_FIND_KEY, (scope,), binary=True).fetchall()
        if not rows and scope == HOUSE:
            version = max(*self._provider.versions(), newest_of_all(connection), 0)
            aad = controller_key_aad(scope, version)
            wrapped = self._provider.wrap(version, random_bytes(KEY_BYTES), aad)
            connection.execute(_NEW_KEY, (scope, version, wrapped))
            rows = connection.execute(_FIND_KEY, (scope,), binary=True).fetchall()
        if not rows:
            message = f"controller {scope} is unknown to the key database"
            raise KeyUnavailable(message)
        return rows[0][0], self.controller_key(scope, *rows[0])

    def _key_of(self, connection: Connection, scope: UUID, version: int) -> WrappingKey:
        statement = "SELECT wrapped FROM controller_key WHERE controller = %b AND root_version = %b"
        rows = connection.execute(statement, (scope, version), binary=True).fetchall()
        if not rows:
            message = f"root version {version} of controller {scope} is not held"
            raise KeyUnavailable(message)
        return self.controller_key(scope, version, rows[0][0])

    def controller_key(self, controller: UUID, version: int, wrapped: bytes) -> WrappingKey:
        """Unwrap a controller key, once a process and version."""
        found = self._keys.get((controller, version))
        if found is None:
            aad = controller_key_aad(controller, version)
            found = WrappingKey(self._provider.unwrap(version, wrapped, aad))
            # What a finalisation left behind is not kept: with an old copy it opens the erased.
            for place in [held for held in self._keys if held[0] == controller]:
                if place[1] < version:
                    self._keys.pop(place, None)
            self._keys[controller, version] = found
        return found


def bucket_aad(controller: UUID, bucket: UUID, purpose: str) -> bytes:
    """Name a bucket key's place."""
    return b"bucket" + controller.bytes + bucket.bytes + lp(purpose.encode())
