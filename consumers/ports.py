"""The doors the write side needs: the log it appends to, and where it sets things aside.

A :class:`Batch` is one unit of work: everything in it is committed in one transaction of the event
database, or nothing is.

::

    LogError
    ├── VersionConflict   a stream moved, or a fact is known: restart at the key opening
    ├── PositionFenced    another reader holds this position: stop
    └── LogUnavailable    the event database is away: retry later
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from domain.decisions import RefusalReason
from domain.fact import Fact, Stamp
from domain.keyring import JournalHead
from domain.streams import OtherState, StreamState
from domain.subject import SubjectState
from domain.values import ControllerId, ErasureId, FactId, Instant, SubjectId


class LogError(Exception):
    """The root of what the log raises. Messages carry ids and numbers, never values."""


class VersionConflict(LogError):  # noqa: N818 - the outcome of an optimistic append
    """A stream moved on, or a fact of the batch is already in the inbox."""


class PositionFenced(LogError):  # noqa: N818 - the outcome of a compare-and-set
    """The position was moved by another reader with another batch."""


class LogUnavailable(LogError):  # noqa: N818 - pairs with KeyUnavailable
    """The event database is away."""


@dataclass(frozen=True, slots=True)
class Head:
    """A person's version and folded state; version 0 and the empty state for a new one."""

    version: int
    state: SubjectState


@dataclass(frozen=True, slots=True)
class OtherHead:
    """The version and folded state of a stream that is no person's."""

    version: int
    state: OtherState


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a batch needs to decide: heads of the streams asked for, and facts already recorded.

    ``others`` are the assignments, clients and controllers among them. For these ``heads`` says
    that no person of that id is there.
    """

    heads: Mapping[SubjectId, Head]
    known: frozenset[FactId]
    others: Mapping[SubjectId, OtherHead] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recording:
    """New facts of one stream: they take versions ``expected_version + 1`` and on."""

    controller: ControllerId
    subject: SubjectId
    expected_version: int
    facts: tuple[tuple[Stamp, Fact], ...]
    state: StreamState


@dataclass(frozen=True, slots=True)
class Advance:
    """Move a named position from ``start`` to ``end`` by compare-and-set.

    ``end`` is the next place to read. ``batch`` makes a repeated append (a lost acknowledgement)
    recognisable as success.
    """

    name: str
    start: int
    end: int
    batch: UUID


class NoticeKind(StrEnum):
    """What the outbox tells a recipient: GDPR Art. 16, 17(2), 18, 19, 7(3)."""

    ERASED = "erased"
    CATEGORY_ERASED = "category_erased"
    LATE_FACT = "late_fact"
    RECTIFIED = "rectified"
    RESTRICTED = "restricted"
    RESTRICTION_LIFTED = "restriction_lifted"
    CONSENT_WITHDRAWN = "consent_withdrawn"


@dataclass(frozen=True, slots=True)
class Notice:
    """A message waiting in the outbox; ``token`` seals the recipient's own remote id.

    Nothing else is in it but the purpose of a consent withdrawn, or the section corrected.
    A second notice with the same ``notice_id`` is dropped.
    """

    notice_id: UUID
    controller: ControllerId
    kind: NoticeKind
    recipient: str
    subject: SubjectId | None
    erasure_id: ErasureId | None
    token: bytes | None
    created_at: Instant


class ParkReason(StrEnum):
    """Why an item was set aside; never free text."""

    MALFORMED = "malformed"
    TRUNCATED = "truncated"
    TRAILING_BYTES = "trailing_bytes"
    OVERSIZE = "oversize"
    UNKNOWN_SCHEMA = "unknown_schema"
    UNKNOWN_SOURCE = "unknown_source"
    FUTURE_DATED = "future_dated"
    MISSING_ID = "missing_id"
    RESTRICTED = "restricted"
    OBJECTED = "objected"
    OPTED_OUT = "opted_out"
    INACTIVE = "inactive"
    NO_CONSENT = "no_consent"
    HELD = "held"
    NOT_ALLOWED = "not_allowed"
    UNKNOWN_RECIPIENT = "unknown_recipient"
    FIELD_NOT_ALLOWED = "field_not_allowed"
    NO_MECHANISM = "no_mechanism"
    NO_BASIS = "no_basis"


REFUSED_FOR_NOW: Mapping[RefusalReason, ParkReason] = {
    reason: ParkReason(reason.value)
    for reason in RefusalReason
    if reason.value in {word.value for word in ParkReason}
}
"""Refusals that may pass: a restriction is lifted, a consent comes, a policy changes. What was
refused so is parked, and may be replayed."""


@dataclass(frozen=True, slots=True)
class Parked:
    """An item set aside: where it was, why, and its payload under a key of its own.

    ``subject`` and ``topic`` are the person and the kind of fact, of what was refused; None of
    what could not be read that far.
    """

    parked_id: UUID
    controller: ControllerId | None
    position_name: str
    position_index: int
    reason: ParkReason
    token: bytes
    parked_at: Instant
    subject: SubjectId | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """One unit of work for the event database.

    ``seen`` names streams by the version they were decided at: nothing is recorded in them, and
    they must not have moved, as what is parked about a person must not outlive her erasure.
    """

    recordings: tuple[Recording, ...] = ()
    inbox: tuple[tuple[ControllerId, FactId], ...] = ()
    notices: tuple[Notice, ...] = ()
    parked: tuple[Parked, ...] = ()
    advance: Advance | None = None
    erasure_head: tuple[ControllerId, JournalHead] | None = None
    seen: tuple[tuple[SubjectId, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Appended:
    """The positions the batch's facts took in the whole log, or None when it held none.

    ``repeated`` is true when the same batch had been committed before.
    """

    first_position: int | None
    last_position: int | None
    repeated: bool


class Log(Protocol):
    """The single door to the append-only log."""

    def load(
        self, controller: ControllerId, subjects: Sequence[SubjectId], fact_ids: Sequence[FactId]
    ) -> Loaded:
        """Load heads and inbox in one round trip. A subject without a stream gets the empty head.

        Raises:
            LogUnavailable: the event database is away.
        """
        ...

    def append(self, batch: Batch) -> Appended:
        """Commit the batch in one transaction, or nothing of it.

        Raises:
            VersionConflict: a stream moved or a fact is known; restart at the key opening.
            PositionFenced: the position was moved by another batch.
            LogUnavailable: the event database is away, and it is not known to have committed.
        """
        ...

    def position(self, name: str) -> int:
        """Return where a named reader goes on; 0 for a new name."""
        ...
