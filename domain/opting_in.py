"""Advertising goes to who asked for it: asked once the policy has been, and only where it says so.

Where every activity that serves marketing rests on consent alone, a newsletter or an invitation is
sent, and data are handed over for marketing, only while the person's word stands: a consent that
is given and lasts, or a subscription that is younger than the end of a consent. A client's
contacts are people of the log too, and asked the same.
"""

from domain import relations
from domain.communication import MessageSent
from domain.consent import EMPTY as NO_CONSENTS
from domain.consent import ConsentStatus, consented
from domain.decisions import RefusalReason, Refused
from domain.disclosure import PersonalDataDisclosed
from domain.fact import Fact, Stamp
from domain.lawful_basis import LawfulBasis
from domain.life import UNUSED, Life
from domain.policy import Policy
from domain.purposes import Purpose
from domain.values import Instant


def refused_unasked(
    policy: Policy | None, life: Life | None, stamp: Stamp, claim: Fact
) -> Refused | None:
    """Answer why advertising may not be sent to this person; None when it may, or is none."""
    if not isinstance(claim, MessageSent | PersonalDataDisclosed):
        return None
    if claim.purpose is not Purpose.MARKETING or policy is None or not _by_consent(policy):
        return None
    asked = opted_in(life or UNUSED, stamp.occurred_at)
    return None if asked else Refused(RefusalReason.NO_CONSENT)


def opted_in(life: Life, at: Instant) -> bool:
    """Say whether the person's wish for advertising stands at a time."""
    known = life.consent or NO_CONSENTS
    if consented(known, Purpose.MARKETING, at):
        return True
    since = relations.subscribed_since(life.relations or relations.EMPTY)
    ended = known.get(Purpose.MARKETING.value)
    if since is None or ended is None or ended.status is ConsentStatus.REQUESTED:
        return since is not None
    return since > ended.mark


def _by_consent(policy: Policy) -> bool:
    bases = [one.basis for one in policy.activities if one.purpose is Purpose.MARKETING]
    return bool(bases) and all(basis == (LawfulBasis.CONSENT,) for basis in bases)
