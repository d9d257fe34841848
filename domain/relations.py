"""Relations: enquiries, being a customer, and newsletters.

Facts, then state, then evolve, then decide. An enquiry has a retention rule of its own, which asks
whether it is answered and whether the person is a customer. Unsubscribing is effective at once
and asks for no reason (GDPR Art. 21(3)).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple
from uuid import UUID

from domain.decisions import Decision
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED, Mark, Stamp
from domain.profile import Channel
from domain.standing import Course, Thing, count_of, status_of
from domain.values import SealedPart


class EnquiryStatus(StrEnum):
    """Where an enquiry stands."""

    OPEN = "open"
    RESOLVED = "resolved"


class Relation(StrEnum):
    """Whether a relation lasts."""

    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class EnquiryReceived:
    """The person asked something, as a candidate or as a customer to be; sealed: what."""

    TOPIC: ClassVar[str] = "candidate.enquiry-received"
    CLEAR: ClassVar[Mapping[str, str]] = {"channel": "one of nine channels, for statistics"}
    enquiry_id: UUID
    channel: Channel
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class EnquiryResolved:
    """An enquiry was answered."""

    TOPIC: ClassVar[str] = "candidate.enquiry-resolved"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    enquiry_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class CustomerRelationCreated:
    """The person became a customer, or speaks for one."""

    TOPIC: ClassVar[str] = "candidate.customer-relation-created"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    client_id: UUID | None
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class CustomerRelationEnded:
    """The person is no customer any more."""

    TOPIC: ClassVar[str] = "candidate.customer-relation-ended"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    client_id: UUID | None
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class MarketingSubscribed:
    """The person asked for newsletters; sealed: by which form."""

    TOPIC: ClassVar[str] = "candidate.marketing-subscribed"
    CLEAR: ClassVar[Mapping[str, str]] = {"form_version": "numbers a text of the house"}
    form_version: int
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class MarketingUnsubscribed:
    """The person wants no newsletters; effective at once."""

    TOPIC: ClassVar[str] = "candidate.marketing-unsubscribed"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


RelationFact = (
    EnquiryReceived
    | EnquiryResolved
    | CustomerRelationCreated
    | CustomerRelationEnded
    | MarketingSubscribed
    | MarketingUnsubscribed
)


class RelationState(NamedTuple):
    """Enquiries by id; being a customer, and newsletters, by name."""

    enquiries: Mapping[UUID, Thing[EnquiryStatus]]
    lasting: Mapping[str, Thing[Relation]]


EMPTY = RelationState({}, {})

_CUSTOMER = "customer"
_NEWSLETTER = "newsletter"
_ENQUIRIES: Course[EnquiryStatus] = Course(
    {EnquiryReceived: EnquiryStatus.OPEN, EnquiryResolved: EnquiryStatus.RESOLVED},
    begins=frozenset({EnquiryReceived}),
)
_LASTING: Course[Relation] = Course(
    {
        CustomerRelationCreated: Relation.ON,
        CustomerRelationEnded: Relation.OFF,
        MarketingSubscribed: Relation.ON,
        MarketingUnsubscribed: Relation.OFF,
    },
    begins=frozenset(
        {
            CustomerRelationCreated,
            CustomerRelationEnded,
            MarketingSubscribed,
            MarketingUnsubscribed,
        }
    ),
)


def evolve(state: RelationState, stamp: Stamp, fact: RelationFact) -> RelationState:
    """Fold one fact."""
    if isinstance(fact, EnquiryReceived | EnquiryResolved):
        enquiries = _ENQUIRIES.moved(state.enquiries, fact.enquiry_id, stamp, fact)
        return RelationState(enquiries, state.lasting)
    lasting = _LASTING.moved(state.lasting, _name_of(fact), stamp, fact)
    return RelationState(state.enquiries, lasting)


def decide(state: RelationState, stamp: Stamp, claim: RelationFact) -> Decision:
    """Record the claim unless it is the very fact that stands."""
    if isinstance(claim, EnquiryReceived | EnquiryResolved):
        return _ENQUIRIES.unless_standing(state.enquiries, claim.enquiry_id, stamp, claim)
    return _LASTING.unless_standing(state.lasting, _name_of(claim), stamp, claim)


def is_customer(state: RelationState) -> bool:
    """Say whether the person is a customer."""
    return status_of(state.lasting, _CUSTOMER) is Relation.ON


def unsubscribed(state: RelationState) -> bool:
    """Say whether the person has said that she wants no newsletters."""
    return status_of(state.lasting, _NEWSLETTER) is Relation.OFF


def subscribed_since(state: RelationState) -> Mark | None:
    """Return when the person asked for newsletters, None where she does not ask for them."""
    thing = state.lasting.get(_NEWSLETTER)
    return thing[2] if thing is not None and thing[1] is Relation.ON else None


def open_enquiries(state: RelationState) -> int:
    """Count the enquiries that wait for an answer."""
    return count_of(state.enquiries, EnquiryStatus.OPEN)


def _name_of(
    fact: CustomerRelationCreated
    | CustomerRelationEnded
    | MarketingSubscribed
    | MarketingUnsubscribed,
) -> str:
    customer = isinstance(fact, CustomerRelationCreated | CustomerRelationEnded)
    return _CUSTOMER if customer else _NEWSLETTER
