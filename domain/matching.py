"""Matching: what a model said of a person, what a human made of it, and her right to refuse it.

Facts, then state, then evolve, then decide. A score and its explanation are sealed; the model's
version is clear, so that what it did to people can be counted. Nothing is scored for a person who
opted out (GDPR Art. 22); :mod:`domain.permission` says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple
from uuid import UUID

from domain.decisions import Decision
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED, Stamp
from domain.standing import Course, Marks, Thing, happened, status_of, unless_latest
from domain.values import SealedPart


class MatchDecision(StrEnum):
    """What a human decided on a match."""

    ADVANCED = "advanced"
    SET_ASIDE = "set_aside"
    OVERRIDDEN = "overridden"


class ReviewOutcome(StrEnum):
    """What came of a human's look."""

    UPHELD = "upheld"
    CHANGED = "changed"


class ReviewStatus(StrEnum):
    """Where a review by a human stands."""

    REQUESTED = "requested"
    COMPLETED = "completed"


class MatchingWish(StrEnum):
    """Whether the person lets herself be matched."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class MatchScored:
    """A model weighed the person against an assignment; sealed: score and explanation."""

    TOPIC: ClassVar[str] = "candidate.match-scored"
    CLEAR: ClassVar[Mapping[str, str]] = {"model_version": "numbers a program"}
    match_id: UUID
    run_id: UUID
    assignment_id: UUID
    model_version: int
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class MatchReviewed:
    """A human decided on a match; sealed: why, where it differs from the score."""

    TOPIC: ClassVar[str] = "candidate.match-reviewed"
    CLEAR: ClassVar[Mapping[str, str]] = {"decision": "one of three decisions, for oversight"}
    match_id: UUID
    decision: MatchDecision
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class MatchingOptedOut:
    """The person wants no automated matching (Art. 22)."""

    TOPIC: ClassVar[str] = "candidate.matching-opted-out"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class MatchingOptedIn:
    """The person allows automated matching again."""

    TOPIC: ClassVar[str] = "candidate.matching-opted-in"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class HumanReviewRequested:
    """The person asked a human to look (Art. 22(3)); sealed: her view."""

    TOPIC: ClassVar[str] = "candidate.human-review-requested"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    review_id: UUID
    match_id: UUID | None
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class HumanReviewCompleted:
    """A human looked, and what came of it; sealed: the explanation given."""

    TOPIC: ClassVar[str] = "candidate.human-review-completed"
    CLEAR: ClassVar[Mapping[str, str]] = {"outcome": "one of two outcomes"}
    review_id: UUID
    outcome: ReviewOutcome
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


MatchingFact = (
    MatchScored
    | MatchReviewed
    | MatchingOptedOut
    | MatchingOptedIn
    | HumanReviewRequested
    | HumanReviewCompleted
)


class MatchingState(NamedTuple):
    """Her wish to be matched or not; of scores the latest mark; reviews by id."""

    wish: Mapping[str, Thing[MatchingWish]]
    reviews: Mapping[UUID, Thing[ReviewStatus]]
    latest: Marks


EMPTY = MatchingState({}, {}, {})

_MATCHING = "matching"
_WISHES: Course[MatchingWish] = Course(
    {MatchingOptedOut: MatchingWish.OUT, MatchingOptedIn: MatchingWish.IN},
    begins=frozenset({MatchingOptedOut, MatchingOptedIn}),
)
_REVIEWS: Course[ReviewStatus] = Course(
    {
        HumanReviewRequested: ReviewStatus.REQUESTED,
        HumanReviewCompleted: ReviewStatus.COMPLETED,
    },
    begins=frozenset({HumanReviewRequested}),
)


def evolve(state: MatchingState, stamp: Stamp, fact: MatchingFact) -> MatchingState:
    """Fold one fact."""
    match fact:
        case MatchScored() | MatchReviewed():
            return MatchingState(state.wish, state.reviews, happened(state.latest, stamp, fact))
        case MatchingOptedOut() | MatchingOptedIn():
            wish = _WISHES.moved(state.wish, _MATCHING, stamp, fact)
            return MatchingState(wish, state.reviews, state.latest)
        case HumanReviewRequested() | HumanReviewCompleted():
            reviews = _REVIEWS.moved(state.reviews, fact.review_id, stamp, fact)
            return MatchingState(state.wish, reviews, state.latest)


def decide(state: MatchingState, stamp: Stamp, claim: MatchingFact) -> Decision:
    """Record the claim unless it is the very fact that stands or happened last."""
    match claim:
        case MatchScored() | MatchReviewed():
            return unless_latest(state.latest, stamp, claim)
        case MatchingOptedOut() | MatchingOptedIn():
            return _WISHES.unless_standing(state.wish, _MATCHING, stamp, claim)
        case HumanReviewRequested() | HumanReviewCompleted():
            return _REVIEWS.unless_standing(state.reviews, claim.review_id, stamp, claim)


def opted_out(state: MatchingState) -> bool:
    """Say whether she wants no automated matching."""
    return status_of(state.wish, _MATCHING) is MatchingWish.OUT
