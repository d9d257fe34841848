"""What a controller's policy forbids, whatever the decider and the person's rights would say.

Asked on the write side, after the deciders: a claim that stands already is still nothing, never a
refusal. The policy is the one in force on the day the fact occurred. What it is silent about it
does not allow, and a controller without a policy promised nothing, so nothing here is allowed it.

- Matching: only where automated matching is switched on.
- Presentation: an employer has no clients; each kind of data, and the documents, must be among
  what the policy lets the recipient ``clients`` have. Clients are many and the policy gives them
  one place: they are only refused one that is said to be outside the EEA without a mechanism.
- Disclosure and enrichment: a recipient the policy names, no kind of data it does not name, and in
  the EEA or under a mechanism that holds on the day. An unsaid place is not in the EEA.
- Use: a purpose that an activity of the policy serves.

Presenting and asking for references are steps in filling a vacancy: the activity that serves
recruitment or staffing serves them. A subscription is the person's own wish, and not gated.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from domain.calendar import civil_date
from domain.communication import MessageSent
from domain.decisions import RefusalReason, Refused
from domain.disclosure import (
    CandidatePresentedToClient,
    Disclosed,
    Obstacle,
    PersonalDataDisclosed,
    TransferBlocked,
)
from domain.fact import Fact, Stamp
from domain.matching import MatchScored
from domain.outreach import (
    ContactEnriched,
    EnrichmentBarrier,
    EnrichmentBlocked,
    EnrichmentRequested,
    OutreachSent,
)
from domain.policy import Policy, Recipient, in_force
from domain.policy_terms import Kind
from domain.purposes import Purpose
from domain.staffing import CandidateAddedToPool
from domain.values import Category, Instant

CLIENTS = "clients"
"""The slug under which a policy says what a client may have."""

Recipients = Mapping[UUID, str]
"""The slugs of a controller's recipients by the keyed ids that facts name them by."""

NOBODY: Recipients = MappingProxyType({})


class _Kept(NamedTuple):
    """Where a policy allows a kind of data: its category, and its field where it has one."""

    category: Category
    field: str | None


KEPT_AS: Mapping[Disclosed, _Kept] = {
    Disclosed.NAME: _Kept("profile", "name"),
    Disclosed.CONTACT: _Kept("profile", "contact"),
    Disclosed.EMPLOYMENT: _Kept("profile", "employment"),
    Disclosed.EDUCATION: _Kept("profile", "education"),
    Disclosed.SKILLS: _Kept("profile", "skills"),
    Disclosed.AVAILABILITY: _Kept("profile", "availability"),
    Disclosed.LINKEDIN_URL: _Kept("profile", "linkedin_url"),
    Disclosed.PAY: _Kept("special", "pay"),
    Disclosed.RESUME: _Kept("documents", None),
    Disclosed.REFERENCES: _Kept("reference", None),
    Disclosed.ASSESSMENT: _Kept("assessment", None),
}
"""A policy's fields are those of the profile and of pay; other kinds are a category as a whole.

A policy's ``headline`` has no kind of its own: it is said with the employment.
"""

SENT_TO_ENRICH = (Disclosed.LINKEDIN_URL,)
"""All that leaves when an address is asked for."""

_VACANCIES = (Purpose.RECRUITMENT, Purpose.STAFFING)
_SERVED_BY: Mapping[Purpose, tuple[Purpose, ...]] = {
    Purpose.PRESENTATION: (Purpose.PRESENTATION, *_VACANCIES),
    Purpose.REFERENCES: (Purpose.REFERENCES, *_VACANCIES),
}


def policy_on(versions: Sequence[Policy], at: Instant) -> Policy | None:
    """Return a controller's policy for a moment; the first one for what came before it.

    None: the controller has no policy at all.
    """
    return in_force(versions, civil_date(at)) or min(
        versions, key=lambda policy: policy.version, default=None
    )


def under_policy(policy: Policy | None, claim: Fact) -> Fact:
    """Return the claim as the policy has it decided: it may make a presentation need consent.

    Where the claim itself says that it needs one, it does, whatever the policy says.
    """
    if not isinstance(claim, CandidatePresentedToClient) or claim.requires_consent:
        return claim
    return replace(claim, requires_consent=policy is None or policy.settings.disclosure_consent)


def refused_by_policy(
    policy: Policy | None, stamp: Stamp, claim: Fact, recipients: Recipients = NOBODY
) -> Refused | None:
    """Answer why the policy forbids the claim; None when it does not, or is not asked.

    ``recipients`` is needed for facts that name a recipient; who is not in it is unknown.
    """
    gate = GATES.get(type(claim))
    if gate is None:
        return None
    if policy is None:
        return Refused(RefusalReason.NOT_ALLOWED)
    reason = gate(_Asked(policy, civil_date(stamp.occurred_at), recipients), claim)
    return None if reason is None else Refused(reason)


def blocked_as(
    policy: Policy | None,
    stamp: Stamp,
    claim: Fact,
    reason: RefusalReason,
    recipients: Recipients = NOBODY,
) -> Fact | None:
    """Return the fact by which the log tells that a transfer was refused; None: by none."""
    if isinstance(claim, EnrichmentRequested | ContactEnriched) and reason in _BARRIERS:
        return EnrichmentBlocked(claim.recipient_id, _BARRIERS[reason])
    if not isinstance(claim, NAMES_RECIPIENT) or reason not in _OBSTACLES:
        return None
    obstacle = _OBSTACLES[reason]
    if obstacle is Obstacle.NO_MECHANISM and policy is not None:
        known = _Asked(policy, civil_date(stamp.occurred_at), recipients)
        obstacle = known.missing(claim.recipient_id)
    return TransferBlocked(claim.recipient_id, obstacle)


