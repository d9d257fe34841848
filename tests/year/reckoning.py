"""A person's dates reckoned from her bare facts, by other means than the house's own.

No state, no anchors, no situation: every question is asked of the list of facts anew. What the
rules mean is told in ``domain/policy_terms.py`` and the policies' files.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from domain.fact import Entry
from domain.policy import Policy, Rule
from domain.policy_terms import Action, Condition, Exemption, Stop, Trigger
from domain.purposes import Purpose
from domain.values import Category, Instant

OSLO = ZoneInfo("Europe/Oslo")
ADVERTISING = ("marketing", "job_alerts")
USES = (
    "registered",
    "sourced",
    "outreach-sent",
    "replied",
    "application-submitted",
    "application-stage-changed",
    "application-reopened",
    "hired",
    "interview-scheduled",
    "interview-held",
    "offer-made",
    "offer-accepted",
    "assessment-invited",
    "assessment-completed",
    "reference-requested",
    "reference-given",
    "placement-started",
    "placement-extended",
    "presented-to-client",
    "message-sent",
    "message-received",
    "call-note-recorded",
    "meeting-held",
)
GIVEN = ("consent-given", "consent-renewed")
ENDED = ("consent-withdrawn", "consent-expired")
SETTLED = ("application-rejected", "application-withdrawn", "hired")


class Promised(NamedTuple):
    """A scope to be erased, and when; None: something keeps it.

    ``lasts_until`` is the hour at which the consent whose end sets the day runs out.
    """

    category: Category | None
    erase_on: date | None
    lasts_until: Instant | None
    rule: str


class Told(NamedTuple):
    """A fact's kind, its place in the order of occurrence, and the fact."""

    kind: str
    at: Instant
    order: tuple[Instant, bytes]
    fact: Any


def told_of(entries: Iterable[Entry]) -> list[Told]:
    """Bring a stream into the order of occurrence."""
    return sorted(
        [
            Told(
                e.fact.TOPIC.partition(".")[2],
                e.stamp.occurred_at,
                (e.stamp.occurred_at, e.stamp.fact_id.bytes),
                e.fact,
            )
            for e in entries
        ],
        key=lambda told: told.order,
    )


def promised(policy: Policy, entries: Sequence[Entry]) -> list[Promised]:
    """Reckon every scope's earliest date; of categories those that come before the person's."""
    person = _Person(told_of(entries), policy)
    found = [one for rule in policy.rules for one in person.dates(rule)]
    first: dict[Category | None, Promised] = {}
    for one in sorted(found, key=lambda one: one.erase_on or date.max):
        first.setdefault(one.category, one)
    whole = first.pop(None, None)
    if whole is None:
        return list(first.values())
    ends = whole.erase_on or date.max
    return [whole, *[one for one in first.values() if (one.erase_on or date.max) < ends]]


def day_of(at: Instant) -> date:
    """Return the day in Norway."""
    return datetime.fromtimestamp(at / 1_000_000, OSLO).date()


def months_later(day: date, months: int) -> date:
    """Return the corresponding day, or the month's last."""
    years, month = divmod(day.month - 1 + months, 12)
    for wanted in range(day.day, 27, -1):
        try:
            return date(day.year + years, month + 1, wanted)
        except ValueError:
            continue
    return date(day.year + years, month + 1, min(day.day, 27))


