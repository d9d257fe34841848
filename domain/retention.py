"""When a person's data are to be erased: a policy's rules over her situation. Pure.

Rules:

- A rule counts civil days in Norway from its trigger, or from its fallback where that never came.
- Of the rules that cover the same, the earliest wins; a category has a date of its own only if it
  is before the person's. A review erases nothing, so it takes no erasure's place.
- ``grace_days`` after the date comes the erasure, ``warn_days`` before it the warning.
- Holds, restriction and an officer's override postpone; a consent to longer storage replaces the
  date where the rule says so, and never brings it nearer.
- A rule without a period gives a finding, never a date, and never "for ever".
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from domain.calendar import Period, after, civil_date
from domain.consent import ConsentStatus
from domain.findings import Finding, FindingKind
from domain.policy import Policy, Rule
from domain.policy_terms import Action, Condition, Exemption, Stop, Trigger
from domain.postponing import Postponed, postponed
from domain.purposes import Purpose
from domain.situation import Situation
from domain.values import Category, Instant


class Why(NamedTuple):
    """What a date was counted from; ``by_consent`` when a consent to longer storage set it."""

    trigger: Trigger
    since: date
    by_consent: bool


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to be erased: a category, or for None the whole person.

    ``due_on`` is the promise. ``erase_on`` is when the house acts: the grace later, moved by
    whatever postpones, and None while that has no end.
    """

    category: Category | None
    rule: str
    action: Action
    due_on: date
    erase_on: date | None
    warn_on: date
    why: Why
    postponed_by: tuple[Postponed, ...]


@dataclass(frozen=True, slots=True)
class DueDates:
    """What is due when, the person first, and what could not be reckoned."""

    dues: tuple[Due, ...]
    findings: tuple[Finding, ...]

    @property
    def earliest(self) -> Due | None:
        """Return what is erased first; what is postponed without an end comes last."""
        return min(self.dues, key=_order, default=None)


NOTHING_DUE = DueDates((), ())


def due_dates(policy: Policy, situation: Situation) -> DueDates:
    """Reckon every date of a person under a policy."""
    if not situation.kept:
        return NOTHING_DUE
    running = list(_running(policy, situation))
    found = [due for rule, why in running for due in _dues(rule, why, situation)]
    return DueDates(_earliest(found), tuple(_findings(running)))


def _running(policy: Policy, situation: Situation) -> Iterator[tuple[Rule, Why]]:
    """Yield the rules that have begun to count, and from when."""
    for rule in policy.rules:
        purpose = policy.activity(rule.activity).purpose
        others = {one.purpose for one in policy.activities} - {purpose, None}
        applies = all(_HOLDS[one](situation, others) for one in rule.conditions)
        if applies and (rule.stop is None or not _STOPPED[rule.stop](situation)):
            why = _begun(rule, purpose, situation)
            if why is not None:
                yield rule, why


def _begun(rule: Rule, purpose: Purpose | None, situation: Situation) -> Why | None:
    for trigger in (rule.trigger, rule.fallback):
        moment = None if trigger is None else _MOMENTS[trigger](situation, purpose)
        if trigger is not None and moment is not None:
            return Why(trigger, civil_date(moment), by_consent=False)
    return None


def _dues(rule: Rule, why: Why, situation: Situation) -> Iterator[Due]:
    if rule.period is None:
        return
    due_on, why = _expiry(rule, rule.period, why, situation)
    for category in rule.categories:
        causes, erase_on = postponed(
            rule, category, due_on + timedelta(days=rule.grace_days), situation
        )
        warn_on = max(why.since, due_on - timedelta(days=rule.warn_days))
        yield Due(category, rule.slug, rule.action, due_on, erase_on, warn_on, why, causes)


def _expiry(rule: Rule, period: Period, why: Why, situation: Situation) -> tuple[date, Why]:
    """Return when the period is over, or when a consent to longer storage is: the later one."""
    own = after(why.since, period)
    longer = situation.standing(Purpose.LONGER_STORAGE)
    if rule.exception is not Exemption.CONSENT_TO_LONGER or longer is None:
        return own, why
    given = civil_date(longer.mark[0])
    ends = longer.expires_at
    until = after(given, period) if ends is None else civil_date(ends)
    return (until, Why(why.trigger, given, by_consent=True)) if until > own else (own, why)


def _earliest(found: list[Due]) -> tuple[Due, ...]:
    """Keep the first of each scope, and of the categories those that come before the person."""
    first: dict[tuple[Action, Category | None], Due] = {}
    for due in sorted(found, key=_order):
        first.setdefault((due.action, due.category), due)
    person = first.pop((Action.ERASE, None), None)
    if person is None:
        return tuple(first.values())
    return (person, *[due for due in first.values() if _order(due) < _order(person)])


def _order(due: Due) -> tuple[date, date]:
    return (due.erase_on or date.max, due.due_on)


def _findings(running: list[tuple[Rule, Why]]) -> Iterator[Finding]:
    for rule, _ in running:
        if rule.period is None:
            yield Finding(FindingKind.PERIOD_MISSING, rule.slug)
    if not any(None in rule.categories for rule, _ in running):
        yield Finding(FindingKind.NO_CLOCK)


def _consent_ended(situation: Situation, purpose: Purpose | None) -> Instant | None:
    known = None if purpose is None else situation.consents.get(purpose)
    if known is None:
        return None
    if known.status in (ConsentStatus.WITHDRAWN, ConsentStatus.EXPIRED):
        return known.mark[0]
    return known.expires_at if known.status is ConsentStatus.GIVEN else None


_MOMENTS: Mapping[Trigger, Callable[[Situation, Purpose | None], Instant | None]] = {
    Trigger.REGISTERED: lambda of, _: of.anchors.registered_at,
    Trigger.FIRST_CONTACT: lambda of, _: of.anchors.first_contact_at,
    Trigger.REPLIED: lambda of, _: of.anchors.replied_at,
    Trigger.LAST_USED: lambda of, _: of.anchors.last_used_at,
    Trigger.LAST_LOGIN: lambda of, _: of.anchors.last_login_at,
    Trigger.APPLICATIONS_CLOSED: lambda of, _: of.applications_closed_at,
    Trigger.ENQUIRY_RECEIVED: lambda of, _: of.enquiry_received_at,
    Trigger.ENQUIRIES_RESOLVED: lambda of, _: of.enquiries_resolved_at,
    Trigger.CUSTOMER_RELATION: lambda of, _: of.customer_at,
    Trigger.CONTRACT_FULFILLED: lambda of, _: of.anchors.fulfilled_at,
    Trigger.CONSENT_ENDED: _consent_ended,
    Trigger.LAST_TELEMETRY: lambda of, _: of.telemetry_at,
    Trigger.ACCOUNT_BLOCKED: lambda of, _: of.blocked_at,
}
_STOPPED: Mapping[Stop, Callable[[Situation], bool]] = {
    Stop.REPLIED: lambda of: of.anchors.replied_at is not None,
    Stop.CUSTOMER_RELATION: lambda of: of.customer,
}
_HOLDS: Mapping[Condition, Callable[[Situation, set[Purpose | None]], bool]] = {
    Condition.NOT_CANDIDATE: lambda of, _: not of.candidate,
    Condition.NO_ACTIVE_APPLICATION: lambda of, _: of.applications_active == 0,
    Condition.NO_STANDING_CONSENT: lambda of, others: (
        not any(of.standing(one) for one in others if one is not None)
    ),
}
