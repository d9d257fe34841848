"""Disclosure: what of a person went to clients, recipients and authorities, and what did not.

Facts, then state, then evolve, then decide. Kinds of data are named, never values: the person may
ask for the list for ever (GDPR Art. 15(1)(c), 19). ``requires_consent`` is the controller's policy
at the time, put on the claim by whoever makes it; :mod:`domain.permission` holds the claim against
the consents. Whoever receives a presentation at the client is mentioned in a stream of her own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple
from uuid import UUID

from domain.decisions import Decision
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED, Stamp
from domain.purposes import Purpose
from domain.standing import Course, Marks, Thing, happened, unless_latest
from domain.values import Instant, SealedPart


class Disclosed(StrEnum):
    """A kind of data that may leave the house."""

    NAME = "name"
    CONTACT = "contact"
    RESUME = "resume"
    EMPLOYMENT = "employment"
    EDUCATION = "education"
    SKILLS = "skills"
    REFERENCES = "references"
    ASSESSMENT = "assessment"
    AVAILABILITY = "availability"
    PAY = "pay"
    LINKEDIN_URL = "linkedin_url"


class Authority(StrEnum):
    """Who may demand data by law."""

    POLICE = "police"
    COURT = "court"
    TAX = "tax"
    LABOUR = "labour"
    DATA_PROTECTION = "data_protection"
    OTHER = "other"


class Obstacle(StrEnum):
    """Why data were not sent."""

    NO_MECHANISM = "no_mechanism"
    MECHANISM_EXPIRED = "mechanism_expired"
    UNKNOWN_RECIPIENT = "unknown_recipient"
    FIELD_NOT_ALLOWED = "field_not_allowed"
    RESTRICTED = "restricted"


class PresentationStatus(StrEnum):
    """Where a presentation stands; expired and withdrawn are final."""

    SENT = "sent"
    VIEWED = "viewed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class CandidatePresentedToClient:
    """The person was presented to a client; sealed: the words that went with it."""

    TOPIC: ClassVar[str] = "candidate.presented-to-client"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "disclosed": "kinds of data, no values: Art. 15(1)(c) must be answerable for all",
        "requires_consent": "the rule it was decided under",
        "expires_at": "an expiry must be told for all",
    }
    presentation_id: UUID
    client_id: UUID
    assignment_id: UUID | None
    consent_id: UUID | None
    document_ids: tuple[UUID, ...]
    disclosed: tuple[Disclosed, ...]
    requires_consent: bool
    expires_at: Instant | None
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class PresentationViewed:
    """A client looked at a presentation."""

    TOPIC: ClassVar[str] = "candidate.presentation-viewed"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    presentation_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class PresentationExpired:
    """A presentation's time ran out."""

    TOPIC: ClassVar[str] = "candidate.presentation-expired"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    presentation_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class PresentationWithdrawn:
    """A presentation was taken back from a client."""

    TOPIC: ClassVar[str] = "candidate.presentation-withdrawn"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    presentation_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class PersonalDataDisclosed:
    """Named kinds of data went to a registered recipient (Art. 15(1)(c), 19)."""

    TOPIC: ClassVar[str] = "candidate.disclosed"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "purpose": "one of fourteen purposes: rights are held against it",
        "disclosed": "kinds of data, no values: Art. 15(1)(c) must be answerable for all",
    }
    disclosure_id: UUID
    recipient_id: UUID
    transfer_id: UUID | None
    purpose: Purpose
    disclosed: tuple[Disclosed, ...]
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class LegalDisclosureMade:
    """Data went to an authority that may demand them; sealed: the legal reference."""

    TOPIC: ClassVar[str] = "candidate.legally-disclosed"
    CLEAR: ClassVar[Mapping[str, str]] = {"authority": "one of six kinds of authority"}
    disclosure_id: UUID
    authority: Authority
    approver: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class TransferBlocked:
    """Data were not sent to a recipient, and why."""

    TOPIC: ClassVar[str] = "candidate.transfer-blocked"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "obstacle": "one of five obstacles, to show that nothing was sent"
    }
    recipient_id: UUID
    obstacle: Obstacle
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


DisclosureFact = (
    CandidatePresentedToClient
    | PresentationViewed
    | PresentationExpired
    | PresentationWithdrawn
    | PersonalDataDisclosed
    | LegalDisclosureMade
    | TransferBlocked
)


class DisclosureState(NamedTuple):
    """Presentations by id with their expiries, and the latest mark of what only happens."""

    presentations: Mapping[UUID, Thing[PresentationStatus]]
    latest: Marks
    expiries: Mapping[UUID, Instant] = {}


EMPTY = DisclosureState({}, {})

SHOWN = frozenset({PresentationStatus.SENT, PresentationStatus.VIEWED})
"""Where a client may still look."""

_PRESENTATIONS: Course[PresentationStatus] = Course(
    {
        CandidatePresentedToClient: PresentationStatus.SENT,
        PresentationViewed: PresentationStatus.VIEWED,
        PresentationExpired: PresentationStatus.EXPIRED,
        PresentationWithdrawn: PresentationStatus.WITHDRAWN,
    },
    begins=frozenset({CandidatePresentedToClient}),
    finals=frozenset({PresentationStatus.EXPIRED, PresentationStatus.WITHDRAWN}),
)


def evolve(state: DisclosureState, stamp: Stamp, fact: DisclosureFact) -> DisclosureState:
    """Fold one fact."""
    match fact:
        case PersonalDataDisclosed() | LegalDisclosureMade() | TransferBlocked():
            return state._replace(latest=happened(state.latest, stamp, fact))
        case _:
            known = _PRESENTATIONS.moved(state.presentations, fact.presentation_id, stamp, fact)
            return DisclosureState(known, state.latest, _expiries(state, fact))


def _expiries(state: DisclosureState, fact: DisclosureFact) -> Mapping[UUID, Instant]:
    """Keep the latest end a presentation was given, in whatever order the facts came."""
    if not isinstance(fact, CandidatePresentedToClient) or fact.expires_at is None:
        return state.expiries
    ends = max(fact.expires_at, state.expiries.get(fact.presentation_id, 0))
    return {**state.expiries, fact.presentation_id: ends}


def decide(state: DisclosureState, stamp: Stamp, claim: DisclosureFact) -> Decision:
    """Record the claim unless it is the very fact that stands or happened last."""
    match claim:
        case PersonalDataDisclosed() | LegalDisclosureMade() | TransferBlocked():
            return unless_latest(state.latest, stamp, claim)
        case _:
            known = state.presentations
            return _PRESENTATIONS.unless_standing(known, claim.presentation_id, stamp, claim)
