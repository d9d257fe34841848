"""Selection: interviews, scorecards and offers.

Facts, then state, then evolve, then decide. An answer to an offer may arrive before the offer:
it is recorded, and the offer counts as accepted once both are known (:func:`accepted`). When and
where an interview is, and what an offer says, is sealed; the interviewers are mentioned in
streams of their own (:mod:`domain.mentions`).
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


class Setting(StrEnum):
    """How an interview is held."""

    PHONE = "phone"
    VIDEO = "video"
    ON_SITE = "on_site"


class Side(StrEnum):
    """Who called an interview off."""

    CANDIDATE = "candidate"
    AGENCY = "agency"
    CLIENT = "client"


class InterviewStatus(StrEnum):
    """Where an interview stands."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    HELD = "held"


class OfferStatus(StrEnum):
    """Where an offer stands."""

    MADE = "made"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class InterviewScheduled:
    """An interview was agreed; sealed: when and where."""

    TOPIC: ClassVar[str] = "candidate.interview-scheduled"
    CLEAR: ClassVar[Mapping[str, str]] = {"setting": "one of three settings, for the calendar"}
    interview_id: UUID
    application_id: UUID | None
    setting: Setting
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class InterviewRescheduled:
    """An interview was moved; sealed: when and where."""

    TOPIC: ClassVar[str] = "candidate.interview-rescheduled"
    CLEAR: ClassVar[Mapping[str, str]] = {"setting": "one of three settings, for the calendar"}
    interview_id: UUID
    setting: Setting
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class InterviewCancelled:
    """An interview was called off; sealed: the message, if any."""

    TOPIC: ClassVar[str] = "candidate.interview-cancelled"
    CLEAR: ClassVar[Mapping[str, str]] = {"called_off_by": "one of three sides, for statistics"}
    interview_id: UUID
    called_off_by: Side
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class InterviewHeld:
    """An interview took place."""

    TOPIC: ClassVar[str] = "candidate.interview-held"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    interview_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ScorecardSubmitted:
    """An interviewer rated the person; sealed: ratings, recommendation, comment."""

    TOPIC: ClassVar[str] = "candidate.scorecard-submitted"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    scorecard_id: UUID
    application_id: UUID | None
    interview_id: UUID | None
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class OfferMade:
    """An offer was made; sealed: its terms, as pay is."""

    TOPIC: ClassVar[str] = "candidate.offer-made"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    offer_id: UUID
    application_id: UUID | None
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class OfferAccepted:
    """The person accepted an offer."""

    TOPIC: ClassVar[str] = "candidate.offer-accepted"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    offer_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class OfferDeclined:
    """The person declined an offer; sealed: her message, if any."""

    TOPIC: ClassVar[str] = "candidate.offer-declined"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    offer_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class OfferWithdrawn:
    """An offer was taken back."""

    TOPIC: ClassVar[str] = "candidate.offer-withdrawn"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    offer_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


SelectionFact = (
    InterviewScheduled
    | InterviewRescheduled
    | InterviewCancelled
    | InterviewHeld
    | ScorecardSubmitted
    | OfferMade
    | OfferAccepted
    | OfferDeclined
    | OfferWithdrawn
)


class SelectionState(NamedTuple):
    """Interviews and offers by id; of scorecards the latest mark."""

    interviews: Mapping[UUID, Thing[InterviewStatus]]
    offers: Mapping[UUID, Thing[OfferStatus]]
    latest: Marks


EMPTY = SelectionState({}, {}, {})

_INTERVIEWS: Course[InterviewStatus] = Course(
    {
        InterviewScheduled: InterviewStatus.SCHEDULED,
        InterviewRescheduled: InterviewStatus.SCHEDULED,
        InterviewCancelled: InterviewStatus.CANCELLED,
        InterviewHeld: InterviewStatus.HELD,
    },
    begins=frozenset({InterviewScheduled}),
)
_OFFERS: Course[OfferStatus] = Course(
    {
        OfferMade: OfferStatus.MADE,
        OfferAccepted: OfferStatus.ACCEPTED,
        OfferDeclined: OfferStatus.DECLINED,
        OfferWithdrawn: OfferStatus.WITHDRAWN,
    },
    begins=frozenset({OfferMade}),
)


def evolve(state: SelectionState, stamp: Stamp, fact: SelectionFact) -> SelectionState:
    """Fold one fact into its interview or offer."""
    match fact:
        case OfferMade() | OfferAccepted() | OfferDeclined() | OfferWithdrawn():
            offers = _OFFERS.moved(state.offers, fact.offer_id, stamp, fact)
            return SelectionState(state.interviews, offers, state.latest)
        case ScorecardSubmitted():
            latest = happened(state.latest, stamp, fact)
            return SelectionState(state.interviews, state.offers, latest)
        case _:
            interviews = _INTERVIEWS.moved(state.interviews, fact.interview_id, stamp, fact)
            return SelectionState(interviews, state.offers, state.latest)


def decide(state: SelectionState, stamp: Stamp, claim: SelectionFact) -> Decision:
    """Record the claim unless it is the very fact that stands."""
    match claim:
        case OfferMade() | OfferAccepted() | OfferDeclined() | OfferWithdrawn():
            return _OFFERS.unless_standing(state.offers, claim.offer_id, stamp, claim)
        case ScorecardSubmitted():
            return unless_latest(state.latest, stamp, claim)
        case _:
            return _INTERVIEWS.unless_standing(state.interviews, claim.interview_id, stamp, claim)


def accepted(state: SelectionState, offer_id: UUID) -> bool:
    """Say whether an offer is known to be made, and stands accepted."""
    return status_of(state.offers, offer_id) is OfferStatus.ACCEPTED