class _Asked(NamedTuple):
    """A policy, asked on a day."""

    policy: Policy
    day: date
    recipients: Recipients

    def named(self, recipient_id: UUID) -> Recipient | None:
        """Return the recipient of a keyed id."""
        return self.of(self.recipients.get(recipient_id))

    def of(self, slug: str | None) -> Recipient | None:
        """Return the recipient of a slug."""
        return next((one for one in self.policy.recipients if one.slug == slug), None)

    def reachable(self, recipient: Recipient) -> bool:
        """Say whether data may go where the recipient is."""
        inside = recipient.outside_eea is False
        return inside or self.policy.transfer_on(recipient, self.day) is not None

    def missing(self, recipient_id: UUID) -> Obstacle:
        """Tell a mechanism that ran out from one that never was."""
        recipient = self.named(recipient_id)
        ends = [] if recipient is None else [one.valid_until for one in recipient.transfers]
        over = any(end is not None and end < self.day for end in ends)
        return Obstacle.MECHANISM_EXPIRED if over else Obstacle.NO_MECHANISM

    def serves(self, purpose: Purpose) -> bool:
        """Say whether an activity serves a purpose."""
        served = _SERVED_BY.get(purpose, (purpose,))
        return any(activity.purpose in served for activity in self.policy.activities)

    def unless_served(self, purpose: Purpose) -> RefusalReason | None:
        """Refuse a use of which no activity tells."""
        return None if self.serves(purpose) else RefusalReason.NO_BASIS

    def handed(self, recipient_id: UUID, kinds: Sequence[Disclosed]) -> RefusalReason | None:
        """Refuse what a recipient may not have, or not where it is."""
        recipient = self.named(recipient_id)
        if recipient is None:
            return RefusalReason.UNKNOWN_RECIPIENT
        if not all(_allowed(recipient, kind) for kind in kinds):
            return RefusalReason.FIELD_NOT_ALLOWED
        return None if self.reachable(recipient) else RefusalReason.NO_MECHANISM


def _allowed(recipient: Recipient, kind: Disclosed) -> bool:
    category, field = KEPT_AS[kind]
    return category in recipient.categories and (field is None or field in recipient.fields)


def _matched(asked: _Asked, _claim: MatchScored) -> RefusalReason | None:
    if not asked.policy.settings.automated_matching:
        return RefusalReason.NOT_ALLOWED
    return asked.unless_served(Purpose.MATCHING)


def _presented(asked: _Asked, claim: CandidatePresentedToClient) -> RefusalReason | None:
    if asked.policy.kind is Kind.EMPLOYER:
        return RefusalReason.NOT_ALLOWED
    clients = asked.of(CLIENTS)
    if clients is None:
        return RefusalReason.UNKNOWN_RECIPIENT
    kinds = (*claim.disclosed, *(Disclosed.RESUME for _ in claim.document_ids))
    if not all(_allowed(clients, kind) for kind in kinds):
        return RefusalReason.FIELD_NOT_ALLOWED
    if clients.outside_eea and not asked.reachable(clients):
        return RefusalReason.NO_MECHANISM
    return asked.unless_served(Purpose.PRESENTATION)


def _disclosed(asked: _Asked, claim: PersonalDataDisclosed) -> RefusalReason | None:
    refused = asked.handed(claim.recipient_id, claim.disclosed)
    return refused or asked.unless_served(claim.purpose)


def _enriched(asked: _Asked, claim: EnrichmentRequested | ContactEnriched) -> RefusalReason | None:
    refused = asked.handed(claim.recipient_id, SENT_TO_ENRICH)
    return refused or asked.unless_served(Purpose.SOURCING)


def _written_to(asked: _Asked, claim: MessageSent) -> RefusalReason | None:
    return asked.unless_served(claim.purpose)


def _approached(asked: _Asked, _claim: OutreachSent) -> RefusalReason | None:
    return asked.unless_served(Purpose.SOURCING)


def _pooled(asked: _Asked, _claim: CandidateAddedToPool) -> RefusalReason | None:
    return asked.unless_served(Purpose.POOL)


NAMES_RECIPIENT = (PersonalDataDisclosed, EnrichmentRequested, ContactEnriched)
"""Facts by which data left for a recipient: a refusal of one is itself told in the log."""

LEAVING: frozenset[type[Fact]] = frozenset(NAMES_RECIPIENT)

# Each function takes exactly the class it is entered under, which a mapping cannot say.
GATES: Mapping[type[Fact], Callable[[_Asked, Any], RefusalReason | None]] = {
    MatchScored: _matched,
    CandidatePresentedToClient: _presented,
    PersonalDataDisclosed: _disclosed,
    EnrichmentRequested: _enriched,
    ContactEnriched: _enriched,
    MessageSent: _written_to,
    OutreachSent: _approached,
    CandidateAddedToPool: _pooled,
}
"""The kinds of facts a policy is asked about; all others cost a look-up."""

_OBSTACLES = {
    RefusalReason.NO_MECHANISM: Obstacle.NO_MECHANISM,
    RefusalReason.UNKNOWN_RECIPIENT: Obstacle.UNKNOWN_RECIPIENT,
    RefusalReason.FIELD_NOT_ALLOWED: Obstacle.FIELD_NOT_ALLOWED,
    RefusalReason.RESTRICTED: Obstacle.RESTRICTED,
}
_BARRIERS = {
    RefusalReason.NO_MECHANISM: EnrichmentBarrier.NO_TRANSFER_MECHANISM,
    RefusalReason.SUPPRESSED: EnrichmentBarrier.SUPPRESSED,
    RefusalReason.OBJECTED: EnrichmentBarrier.OBJECTED,
    RefusalReason.OPTED_OUT: EnrichmentBarrier.OPTED_OUT,
}
