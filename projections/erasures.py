"""The register of erasures: one row each, what was asked, when each step ended, what it proved.

Clear facts only: it must be told after the person is unreadable. Instants are those at which a
step occurred; ``destroyed_at`` is the commit that destroyed the keys.
"""

from enum import StrEnum
from typing import NamedTuple, get_args

from domain.erasure import (
    ErasureApproved,
    ErasureDeclined,
    ErasureFact,
    ErasureOrdered,
    ErasureReason,
    ErasureRequested,
    SubjectAbandoned,
    SubjectErased,
)
from domain.fact import Entry, Stamp
from domain.values import Category, ControllerId, ErasureId, Instant, SubjectId
from projections.projection import Key, Projection


class ErasureProgress(StrEnum):
    """How far the log knows an erasure to have come."""

    REQUESTED = "requested"
    APPROVED = "approved"
    DECLINED = "declined"
    ORDERED = "ordered"
    ERASED = "erased"
    ABANDONED = "abandoned"


class ErasureRow(NamedTuple):
    """One erasure; ``category`` None means the whole person.

    ``first_position``, the place of its first fact in the log, orders the register.
    """

    subject: SubjectId
    erasure_id: ErasureId
    controller: ControllerId
    first_position: int
    progress: ErasureProgress
    category: Category | None
    reason: ErasureReason | None
    recipients: tuple[str, ...]
    requested_at: Instant | None
    approved_at: Instant | None
    ordered_at: Instant | None
    destroyed_at: Instant | None
    erased_at: Instant | None
    keys_destroyed: int | None
    tokens_probed: int | None
    tokens_opened: int | None
    journal_sequence: int | None


def _fact(entry: Entry) -> ErasureFact:
    assert isinstance(entry.fact, ErasureFact), "the projection folds no other fact"
    return entry.fact


def _key(entry: Entry) -> Key:
    return entry.subject, _fact(entry).erasure_id


def _evolve(row: ErasureRow | None, entry: Entry) -> ErasureRow:
    fact = _fact(entry)
    return _moved(_unseen(entry, fact.erasure_id) if row is None else row, entry.stamp, fact)


def _unseen(entry: Entry, erasure_id: ErasureId) -> ErasureRow:
    return ErasureRow(
        entry.subject,
        erasure_id,
        entry.stamp.controller,
        entry.position,
        ErasureProgress.REQUESTED,
        category=None,
        reason=None,
        recipients=(),
        requested_at=None,
        approved_at=None,
        ordered_at=None,
        destroyed_at=None,
        erased_at=None,
        keys_destroyed=None,
        tokens_probed=None,
        tokens_opened=None,
        journal_sequence=None,
    )


def _moved(row: ErasureRow, stamp: Stamp, fact: ErasureFact) -> ErasureRow:
    at = stamp.occurred_at
    match fact:
        case ErasureRequested():
            return row._replace(category=fact.category, reason=fact.reason, requested_at=at)
        case ErasureApproved():
            return row._replace(progress=ErasureProgress.APPROVED, approved_at=at)
        case ErasureDeclined():
            return row._replace(progress=ErasureProgress.DECLINED)
        case ErasureOrdered():
            return row._replace(
                progress=ErasureProgress.ORDERED,
                category=fact.category,
                recipients=fact.recipients,
                ordered_at=at,
            )
        case SubjectErased():
            return _erased(row, at, fact)
        case SubjectAbandoned():
            return row._replace(progress=ErasureProgress.ABANDONED, erased_at=at)


def _erased(row: ErasureRow, at: Instant, fact: SubjectErased) -> ErasureRow:
    return row._replace(
        progress=ErasureProgress.ERASED,
        category=fact.category,
        destroyed_at=fact.destroyed_at,
        erased_at=at,
        keys_destroyed=fact.keys_destroyed,
        tokens_probed=fact.tokens_probed,
        tokens_opened=fact.tokens_opened,
        journal_sequence=fact.journal_sequence,
    )


ERASURES = Projection(
    name="erasures",
    facts=frozenset(get_args(ErasureFact)),
    key=_key,
    evolve=_evolve,
    tokens=None,
)
