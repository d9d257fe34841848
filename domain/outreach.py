"""Sourcing: whom the house approached, what a service told of her, and what she answered.

Facts, then state, then evolve, then decide. Enrichment is asked for one profile at a time. An
approach keeps its first moment: follow-ups never extend the time an approach is given. Whether an
approach may be made at all is :mod:`domain.permission`'s to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple
from uuid import UUID

from domain.communication import Medium
from domain.decisions import Decision
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED, Stamp
from domain.standing import Course, Marks, Thing, happened, status_of, unless_latest
from domain.values import Instant, SealedPart


class ContactField(StrEnum):
    """What a service may be asked for."""

    EMAIL = "email"
    PHONE = "phone"


class EnrichmentBarrier(StrEnum):
    """Why a service was not asked."""

    SUPPRESSED = "suppressed"
    NO_TRANSFER_MECHANISM = "no_transfer_mechanism"
    OBJECTED = "objected"
    OPTED_OUT = "opted_out"


class Sentiment(StrEnum):
    """How an approach was answered; never free text."""

    INTERESTED = "interested"
    NOT_INTERESTED = "not_interested"
    LATER = "later"
    QUESTION = "question"
    OTHER = "other"


class Wish(StrEnum):
    """Whether the person lets herself be approached."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class EnrichmentRequested:
    """One profile was sent to a service for an address; sealed: the url that was sent."""

    TOPIC: ClassVar[str] = "candidate.enrichment-requested"
    CLEAR: ClassVar[Mapping[str, str]] = {"asked_for": "one of two kinds of address; no address"}
    recipient_id: UUID
    asked_for: ContactField
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ContactEnriched:
    """A service returned an address; sealed: the value and what it says of its origin."""

    TOPIC: ClassVar[str] = "candidate.contact-enriched"
    CLEAR: ClassVar[Mapping[str, str]] = {"asked_for": "one of two kinds of address; no address"}
    recipient_id: UUID
    transfer_id: UUID | None
    asked_for: ContactField
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class EnrichmentBlocked:
    """An enrichment was not asked for, and why."""

    TOPIC: ClassVar[str] = "candidate.enrichment-blocked"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "barrier": "one of four grounds, to show that nothing was sent"
    }
    recipient_id: UUID
    barrier: EnrichmentBarrier
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class OutreachSent:
    """A cold approach was sent; sealed: body and address."""

    TOPIC: ClassVar[str] = "candidate.outreach-sent"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "medium": "one of seven ways to reach a person, for statistics",
        "attempt": "a count",
        "template_version": "numbers a text of the house",
    }
    message_id: UUID
    medium: Medium
    attempt: int
    template_version: int
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class CandidateReplied:
    """The person answered an approach; sealed: what she wrote."""

    TOPIC: ClassVar[str] = "candidate.replied"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "sentiment": "one of five kinds of answer: the retention rule reads it"
    }
    message_id: UUID
    sentiment: Sentiment
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class OutreachUnanswered:
    """The time an approach is given ran out without an answer."""

    TOPIC: ClassVar[str] = "candidate.outreach-unanswered"
    CLEAR: ClassVar[Mapping[str, str]] = {"first_contact_at": "retention is computed from it"}
    first_contact_at: Instant
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class OutreachOptedOut:
    """The person wants no approaches; effective at once, without a reason."""

    TOPIC: ClassVar[str] = "candidate.outreach-opted-out"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class OutreachOptedIn:
    """The person may be approached again, by her own will."""

    TOPIC: ClassVar[str] = "candidate.outreach-opted-in"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class Art14NoticeSent:
    """The notice of GDPR Art. 14 was sent, and when it was due."""

    TOPIC: ClassVar[str] = "candidate.collection-notice-sent"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "notice_version": "numbers a published text",
        "medium": "one of seven ways to reach a person, for statistics",
        "due_at": "a duty's date must be told for all",
    }
    notice_version: int
    medium: Medium
    due_at: Instant
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


OutreachFact = (
    EnrichmentRequested
    | ContactEnriched
    | EnrichmentBlocked
    | OutreachSent
    | CandidateReplied
    | OutreachUnanswered
    | OutreachOptedOut
    | OutreachOptedIn
    | Art14NoticeSent
)


class OutreachState(NamedTuple):
    """Her wish to be approached or not, and the latest mark of what only happens."""

    wish: Mapping[str, Thing[Wish]]
    latest: Marks


EMPTY = OutreachState({}, {})

_APPROACH = "approach"
_WISHES: Course[Wish] = Course(
    {OutreachOptedOut: Wish.OUT, OutreachOptedIn: Wish.IN},
    begins=frozenset({OutreachOptedOut, OutreachOptedIn}),
)


def evolve(state: OutreachState, stamp: Stamp, fact: OutreachFact) -> OutreachState:
    """Fold one fact."""
    if isinstance(fact, OutreachOptedOut | OutreachOptedIn):
        return OutreachState(_WISHES.moved(state.wish, _APPROACH, stamp, fact), state.latest)
    return OutreachState(state.wish, happened(state.latest, stamp, fact))


def decide(state: OutreachState, stamp: Stamp, claim: OutreachFact) -> Decision:
    """Record the claim unless it is the very fact that stands or happened last."""
    if isinstance(claim, OutreachOptedOut | OutreachOptedIn):
        return _WISHES.unless_standing(state.wish, _APPROACH, stamp, claim)
    return unless_latest(state.latest, stamp, claim)


def opted_out(state: OutreachState) -> bool:
    """Say whether she wants no approaches."""
    return status_of(state.wish, _APPROACH) is Wish.OUT
