"""What a sweep does about a person on a day: run out, warn, move, review, postpone, erase. Pure.

Rules:

- What ran out is recorded as of the moment it did, so recording it moves no date.
- A date is announced once: when the warning's day has come, and again when it has moved. There is
  one expiry a stream and scope, under an id that follows from both.
- A rule's category covers what is filed under it (``documents`` every ``documents/<id>``), and
  only what she has. Each is held or free by itself.
- A date that a consent's end sets is not come before the consent has ended, to the hour.
- A review is a person's duty: nothing is erased for it.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.calendar import civil_date, day_begins
from domain.consent import Consent, ConsentExpired, ConsentStatus
from domain.disclosure import SHOWN, PresentationExpired
from domain.fact import Fact
from domain.life import UNUSED, Life
from domain.outreach import OutreachUnanswered
from domain.policy import Policy, Rule
from domain.policy_terms import Action, Trigger
from domain.postponing import Postponed, postponed
from domain.purposes import Purpose
from domain.retention import Due, DueDates, due_dates
from domain.retention_facts import (
    Expiries,
    Expiry,
    ExpiryStatus,
    MovedBy,
    RetentionExpired,
    RetentionExpiryMoved,
    RetentionExpiryScheduled,
)
from domain.situation import Situation
from domain.standing import status_of
from domain.subject import SubjectState
from domain.values import Category, Instant, SubjectId


class Deed(StrEnum):
    """What the sweep does about one date."""

    WARN = "warn"
    """Its warning's day has come: it is announced."""
    ERASE = "erase"
    REVIEW = "review"
    """A person must decide."""
    POSTPONE = "postpone"
    """Its day has come, and something keeps it waiting."""


class Told(NamedTuple):
    """A fact to record, and when it happened; None: when it is recorded."""

    fact: Fact
    occurred_at: Instant | None = None


def last_of_day(day: date) -> Instant:
    """Return the last instant of a day in Norway."""
    return day_begins(day + timedelta(days=1)) - 1


def run_out(state: SubjectState, at: Instant) -> tuple[Told, ...]:
    """Say which consents and presentations have run out at a time and are not recorded so."""
    life = state.life
    if life is None or (life.consent is None and life.disclosure is None):
        return ()
    return (*_consents_run_out(life, at), *_presentations_run_out(life, at))


def dues_of(policy: Policy, situation: Situation, categories: Collection[Category]) -> DueDates:
    """Reckon a person's dates, those of categories over the ones she has."""
    dates = due_dates(policy, situation)
    return DueDates(tuple(_spread(policy, dates, situation, categories)), dates.findings)


def deed_of(policy: Policy, due: Due, situation: Situation, day: date, at: Instant) -> Deed | None:
    """Say what is to be done about a date on a day, at a time of it; None: nothing yet."""
    come = due.erase_on is not None and due.erase_on <= day
    if come and not _lasts(policy, due, situation, at):
        return Deed.ERASE if due.action is Action.ERASE else Deed.REVIEW
    if not come and due.postponed_by and due.due_on <= day:
        return Deed.POSTPONE
    return Deed.WARN if due.warn_on <= day and due.action is Action.ERASE else None


def announcement(
    policy: Policy, due: Due, subject: SubjectId, state: SubjectState, day: date
) -> Fact | None:
    """Announce a date in one stream, or that it moved; None when it stands, or has no day.

    An officer's override is left standing until its own day has come: she was told that one.
    """
    if due.erase_on is None:
        return None
    expiry_id, rule_id = expiry_id_of(subject, due.category), _rule_id(policy, due)
    known = _expiries(state).get(expiry_id)
    told_on = None if known is None else civil_date(known.due_at)
    if told_on == due.erase_on:
        return None
    due_at = day_begins(due.erase_on)
    if known is None or told_on is None or known.status is ExpiryStatus.EXPIRED:
        return RetentionExpiryScheduled(expiry_id, rule_id, due.category, due_at)
    if known.status is ExpiryStatus.OVERRIDDEN and told_on > day:
        return None
    return RetentionExpiryMoved(expiry_id, due_at, _moved_by(known, due, rule_id, state))


def end_of(
    policy: Policy, due: Due, subject: SubjectId, state: SubjectState, day: date
) -> tuple[Fact, ...]:
    """Return what goes before the erasure in one stream; nothing when it is recorded already."""
    expiry_id = expiry_id_of(subject, due.category)
    told = announcement(policy, due, subject, state, day)
    known = _expiries(state).get(expiry_id)
    over = told is None and known is not None and known.status is ExpiryStatus.EXPIRED
    facts = [told, None if over else RetentionExpired(expiry_id), _unanswered(due, state)]
    return tuple([fact for fact in facts if fact is not None])