class _Person:
    def __init__(self, told: list[Told], policy: Policy) -> None:
        self.told = told
        self.policy = policy

    def of(self, *kinds: str) -> list[Told]:
        return [one for one in self.told if one.kind in kinds]

    def dates(self, rule: Rule) -> Iterable[Promised]:
        purpose = self.policy.activity(rule.activity).purpose
        if rule.action is not Action.ERASE or rule.period is None:
            return
        if not all(self._holds(one, purpose) for one in rule.conditions) or self._stopped(rule):
            return
        since, until = self._since(rule, purpose)
        if since is None:
            return
        due = months_later(day_of(since), rule.period.months) + timedelta(days=rule.period.days)
        if rule.exception is Exemption.CONSENT_TO_LONGER:
            longer, lasts = self._longer(rule)
            if longer is not None and longer > due:
                due, until = longer, lasts
        planned = due + timedelta(days=rule.grace_days)
        for category in rule.categories:
            yield Promised(category, self._kept(rule, category, planned), until, rule.slug)

    def _since(self, rule: Rule, purpose: Purpose | None) -> tuple[Instant | None, Instant | None]:
        for trigger in (rule.trigger, rule.fallback):
            if trigger is Trigger.CONSENT_ENDED:
                found = self._consent_ended(purpose)
            elif trigger is not None:
                found = self._moment(trigger)
            else:
                found = None
            if found is not None:
                standing = self._standing(purpose)
                lasts = trigger is Trigger.CONSENT_ENDED and standing is not None
                return found, found if lasts else None
        return None, None

    def _moment(self, trigger: Trigger) -> Instant | None:
        ask = _MOMENTS.get(trigger)
        return None if ask is None else ask(self)

    def _consent(self, purpose: Purpose | None) -> Told | None:
        """Return what stands of a consent to a purpose at large, requests aside."""
        if purpose is None:
            return None
        kinds = (*GIVEN, *ENDED, "consent-refused", "consent-outdated")
        found = [
            one
            for one in self.of(*kinds)
            if one.fact.purpose is purpose
            and one.fact.client_id is None
            and one.fact.assignment_id is None
        ]
        return found[-1] if found else None

    def _standing(self, purpose: Purpose | None) -> Told | None:
        known = self._consent(purpose)
        return known if known is not None and known.kind in GIVEN else None

    def _consent_ended(self, purpose: Purpose | None) -> Instant | None:
        known = self._consent(purpose)
        if known is None:
            return None
        if known.kind in ENDED:
            return known.at
        return known.fact.expires_at if known.kind in GIVEN else None

    def _longer(self, rule: Rule) -> tuple[date | None, Instant | None]:
        known = self._standing(Purpose.LONGER_STORAGE)
        assert rule.period is not None
        if known is None:
            return None, None
        if known.fact.expires_at is None:
            return months_later(day_of(known.at), rule.period.months), None
        return day_of(known.fact.expires_at), known.fact.expires_at

    def _holds(self, condition: Condition, purpose: Purpose | None) -> bool:
        match condition:
            case Condition.NOT_CANDIDATE:
                return not self.of("registered", "sourced") and not self._applications()
            case Condition.NO_ACTIVE_APPLICATION:
                return not any(self._active(one) for one in self._applications())
            case Condition.NO_STANDING_CONSENT:
                others = {one.purpose for one in self.policy.activities} - {purpose, None}
                return not any(self._standing(one) for one in others)

    def _stopped(self, rule: Rule) -> bool:
        match rule.stop:
            case Stop.REPLIED:
                return bool(self.of("replied"))
            case Stop.CUSTOMER_RELATION:
                known = self.of("customer-relation-created", "customer-relation-ended")
                return bool(known) and known[-1].kind == "customer-relation-created"
            case None:
                return False

    def _applications(self) -> set[Any]:
        kinds = ("application-submitted", "application-stage-changed", "application-reopened")
        return {one.fact.application_id for one in self.of(*kinds, *SETTLED)}

    def _active(self, application: Any) -> bool:  # noqa: ANN401 - an id of no type of ours
        moved = [
            one
            for one in self.of(*SETTLED, "application-reopened")
            if one.fact.application_id == application
        ]
        return not moved or moved[-1].kind == "application-reopened"

    def _kept(self, rule: Rule, category: Category | None, planned: date) -> date | None:
        """Move a day by what keeps the scope; None while that has no end."""
        ends: list[Instant | None] = [
            one.fact.until_at
            for one in self.of("legal-hold-placed")
            if not self._released(one) and _meets(one.fact.category, category)
        ]
        if self._restricted():
            ends.append(None)
        if rule.exception is Exemption.OPEN_DUTIES and self._owes():
            ends.append(None)
        if None in ends:
            return None
        return max([planned, *[day_of(one) for one in ends if one is not None]])

    def _released(self, hold: Told) -> bool:
        return any(one.fact.hold_id == hold.fact.hold_id for one in self.of("legal-hold-released"))

    def _restricted(self) -> bool:
        lifted = {one.fact.restriction_id for one in self.of("restriction-lifted")}
        return any(
            one.fact.restriction_id not in lifted for one in self.of("processing-restricted")
        )

    def _owes(self) -> bool:
        done = {one.fact.placement_id for one in self.of("contract-fulfilled")}
        return any(one.fact.placement_id not in done for one in self.of("placement-started"))


def _meets(held: Category | None, category: Category | None) -> bool:
    if held is None or category is None or held == category:
        return True
    return held.startswith(f"{category}/") or category.startswith(f"{held}/")


def _first(*kinds: str) -> Callable[[_Person], Instant | None]:
    return lambda person: min([one.at for one in person.of(*kinds)], default=None)


def _last(*kinds: str) -> Callable[[_Person], Instant | None]:
    return lambda person: max([one.at for one in person.of(*kinds)], default=None)


def _used(person: _Person) -> Instant | None:
    uses = [
        one.at
        for one in person.of(*USES)
        if one.kind != "message-sent" or one.fact.purpose.value not in ADVERTISING
    ]
    return max(uses, default=None)


def _open(person: _Person) -> dict[Any, Instant]:
    """Return the enquiries whose last word is that they came."""
    last = {one.fact.enquiry_id: one for one in person.of("enquiry-received", "enquiry-resolved")}
    return {key: one.at for key, one in last.items() if one.kind == "enquiry-received"}


def _resolved(person: _Person) -> Instant | None:
    return None if _open(person) else _last("enquiry-resolved")(person)


_MOMENTS: dict[Trigger, Callable[[_Person], Instant | None]] = {
    Trigger.REGISTERED: _first("registered", "sourced"),
    Trigger.FIRST_CONTACT: _first("outreach-sent"),
    Trigger.REPLIED: _last("replied"),
    Trigger.LAST_USED: _used,
    Trigger.LAST_LOGIN: _last("portal-logged-in"),
    Trigger.ENQUIRY_RECEIVED: lambda person: min(_open(person).values(), default=None),
    Trigger.ENQUIRIES_RESOLVED: _resolved,
    Trigger.CONTRACT_FULFILLED: _last("contract-fulfilled"),
    Trigger.LAST_TELEMETRY: _last("portal-logged-in", "job-ad-viewed"),
}
