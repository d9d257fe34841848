"""Loose keys: a random key for each parked payload and each late-fact notice.

Rules. What is sealed here belongs to nobody yet, or to somebody erased, so it hangs off no
person. Each item has a key of its own, destroyed when the item is handled; the keys of a purpose
and day hang off one bucket key with a period, so a forgotten day dies whole. The token is the
house's own layout with the nil subject, the item's id as fact id, the category ``loose`` and the
purpose as slot. A destroyed key's row stays, emptied, so that its token answers ``Shredded``.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from psycopg_pool import ConnectionPool

from domain.answers import Answer, KeyUnavailable, Present, Shredded
from domain.values import ControllerId, FactId, Instant, SubjectId
from infra.clock import Clock
from infra.keys.buckets import HOUSE, Bucket, Buckets, bucket_aad
from infra.keys.database import Connection, KeyDatabase
from infra.keys.provider import KekProvider
from infra.keys.token import DEK_BYTES, DataKey, key_id_of, seal_page
from infra.keys.wrapping import WrappingKey
from infra.random_ids import random_bytes, random_id

PAGE_LIMIT = 10_000
"""Items a call: what one transaction may hold locks for."""

_CATEGORY = "loose"

_INSERT = (
    "INSERT INTO loose_key (bucket, until, key_id, item, wrapped)"
    " SELECT %b, %b, * FROM unnest(%b::uuid[], %b::uuid[], %b::bytea[])"
)
_FETCH = (
    "SELECT k.key_id, k.item, k.wrapped, b.bucket, b.controller, b.root_version, b.wrapped,"
    " c.wrapped FROM loose_key k JOIN loose_bucket b ON b.bucket = k.bucket"
    " JOIN controller_key c ON c.controller = b.controller AND c.root_version = b.root_version"
    " WHERE k.key_id = ANY(%b) AND b.purpose = %b"
)
_DIRTY = (
    "UPDATE loose_bucket SET dirty = true WHERE bucket IN (SELECT bucket FROM loose_bucket WHERE"
    " bucket IN (SELECT bucket FROM loose_key WHERE {which} AND wrapped IS NOT NULL)"
    " ORDER BY bucket FOR UPDATE)"
)
"""A bucket is dirtied, and locked, before a key of it dies: a finalisation renews its own key."""

_DIRTY_ITEMS = _DIRTY.format(which="item = ANY(%b)")
_DIRTY_DUE = _DIRTY.format(which="until <= %b")
_DESTROY = "UPDATE loose_key SET wrapped = NULL WHERE item = ANY(%b) AND wrapped IS NOT NULL"
_EXPIRE_KEYS = "UPDATE loose_key SET wrapped = NULL WHERE until <= %b AND wrapped IS NOT NULL"
_EXPIRE_BUCKETS = "UPDATE loose_bucket SET wrapped = NULL WHERE until <= %b"


class _Row(NamedTuple):
    key_id: UUID
    item: UUID
    wrapped: bytes | None
    bucket: UUID
    controller: UUID
    version: int
    bucket_wrapped: bytes | None
    controller_wrapped: bytes


class LooseKeys:
    """One-off keys over the key database. Nothing is cached but the controller keys."""

    def __init__(
        self, pool: ConnectionPool[Connection], provider: KekProvider, clock: Clock
    ) -> None:
        """Share the keyring's pool: both use it alike."""
        self._database = KeyDatabase(pool)
        self._buckets = Buckets(provider)
        self._clock = clock

    def seal(
        self,
        controller: ControllerId | None,
        purpose: str,
        items: Sequence[tuple[UUID, bytes]],
        until: Instant,
    ) -> list[bytes]:
        """Seal (item id, plaintext) each under a key of its own that lives until ``until``.

        Raises:
            KeyUnavailable: the key database or the provider is away.
            ValueError: more than ``PAGE_LIMIT`` items.
        """
        if len(items) > PAGE_LIMIT:
            message = f"a page holds at most {PAGE_LIMIT} items"
            raise ValueError(message)
        scope = controller or HOUSE
        with self._database.transaction() as connection:
            bucket = self._buckets.of_day(connection, scope, purpose, self._clock.now(), until)
            made = [_make(bucket, item) for item, _ in items]
            columns = [list(column) for column in zip(*(row for _, row in made), strict=True)]
            if columns:
                connection.execute(_INSERT, (bucket.bucket, until, *columns))
        return seal_page(
            [
                (key, FactId(item), purpose, plaintext)
                for (key, _), (item, plaintext) in zip(made, items, strict=True)
            ]
        )

    def open(self, purpose: str, items: Sequence[tuple[UUID, bytes]]) -> list[Answer]:
        """Open (item id, token) each; ``Present`` or ``Shredded``, one answer an item.

        Raises:
            KeyUnavailable: a key is missing, or the key database or the provider is away.
            SealBroken: a token was moved, cut or forged.
            ValueError: more than ``PAGE_LIMIT`` items.
        """
        if len(items) > PAGE_LIMIT:
            message = f"a page holds at most {PAGE_LIMIT} items"
            raise ValueError(message)
        key_ids = [UUID(bytes=key_id_of(token, item)) for item, token in items]
        with self._database.reading() as connection:
            rows = connection.execute(_FETCH, (key_ids, purpose), binary=True).fetchall()
        found = {row[0]: _Row(*row) for row in rows}
        return [
            self._open(found.get(key_id), purpose, item, token)
            for key_id, (item, token) in zip(key_ids, items, strict=True)
        ]

    def destroy(self, ids: Sequence[UUID]) -> int:
        """Destroy the keys of these items; return how many there were.

        Raises:
            KeyUnavailable: the key database is away.
        """
        with self._database.transaction() as connection:
            connection.execute(_DIRTY_ITEMS.encode(), (list(ids),))
            return connection.execute(_DESTROY, (list(ids),)).rowcount

    def expire(self, now: Instant) -> int:
        """Destroy the keys and buckets whose period has passed; return how many keys.

        Raises:
            KeyUnavailable: the key database is away.
        """
        with self._database.transaction() as connection:
            connection.execute(_DIRTY_DUE.encode(), (now,))
            connection.execute(_EXPIRE_BUCKETS, (now,))
            return connection.execute(_EXPIRE_KEYS, (now,)).rowcount

    def _open(self, row: _Row | None, purpose: str, item: UUID, token: bytes) -> Answer:
        if row is None:
            message = f"the loose key of item {item} is missing"
            raise KeyUnavailable(message)
        if row.wrapped is None or row.bucket_wrapped is None:
            return Shredded()
        key = self._buckets.controller_key(row.controller, row.version, row.controller_wrapped)
        aad = bucket_aad(row.controller, row.bucket, purpose)
        bucket = WrappingKey(key.unwrap(row.bucket_wrapped, aad))
        dek = bucket.unwrap(row.wrapped, loose_aad(row.bucket, row.key_id, row.item))
        return Present(
            _data_key(row.controller, row.key_id, dek).open(FactId(item), purpose, token)
        )


def _make(bucket: Bucket, item: UUID) -> tuple[DataKey, tuple[UUID, UUID, bytes]]:
    key_id = random_id()
    dek = random_bytes(DEK_BYTES)
    wrapped = bucket.key.wrap(dek, loose_aad(bucket.bucket, key_id, item))
    return _data_key(bucket.controller, key_id, dek), (key_id, item, wrapped)


def _data_key(controller: UUID, key_id: UUID, dek: bytes) -> DataKey:
    nobody = SubjectId(HOUSE)
    return DataKey(dek, key_id.bytes, ControllerId(controller), nobody, _CATEGORY)


def loose_aad(bucket: UUID, key_id: UUID, item: UUID) -> bytes:
    """Name a loose key's place."""
    return b"loose" + bucket.bytes + key_id.bytes + item.bytes
