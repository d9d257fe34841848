"""What a person's rights forbid, whatever the decider of the fact would say.

Asked after the decider, so a claim that already stands is still nothing, never a refusal. Rules:

- Restricted (GDPR Art. 18(2)): only storage of what she herself tells us, what ends a use, her
  rights, claims and duties, and what she does with her own hands.
- Approaches and enrichment: not to who opted out, objected, or set herself inactive.
- Messages: not for a purpose she objected to, nor newsletters she unsubscribed from.
- Matching: not for who opted out or objected (Art. 22), nor the inactive.
- Presentation: not against an objection and, where the claim says that consent is required, only
  with one that is given and lasts, for the assignment, the client, or at large.
- What she looked at: only with consent to telemetry.
- The end of a retention period, and the order of an erasure: not against a hold; not while
  restricted, unless she asked for the erasure.
"""

from collections.abc import Callable, Mapping
from typing import Any, get_args

from domain import application, communication, documents, matching, outreach, profile, relations
from domain.assessment import AssessmentDeleted, BackgroundCheckDeleted
from domain.consent import EMPTY as NO_CONSENTS
from domain.consent import ConsentFact, consented
from domain.decisions import RefusalReason, Refused
from domain.disclosure import (
    CandidatePresentedToClient,
    LegalDisclosureMade,
    PresentationExpired,
    PresentationWithdrawn,
    TransferBlocked,
)
from domain.erasure import (
    ErasureApproved,
    ErasureFact,
    ErasureOrdered,
    ErasureReason,
    ErasureRequested,
)
from domain.fact import Actor, Fact, Stamp
from domain.legal_holds import HoldFact, held
from domain.life import Life
from domain.mentions import MentionedIn
from domain.notices import NoticeFact
from domain.objection import ObjectionFact, objected
from domain.portal import CandidatePortalLoggedIn, JobAdViewed
from domain.purposes import Purpose
from domain.restriction import RestrictionFact, restricted
from domain.retention_facts import RetentionExpired, RetentionFact, category_of
from domain.selection import InterviewCancelled, OfferDeclined, OfferWithdrawn
from domain.staffing import (
    CandidateAddedToPool,
    CandidateRemovedFromPool,
    ContractFulfilled,
    PlacementEnded,
)
from domain.traits import TagRemoved

STORED: frozenset[type[Fact]] = frozenset(
    {
        profile.SourceLinked,
        profile.ProfileSectionCorrected,
        communication.MessageReceived,
        outreach.CandidateReplied,
        relations.EnquiryReceived,
        CandidatePortalLoggedIn,
        MentionedIn,
    }
)
"""What reaches us from the person, and what her other rights need: kept, and not used."""

ENDING: frozenset[type[Fact]] = frozenset(
    {
        profile.CandidateDeactivated,
        application.ApplicationWithdrawn,
        documents.DocumentDeleted,
        communication.NoteDeleted,
        outreach.EnrichmentBlocked,
        outreach.OutreachOptedOut,
        outreach.OutreachUnanswered,
        relations.CustomerRelationEnded,
        relations.MarketingUnsubscribed,
        matching.MatchingOptedOut,
        AssessmentDeleted,
        BackgroundCheckDeleted,
        CandidateRemovedFromPool,
        ContractFulfilled,
        InterviewCancelled,
        OfferDeclined,
        OfferWithdrawn,
        PlacementEnded,
        PresentationExpired,
        PresentationWithdrawn,
        TagRemoved,
        TransferBlocked,
    }
)
"""What ends a use, or says that there was none."""

RIGHTS: frozenset[type[Fact]] = frozenset(
    {
        *get_args(ConsentFact),
        *get_args(ErasureFact),
        *get_args(HoldFact),
        *get_args(NoticeFact),
        *get_args(ObjectionFact),
        *get_args(RestrictionFact),
        *get_args(RetentionFact),
        outreach.Art14NoticeSent,
        LegalDisclosureMade,
        matching.HumanReviewRequested,
        matching.HumanReviewCompleted,
    }
)
"""Consent, claims, duties and the other rights: Art. 18(2) leaves them open."""

_WHILE_RESTRICTED = STORED | ENDING | RIGHTS

_AGAINST_HER_WILL = frozenset(
    {ErasureReason.RETENTION, ErasureReason.SOURCE_ERASED, ErasureReason.UNLAWFUL}
)
"""Erasures that a restriction keeps waiting: Art. 18(1)(b) and (c) ask that the data stay."""


