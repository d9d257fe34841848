"""Opens a sample of a key database with one root version alone: what a restored backup must pass.

Rules. Every controller key, secret and pepper is unwrapped; of the cohorts and buckets some, drawn
at random, with some of the keys and look-ups that hang off each. A DEK counts as opened when its
commitment is the fingerprint beside it. Nothing is written, and no other root version is asked.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar
from uuid import UUID

import psycopg

from domain.answers import KeyUnavailable, SealBroken
from domain.values import ControllerId
from infra.keys.buckets import bucket_aad
from infra.keys.database import Connection
from infra.keys.fetching import dek_aad
from infra.keys.lookups import lookup_aad
from infra.keys.loose import loose_aad
from infra.keys.provider import KekProvider
from infra.keys.token import expand
from infra.keys.tree import (
    COHORT_COLUMNS,
    CohortRow,
    cohort_aad,
    controller_key_aad,
    pepper_aad,
    secret_aad,
)
from infra.keys.wrapping import WrappingKey
from infra.random_ids import random_bytes

COHORTS = 16
"""Cohorts, and buckets, opened of each controller."""

LEAVES = 16
"""Keys, and look-ups, opened of each cohort or bucket."""

_SCOPES = "SELECT controller, root_version, wrapped FROM controller_key ORDER BY controller"
_SECRETS = "SELECT purpose, root_version, wrapped FROM controller_secret WHERE controller = %b"
_PEPPERS = "SELECT epoch, root_version, wrapped FROM pepper WHERE controller = %b"
_COHORTS = f"SELECT {COHORT_COLUMNS} FROM cohort WHERE controller = %b ORDER BY cohort"  # noqa: S608 - a constant
_DEKS = (
    "SELECT d.key_id, d.subject, d.category, d.epoch, d.fingerprint, d.wrapped FROM subject s"
    " JOIN dek d ON d.subject = s.subject WHERE s.cohort = %b LIMIT %b"
)
_LOOKUPS = "SELECT token, kind, wrapped FROM lookup WHERE cohort = %b LIMIT %b"
_BUCKETS = (
    "SELECT bucket, purpose, root_version, wrapped FROM loose_bucket"
    " WHERE controller = %b AND wrapped IS NOT NULL ORDER BY bucket"
)
_LOOSE = (
    "SELECT key_id, item, wrapped FROM loose_key WHERE bucket = %b AND wrapped IS NOT NULL LIMIT %b"
)

T = TypeVar("T")


class Sampled(NamedTuple):
    """What was opened: controller keys with secrets and peppers, cohorts and buckets, leaves."""

    roots: int
    branches: int
    leaves: int


def open_sample(dsn: str, provider: KekProvider, version: int, *, every: bool = False) -> Sampled:
    """Open a sample of the key database at ``dsn`` (or ``every`` wrap) with one root version alone.

    Raises:
        KeyUnavailable: the database or the provider is away, or a key hangs off another version.
        SealBroken: a key does not unwrap in its place.
    """
    try:
        with psycopg.connect(dsn, autocommit=True) as connection:
            counts = list(_scopes(connection, provider, version, every=every))
    except psycopg.Error as error:
        message = f"the restored key database: {type(error).__name__} {error.sqlstate or ''}"
        raise KeyUnavailable(message.rstrip()) from None
    return Sampled(*(sum(column) for column in zip(*counts, strict=True))) if counts else _NOTHING


_NOTHING = Sampled(0, 0, 0)


def _scopes(
    connection: Connection, provider: KekProvider, version: int, *, every: bool
) -> Iterator[Sampled]:
    for scope, under, wrapped in connection.execute(_SCOPES, binary=True).fetchall():
        _require(under, version)
        key = WrappingKey(provider.unwrap(version, wrapped, controller_key_aad(scope, version)))
        yield Sampled(1 + _secrets(connection, scope, key, version), 0, 0)
        yield from _cohorts(connection, scope, key, version, every=every)
        yield from _buckets(connection, scope, key, version, every=every)


def _require(under: int, version: int) -> None:
    if under != version:
        message = f"a key hangs off root version {under}, not {version}"
        raise KeyUnavailable(message)


def _secrets(connection: Connection, scope: UUID, key: WrappingKey, version: int) -> int:
    controller = ControllerId(scope)
    count = 0
    for purpose, under, wrapped in connection.execute(_SECRETS, (scope,), binary=True).fetchall():
        _require(under, version)
        key.unwrap(wrapped, secret_aad(controller, purpose))
        count += 1
    for epoch, under, wrapped in connection.execute(_PEPPERS, (scope,), binary=True).fetchall():
        _require(under, version)
        key.unwrap(wrapped, pepper_aad(controller, epoch))
        count += 1
    return count


def _cohorts(
    connection: Connection, scope: UUID, key: WrappingKey, version: int, *, every: bool
) -> Iterator[Sampled]:
    rows = [CohortRow(*row) for row in connection.execute(_COHORTS, (scope,), binary=True)]
    controller = ControllerId(scope)
    for row in rows if every else _some(rows):
        _require(row.root_version, version)
        aad = cohort_aad(controller, row.number, row.generation)
        cohort = WrappingKey(key.unwrap(row.wrapped, aad))
        limit = None if every else LEAVES
        leaves = _deks(connection, controller, row.cohort, cohort, limit)
        yield Sampled(0, 1, leaves + _lookups(connection, controller, row.cohort, cohort, limit))


def _deks(
    connection: Connection,
    controller: ControllerId,
    number: int,
    cohort: WrappingKey,
    limit: int | None,
) -> int:
    rows = connection.execute(_DEKS, (number, limit), binary=True).fetchall()
    for key_id, subject, category, epoch, fingerprint, wrapped in rows:
        aad = dek_aad(controller, subject, key_id.bytes, category, epoch)
        if expand(cohort.unwrap(wrapped, aad), key_id.bytes)[32:] != fingerprint:
            message = f"key {key_id} is not the key of its fingerprint"
            raise SealBroken(message)
    return len(rows)


def _lookups(
    connection: Connection,
    controller: ControllerId,
    number: int,
    cohort: WrappingKey,
    limit: int | None,
) -> int:
    rows = connection.execute(_LOOKUPS, (number, limit), binary=True).fetchall()
    for token, kind, wrapped in rows:
        cohort.unwrap(wrapped, lookup_aad(controller, kind, token))
    return len(rows)


def _buckets(
    connection: Connection, scope: UUID, key: WrappingKey, version: int, *, every: bool
) -> Iterator[Sampled]:
    rows = connection.execute(_BUCKETS, (scope,), binary=True).fetchall()
    for bucket, purpose, under, wrapped in rows if every else _some(rows):
        _require(under, version)
        opened = WrappingKey(key.unwrap(wrapped, bucket_aad(scope, bucket, purpose)))
        asked = (bucket, None if every else LEAVES)
        leaves = connection.execute(_LOOSE, asked, binary=True).fetchall()
        for key_id, item, loose in leaves:
            opened.unwrap(loose, loose_aad(bucket, key_id, item))
        yield Sampled(0, 1, len(leaves))


def _some(rows: Sequence[T]) -> list[T]:
    """Draw at most ``COHORTS`` of the rows, with the newest among them."""
    if len(rows) <= COHORTS:
        return list(rows)
    drawn = random_bytes(8 * (COHORTS - 1))
    places = {int.from_bytes(drawn[at : at + 8]) % len(rows) for at in range(0, len(drawn), 8)}
    return [rows[place] for place in sorted(places | {len(rows) - 1})]
