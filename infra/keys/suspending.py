"""Suspending people's keys while their processing is restricted (GDPR Art. 18), and resuming them.

Rules. A suspended person's keys are kept and answer ``Withheld``; it is reversible. The log says
who is restricted. Suspending is done at once, on the safe side; whether keys stay suspended is
settled under the lock of the person's row, where the log is asked: whoever suspends meanwhile
waits for the answer and comes after it.
"""

from collections.abc import Callable, Collection, Sequence

from domain.values import ControllerId, SubjectId
from infra.keys.database import Connection
from infra.keys.listening import CHANNEL
from infra.keys.vault import Vault

PAGE = 1_000
"""People settled in one transaction; what it holds their rows locked for is one look at the log."""

_SET = (
    "UPDATE subject SET restricted = %b WHERE controller = %b AND subject = ANY(%b)"
    " RETURNING pg_notify(%b, replace(subject::text, '-', ''))"
)
_LOCK = (
    "SELECT subject, restricted FROM subject WHERE controller = %b AND subject = ANY(%b)"
    " AND NOT erased ORDER BY subject FOR UPDATE"
)
_SUSPENDED = (
    "SELECT subject FROM subject WHERE controller = %b AND restricted AND NOT erased"
    " ORDER BY subject"
)

Restricted = Callable[[Sequence[SubjectId]], Collection[SubjectId]]
"""Says which of some people are restricted, by the log."""


def suspend(vault: Vault, controller: ControllerId, subjects: Sequence[SubjectId]) -> None:
    """Suspend people's keys, here at once and elsewhere within a lease.

    Raises:
        KeyUnavailable: the key database is away.
    """
    _change(vault, controller, subjects, restricted=True)


def resume(vault: Vault, controller: ControllerId, subjects: Sequence[SubjectId]) -> None:
    """Let people's keys open again.

    Raises:
        KeyUnavailable: the key database is away.
    """
    _change(vault, controller, subjects, restricted=False)


def settle(
    vault: Vault, controller: ControllerId, subjects: Sequence[SubjectId], restricted: Restricted
) -> int:
    """Suspend those of the people the log calls restricted and resume the rest.

    Returns how many of them were otherwise before. The erased are passed over.

    Raises:
        KeyUnavailable: the key database is away.
    """
    changed = 0
    for start in range(0, len(subjects), PAGE):
        changed += _settle_page(vault, controller, subjects[start : start + PAGE], restricted)
    return changed


def suspended(vault: Vault, controller: ControllerId) -> list[SubjectId]:
    """Name the people whose keys are suspended, the erased left out.

    Raises:
        KeyUnavailable: the key database is away.
    """
    with vault.database.reading() as connection:
        rows = connection.execute(_SUSPENDED, (controller,), binary=True)
        return [SubjectId(row[0]) for row in rows]


def _settle_page(
    vault: Vault, controller: ControllerId, subjects: Sequence[SubjectId], restricted: Restricted
) -> int:
    with vault.database.transaction() as connection:
        rows = connection.execute(_LOCK, (controller, list(subjects)), binary=True).fetchall()
        found = [SubjectId(row[0]) for row in rows]
        told = frozenset(restricted(found))
        wrong = {SubjectId(s): not now for s, now in rows if now is not (s in told)}
        for wanted in (True, False):
            _set(connection, controller, [s for s, to in wrong.items() if to is wanted], wanted)
    for subject in wrong:
        vault.cache.evict(subject.int)
    return len(wrong)


def _change(
    vault: Vault, controller: ControllerId, subjects: Sequence[SubjectId], *, restricted: bool
) -> None:
    with vault.database.transaction() as connection:
        connection.execute(_LOCK, (controller, list(subjects)))
        _set(connection, controller, subjects, restricted)
    for subject in subjects:
        vault.cache.evict(subject.int)


def _set(
    connection: Connection,
    controller: ControllerId,
    subjects: Sequence[SubjectId],
    restricted: bool,  # noqa: FBT001 - the column's value
) -> None:
    if subjects:
        connection.execute(_SET, (restricted, controller, list(subjects), CHANNEL))
