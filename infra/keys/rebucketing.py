"""F3 for the buckets of loose keys: the same rule as for cohorts, a bucket a transaction.

Rules. The bucket's row is locked ``FOR UPDATE``; sealing locks it too, and destroying marks it
dirty under its lock. A dirty bucket gets another key, and its loose keys that are alive are wrapped
under it. One destroyed while this went on stays destroyed.
"""

from collections.abc import Iterator
from uuid import UUID

from infra.keys.buckets import bucket_aad
from infra.keys.database import Connection
from infra.keys.loose import loose_aad
from infra.keys.rekeying import Carried
from infra.keys.rewrapping import ScopeKeys
from infra.keys.vault import Vault
from infra.keys.wrapping import KEY_BYTES, WrappingKey
from infra.random_ids import random_bytes

_LOCK = (
    "SELECT bucket, purpose, root_version, dirty, wrapped FROM loose_bucket"
    " WHERE controller = %b AND root_version < %b AND wrapped IS NOT NULL"
    " ORDER BY bucket LIMIT 1 FOR UPDATE"
)
_CARRY = "UPDATE loose_bucket SET root_version = %b, dirty = false, wrapped = %b WHERE bucket = %b"
_KEYS = (
    "SELECT key_id, item, wrapped FROM loose_key WHERE bucket = %b AND wrapped IS NOT NULL"
    " ORDER BY key_id"
)
_MOVE = (
    "UPDATE loose_key k SET wrapped = w.wrapped FROM unnest(%b::uuid[], %b::bytea[])"
    " AS w(key_id, wrapped) WHERE k.key_id = w.key_id AND k.wrapped IS NOT NULL"
)


def carry_buckets(vault: Vault, held: ScopeKeys, version: int) -> Iterator[Carried]:
    """Carry a scope's buckets to ``version``.

    Raises:
        KeyUnavailable: the key database is away.
        SealBroken: a wrapped key was changed or moved.
    """
    while True:
        with vault.database.transaction() as connection:
            rows = connection.execute(_LOCK, (held.scope, version), binary=True).fetchall()
            if not rows:
                return
            bucket, purpose, under, dirty, wrapped = rows[0]
            aad = bucket_aad(held.scope, bucket, purpose)
            key = held.keys[under].unwrap(wrapped, aad)
            fresh, carried = _renewed(connection, bucket, key) if dirty else (key, 0)
            moved = held.keys[version].wrap(fresh, aad)
            connection.execute(_CARRY, (version, moved, bucket))
        yield Carried(0, 0, carried, 0)


def _renewed(connection: Connection, bucket: UUID, key: bytes) -> tuple[bytes, int]:
    old, secret = WrappingKey(key), random_bytes(KEY_BYTES)
    new = WrappingKey(secret)
    key_ids, moved = [], []
    for key_id, item, wrapped in connection.execute(_KEYS, (bucket,), binary=True):
        aad = loose_aad(bucket, key_id, item)
        key_ids.append(key_id)
        moved.append(new.wrap(old.unwrap(wrapped, aad), aad))
    connection.execute(_MOVE, (key_ids, moved))
    return secret, len(key_ids)
