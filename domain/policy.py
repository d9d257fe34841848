"""What a controller promised the people in its files, as values that can be computed with.

Rules: a policy is complete and never edited; a change is another version with a later first day.
What a controller did not say stays unsaid here (``None``) and is a finding
(:mod:`domain.findings`), never a default.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from domain.calendar import Period
from domain.lawful_basis import LawfulBasis
from domain.policy_terms import (
    Action,
    Condition,
    DataRegion,
    ErasureChannel,
    Exemption,
    IdentityCheck,
    Kind,
    Mechanism,
    RecipientRole,
    Stop,
    SuppressionReason,
    Trigger,
)
from domain.purposes import Purpose
from domain.values import Category


@dataclass(frozen=True, slots=True)
class LegalEntity:
    """One company of the controller's group."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The switches of a controller; ``response_days`` None means the statutory month alone.

    ``comment_days`` is how long before it takes effect a changed notice may be commented on.
    """

    automated_matching: bool
    ip_login_overview: bool
    identity_check: IdentityCheck
    nda_required: bool
    response_days: int | None
    second_approver: bool
    notify_on_suspected_breach: bool
    disclosure_consent: bool
    comment_days: int


@dataclass(frozen=True, slots=True)
class Activity:
    """A processing activity: why, on which grounds, and the notice that told people of it.

    ``purpose`` is the one that consents and objections are held against; None where there is none.
    """

    slug: str
    why: str
    purpose: Purpose | None
    basis: tuple[LawfulBasis, ...]
    notice: str


@dataclass(frozen=True, slots=True)
class Rule:
    """How long something is kept.

    ``categories`` holds None for the whole person; ``period`` None: the controller named none.
    ``fallback`` counts where the trigger never came.
    """

    slug: str
    activity: str
    categories: tuple[Category | None, ...]
    trigger: Trigger
    period: Period | None
    fallback: Trigger | None = None
    conditions: tuple[Condition, ...] = ()
    stop: Stop | None = None
    exception: Exemption | None = None
    grace_days: int = 0
    warn_days: int = 0
    action: Action = Action.ERASE
    justification: str | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """Why data may leave the EEA to one recipient, and for how long."""

    mechanism: Mechanism
    assessment: str
    valid_from: date
    valid_until: date | None

    def valid_on(self, day: date) -> bool:
        """Say whether the mechanism holds on a day; its last day is included."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who else gets personal data, which, and how it is told to erase.

    ``country`` (ISO 3166-1 alpha-2) and ``outside_eea`` are None where the controller did not say.
    Fields and categories that are not listed may not be handed over.
    """

    slug: str
    title: str
    role: RecipientRole
    country: str | None
    outside_eea: bool | None
    categories: tuple[Category, ...]
    fields: tuple[str, ...]
    erasure: ErasureChannel
    parent: str | None
    transfers: tuple[Transfer, ...]


class SuppressionPeriod(NamedTuple):
    """How long pointers of a reason stand."""

    reason: SuppressionReason
    period: Period


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of all that one controller promised; in force from a day until the next is.

    ``mechanisms`` are those by which the controller lets data leave the EEA. A reason that
    ``suppression`` leaves out stands until the person says otherwise.
    """

    controller: str
    version: int
    effective_from: date
    kind: Kind
    data_region: DataRegion
    mechanisms: tuple[Mechanism, ...]
    entities: tuple[LegalEntity, ...]
    settings: Settings
    activities: tuple[Activity, ...]
    rules: tuple[Rule, ...]
    recipients: tuple[Recipient, ...]
    suppression: tuple[SuppressionPeriod, ...] = ()

    def suppressed_for(self, reason: SuppressionReason) -> Period | None:
        """Return how long a reason's pointers stand, or None: until the person says otherwise."""
        return dict(self.suppression).get(reason)

    def activity(self, slug: str) -> Activity:
        """Return an activity by its slug.

        Raises:
            KeyError: the policy has none of that name.
        """
        return {one.slug: one for one in self.activities}[slug]

    def transfer_on(self, recipient: Recipient, day: date) -> Transfer | None:
        """Return what lets data leave the EEA to a recipient on a day, or None: it may not."""
        allowed = (one for one in recipient.transfers if one.mechanism in self.mechanisms)
        return next((one for one in allowed if one.valid_on(day)), None)


def in_force(policies: Sequence[Policy], day: date) -> Policy | None:
    """Return the version in force on a day, or None before the first of them.

    ``policies`` are one controller's versions.
    """
    begun = [policy for policy in policies if policy.effective_from <= day]
    return max(begun, key=lambda policy: policy.version, default=None)