def forbidden(life: Life | None, stamp: Stamp, claim: Fact, *, active: bool) -> Refused | None:
    """Answer why a claim may not be recorded about this person; None when it may."""
    gate = _GATES.get(type(claim))
    if life is None:
        known = _NOBODY
    elif life.restrictions and _barred(life, stamp, claim):
        return Refused(RefusalReason.RESTRICTED)
    else:
        known = life
    reason = None if gate is None else gate(known, stamp, claim, active)
    return None if reason is None else Refused(reason)


def erasure_forbidden(
    life: Life | None, stamp: Stamp, claim: ErasureFact, reason: ErasureReason | None
) -> Refused | None:
    """Answer why an erasure may not be requested, approved or ordered now; None when it may.

    ``reason`` is that of the erasure under way, None when there is none.
    """
    if life is None:
        return None
    asked = claim.reason if isinstance(claim, ErasureRequested) else reason
    steps = isinstance(claim, ErasureRequested | ErasureApproved | ErasureOrdered)
    if steps and asked in _AGAINST_HER_WILL and restricted(life.restrictions or {}):
        return Refused(RefusalReason.RESTRICTED)
    if isinstance(claim, ErasureOrdered) and held(
        life.holds or {}, claim.category, stamp.occurred_at
    ):
        return Refused(RefusalReason.HELD)
    return None


_NOBODY = Life()


def _barred(life: Life, stamp: Stamp, claim: Fact) -> bool:
    own = stamp.actor is Actor.SUBJECT or type(claim) in _WHILE_RESTRICTED
    return not own and restricted(life.restrictions or {})


def _objected(life: Life, purpose: Purpose) -> RefusalReason | None:
    closed = life.objections is not None and objected(life.objections, purpose)
    return RefusalReason.OBJECTED if closed else None


def _approached(life: Life, _stamp: Stamp, _claim: Fact, active: bool) -> RefusalReason | None:  # noqa: FBT001 - a gate's one shape
    if life.outreach is not None and outreach.opted_out(life.outreach):
        return RefusalReason.OPTED_OUT
    if not active:
        return RefusalReason.INACTIVE
    return _objected(life, Purpose.SOURCING)


def _written_to(
    life: Life, _stamp: Stamp, claim: communication.MessageSent, _active: object
) -> RefusalReason | None:
    newsletter = claim.purpose is Purpose.MARKETING
    if newsletter and relations.unsubscribed(life.relations or relations.EMPTY):
        return RefusalReason.OPTED_OUT
    return _objected(life, claim.purpose)


def _matched(life: Life, _stamp: Stamp, _claim: Fact, active: bool) -> RefusalReason | None:  # noqa: FBT001 - a gate's one shape
    if life.matching is not None and matching.opted_out(life.matching):
        return RefusalReason.OPTED_OUT
    if not active:
        return RefusalReason.INACTIVE
    return _objected(life, Purpose.MATCHING)


def _presented(
    life: Life, stamp: Stamp, claim: CandidatePresentedToClient, _active: object
) -> RefusalReason | None:
    closed = _objected(life, Purpose.PRESENTATION)
    if closed is not None or not claim.requires_consent:
        return closed
    scope = (claim.assignment_id, claim.client_id)
    known = life.consent or NO_CONSENTS
    given = consented(known, Purpose.PRESENTATION, stamp.occurred_at, *scope)
    return None if given else RefusalReason.NO_CONSENT


def _looked(life: Life, stamp: Stamp, _claim: Fact, _active: object) -> RefusalReason | None:
    known = life.consent or NO_CONSENTS
    given = consented(known, Purpose.TELEMETRY, stamp.occurred_at)
    return None if given else RefusalReason.NO_CONSENT


def _pooled(life: Life, _stamp: Stamp, _claim: Fact, _active: object) -> RefusalReason | None:
    return _objected(life, Purpose.POOL)


def _expired(
    life: Life, stamp: Stamp, claim: RetentionExpired, _active: object
) -> RefusalReason | None:
    if restricted(life.restrictions or {}):
        return RefusalReason.RESTRICTED
    category = category_of(life.expiries or {}, claim.expiry_id)
    bound = held(life.holds or {}, category, stamp.occurred_at)
    return RefusalReason.HELD if bound else None


_Gate = Callable[[Life, Stamp, Any, bool], RefusalReason | None]

_GATES: Mapping[type[Fact], _Gate] = {
    outreach.OutreachSent: _approached,
    outreach.EnrichmentRequested: _approached,
    communication.MessageSent: _written_to,
    matching.MatchScored: _matched,
    CandidatePresentedToClient: _presented,
    JobAdViewed: _looked,
    CandidateAddedToPool: _pooled,
    RetentionExpired: _expired,
}
