"""Applications: a person's candidacy for an assignment, or an open one, stage by stage.

Facts, then state, then evolve, then decide. A stage change may arrive before its application:
the state is ordered by when things occurred, so any order of arrival ends in the same state.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from domain.decisions import Decision, unless_standing
from domain.fact import NOTHING_SEALED, Mark, Stamp, mark_of
from domain.values import SealedPart


class ApplicationKind(StrEnum):
    """How the candidacy began."""

    APPLIED = "applied"
    SOURCED = "sourced"
    REFERRED = "referred"
    OPEN = "open"


class Stage(StrEnum):
    """The house's own small set of stages; the source's label is sealed beside it."""

    NEW = "new"
    SCREENING = "screening"
    SUBMITTED_TO_CLIENT = "submitted_to_client"
    INTERVIEW = "interview"
    OFFER = "offer"


class Status(StrEnum):
    """Where an application stands."""

    ACTIVE = "active"
    HIRED = "hired"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class RejectReason(StrEnum):
    """Why an application was rejected; never free text."""

    QUALIFICATIONS = "qualifications"
    EXPERIENCE = "experience"
    AVAILABILITY = "availability"
    PAY = "pay"
    ANOTHER_CHOSEN = "another_chosen"
    ASSIGNMENT_CLOSED = "assignment_closed"
    NO_REPLY = "no_reply"
    OTHER = "other"


_STAGE = "one of five stages: boards and statistics count it"
_REJECT = "one of eight grounds, for statistics"
_KIND = "one of four kinds, for statistics"


@dataclass(frozen=True, slots=True)
class ApplicationSubmitted:
    """An application was submitted; sealed: assignment title (profile), answers (communications).

    ``assignment_id`` is None for an open application.
    """

    TOPIC: ClassVar[str] = "candidate.application-submitted"
    CLEAR: ClassVar[Mapping[str, str]] = {"kind": _KIND}
    application_id: UUID
    assignment_id: UUID | None
    kind: ApplicationKind
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ApplicationStageChanged:
    """The application moved to a stage; sealed: the source's own label."""

    TOPIC: ClassVar[str] = "candidate.application-stage-changed"
    CLEAR: ClassVar[Mapping[str, str]] = {"stage": _STAGE}
    application_id: UUID
    stage: Stage
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ApplicationRejected:
    """The application was rejected; sealed: the message sent, if any (communications)."""

    TOPIC: ClassVar[str] = "candidate.application-rejected"
    CLEAR: ClassVar[Mapping[str, str]] = {"reason": _REJECT}
    application_id: UUID
    reason: RejectReason
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ApplicationWithdrawn:
    """The person withdrew her application; sealed: her message, if any (communications)."""

    TOPIC: ClassVar[str] = "candidate.application-withdrawn"
    CLEAR: ClassVar[Mapping[str, str]] = {}
    application_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class CandidateHired:
    """The application ended in a hire."""

    TOPIC: ClassVar[str] = "candidate.hired"
    CLEAR: ClassVar[Mapping[str, str]] = {}
    application_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ApplicationReopened:
    """A rejected, withdrawn or hired application is active again."""

    TOPIC: ClassVar[str] = "candidate.application-reopened"
    CLEAR: ClassVar[Mapping[str, str]] = {"stage": _STAGE}
    application_id: UUID
    stage: Stage
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


ApplicationFact = (
    ApplicationSubmitted
    | ApplicationStageChanged
    | ApplicationRejected
    | ApplicationWithdrawn
    | CandidateHired
    | ApplicationReopened
)


@dataclass(frozen=True, slots=True)
class ApplicationState:
    """One application: its stage and its status, each with the mark of the fact that set it.

    Two marks, because a stage change that arrives after a rejection it preceded must still set
    the stage. A reopening sets both.
    """

    submitted: bool = False
    stage: Stage = Stage.NEW
    staged: Mark | None = None
    status: Status = Status.ACTIVE
    settled: Mark | None = None


Applications = Mapping[UUID, ApplicationState]
"""A person's applications by application id."""

EMPTY: Applications = {}
_UNSEEN = ApplicationState()


def evolve(state: Applications, stamp: Stamp, fact: ApplicationFact) -> Applications:
    """Fold one fact into its application, which it begins if need be."""
    known = state.get(fact.application_id, _UNSEEN)
    return {**state, fact.application_id: _moved(known, mark_of(stamp), fact)}


def decide(state: Applications, stamp: Stamp, claim: ApplicationFact) -> Decision:
    """Record the claim unless it already stands.

    An application is submitted once. Any other claim is repeated only by the same fact: a second
    rejection at a later time is recorded, because the reopening between the two may still come.
    """
    known = state.get(claim.application_id, _UNSEEN)
    match claim:
        case ApplicationSubmitted():
            return () if known.submitted else (claim,)
        case ApplicationStageChanged():
            return unless_standing(known.staged, stamp, claim)
        case (
            ApplicationRejected()
            | ApplicationWithdrawn()
            | CandidateHired()
            | ApplicationReopened()
        ):
            return unless_standing(known.settled, stamp, claim)


def _moved(known: ApplicationState, mark: Mark, fact: ApplicationFact) -> ApplicationState:
    match fact:
        case ApplicationSubmitted():
            return replace(known, submitted=True)
        case ApplicationStageChanged():
            return _staged(known, fact.stage, mark)
        case ApplicationRejected():
            return _settled(known, Status.REJECTED, mark)
        case ApplicationWithdrawn():
            return _settled(known, Status.WITHDRAWN, mark)
        case CandidateHired():
            return _settled(known, Status.HIRED, mark)
        case ApplicationReopened():
            return _staged(_settled(known, Status.ACTIVE, mark), fact.stage, mark)


def _staged(known: ApplicationState, stage: Stage, mark: Mark) -> ApplicationState:
    if known.staged is not None and mark <= known.staged:
        return known
    return ApplicationState(known.submitted, stage, mark, known.status, known.settled)


def _settled(known: ApplicationState, status: Status, mark: Mark) -> ApplicationState:
    if known.settled is not None and mark <= known.settled:
        return known
    return ApplicationState(known.submitted, known.stage, known.staged, status, mark)
