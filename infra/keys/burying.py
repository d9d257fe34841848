"""Burying keys: which ones an order takes, their deletion, and their tombstones.

Rules. A person's order takes every key she has but ``notice/`` and ``request/``, also one made
after the fence by a page in flight; a category's takes the epochs it names. A key an order names
that is not there (a restored database) gets a tombstone without a fingerprint, unless it is
another's.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from domain.keyring import DestroyOrder, KeyEpoch
from domain.values import ControllerId, Instant
from infra.keys.database import Connection

_LOCK_KEYS = (
    "SELECT subject, category, epoch, key_id, fingerprint FROM dek"
    " WHERE subject = ANY(%b) AND NOT survives ORDER BY key_id FOR UPDATE"
)
_DELETE_KEYS = "DELETE FROM dek WHERE key_id = ANY(%b)"
_TOMBSTONES = (
    "INSERT INTO tombstone (controller, destroyed_at, key_id, subject, category, epoch,"
    " fingerprint, erasure_id) SELECT %b, %b, * FROM unnest(%b::uuid[], %b::uuid[], %b::text[],"
    " %b::int[], %b::bytea[], %b::uuid[]) AS t(key_id, s, c, e, f, i)"
    " WHERE NOT EXISTS (SELECT 1 FROM dek d WHERE d.key_id = t.key_id) ON CONFLICT DO NOTHING"
)


class Doomed(NamedTuple):
    """A key to destroy. ``fingerprint`` is empty for one the fence named and that is not there."""

    epoch: KeyEpoch
    fingerprint: bytes


def find_doomed(
    connection: Connection, orders: Sequence[DestroyOrder]
) -> dict[DestroyOrder, list[Doomed]]:
    """Lock the people's keys, by id, and say which each order takes, by category."""
    live: dict[UUID, list[Doomed]] = {order.subject: [] for order in orders}
    for row in connection.execute(_LOCK_KEYS, (list(live),), binary=True).fetchall():
        subject, category, epoch, key_id, fingerprint = row
        live[subject].append(Doomed(KeyEpoch(category, epoch, key_id), fingerprint))
    return {order: _named(order, live[order.subject]) for order in orders}


def _named(order: DestroyOrder, live: Sequence[Doomed]) -> list[Doomed]:
    named = {epoch.key_id for epoch in order.epochs}
    doomed = [
        key
        for key in live
        if order.category is None
        or (key.epoch.category == order.category and key.epoch.key_id in named)
    ]
    absent = named - {key.epoch.key_id for key in live}
    doomed += [Doomed(epoch, b"") for epoch in order.epochs if epoch.key_id in absent]
    return sorted(doomed, key=lambda key: (key.epoch.category, key.epoch.epoch))


def bury(
    connection: Connection,
    controller: ControllerId,
    doomed: Mapping[DestroyOrder, Sequence[Doomed]],
    now: Instant,
) -> None:
    """Delete the keys and leave tombstones."""
    rows = [
        (
            key.epoch.key_id,
            order.subject,
            key.epoch.category,
            key.epoch.epoch,
            key.fingerprint,
            order.erasure_id,
        )
        for order, keys in doomed.items()
        for key in keys
    ]
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        present = [key.epoch.key_id for keys in doomed.values() for key in keys if key.fingerprint]
        with connection.pipeline():
            connection.execute(_DELETE_KEYS, (present,))
            connection.execute(_TOMBSTONES, (controller, now, *columns))
