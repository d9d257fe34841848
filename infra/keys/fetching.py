"""Reading keys: rows of the key database become held keys.

Rules. Each fetch is one statement for all keys asked, and returns the journal's sequence out of the
same snapshot. A restricted person's key is held for sealing and answers ``Withheld`` to opening,
but for ``notice/`` and ``request/``: what serves her rights is not suspended (GDPR Art. 18(2), 19).
A row that does not unwrap in its place is ``SealBroken``.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from domain.answers import KeyUnavailable, Shredded, Withheld
from domain.framing import lp
from domain.values import Category, ControllerId, SubjectId
from infra.keys.cache import HeldKey
from infra.keys.database import Connection
from infra.keys.shapes import outlives
from infra.keys.token import DataKey
from infra.keys.tree import CohortKey, CohortMoved
from infra.keys.vault import Vault

Pair = tuple[UUID, Category]

_REKEY_RETRIES = 3
"""How often a fetch is repeated when a cohort is rekeyed under it."""


class DekRow(NamedTuple):
    """A key as stored; ``wrapped`` is None for a tombstone."""

    key_id: UUID
    controller: UUID
    subject: UUID
    category: str
    epoch: int
    fingerprint: bytes
    wrapped: bytes | None
    cohort: int
    generation: int
    restricted: bool
    retired: int


_COLUMNS = (
    "d.key_id, s.controller, d.subject, d.category, d.epoch, d.fingerprint, d.wrapped,"
    " s.cohort, c.generation, s.restricted, d.retired"
)
_PERSON = "JOIN subject s ON s.subject = d.subject JOIN cohort c ON c.cohort = s.cohort"
_NOT_DESTROYED = "NOT EXISTS (SELECT 1 FROM tombstone t WHERE t.key_id = d.key_id)"
"""A key row put back from a backup beside its tombstone stays dead."""

_BY_PAIR = f"""
SELECT h.sequence, k.* FROM journal_head h LEFT JOIN (
    SELECT {_COLUMNS}
    FROM unnest(%(subjects)b::uuid[], %(categories)b::text[]) AS w(subject, category)
    JOIN dek d ON d.subject = w.subject AND d.category = w.category AND d.retired = 0 {_PERSON}
    WHERE {_NOT_DESTROYED}
) k ON k.controller = h.controller WHERE h.controller = %(controller)b
"""  # noqa: S608 - constants

_BY_ID = f"""
SELECT h.sequence, k.* FROM journal_head h LEFT JOIN (
    SELECT {_COLUMNS} FROM dek d {_PERSON} WHERE d.key_id = ANY(%(key_ids)b) AND {_NOT_DESTROYED}
    UNION ALL
    SELECT t.key_id, t.controller, t.subject, t.category, t.epoch, t.fingerprint,
        NULL, 0, 0, false, 0
    FROM tombstone t WHERE t.key_id = ANY(%(key_ids)b)
) k ON true WHERE h.controller = %(controller)b
"""  # noqa: S608 - constants


def dek_aad(
    controller: UUID, subject: UUID, key_id: bytes, category: Category, epoch: int
) -> bytes:
    """Name a DEK's place."""
    place = controller.bytes + subject.bytes + key_id + epoch.to_bytes(4, "big")
    return b"dek" + place + lp(category.encode())


def fetch_pairs(
    vault: Vault, controller: ControllerId, pairs: Sequence[Pair]
) -> dict[tuple[int, Category], HeldKey]:
    """Fetch the present keys of (subject, category) pairs that exist, and remember them.

    Raises:
        KeyUnavailable: the key database or the provider is away.
        GateClosed: the journal went backwards.
    """
    arguments = {
        "controller": controller,
        "subjects": [subject for subject, _ in pairs],
        "categories": [category for _, category in pairs],
    }
    held = _fetch(vault, controller, _BY_PAIR, arguments)
    return {(key.subject.int, key.category): key for key in held}


def fetch_ids(
    vault: Vault, controller: ControllerId, key_ids: Sequence[bytes]
) -> dict[bytes, HeldKey]:
    """Fetch keys, live or tombstoned, by id, and remember them; missing ones are not in the answer.

    Raises:
        KeyUnavailable: the key database or the provider is away.
        GateClosed: the journal went backwards.
    """
    arguments = {"controller": controller, "key_ids": [UUID(bytes=key_id) for key_id in key_ids]}
    held = _fetch(vault, controller, _BY_ID, arguments)
    return {key.key_id: key for key in held}


def _fetch(
    vault: Vault, controller: ControllerId, statement: str, arguments: dict[str, object]
) -> list[HeldKey]:
    generation = vault.cache.generation()
    for attempt in range(_REKEY_RETRIES):
        expected = vault.witness.expect(controller)
        with vault.database.reading() as connection:
            sequence, rows = _read(connection, statement, arguments)
        vault.witness.saw(controller, expected, sequence)
        try:
            held = list(_hold(vault, controller, rows))
        except CohortMoved:
            if attempt == _REKEY_RETRIES - 1:
                raise
            continue
        vault.cache.keep_keys(generation, held)
        return held
    raise AssertionError


def _read(
    connection: Connection, statement: str, arguments: dict[str, object]
) -> tuple[int, list[DekRow]]:
    rows = connection.execute(statement.encode(), arguments, binary=True).fetchall()
    if not rows:
        message = "the controller is unknown to the key database"
        raise KeyUnavailable(message)
    return rows[0][0], [DekRow(*row[1:]) for row in rows if row[1] is not None]


def _hold(vault: Vault, controller: ControllerId, rows: Sequence[DekRow]) -> Iterator[HeldKey]:
    """Unwrap the rows that are live and the controller's own."""
    places = {(row.cohort, row.generation) for row in rows if _ours(row, controller)}
    cohorts = vault.tree.cohort_keys(controller, places)
    for row in rows:
        ours = _ours(row, controller)
        yield _held(row, cohorts[row.cohort, row.generation] if ours else None)


def _ours(row: DekRow, controller: ControllerId) -> bool:
    return row.wrapped is not None and row.controller == controller


def _held(row: DekRow, cohort: CohortKey | None) -> HeldKey:
    controller, subject = ControllerId(row.controller), SubjectId(row.subject)
    key_id = row.key_id.bytes
    key = None
    if row.wrapped is not None and cohort is not None:
        aad = dek_aad(controller, subject, key_id, row.category, row.epoch)
        dek = cohort.key.unwrap(row.wrapped, aad)
        key = DataKey(dek, key_id, controller, subject, row.category)
    withheld = row.restricted and not outlives(row.category)
    answer = Shredded() if row.wrapped is None else Withheld() if withheld else None
    return HeldKey(
        key_id,
        controller,
        subject,
        row.category,
        row.fingerprint,
        key,
        answer,
        retired=row.retired != 0,
    )
