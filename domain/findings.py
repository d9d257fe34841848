"""What is wrong or missing in a policy, made visible: no period is never "for ever".

Rules: a missing period is a problem. More than twelve months needs consent as its only basis or a
written justification, and is shown even then (Datatilsynet on recruiting agencies: as a rule one
year). Data leaves the EEA under a mechanism that holds on the day, or not at all (GDPR Art. 44).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.lawful_basis import LawfulBasis
from domain.policy import Policy, Recipient, Rule


class Severity(StrEnum):
    """How much a finding asks for."""

    PROBLEM = "problem"
    """Something must be decided before the promise can be kept."""
    WARNING = "warning"
    """It works, and needs a reason that is not written down."""
    NOTE = "note"
    """It is accounted for, and shown all the same."""


class FindingKind(StrEnum):
    """What was found; one sentence each in the texts."""

    PERIOD_MISSING = "period_missing"
    PERIOD_UNJUSTIFIED = "period_unjustified"
    PERIOD_LONG = "period_long"
    ACTIVITY_WITHOUT_RULE = "activity_without_rule"
    COUNTRY_UNKNOWN = "country_unknown"
    TRANSFER_WITHOUT_MECHANISM = "transfer_without_mechanism"
    NO_CLOCK = "no_clock"
    """Of a person: data is kept and no rule has begun to count."""
    CONTACT_MISSING = "contact_missing"
    """From here on of the registers (:mod:`domain.register_findings`)."""
    STORE_MISSING = "store_missing"
    STORE_COUNTRY_UNKNOWN = "store_country_unknown"
    STORE_OUTSIDE_REGION = "store_outside_region"
    KEYS_WITH_DATA = "keys_with_data"
    """Whoever runs the store of the facts runs that of the keys too."""
    RUN_BY_NO_PROCESSOR = "run_by_no_processor"
    INTEREST_UNASSESSED = "interest_unassessed"
    ASSESSMENT_OVERDUE = "assessment_overdue"
    MEASURES_MISSING = "measures_missing"
    RISKS_MISSING = "risks_missing"
    RISK_OVERDUE = "risk_overdue"
    AGREEMENT_MISSING = "agreement_missing"
    CHANGE_OPEN = "change_open"
    """A processor's change may still be objected to; ``reason`` is the last day."""


SEVERITY = {
    FindingKind.PERIOD_MISSING: Severity.PROBLEM,
    FindingKind.PERIOD_UNJUSTIFIED: Severity.WARNING,
    FindingKind.PERIOD_LONG: Severity.NOTE,
    FindingKind.ACTIVITY_WITHOUT_RULE: Severity.PROBLEM,
    FindingKind.COUNTRY_UNKNOWN: Severity.WARNING,
    FindingKind.TRANSFER_WITHOUT_MECHANISM: Severity.PROBLEM,
    FindingKind.NO_CLOCK: Severity.PROBLEM,
    FindingKind.CONTACT_MISSING: Severity.PROBLEM,
    FindingKind.STORE_MISSING: Severity.PROBLEM,
    FindingKind.STORE_COUNTRY_UNKNOWN: Severity.WARNING,
    FindingKind.STORE_OUTSIDE_REGION: Severity.PROBLEM,
    FindingKind.KEYS_WITH_DATA: Severity.PROBLEM,
    FindingKind.RUN_BY_NO_PROCESSOR: Severity.PROBLEM,
    FindingKind.INTEREST_UNASSESSED: Severity.PROBLEM,
    FindingKind.ASSESSMENT_OVERDUE: Severity.PROBLEM,
    FindingKind.MEASURES_MISSING: Severity.PROBLEM,
    FindingKind.RISKS_MISSING: Severity.WARNING,
    FindingKind.RISK_OVERDUE: Severity.WARNING,
    FindingKind.AGREEMENT_MISSING: Severity.WARNING,
    FindingKind.CHANGE_OPEN: Severity.NOTE,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. ``where`` is the slug of the rule, activity or recipient, or empty.

    ``reason`` is the justification that was given, for a period that is long.
    """

    kind: FindingKind
    where: str = ""
    reason: str = ""

    @property
    def severity(self) -> Severity:
        """Say how much it asks for."""
        return SEVERITY[self.kind]


def examine(policy: Policy, day: date) -> tuple[Finding, ...]:
    """Find what is wrong or missing in a policy on a day: rules first, then recipients."""
    return (
        *[found for rule in policy.rules for found in _of_rule(policy, rule)],
        *_uncovered(policy),
        *[found for one in policy.recipients for found in _of_recipient(policy, one, day)],
    )


def _of_rule(policy: Policy, rule: Rule) -> Iterator[Finding]:
    if rule.period is None:
        yield Finding(FindingKind.PERIOD_MISSING, rule.slug)
    elif rule.period.over_a_year:
        reason = _reason(policy, rule)
        kind = FindingKind.PERIOD_LONG if reason else FindingKind.PERIOD_UNJUSTIFIED
        yield Finding(kind, rule.slug, reason)


def _reason(policy: Policy, rule: Rule) -> str:
    """Return why a period may be long; empty if nothing says so.

    Consent counts where it is the only basis: beside another one, people are kept without it.
    """
    if rule.justification is not None:
        return rule.justification
    only_consent = policy.activity(rule.activity).basis == (LawfulBasis.CONSENT,)
    return LawfulBasis.CONSENT.value if only_consent else ""


def _uncovered(policy: Policy) -> Iterator[Finding]:
    """Find activities nothing ends: without a rule, and no rule erases the whole person."""
    covered = {rule.activity for rule in policy.rules}
    whole = any(None in rule.categories and rule.period is not None for rule in policy.rules)
    for activity in policy.activities:
        if activity.slug not in covered and not whole:
            yield Finding(FindingKind.ACTIVITY_WITHOUT_RULE, activity.slug)


def _of_recipient(policy: Policy, recipient: Recipient, day: date) -> Iterator[Finding]:
    if recipient.outside_eea is None:
        yield Finding(FindingKind.COUNTRY_UNKNOWN, recipient.slug)
    if recipient.outside_eea and policy.transfer_on(recipient, day) is None:
        yield Finding(FindingKind.TRANSFER_WITHOUT_MECHANISM, recipient.slug)