def expiry_id_of(subject: SubjectId, category: Category | None) -> UUID:
    """Name the expiry of a scope in a stream: one, whatever its day and rule become."""
    return uuid5(subject, category or "")


def policy_id_of(policy: Policy) -> UUID:
    """Name a version of a controller's policy: what approves an erasure that it promised."""
    return uuid5(NAMESPACE_URL, f"glemmebok:policy:{policy.controller}/{policy.version}")


def rule_id_of(controller: str, rule: Rule) -> UUID:
    """Name a controller's rule as it is written: one that counts otherwise is another rule."""
    length = (0, 0) if rule.period is None else (rule.period.months, rule.period.days)
    written = (controller, rule.slug, rule.trigger, rule.fallback, *length, rule.grace_days)
    return uuid5(NAMESPACE_URL, "glemmebok:rule:" + "/".join(str(part or "") for part in written))


def covers(scope: Category, category: Category) -> bool:
    """Say whether a rule's category covers one she has; ``documents`` every ``documents/<id>``."""
    return category == scope or category.startswith(f"{scope}/")


def _consents_run_out(life: Life, at: Instant) -> Iterator[Told]:
    for scope, known in (life.consent or {}).items():
        ends, consent_id = known.expires_at, known.consent_id
        if known.status is ConsentStatus.GIVEN and ends is not None and ends <= at and consent_id:
            purpose = Purpose(scope.partition("/")[0])
            fact = ConsentExpired(consent_id, purpose, known.client_id, known.assignment_id)
            yield Told(fact, max(ends, known.mark[0] + 1))


def _presentations_run_out(life: Life, at: Instant) -> Iterator[Told]:
    if life.disclosure is None:
        return
    for presentation_id, ends in life.disclosure.expiries.items():
        if ends <= at and status_of(life.disclosure.presentations, presentation_id) in SHOWN:
            yield Told(PresentationExpired(presentation_id), ends)


def _spread(
    policy: Policy, dates: DueDates, situation: Situation, categories: Collection[Category]
) -> Iterator[Due]:
    for due in dates.dues:
        if due.category is None:
            yield due
            continue
        rule = _rule(policy, due)
        day = due.due_on + timedelta(days=rule.grace_days)
        for category in sorted(one for one in categories if covers(due.category, one)):
            causes, erase_on = postponed(rule, category, day, situation)
            yield replace(due, category=category, erase_on=erase_on, postponed_by=causes)


def _lasts(policy: Policy, due: Due, situation: Situation, at: Instant) -> bool:
    """Say whether the consent whose end set the date still lasts."""
    if due.why.by_consent:
        purpose: Purpose | None = Purpose.LONGER_STORAGE
    elif due.why.trigger is Trigger.CONSENT_ENDED:
        purpose = policy.activity(_rule(policy, due).activity).purpose
    else:
        return False
    known: Consent | None = None if purpose is None else situation.standing(purpose)
    return known is not None and known.expires_at is not None and at < known.expires_at


def _rule(policy: Policy, due: Due) -> Rule:
    return next(rule for rule in policy.rules if rule.slug == due.rule)


def _rule_id(policy: Policy, due: Due) -> UUID:
    return rule_id_of(policy.controller, _rule(policy, due))


def _expiries(state: SubjectState) -> Expiries:
    return (state.life or UNUSED).expiries or {}


def _moved_by(known: Expiry, due: Due, rule_id: UUID, state: SubjectState) -> MovedBy:
    """Say why a date that was announced is another now.

    A date comes nearer when what kept her longer has fallen away: a consent, or else a hold.
    """
    if {Postponed.HOLD, Postponed.OVERRIDE} & set(due.postponed_by):
        return MovedBy.HOLD
    if due.why.by_consent:
        return MovedBy.CONSENT
    if known.rule_id not in (None, rule_id):
        return MovedBy.RULE_CHANGED
    if due.erase_on is not None and due.erase_on < civil_date(known.due_at):
        longer = ((state.life or UNUSED).consent or {}).get(Purpose.LONGER_STORAGE.value)
        return MovedBy.HOLD if longer is None else MovedBy.CONSENT
    return MovedBy.SIGNED_IN if due.why.trigger is Trigger.LAST_LOGIN else MovedBy.USED


def _unanswered(due: Due, state: SubjectState) -> Fact | None:
    """Close the approach that nobody answered, once, when its time is what ended."""
    first = state.moments.first_contact_at
    if due.category is not None or due.why.trigger is not Trigger.FIRST_CONTACT or first is None:
        return None
    outreach = (state.life or UNUSED).outreach
    closed = None if outreach is None else outreach.latest.get(OutreachUnanswered.TOPIC)
    return None if closed is not None else OutreachUnanswered(first)
