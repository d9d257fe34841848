"""F3 for cohorts: a clean one's key is wrapped again, a dirty one gets another key.

Rules. Cohorts are locked ``FOR UPDATE`` by id, as destruction and creation lock them, and seen
dirty or clean under the lock. Clean: nothing that died hangs off the key, so it is the same key
under the next controller key, many in one statement. Dirty: a new key, everything alive under the
old one is wrapped under it, generation + 1; what has a tombstone, or is a look-up of somebody
erased, was put back from an old copy and is deleted instead. A look-up's mark is an HMAC under the
cohort's key and is made anew. ``rekeyed_at_seq`` is the journal's end as read under the locks: no
destruction up to there left anything under the new key.
"""

import hmac
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from domain.values import ControllerId
from infra.keys.database import Connection
from infra.keys.fetching import dek_aad
from infra.keys.lookups import MARK_BYTES, SUBJECT_BYTES, lookup_aad
from infra.keys.rewrapping import ScopeKeys
from infra.keys.tree import COHORT_COLUMNS, MARK_LABEL, CohortRow, cohort_aad
from infra.keys.vault import Vault
from infra.keys.wrapping import KEY_BYTES, NONCE_BYTES, KeyedHash, WrappingKey
from infra.random_ids import random_bytes

CLEAN_PAGE = 512
"""Cohorts wrapped again in one transaction: some ten milliseconds in which their people wait."""

DIRTY_PAGE = 4
"""Cohorts rekeyed in one transaction: about a tenth of a second in which their people wait."""

_LOCK = (
    f"SELECT {COHORT_COLUMNS} FROM cohort"  # noqa: S608 - constants
    " WHERE controller = %b AND root_version < %b AND {which} AND cohort > %b"
    " ORDER BY cohort LIMIT %b FOR UPDATE"
)
_LOCK_CLEAN = _LOCK.format(which="NOT dirty")
_LOCK_DIRTY = _LOCK.format(which="dirty")
_HEAD = "SELECT sequence FROM journal_head WHERE controller = %b"
_CARRY = (
    "UPDATE cohort c SET root_version = %b, rekeyed_at_seq = %b, dirty = false,"
    " generation = w.generation, wrapped = w.wrapped"
    " FROM unnest(%b::bigint[], %b::int[], %b::bytea[]) AS w(cohort, generation, wrapped)"
    " WHERE c.cohort = w.cohort"
)
_DROP_BURIED = (
    "DELETE FROM dek d USING tombstone t, subject s WHERE s.cohort = ANY(%b)"
    " AND d.subject = s.subject AND t.key_id = d.key_id"
)
_DEKS = (
    "SELECT d.key_id, d.subject, d.category, d.epoch, d.wrapped, s.cohort"
    " FROM subject s JOIN dek d ON d.subject = s.subject WHERE s.cohort = ANY(%b)"
)
_MOVE_DEKS = (
    "UPDATE dek d SET wrapped = w.wrapped FROM unnest(%b::uuid[], %b::bytea[])"
    " AS w(key_id, wrapped) WHERE d.key_id = w.key_id"
)
_ERASED = "SELECT subject FROM subject WHERE cohort = ANY(%b) AND erased"
_LOOKUPS = "SELECT token, mark, kind, wrapped, cohort FROM lookup WHERE cohort = ANY(%b)"
_MOVE_LOOKUPS = (
    "UPDATE lookup l SET mark = w.fresh, wrapped = w.wrapped"
    " FROM unnest(%b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[])"
    " AS w(token, mark, fresh, wrapped) WHERE l.token = w.token AND l.mark = w.mark"
)
_DROP_LOOKUPS = (
    "DELETE FROM lookup l USING unnest(%b::bytea[], %b::bytea[]) AS w(token, mark)"
    " WHERE l.token = w.token AND l.mark = w.mark"
)


class Carried(NamedTuple):
    """What a page carried: cohorts, how many were dirty, and keys and look-ups in those."""

    cohorts: int
    dirty: int
    keys: int
    lookups: int


class Renewed(NamedTuple):
    """A cohort's old key and new key."""

    row: CohortRow
    old: WrappingKey
    new: WrappingKey
    mark: KeyedHash


def carry_cohorts(vault: Vault, held: ScopeKeys, version: int) -> Iterator[Carried]:
    """Carry a controller's cohorts to ``version``, a page a transaction: the clean, then the dirty.

    Raises:
        KeyUnavailable: the key database is away.
        SealBroken: a wrapped key was changed or moved.
    """
    for statement, page, carry in (
        (_LOCK_CLEAN, CLEAN_PAGE, _carry_clean),
        (_LOCK_DIRTY, DIRTY_PAGE, _carry_dirty),
    ):
        last = 0
        while True:
            with vault.database.transaction() as connection:
                asked = (held.scope, version, last, page)
                rows = connection.execute(statement.encode(), asked, binary=True).fetchall()
                if not rows:
                    break
                cohorts = [CohortRow(*row) for row in rows]
                made = carry(connection, held, cohorts, version)
            last = cohorts[-1].cohort
            yield made


