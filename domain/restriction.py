"""Restriction of processing (GDPR Art. 18): kept, and not used.

Facts, then state, then evolve, then decide. A restriction is lifted only after the person was told
(Art. 18(3)); lifted is final, and a new one has an id of its own. What may still be recorded about
a restricted person is :mod:`domain.permission`'s to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from domain.decisions import Decision, RefusalReason, Refused
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED, Stamp
from domain.standing import Course, Thing, status_of
from domain.values import SealedPart


class RestrictionGround(StrEnum):
    """GDPR Art. 18(1) a-d."""

    ACCURACY_CONTESTED = "accuracy_contested"
    UNLAWFUL = "unlawful"
    NEEDED_FOR_CLAIM = "needed_for_claim"
    OBJECTION_PENDING = "objection_pending"


class RestrictionStatus(StrEnum):
    """Where a restriction stands; lifted is final."""

    IN_FORCE = "in_force"
    LIFT_ANNOUNCED = "lift_announced"
    LIFTED = "lifted"


@dataclass(frozen=True, slots=True)
class ProcessingRestricted:
    """The person's data may be kept and not used (Art. 18)."""

    TOPIC: ClassVar[str] = "subject.processing-restricted"
    CLEAR: ClassVar[Mapping[str, str]] = {"ground": "one of four grounds"}
    restriction_id: UUID
    ground: RestrictionGround
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class RestrictionLiftAnnounced:
    """The person was told that a restriction is to be lifted (Art. 18(3))."""

    TOPIC: ClassVar[str] = "subject.restriction-lift-announced"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    restriction_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class RestrictionLifted:
    """A restriction was lifted, after the person was told."""

    TOPIC: ClassVar[str] = "subject.restriction-lifted"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    restriction_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


RestrictionFact = ProcessingRestricted | RestrictionLiftAnnounced | RestrictionLifted

Restrictions = Mapping[UUID, Thing[RestrictionStatus]]
"""A person's restrictions by restriction id."""

EMPTY: Restrictions = {}

_RESTRICTIONS: Course[RestrictionStatus] = Course(
    {
        ProcessingRestricted: RestrictionStatus.IN_FORCE,
        RestrictionLiftAnnounced: RestrictionStatus.LIFT_ANNOUNCED,
        RestrictionLifted: RestrictionStatus.LIFTED,
    },
    begins=frozenset({ProcessingRestricted}),
    finals=frozenset({RestrictionStatus.LIFTED}),
)


def evolve(state: Restrictions, stamp: Stamp, fact: RestrictionFact) -> Restrictions:
    """Fold one fact into its restriction."""
    return _RESTRICTIONS.moved(state, fact.restriction_id, stamp, fact)


def decide(state: Restrictions, stamp: Stamp, claim: RestrictionFact) -> Decision:
    """Record the claim unless it is the very fact that stands; lift only what was announced."""
    decision = _RESTRICTIONS.unless_standing(state, claim.restriction_id, stamp, claim)
    if decision and isinstance(claim, RestrictionLifted):
        known = status_of(state, claim.restriction_id)
        if known not in (RestrictionStatus.LIFT_ANNOUNCED, RestrictionStatus.LIFTED):
            return Refused(RefusalReason.NOT_ANNOUNCED)
    return decision


def restricted(state: Restrictions) -> bool:
    """Say whether a restriction is in force; announcing its lift does not end it."""
    return any(
        begun and status is not RestrictionStatus.LIFTED for begun, status, _ in state.values()
    )
