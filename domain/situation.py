"""What retention asks about one person, drawn out of her stream's state.

Rules: moments are the first or last of their kind whatever order facts came in
(:mod:`domain.anchors`). An erased person has no situation: nothing of hers is left to be due.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from domain import portal, relations, restriction, staffing
from domain.anchors import NONE, Anchors
from domain.application import Applications, Status
from domain.consent import Consent, ConsentStatus
from domain.legal_holds import Holds
from domain.life import UNUSED, Life
from domain.purposes import Purpose
from domain.retention_facts import Expiries, ExpiryStatus
from domain.subject import SubjectState
from domain.values import Category, Instant

_AT_LARGE = {purpose.value: purpose for purpose in Purpose}

_CUSTOMER = "customer"
"""The name under which :mod:`domain.relations` keeps whether somebody is a customer."""


class Keeping(NamedTuple):
    """Something must be kept: a category, or for None the whole person; for ever without an end."""

    category: Category | None
    until_at: Instant | None


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the rules of a policy ask about a person; every default is "it never happened".

    ``kept`` is false when no token of hers can be opened any more: nothing can be due.
    """

    kept: bool = True
    anchors: Anchors = NONE
    applications: int = 0
    applications_active: int = 0
    applications_closed_at: Instant | None = None
    enquiry_received_at: Instant | None = None
    enquiries_resolved_at: Instant | None = None
    customer: bool = False
    customer_at: Instant | None = None
    contract_open: bool = False
    telemetry_at: Instant | None = None
    blocked_at: Instant | None = None
    consents: Mapping[Purpose, Consent] = field(default_factory=dict)
    held: tuple[Keeping, ...] = ()
    overridden: tuple[Keeping, ...] = ()
    restricted: bool = False

    @property
    def candidate(self) -> bool:
        """Say whether the person is more than somebody who asked something."""
        return self.anchors.registered_at is not None or self.applications > 0

    def standing(self, purpose: Purpose) -> Consent | None:
        """Return the consent to a purpose at large, if it was given and not taken back."""
        known = self.consents.get(purpose)
        return known if known is not None and known.status is ConsentStatus.GIVEN else None


def situation_of(state: SubjectState) -> Situation:
    """Draw a person's situation out of the state her stream folds to."""
    life, applications = state.life or UNUSED, state.applications
    known = life.relations or relations.EMPTY
    enquiry_received_at, enquiries_resolved_at = _enquiries(known)
    customer = known.lasting.get(_CUSTOMER)
    return Situation(
        kept=bool(state.tokens),
        anchors=state.moments,
        applications=len(applications),
        applications_active=sum(one.status is Status.ACTIVE for one in applications.values()),
        applications_closed_at=_closed_at(applications),
        enquiry_received_at=enquiry_received_at,
        enquiries_resolved_at=enquiries_resolved_at,
        customer=relations.is_customer(known),
        customer_at=None if customer is None else customer[2][0],
        contract_open=life.staffing is not None and staffing.owed(life.staffing) > 0,
        telemetry_at=_telemetry_at(life.portal or portal.EMPTY),
        blocked_at=_blocked_at(life.portal or portal.EMPTY),
        consents=_consents(life),
        held=_held(life.holds or {}),
        overridden=_overridden(life.expiries or {}),
        restricted=restriction.restricted(life.restrictions or {}),
    )


def _closed_at(applications: Applications) -> Instant | None:
    """Return when the last application was settled; None while one is active, or with none."""
    settled = [one.settled for one in applications.values() if one.status is not Status.ACTIVE]
    moments = [mark[0] for mark in settled if mark is not None]
    return max(moments) if moments and len(moments) == len(applications) else None


def _enquiries(known: relations.RelationState) -> tuple[Instant | None, Instant | None]:
    """Return when the oldest open enquiry came, and when the last was resolved if none is open."""
    open_ = relations.EnquiryStatus.OPEN
    waiting = [mark[0] for _, status, mark in known.enquiries.values() if status is open_]
    resolved = [mark[0] for _, status, mark in known.enquiries.values() if status is not open_]
    return min(waiting, default=None), None if waiting else max(resolved, default=None)


def _telemetry_at(known: portal.PortalState) -> Instant | None:
    return max([mark[0] for mark in known.latest.values()], default=None)


def _blocked_at(known: portal.PortalState) -> Instant | None:
    if not portal.blocked(known):
        return None
    return max([mark[0] for _, _, mark in known.account.values()])


def _consents(life: Life) -> Mapping[Purpose, Consent]:
    """Return the consents to purposes at large; one that is narrowed keeps nobody's data."""
    known = life.consent or {}
    return {_AT_LARGE[scope]: one for scope, one in known.items() if scope in _AT_LARGE}


def _held(holds: Holds) -> tuple[Keeping, ...]:
    binding = [one for one in holds.values() if one.placed is not None and one.released is None]
    return tuple([Keeping(one.category, one.until_at) for one in binding])


def _overridden(expiries: Expiries) -> tuple[Keeping, ...]:
    kept = [one for one in expiries.values() if one.status is ExpiryStatus.OVERRIDDEN]
    return tuple([Keeping(None, one.due_at) for one in kept])