def _carry_clean(
    connection: Connection, held: ScopeKeys, cohorts: Sequence[CohortRow], version: int
) -> Carried:
    keys = [(row, row.generation, _old_key(held, row)) for row in cohorts]
    _store(connection, held, keys, version)
    return Carried(len(cohorts), 0, 0, 0)


def _carry_dirty(
    connection: Connection, held: ScopeKeys, cohorts: Sequence[CohortRow], version: int
) -> Carried:
    renewed = {row.cohort: renew(held, row) for row in cohorts}
    controller = ControllerId(held.scope)
    keys = carry_deks(connection, controller, renewed)
    lookups = carry_lookups(connection, controller, renewed)
    made = [(each.row, each.row.generation + 1, each.new.secret) for each in renewed.values()]
    _store(connection, held, made, version)
    return Carried(len(cohorts), len(cohorts), keys, lookups)


def _old_key(held: ScopeKeys, row: CohortRow) -> bytes:
    aad = cohort_aad(ControllerId(held.scope), row.number, row.generation)
    return held.keys[row.root_version].unwrap(row.wrapped, aad)


def renew(held: ScopeKeys, row: CohortRow) -> Renewed:
    """Make a locked cohort another key; nothing is stored."""
    secret = random_bytes(KEY_BYTES)
    mark = KeyedHash(hmac.digest(secret, MARK_LABEL, sha256))
    return Renewed(row, WrappingKey(_old_key(held, row)), WrappingKey(secret), mark)


def _store(
    connection: Connection,
    held: ScopeKeys,
    keys: Sequence[tuple[CohortRow, int, bytes]],
    version: int,
) -> None:
    """Store cohort keys under the new controller key, with the journal's end."""
    controller = ControllerId(held.scope)
    sequence = connection.execute(_HEAD, (controller,), binary=True).fetchall()[0][0]
    wrapping = held.keys[version]
    columns = (
        [row.cohort for row, _, _ in keys],
        [generation for _, generation, _ in keys],
        [
            wrapping.wrap(key, cohort_aad(controller, row.number, generation))
            for row, generation, key in keys
        ],
    )
    connection.execute(_CARRY, (version, sequence, *columns))


def carry_deks(
    connection: Connection, controller: ControllerId, renewed: dict[int, Renewed]
) -> int:
    """Wrap the living DEKs of locked cohorts under their new keys; return how many."""
    cohorts = list(renewed)
    connection.execute(_DROP_BURIED, (cohorts,))
    key_ids: list[UUID] = []
    moved: list[bytes] = []
    rows = connection.execute(_DEKS, (cohorts,), binary=True).fetchall()
    nonces = _nonces(len(rows))
    for key_id, subject, category, epoch, wrapped, cohort in rows:
        aad = dek_aad(controller, subject, key_id.bytes, category, epoch)
        each = renewed[cohort]
        key_ids.append(key_id)
        moved.append(each.new.wrap_with(next(nonces), each.old.unwrap(wrapped, aad), aad))
    connection.execute(_MOVE_DEKS, (key_ids, moved))
    return len(key_ids)


def carry_lookups(
    connection: Connection, controller: ControllerId, renewed: dict[int, Renewed]
) -> int:
    """Wrap the look-ups of locked cohorts under their new keys; return how many."""
    cohorts = list(renewed)
    erased = {subject.bytes for (subject,) in connection.execute(_ERASED, (cohorts,), binary=True)}
    moved, dropped = [], []
    rows = connection.execute(_LOOKUPS, (cohorts,), binary=True).fetchall()
    nonces = _nonces(len(rows))
    for token, mark, kind, wrapped, cohort in rows:
        aad = lookup_aad(controller, kind, token)
        each = renewed[cohort]
        opened = each.old.unwrap(wrapped, aad)
        if opened[:SUBJECT_BYTES] in erased:
            dropped.append((token, mark))
        else:
            fresh = each.mark(opened)[:MARK_BYTES] if mark else mark
            moved.append((token, mark, fresh, each.new.wrap_with(next(nonces), opened, aad)))
    if dropped:
        connection.execute(_DROP_LOOKUPS, _columns(dropped))
    if moved:
        connection.execute(_MOVE_LOOKUPS, _columns(moved))
    return len(moved)


def _nonces(count: int) -> Iterator[bytes]:
    """Draw the nonces of a page at once: one by one they are a tenth of its cost."""
    drawn = random_bytes(NONCE_BYTES * count)
    return (drawn[at : at + NONCE_BYTES] for at in range(0, len(drawn), NONCE_BYTES))


def _columns(rows: Sequence[tuple[bytes, ...]]) -> list[list[bytes]]:
    return [list(column) for column in zip(*rows, strict=True)]
