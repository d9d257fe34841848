"""Tests and background checks: asked for, answered, deleted once used.

Facts, then state, then evolve, then decide. Each test has a DEK of its own, category
``assessment/<assessment id>``, so it can be erased first and alone; a check's result is special.
A deletion is final.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple
from uuid import UUID

from domain.decisions import Decision
from domain.documents import DeletionGround
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED, Stamp
from domain.standing import Course, Thing
from domain.values import Category, SealedPart


class Checked(StrEnum):
    """What a background check looks at."""

    CREDIT = "credit"
    POLICE = "police"
    EDUCATION = "education"
    EMPLOYMENT = "employment"
    IDENTITY = "identity"


class Progress(StrEnum):
    """Where a test or a check stands."""

    REQUESTED = "requested"
    COMPLETED = "completed"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class AssessmentInvited:
    """The person was invited to a test; sealed under its own key: vendor and instrument."""

    TOPIC: ClassVar[str] = "candidate.assessment-invited"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    assessment_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class AssessmentCompleted:
    """A test was completed; sealed under its own key: result and report."""

    TOPIC: ClassVar[str] = "candidate.assessment-completed"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    assessment_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class AssessmentDeleted:
    """A test's result was deleted where it was kept."""

    TOPIC: ClassVar[str] = "candidate.assessment-deleted"
    CLEAR: ClassVar[Mapping[str, str]] = {"ground": "one of four grounds"}
    assessment_id: UUID
    ground: DeletionGround
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class BackgroundCheckRequested:
    """A background check was ordered."""

    TOPIC: ClassVar[str] = "candidate.background-check-requested"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "checked": "one of five kinds: retention differs by kind",
        "notice_copy_sent": "shows that a duty was met",
    }
    check_id: UUID
    checked: Checked
    notice_copy_sent: bool
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class BackgroundCheckCompleted:
    """A background check was answered; sealed: its result."""

    TOPIC: ClassVar[str] = "candidate.background-check-completed"
    CLEAR: ClassVar[Mapping[str, str]] = {"checked": "one of five kinds: retention differs by kind"}
    check_id: UUID
    checked: Checked
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class BackgroundCheckDeleted:
    """A check's result was deleted once it was used."""

    TOPIC: ClassVar[str] = "candidate.background-check-deleted"
    CLEAR: ClassVar[Mapping[str, str]] = {"ground": "one of four grounds"}
    check_id: UUID
    ground: DeletionGround
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


AssessmentFact = (
    AssessmentInvited
    | AssessmentCompleted
    | AssessmentDeleted
    | BackgroundCheckRequested
    | BackgroundCheckCompleted
    | BackgroundCheckDeleted
)


class AssessmentState(NamedTuple):
    """Tests and checks by id."""

    assessments: Mapping[UUID, Thing[Progress]]
    checks: Mapping[UUID, Thing[Progress]]


EMPTY = AssessmentState({}, {})

_FINALS = frozenset({Progress.DELETED})
_ASSESSMENTS: Course[Progress] = Course(
    {
        AssessmentInvited: Progress.REQUESTED,
        AssessmentCompleted: Progress.COMPLETED,
        AssessmentDeleted: Progress.DELETED,
    },
    begins=frozenset({AssessmentInvited}),
    finals=_FINALS,
)
_CHECKS: Course[Progress] = Course(
    {
        BackgroundCheckRequested: Progress.REQUESTED,
        BackgroundCheckCompleted: Progress.COMPLETED,
        BackgroundCheckDeleted: Progress.DELETED,
    },
    begins=frozenset({BackgroundCheckRequested}),
    finals=_FINALS,
)


def category_of(assessment_id: UUID) -> Category:
    """Name the category whose DEK seals this test and nothing else."""
    return f"assessment/{assessment_id}"


def evolve(state: AssessmentState, stamp: Stamp, fact: AssessmentFact) -> AssessmentState:
    """Fold one fact into its test or check."""
    if isinstance(fact, AssessmentInvited | AssessmentCompleted | AssessmentDeleted):
        known = _ASSESSMENTS.moved(state.assessments, fact.assessment_id, stamp, fact)
        return AssessmentState(known, state.checks)
    return AssessmentState(
        state.assessments, _CHECKS.moved(state.checks, fact.check_id, stamp, fact)
    )


def decide(state: AssessmentState, stamp: Stamp, claim: AssessmentFact) -> Decision:
    """Record the claim unless it is the very fact that stands."""
    if isinstance(claim, AssessmentInvited | AssessmentCompleted | AssessmentDeleted):
        known = state.assessments
        return _ASSESSMENTS.unless_standing(known, claim.assessment_id, stamp, claim)
    return _CHECKS.unless_standing(state.checks, claim.check_id, stamp, claim)


def forget_category(state: AssessmentState, category: Category) -> AssessmentState:
    """Drop the test an erased category covered: taken again, it is new, under a new key."""
    kept = {
        known: thing for known, thing in state.assessments.items() if category_of(known) != category
    }
    return AssessmentState(kept, state.checks)
