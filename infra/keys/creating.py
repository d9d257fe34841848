"""Creating DEKs: random, under the locks of :mod:`infra.keys.locking`, durable before use.

Rules. A category used again after destruction or retirement takes the epoch after its last. Who was
first with a (person, category) is asked of the insertion; the loser reads the winner's key.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from domain.answers import SubjectErased
from domain.values import Category, ControllerId, Instant, SubjectId
from infra.keys.cache import HeldKey
from infra.keys.database import Connection, Cursor
from infra.keys.fetching import Pair, dek_aad, fetch_pairs
from infra.keys.locking import Locked, lock_existing
from infra.keys.shapes import outlives
from infra.keys.token import DEK_BYTES, DataKey
from infra.keys.tree import CohortKey
from infra.keys.vault import Vault
from infra.keys.wrapping import NONCE_BYTES
from infra.random_ids import random_bytes

_INSERT = (
    "INSERT INTO dek (created_at, key_id, subject, category, epoch, survives, fingerprint, wrapped)"
    " SELECT %b, * FROM unnest(%b::uuid[], %b::uuid[], %b::text[], %b::int[], %b::bool[],"
    " %b::bytea[], %b::bytea[])"
)
_INSERT_MISSING = _INSERT + " ON CONFLICT (subject, category, retired) DO NOTHING RETURNING key_id"


_RANDOM_BYTES = 16 + DEK_BYTES + NONCE_BYTES
"""Drawn for each DEK, for a whole page at once: key id, DEK, nonce."""


class Wanted(NamedTuple):
    """A DEK to make: whose, for what, which epoch, under which cohort's key."""

    subject: SubjectId
    category: Category
    epoch: int
    cohort: CohortKey


def ensure_pairs(
    vault: Vault, controller: ControllerId, pairs: Sequence[Pair]
) -> dict[tuple[int, Category], HeldKey]:
    """Create the keys of existing people's (subject, category) pairs that are not there.

    Raises:
        SubjectErased: a person is erased and the category does not outlive her.
        KeyUnavailable: a person is unknown, or the database or provider is away.
    """
    generation = vault.cache.generation()
    with vault.database.transaction() as connection:
        locked = lock_existing(vault, controller, connection, pairs)
        wanted = wanted_keys(locked, pairs)
        made = insert_missing(connection, controller, wanted, vault.clock.now()).won()
    vault.cache.keep_made(generation, made)
    held = {(key.subject.int, key.category): key for key in made}
    lost = [pair for pair in pairs if (pair[0].int, pair[1]) not in held]
    return held | fetch_pairs(vault, controller, lost) if lost else held


def wanted_keys(locked: Locked, pairs: Iterable[Pair]) -> list[Wanted]:
    """Plan the keys of locked people.

    Raises:
        SubjectErased: a person is erased and the category does not outlive her.
        KeyUnavailable: a person is unknown.
    """
    wanted = []
    for who, category in pairs:
        subject = SubjectId(who)
        cohort = locked.cohort_of(subject)
        row = locked.subjects[subject]
        if row.erased and not outlives(category):
            raise SubjectErased(subject)
        epoch = locked.epochs.get((subject, category), 0) + 1
        wanted.append(Wanted(subject, category, epoch, cohort))
    return wanted


def new_key(subject: UUID, category: Category, cohorts: Mapping[UUID, CohortKey]) -> Wanted:
    """Plan a key of a subject created in this transaction."""
    return Wanted(SubjectId(subject), category, 1, cohorts[subject])


class Inserting(NamedTuple):
    """An insertion sent: what was made, and the cursor that will name what was inserted."""

    made: list[HeldKey]
    inserted: Cursor | None

    def won(self) -> list[HeldKey]:
        """Wait, and return the keys inserted: another process may have been first with one."""
        if self.inserted is None:
            return []
        won = {key_id.bytes for (key_id,) in self.inserted.fetchall()}
        return [held for held in self.made if held.key_id in won]


def insert_new(
    connection: Connection, controller: ControllerId, wanted: Sequence[Wanted], now: Instant
) -> list[HeldKey]:
    """Make random DEKs of subjects created in this transaction, and send their insertion."""
    if not wanted:
        return []
    made, columns = _make_page(controller, wanted)
    connection.execute(_INSERT, (now, *columns))
    return made


def insert_missing(
    connection: Connection, controller: ControllerId, wanted: Sequence[Wanted], now: Instant
) -> Inserting:
    """Make random DEKs of existing people and send their insertion, in one order (no deadlock)."""
    if not wanted:
        return Inserting([], None)
    made, columns = _make_page(controller, sorted(wanted, key=_by_id))
    return Inserting(made, connection.execute(_INSERT_MISSING, (now, *columns), binary=True))


def _make_page(
    controller: ControllerId, wanted: Sequence[Wanted]
) -> tuple[list[HeldKey], list[list[object]]]:
    randoms = random_bytes(_RANDOM_BYTES * len(wanted))
    made = [
        _make(controller, each, randoms[at : at + _RANDOM_BYTES])
        for each, at in zip(wanted, range(0, len(randoms), _RANDOM_BYTES), strict=True)
    ]
    columns = [list(column) for column in zip(*(row for _, row in made), strict=True)]
    return [held for held, _ in made], columns


def _by_id(wanted: Wanted) -> tuple[int, Category]:
    return wanted.subject.int, wanted.category


_Row = tuple[UUID, UUID, str, int, bool, bytes, bytes]


def _make(controller: ControllerId, wanted: Wanted, randoms: bytes) -> tuple[HeldKey, _Row]:
    """Make a DEK out of 60 random bytes: key id, DEK, nonce of its wrapping."""
    subject, category, epoch, cohort = wanted
    key_id = UUID(bytes=randoms[:16], version=4)
    dek, nonce = randoms[16:48], randoms[48:]
    key = DataKey(dek, key_id.bytes, controller, subject, category)
    aad = dek_aad(controller, subject, key.key_id, category, epoch)
    wrapped = cohort.key.wrap_with(nonce, dek, aad)
    held = HeldKey(key.key_id, controller, subject, category, key.commitment, key, None)
    return held, (key_id, subject, category, epoch, outlives(category), key.commitment, wrapped)
