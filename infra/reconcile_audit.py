"""A reconciliation in the access audit: who, when, what was found, what was done to whom.

A row a finding and a row a person. ``purpose`` is ``reconciliation``, ``view`` the word below,
``opened`` the count. The subject of a finding is the reconciliation's own random id, so its rows
are read together; the subject of a deed is the person. Nothing was opened for any of them.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from domain.values import ControllerId, SubjectId
from infra.house import House
from infra.store.audit import SUBJECTS_MAX, Opening

PURPOSE = "reconciliation"


class Finding(StrEnum):
    """What a row says; the count's meaning behind it."""

    BEGUN = "reconcile.begun"
    KEYS_BEHIND = "reconcile.key-database-behind"
    """Journal records that the key database had lost."""
    EVENTS_BEHIND = "reconcile.event-database-behind"
    """Positions that the log had lost."""
    AUDIT_BEHIND = "reconcile.access-audit-behind"
    """Rows that this audit had lost."""
    FINALS_BEHIND = "reconcile.finalisations-behind"
    """Records of finalisations that the key database had lost."""
    RESTRICTED_AGAIN = "reconcile.restricted-again"
    """Of the person, whose restriction the log had lost; 1."""
    RE_ANCHORED = "reconcile.re-anchored"
    """The journal's sequence that was anchored anew."""
    DESTROYED_AGAIN = "reconcile.destroyed-again"
    """Keys of the person."""
    FENCED_AGAIN = "reconcile.fenced-again"
    """Keys that the journal says were destroyed."""
    ENDED = "reconcile.ended"


class Told(NamedTuple):
    """One row: what, about whom (or the reconciliation itself), and how many."""

    finding: Finding
    about: UUID
    opened: int


def tell(house: House, controller: ControllerId, account: str, told: Sequence[Told]) -> None:
    """Commit rows to a controller's access audit.

    Raises:
        LogUnavailable: the event database is away.
    """
    for finding in dict.fromkeys(one.finding for one in told):
        rows = [one for one in told if one.finding is finding]
        for start in range(0, len(rows), SUBJECTS_MAX):
            page = rows[start : start + SUBJECTS_MAX]
            opening = Opening(
                who=account,
                purpose=PURPOSE,
                controller=controller,
                view=finding.value,
                subjects=[SubjectId(one.about) for one in page],
                counts=[one.opened for one in page],
            )
            house.audit.record(opening, house.clock.now())
