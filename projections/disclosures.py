"""What of a person left the house, and what was held back: a row each, kinds and never values.

The person may ask for it for ever (GDPR Art. 15(1)(c), 19), so it is of clear facts only: after an
erasure the list stands, neutral, and leads to nobody. A presentation's row tells its whole course;
whatever order its facts came in, a client that looked first did so at its earliest.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from domain.disclosure import (
    CandidatePresentedToClient,
    LegalDisclosureMade,
    PersonalDataDisclosed,
    PresentationExpired,
    PresentationViewed,
    PresentationWithdrawn,
    TransferBlocked,
)
from domain.fact import Entry, Fact
from domain.outreach import ContactEnriched, EnrichmentBlocked, EnrichmentRequested
from domain.policy_gate import SENT_TO_ENRICH
from domain.values import ControllerId, Instant, SubjectId
from projections.projection import Key, Projection


class DisclosureKind(StrEnum):
    """What a row tells of."""

    PRESENTED = "presented"
    DISCLOSED = "disclosed"
    LEGAL = "legal"
    ENRICHMENT_REQUESTED = "enrichment_requested"
    ENRICHED = "enriched"
    ENRICHMENT_BLOCKED = "enrichment_blocked"
    TRANSFER_BLOCKED = "transfer_blocked"


class DisclosureRow(NamedTuple):
    """One disclosure, or one that was not made.

    ``item`` is the kind and an id. ``recipient`` is the client's keyed id for a presentation, and
    a policy's recipient's for the others; None for an authority. ``disclosed`` are the kinds of
    data and ``documents`` how many documents went along. ``why`` is the purpose, the kind of
    authority, the field asked for, or the obstacle. ``told_at`` is None while only what followed
    a presentation is known.
    """

    subject: SubjectId
    item: str
    controller: ControllerId
    kind: DisclosureKind
    recipient: UUID | None
    disclosed: tuple[str, ...]
    documents: int
    why: str | None
    transfer_id: UUID | None
    assignment_id: UUID | None
    consent_id: UUID | None
    needed_consent: bool
    told_at: Instant | None
    expires_at: Instant | None
    viewed_at: Instant | None
    expired_at: Instant | None
    withdrawn_at: Instant | None


_Following = PresentationViewed | PresentationExpired | PresentationWithdrawn
_Telling = (
    CandidatePresentedToClient
    | PersonalDataDisclosed
    | LegalDisclosureMade
    | EnrichmentRequested
    | ContactEnriched
    | EnrichmentBlocked
    | TransferBlocked
)
_Told = _Following | _Telling

_KINDS: Mapping[type[Fact], DisclosureKind] = {
    CandidatePresentedToClient: DisclosureKind.PRESENTED,
    PresentationViewed: DisclosureKind.PRESENTED,
    PresentationExpired: DisclosureKind.PRESENTED,
    PresentationWithdrawn: DisclosureKind.PRESENTED,
    PersonalDataDisclosed: DisclosureKind.DISCLOSED,
    LegalDisclosureMade: DisclosureKind.LEGAL,
    EnrichmentRequested: DisclosureKind.ENRICHMENT_REQUESTED,
    ContactEnriched: DisclosureKind.ENRICHED,
    EnrichmentBlocked: DisclosureKind.ENRICHMENT_BLOCKED,
    TransferBlocked: DisclosureKind.TRANSFER_BLOCKED,
}

HELD_BACK = frozenset({DisclosureKind.ENRICHMENT_BLOCKED, DisclosureKind.TRANSFER_BLOCKED})
"""Kinds that tell of what did not leave."""


def _fact(entry: Entry) -> _Told:
    assert isinstance(entry.fact, _Told), "the projection folds no other fact"
    return entry.fact


def _key(entry: Entry) -> Key:
    """Name a row by the thing it tells of, or by the fact where that is all there is."""
    fact = _fact(entry)
    match fact:
        case PersonalDataDisclosed() | LegalDisclosureMade():
            thing = fact.disclosure_id
        case EnrichmentRequested() | ContactEnriched() | EnrichmentBlocked() | TransferBlocked():
            thing = entry.stamp.fact_id
        case _:
            thing = fact.presentation_id
    return entry.subject, f"{_KINDS[type(fact)].value}/{thing}"


def _evolve(row: DisclosureRow | None, entry: Entry) -> DisclosureRow:
    fact = _fact(entry)
    return _moved(_begun(entry) if row is None else row, entry.stamp.occurred_at, fact)


def _begun(entry: Entry) -> DisclosureRow:
    subject, item = _key(entry)
    return DisclosureRow(
        subject,
        str(item),
        entry.stamp.controller,
        _KINDS[type(entry.fact)],
        recipient=None,
        disclosed=(),
        documents=0,
        why=None,
        transfer_id=None,
        assignment_id=None,
        consent_id=None,
        needed_consent=False,
        told_at=None,
        expires_at=None,
        viewed_at=None,
        expired_at=None,
        withdrawn_at=None,
    )


def _moved(row: DisclosureRow, at: Instant, fact: _Told) -> DisclosureRow:
    if isinstance(fact, PresentationViewed | PresentationExpired | PresentationWithdrawn):
        return _followed(row, at, fact)
    return _told(row._replace(told_at=at), fact)


def _followed(row: DisclosureRow, at: Instant, fact: _Following) -> DisclosureRow:
    match fact:
        case PresentationViewed():
            return row._replace(viewed_at=_first(row.viewed_at, at))
        case PresentationExpired():
            return row._replace(expired_at=_first(row.expired_at, at))
        case PresentationWithdrawn():
            return row._replace(withdrawn_at=_first(row.withdrawn_at, at))


def _told(row: DisclosureRow, fact: _Telling) -> DisclosureRow:
    match fact:
        case CandidatePresentedToClient():
            return _presented(row, fact)
        case PersonalDataDisclosed():
            return _disclosed(row, fact)
        case LegalDisclosureMade():
            return row._replace(why=fact.authority.value)
        case EnrichmentRequested() | ContactEnriched():
            return _enrichment(row, fact)
        case EnrichmentBlocked():
            return row._replace(recipient=fact.recipient_id, why=fact.barrier.value)
        case TransferBlocked():
            return row._replace(recipient=fact.recipient_id, why=fact.obstacle.value)


def _first(known: Instant | None, at: Instant) -> Instant:
    return at if known is None else min(known, at)


def _presented(row: DisclosureRow, fact: CandidatePresentedToClient) -> DisclosureRow:
    return row._replace(
        recipient=fact.client_id,
        disclosed=tuple([kind.value for kind in fact.disclosed]),
        documents=len(fact.document_ids),
        assignment_id=fact.assignment_id,
        consent_id=fact.consent_id,
        needed_consent=fact.requires_consent,
        expires_at=fact.expires_at,
    )


def _disclosed(row: DisclosureRow, fact: PersonalDataDisclosed) -> DisclosureRow:
    return row._replace(
        recipient=fact.recipient_id,
        disclosed=tuple([kind.value for kind in fact.disclosed]),
        why=fact.purpose.value,
        transfer_id=fact.transfer_id,
    )


def _enrichment(row: DisclosureRow, fact: EnrichmentRequested | ContactEnriched) -> DisclosureRow:
    return row._replace(
        recipient=fact.recipient_id,
        disclosed=tuple([kind.value for kind in SENT_TO_ENRICH]),
        why=fact.asked_for.value,
        transfer_id=None if isinstance(fact, EnrichmentRequested) else fact.transfer_id,
    )


DISCLOSURES = Projection(
    name="disclosures",
    facts=frozenset(_KINDS),
    key=_key,
    evolve=_evolve,
    tokens=None,
)
