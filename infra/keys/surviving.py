"""What happens to keys outside an erasure: notices that expire, people who never came.

Rules. Keys of ``notice/`` and ``request/`` outlive their person until acknowledged, at the latest
30 days; their destruction leaves a tombstone and no journal record, and a restored one expires
again by itself. A subject never confirmed is offered to the erasure process, which alone destroys.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from domain.keyring import KeyEpoch
from domain.values import Category, ControllerId, Instant, SubjectId
from infra.keys.clearing import scan
from infra.keys.database import Connection
from infra.keys.listening import CHANNEL
from infra.keys.normalise import KIND_NAMES
from infra.keys.shapes import NOTICE_PERIOD, Abandoned, KeyFootprint, outlives
from infra.keys.vault import Vault

PAGE = 1_000
"""Subjects or keys handled in one transaction; the rest waits for the next call."""

_CONFIRM = "UPDATE subject SET confirmed = true WHERE controller = %b AND subject = ANY(%b)"
_ABANDONED = (
    "SELECT controller, subject, created_at FROM subject"
    " WHERE NOT confirmed AND NOT erased AND created_at < %b ORDER BY created_at LIMIT %b"
)
_LIVE = (
    "SELECT d.subject, d.category, d.epoch, d.key_id"
    " FROM dek d JOIN subject s ON s.subject = d.subject"
    " WHERE s.controller = %b AND d.subject = ANY(%b) ORDER BY d.category, d.epoch"
)
_PLACE = (
    "SELECT cohort FROM cohort WHERE cohort IN"
    " (SELECT cohort FROM subject WHERE controller = %b AND subject = %b) FOR SHARE"
)
"""Shared, so that no finalisation rekeys the cohort between its key and its look-ups."""

_DIRTY = (
    "UPDATE cohort SET dirty = true WHERE cohort IN (SELECT cohort FROM cohort WHERE cohort IN"
    " (SELECT s.cohort FROM dek d JOIN subject s ON s.subject = d.subject"
    " WHERE d.key_id = ANY(%b)) ORDER BY cohort FOR UPDATE)"
)
"""Cohorts are dirtied, and locked, before keys of theirs die, like an erasure's."""

_BURY = (
    "WITH dead AS (DELETE FROM dek d USING subject s"
    " WHERE s.subject = d.subject AND d.key_id = ANY(%(key_ids)b)"
    " RETURNING d.*, s.controller), graves AS (INSERT INTO tombstone"
    " (key_id, controller, subject, category, epoch, fingerprint, destroyed_at)"
    " SELECT key_id, controller, subject, category, epoch, fingerprint, %(now)b FROM dead)"
    " SELECT subject, pg_notify(%(channel)b, replace(subject::text, '-', '')) FROM dead"
)
_ONE = (
    "SELECT d.key_id FROM dek d JOIN subject s ON s.subject = d.subject"
    " WHERE d.survives AND s.controller = %(controller)b AND d.subject = %(subject)b"
    " AND d.category = %(category)b"
)
_DUE = (
    "SELECT key_id FROM dek WHERE survives AND created_at <= %(due)b ORDER BY key_id LIMIT %(page)b"
)


def confirm(vault: Vault, controller: ControllerId, subjects: Sequence[SubjectId]) -> None:
    """Note that people's first facts are in the log.

    Raises:
        KeyUnavailable: the key database is away.
    """
    if subjects:
        with vault.database.reading() as connection:
            connection.execute(_CONFIRM, (controller, list(subjects)))


def abandoned(vault: Vault, before: Instant) -> list[Abandoned]:
    """Name at most a thousand subjects created before an instant and not confirmed, oldest first.

    Raises:
        KeyUnavailable: the key database is away.
    """
    with vault.database.reading() as connection:
        rows = connection.execute(_ABANDONED, (before, PAGE), binary=True)
        return [Abandoned(*row) for row in rows]


def live_keys(
    vault: Vault, controller: ControllerId, subjects: Sequence[SubjectId]
) -> dict[SubjectId, list[KeyEpoch]]:
    """Name all live DEKs of people by category, surviving categories among them.

    Raises:
        KeyUnavailable: the key database is away.
    """
    found: dict[SubjectId, list[KeyEpoch]] = {subject: [] for subject in subjects}
    with vault.database.reading() as connection:
        for row in connection.execute(_LIVE, (controller, list(subjects)), binary=True):
            found[SubjectId(row[0])].append(KeyEpoch(*row[1:]))
    return found


def footprint(vault: Vault, controller: ControllerId, subject: SubjectId) -> KeyFootprint:
    """Count a person's live keys by category and look-ups by kind.

    Raises:
        KeyUnavailable: the key database or the provider is away.
        SealBroken: a look-up of her cohort does not unwrap.
    """
    live = live_keys(vault, controller, [subject])[subject]
    keys = Counter(epoch.category for epoch in live)
    kinds: dict[str, int] = {}
    with vault.database.transaction() as connection:
        for held in _lookups(vault, connection, controller, subject):
            kinds[held] = kinds.get(held, 0) + 1
    return KeyFootprint(keys, kinds)


def _lookups(
    vault: Vault, connection: Connection, controller: ControllerId, subject: SubjectId
) -> list[str]:
    rows = connection.execute(_PLACE, (controller, subject), binary=True).fetchall()
    cohorts = {row[0] for row in rows if row[0] is not None}
    hers, _ = scan(vault, connection, controller, [subject], cohorts)
    return [KIND_NAMES[each.row.kind] for each in hers]


def destroy_category_key(
    vault: Vault, controller: ControllerId, subject: SubjectId, category: Category
) -> bool:
    """Destroy a ``notice/`` or ``request/`` key; say whether there was one.

    Raises:
        KeyUnavailable: the key database is away.
        ValueError: the category does not outlive its person: only an erasure destroys its key.
    """
    if not outlives(category):
        message = "only a notice or request key is destroyed without an erasure"
        raise ValueError(message)
    arguments = {"controller": controller, "subject": subject, "category": category}
    return _bury(vault, _ONE, arguments, vault.clock.now()) > 0


def expire_notices(vault: Vault, now: Instant) -> int:
    """Destroy ``notice/`` and ``request/`` keys older than 30 days; return how many.

    Raises:
        KeyUnavailable: the key database is away.
    """
    total = 0
    while True:
        due = {"due": now - NOTICE_PERIOD, "page": PAGE}
        destroyed = _bury(vault, _DUE, due, now)
        total += destroyed
        if destroyed < PAGE:
            return total


def _bury(vault: Vault, which: str, asked: Mapping[str, object], now: Instant) -> int:
    with vault.database.transaction() as connection:
        doomed = connection.execute(which.encode(), asked, binary=True)
        key_ids = [key_id for (key_id,) in doomed]
        connection.execute(_DIRTY, (key_ids,))
        told = {"key_ids": key_ids, "now": now, "channel": CHANNEL}
        rows = connection.execute(_BURY, told, binary=True).fetchall()
    for subject, _ in rows:
        vault.cache.evict(subject.int)
    return len(rows)
