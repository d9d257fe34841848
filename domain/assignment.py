"""Assignments: what applications are for. A stream of its own, with its own state and decider.

Facts, then state, then evolve, then decide. An assignment is no person, yet its title may name one
and its place may be a home: both are sealed under the key of its own stream.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple
from uuid import UUID

from domain.decisions import Decision, RefusalReason, Refused
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED, Stamp
from domain.standing import Course, Marks, Thing, happened, status_of, unless_latest
from domain.values import SealedPart


class AssignmentKind(StrEnum):
    """What is asked for."""

    RECRUITMENT = "recruitment"
    STAFFING = "staffing"
    SEARCH = "search"


class Closing(StrEnum):
    """How an assignment ended."""

    FILLED = "filled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class AssignmentStatus(StrEnum):
    """Where an assignment stands."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class AssignmentOpened:
    """An assignment was opened; sealed under its own stream's key: title and place."""

    TOPIC: ClassVar[str] = "assignment.opened"
    CLEAR: ClassVar[Mapping[str, str]] = {"assigned": "one of three kinds, for statistics"}
    assignment_id: UUID
    client_id: UUID | None
    assigned: AssignmentKind
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class AssignmentClosed:
    """An assignment was closed."""

    TOPIC: ClassVar[str] = "assignment.closed"
    CLEAR: ClassVar[Mapping[str, str]] = {"closing": "one of three endings, for statistics"}
    assignment_id: UUID
    closing: Closing
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class AssignmentReopened:
    """An assignment is open again."""

    TOPIC: ClassVar[str] = "assignment.reopened"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    assignment_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class MatchRunStarted:
    """A model began to weigh people against an assignment."""

    TOPIC: ClassVar[str] = "assignment.match-run-started"
    CLEAR: ClassVar[Mapping[str, str]] = {"model_version": "numbers a program"}
    assignment_id: UUID
    run_id: UUID
    model_version: int
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


AssignmentFact = AssignmentOpened | AssignmentClosed | AssignmentReopened | MatchRunStarted


class AssignmentState(NamedTuple):
    """One stream's assignment, by its id, and the latest match run."""

    assignments: Mapping[UUID, Thing[AssignmentStatus]]
    latest: Marks


EMPTY = AssignmentState({}, {})

_ASSIGNMENTS: Course[AssignmentStatus] = Course(
    {
        AssignmentOpened: AssignmentStatus.OPEN,
        AssignmentClosed: AssignmentStatus.CLOSED,
        AssignmentReopened: AssignmentStatus.OPEN,
    },
    begins=frozenset({AssignmentOpened}),
)


def evolve(state: AssignmentState, stamp: Stamp, fact: AssignmentFact) -> AssignmentState:
    """Fold one fact."""
    if isinstance(fact, MatchRunStarted):
        return AssignmentState(state.assignments, happened(state.latest, stamp, fact))
    known = _ASSIGNMENTS.moved(state.assignments, fact.assignment_id, stamp, fact)
    return AssignmentState(known, state.latest)


def decide(state: AssignmentState, stamp: Stamp, claim: AssignmentFact) -> Decision:
    """Record the claim unless it is the very fact that stands; match nobody to a closed one."""
    if isinstance(claim, MatchRunStarted):
        if status_of(state.assignments, claim.assignment_id) is AssignmentStatus.CLOSED:
            return Refused(RefusalReason.CLOSED)
        return unless_latest(state.latest, stamp, claim)
    return _ASSIGNMENTS.unless_standing(state.assignments, claim.assignment_id, stamp, claim)
