"""Staffing: placements, the contracts behind them, and pools.

Facts, then state, then evolve, then decide. Pay and dates of a placement are sealed as special.
A contract is fulfilled when all duties that follow from it are, which may be long after the
placement ended; retention by contract begins there. A pool's name may tell things about its
people: sealed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple
from uuid import UUID

from domain.decisions import Decision
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED, Stamp
from domain.standing import Course, Thing, count_of
from domain.values import SealedPart


class PlacementEnding(StrEnum):
    """How a placement ended."""

    COMPLETED = "completed"
    TERMINATED = "terminated"
    RESIGNED = "resigned"
    REPLACED = "replaced"


class PlacementStatus(StrEnum):
    """Where a placement stands; fulfilled is final."""

    RUNNING = "running"
    ENDED = "ended"
    FULFILLED = "fulfilled"


class Membership(StrEnum):
    """Whether the person is in a pool."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class PlacementStarted:
    """The person began to work for a client; sealed: rate, dates, contract."""

    TOPIC: ClassVar[str] = "candidate.placement-started"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    placement_id: UUID
    assignment_id: UUID | None
    client_id: UUID | None
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class PlacementExtended:
    """A placement was prolonged; sealed: until when, at what rate."""

    TOPIC: ClassVar[str] = "candidate.placement-extended"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    placement_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class PlacementEnded:
    """A placement came to its end."""

    TOPIC: ClassVar[str] = "candidate.placement-ended"
    CLEAR: ClassVar[Mapping[str, str]] = {"ending": "one of four endings, for statistics"}
    placement_id: UUID
    ending: PlacementEnding
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ContractFulfilled:
    """A placement's contract and all duties that follow from it are fulfilled."""

    TOPIC: ClassVar[str] = "candidate.contract-fulfilled"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    placement_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class CandidateAddedToPool:
    """The person was put in a pool; sealed: the pool's name."""

    TOPIC: ClassVar[str] = "candidate.added-to-pool"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    pool_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class CandidateRemovedFromPool:
    """The person left a pool."""

    TOPIC: ClassVar[str] = "candidate.removed-from-pool"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    pool_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


StaffingFact = (
    PlacementStarted
    | PlacementExtended
    | PlacementEnded
    | ContractFulfilled
    | CandidateAddedToPool
    | CandidateRemovedFromPool
)


class StaffingState(NamedTuple):
    """Placements and pools by id."""

    placements: Mapping[UUID, Thing[PlacementStatus]]
    pools: Mapping[UUID, Thing[Membership]]


EMPTY = StaffingState({}, {})

_PLACEMENTS: Course[PlacementStatus] = Course(
    {
        PlacementStarted: PlacementStatus.RUNNING,
        PlacementExtended: PlacementStatus.RUNNING,
        PlacementEnded: PlacementStatus.ENDED,
        ContractFulfilled: PlacementStatus.FULFILLED,
    },
    begins=frozenset({PlacementStarted}),
    finals=frozenset({PlacementStatus.FULFILLED}),
)
_POOLS: Course[Membership] = Course(
    {CandidateAddedToPool: Membership.IN, CandidateRemovedFromPool: Membership.OUT},
    begins=frozenset({CandidateAddedToPool}),
)


def evolve(state: StaffingState, stamp: Stamp, fact: StaffingFact) -> StaffingState:
    """Fold one fact into its placement or pool."""
    if isinstance(fact, CandidateAddedToPool | CandidateRemovedFromPool):
        return StaffingState(state.placements, _POOLS.moved(state.pools, fact.pool_id, stamp, fact))
    return StaffingState(
        _PLACEMENTS.moved(state.placements, fact.placement_id, stamp, fact), state.pools
    )


def decide(state: StaffingState, stamp: Stamp, claim: StaffingFact) -> Decision:
    """Record the claim unless it is the very fact that stands."""
    if isinstance(claim, CandidateAddedToPool | CandidateRemovedFromPool):
        return _POOLS.unless_standing(state.pools, claim.pool_id, stamp, claim)
    return _PLACEMENTS.unless_standing(state.placements, claim.placement_id, stamp, claim)


def owed(state: StaffingState) -> int:
    """Count the placements whose contract still has duties."""
    running = count_of(state.placements, PlacementStatus.RUNNING)
    return running + count_of(state.placements, PlacementStatus.ENDED)
