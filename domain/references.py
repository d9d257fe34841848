"""References: asked of a referee, given or declined.

Facts, then state, then evolve, then decide. Two people are in a reference. What is said of the
candidate, and how the two are related, is sealed here, under her ``reference`` key. The referee is
a person of her own: her name and addresses are sealed under her own key, in her own stream, in a
:class:`~domain.mentions.MentionedIn` that names the fact recorded here. ``referee_id`` is the
keyed id of the source's referee; it opens nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from domain.decisions import Decision
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED, Stamp
from domain.standing import Course, Thing
from domain.values import SealedPart


class ReferenceStatus(StrEnum):
    """Where a reference stands."""

    REQUESTED = "requested"
    GIVEN = "given"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class ReferenceRequested:
    """A referee was asked; sealed: the relation. The referee's own values are in her stream."""

    TOPIC: ClassVar[str] = "candidate.reference-requested"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    reference_id: UUID
    referee_id: UUID | None
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ReferenceGiven:
    """A referee spoke of the person; sealed: what was said of her."""

    TOPIC: ClassVar[str] = "candidate.reference-given"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    reference_id: UUID
    referee_id: UUID | None
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ReferenceDeclined:
    """A referee would not speak of the person."""

    TOPIC: ClassVar[str] = "candidate.reference-declined"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    reference_id: UUID
    referee_id: UUID | None
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


ReferenceFact = ReferenceRequested | ReferenceGiven | ReferenceDeclined

References = Mapping[UUID, Thing[ReferenceStatus]]
"""A person's references by reference id."""

EMPTY: References = {}

_REFERENCES: Course[ReferenceStatus] = Course(
    {
        ReferenceRequested: ReferenceStatus.REQUESTED,
        ReferenceGiven: ReferenceStatus.GIVEN,
        ReferenceDeclined: ReferenceStatus.DECLINED,
    },
    begins=frozenset({ReferenceRequested}),
)


def evolve(state: References, stamp: Stamp, fact: ReferenceFact) -> References:
    """Fold one fact into its reference."""
    return _REFERENCES.moved(state, fact.reference_id, stamp, fact)


def decide(state: References, stamp: Stamp, claim: ReferenceFact) -> Decision:
    """Record the claim unless it is the very fact that stands."""
    return _REFERENCES.unless_standing(state, claim.reference_id, stamp, claim)
