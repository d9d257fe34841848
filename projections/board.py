"""The board: every application with its stage and status, clear facts only.

Names and titles are not here: a query joins their tokens from the dossier. An erasure therefore
changes no row, and the counts of a board still add up after it. Stage and status each stand by
their own mark (occurred at, fact id), as in :mod:`domain.application`; a stage change that arrives
before its application makes a row that the application completes.
"""

from typing import NamedTuple, cast, get_args
from uuid import UUID

from domain.application import (
    ApplicationFact,
    ApplicationKind,
    ApplicationRejected,
    ApplicationReopened,
    ApplicationStageChanged,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    CandidateHired,
    Stage,
    Status,
)
from domain.fact import Entry, Stamp, mark_of
from domain.values import ControllerId, FactId, Instant, SubjectId
from projections.projection import Key, Projection


class BoardRow(NamedTuple):
    """One application. What is not known yet is None; ``since`` is the latest move of any kind."""

    subject: SubjectId
    application_id: UUID
    controller: ControllerId
    assignment_id: UUID | None
    kind: ApplicationKind | None
    applied_at: Instant | None
    stage: Stage
    staged_at: Instant | None
    staged_by: FactId | None
    status: Status
    settled_at: Instant | None
    settled_by: FactId | None
    since: Instant


def _fact(entry: Entry) -> ApplicationFact:
    # The projection names these classes alone; asking each fact again took a tenth of the fold.
    return cast("ApplicationFact", entry.fact)


def _key(entry: Entry) -> Key:
    return entry.subject, _fact(entry).application_id


def _evolve(row: BoardRow | None, entry: Entry) -> BoardRow:
    fact, stamp = _fact(entry), entry.stamp
    if row is None:
        row = _unseen(entry.subject, fact.application_id, stamp)
    return _moved(row, stamp, fact)


def _unseen(subject: SubjectId, application_id: UUID, stamp: Stamp) -> BoardRow:
    return BoardRow(
        subject,
        application_id,
        stamp.controller,
        assignment_id=None,
        kind=None,
        applied_at=None,
        stage=Stage.NEW,
        staged_at=None,
        staged_by=None,
        status=Status.ACTIVE,
        settled_at=None,
        settled_by=None,
        since=stamp.occurred_at,
    )


def _moved(row: BoardRow, stamp: Stamp, fact: ApplicationFact) -> BoardRow:
    match fact:
        case ApplicationSubmitted():
            return _submitted(row, stamp, fact)
        case ApplicationStageChanged():
            return _staged(row, stamp, fact.stage)
        case ApplicationRejected():
            return _settled(row, stamp, Status.REJECTED)
        case ApplicationWithdrawn():
            return _settled(row, stamp, Status.WITHDRAWN)
        case CandidateHired():
            return _settled(row, stamp, Status.HIRED)
        case ApplicationReopened():
            return _staged(_settled(row, stamp, Status.ACTIVE), stamp, fact.stage)


def _submitted(row: BoardRow, stamp: Stamp, fact: ApplicationSubmitted) -> BoardRow:
    at = stamp.occurred_at
    return row._replace(
        assignment_id=fact.assignment_id, kind=fact.kind, applied_at=at, since=max(at, row.since)
    )


def _staged(row: BoardRow, stamp: Stamp, stage: Stage) -> BoardRow:
    """Move on, unless a later move stands: then ``since`` is as late already."""
    if _later(row.staged_at, row.staged_by, stamp):
        return row
    at = stamp.occurred_at
    return row._replace(
        stage=stage, staged_at=at, staged_by=stamp.fact_id, since=max(at, row.since)
    )


def _settled(row: BoardRow, stamp: Stamp, status: Status) -> BoardRow:
    """Settle, unless a later settling stands: then ``since`` is as late already."""
    if _later(row.settled_at, row.settled_by, stamp):
        return row
    at = stamp.occurred_at
    return row._replace(
        status=status, settled_at=at, settled_by=stamp.fact_id, since=max(at, row.since)
    )


def _later(at: Instant | None, by: FactId | None, stamp: Stamp) -> bool:
    """Say whether a mark that stands is the stamp's or later."""
    return at is not None and by is not None and (at, by.bytes) >= mark_of(stamp)


BOARD = Projection(
    name="board",
    facts=frozenset(get_args(ApplicationFact)),
    key=_key,
    evolve=_evolve,
    tokens=None,
)
