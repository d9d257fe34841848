"""May the house source, enrich or write to this person now? All the reasons at once. Pure.

Rules. The deciders refuse for the first reason they meet; whoever is about to act wants them all.
Nothing here is weaker than they are: pointers, restriction, objection, her own wish, inactivity,
an erasure, the basis the policy names, and for an enrichment the recipient, the kind of data and
the transfer. A person nobody here has is held against pointers and policy alone. What is allowed
comes with what it costs: the notice of Art. 14 that is due with a first message, and a
warning that she was written to lately.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from domain import communication, erasure, objection, outreach
from domain.calendar import STATUTORY_MONTHS, add_months, civil_date
from domain.consent import EMPTY as NO_CONSENTS
from domain.consent import consented
from domain.decisions import RefusalReason
from domain.duties import DutyKind
from domain.fact import house_stamp
from domain.lawful_basis import LawfulBasis
from domain.life import UNUSED, Life
from domain.outreach import ContactField, EnrichmentRequested
from domain.person_duties import person_duties
from domain.policy import Policy
from domain.policy_gate import refused_by_policy
from domain.purposes import Purpose
from domain.restriction import restricted
from domain.subject import SubjectState
from domain.suppression import SuppressionReason, Use
from domain.values import ControllerId, FactId, Instant, SubjectId

RECENT_DAYS = 14
"""A message within so many days is told before another is sent: two weeks are a polite silence."""

_NIL = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be done; ``recipient`` and ``asked_for`` are an enrichment's."""

    use: Use
    at: Instant
    recipient: str | None = None
    asked_for: ContactField | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody the house has."""

    controller: ControllerId
    subject: SubjectId
    state: SubjectState

    @property
    def life(self) -> Life:
        """Return what is told of her beyond her profile."""
        return self.state.life or UNUSED


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every reason against it, and what it costs if there is none.

    ``notice_due_on`` is when the notice of Art. 14 must have reached her, today when it goes with
    the message; None: none is owed. ``last_contact_at`` is when the house last wrote to her.
    """

    reasons: tuple[RefusalReason, ...]
    pointers: tuple[SuppressionReason, ...]
    notice_due_on: date | None
    last_contact_at: Instant | None
    recent: bool

    @property
    def allowed(self) -> bool:
        """Say whether nothing stands against it."""
        return not self.reasons


def precontact(
    intent: Intent,
    policy: Policy | None,
    pointers: frozenset[SuppressionReason],
    known: Known | None,
) -> Verdict:
    """Hold an intent against everything that may forbid it; ``known`` None: nobody here has her.

    ``pointers`` are those that stand against any of her addresses.
    """
    reasons = [RefusalReason.SUPPRESSED] if pointers else []
    reasons += [] if known is None else _of_person(known)
    reasons += _of_policy(intent, policy, known)
    last = None if known is None else _last_contact(known)
    day = civil_date(intent.at)
    return Verdict(
        reasons=tuple(dict.fromkeys(reasons)),
        pointers=tuple(sorted(pointers)),
        notice_due_on=_notice_due(intent, policy, known),
        last_contact_at=last,
        recent=last is not None and civil_date(last) > day - timedelta(days=RECENT_DAYS),
    )


def _of_person(known: Known) -> list[RefusalReason]:
    ended = erasure.bar(known.state.erasure)
    if ended is not None:
        return [ended.reason]
    life = known.life
    against = (
        (restricted(life.restrictions or {}), RefusalReason.RESTRICTED),
        (_objected(life), RefusalReason.OBJECTED),
        (outreach.opted_out(life.outreach or outreach.EMPTY), RefusalReason.OPTED_OUT),
        (not known.state.profile.active, RefusalReason.INACTIVE),
    )
    return [reason for stands, reason in against if stands]


def _objected(life: Life) -> bool:
    return objection.objected(life.objections or objection.EMPTY, Purpose.SOURCING)


def _of_policy(intent: Intent, policy: Policy | None, known: Known | None) -> list[RefusalReason]:
    if policy is None:
        return [RefusalReason.NO_BASIS]
    reasons = [] if _has_basis(intent, policy, known) else [RefusalReason.NO_BASIS]
    if intent.recipient is not None:
        asked_for = intent.asked_for or ContactField.EMAIL
        claim = EnrichmentRequested(_NIL, asked_for)
        stamp = house_stamp(ControllerId(_NIL), FactId(_NIL), intent.at)
        refused = refused_by_policy(policy, stamp, claim, {_NIL: intent.recipient})
        reasons += [] if refused is None else [refused.reason]
    return reasons


def _has_basis(intent: Intent, policy: Policy, known: Known | None) -> bool:
    """Say whether an activity finds people on a ground that is not theirs to give, or she gave it.

    An activity that rests on consent alone needs hers.
    """
    bases = [one.basis for one in policy.activities if one.purpose is Purpose.SOURCING]
    if any(set(basis) - {LawfulBasis.CONSENT} for basis in bases):
        return True
    consents = NO_CONSENTS if known is None else known.life.consent or NO_CONSENTS
    return consented(consents, Purpose.SOURCING, intent.at)


def _last_contact(known: Known) -> Instant | None:
    latest = (known.life.communication or communication.EMPTY).latest
    sent = latest.get(communication.MessageSent.TOPIC)
    moments = [known.state.moments.last_contact_at, None if sent is None else sent[0]]
    return max([moment for moment in moments if moment is not None], default=None)


def _notice_due(intent: Intent, policy: Policy | None, known: Known | None) -> date | None:
    """Return when she must be told where her data are from: with a first message at the latest."""
    day = civil_date(intent.at)
    if known is None:
        return day if intent.use is Use.OUTREACH else add_months(day, STATUTORY_MONTHS)
    streams = {known.subject: known.state}
    for duty in person_duties(known.controller, streams, policy, day):
        if duty.kind is DutyKind.COLLECTION_NOTICE and duty.due_on is not None:
            return min(duty.due_on, day) if intent.use is Use.OUTREACH else duty.due_on
    return None
