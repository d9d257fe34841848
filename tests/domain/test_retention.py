"""When what is due: triggers, conditions, stops, consents, grace and warnings."""

from dataclasses import replace
from datetime import date

import pytest

from domain.anchors import Anchors
from domain.calendar import Period
from domain.consent import Consent, ConsentStatus
from domain.findings import Finding, FindingKind
from domain.policy import Rule
from domain.policy_terms import Condition, Exemption, Stop, Trigger
from domain.purposes import Purpose
from domain.retention import Due, due_dates
from domain.situation import Situation
from tests.domain.promises import DAY, RULE, known, noon, policy

LATER = date(2026, 9, 1)
MONTH_ON = date(2026, 7, 1)


def only(situation: Situation, *rules: Rule) -> Due:
    (due,) = due_dates(policy(*rules), situation).dues
    return due


def dates(situation: Situation, *rules: Rule) -> dict[str | None, date | None]:
    return {due.category: due.erase_on for due in due_dates(policy(*rules), situation).dues}


def consent(status: ConsentStatus, day: date, until: date | None = None) -> Consent:
    return Consent(status, (noon(day), b"fact"), 1, None if until is None else noon(until))


def test_a_month_after_registering_the_person_is_due() -> None:
    due = only(known())
    assert (due.category, due.due_on, due.erase_on) == (None, MONTH_ON, MONTH_ON)


def test_a_date_says_what_it_was_counted_from() -> None:
    why = only(known()).why
    assert (why.trigger, why.since, why.by_consent) == (Trigger.REGISTERED, DAY, False)


def test_what_happened_late_in_the_evening_counts_from_the_day_in_norway() -> None:
    evening = noon(DAY) + 11 * 3_600_000_000
    due = only(known(anchors=Anchors(registered_at=evening)))
    assert due.why.since == DAY
    assert only(known(anchors=Anchors(registered_at=evening + 3_600_000_000))).why.since > DAY


@pytest.mark.parametrize(
    ("trigger", "situation"),
    [
        (Trigger.FIRST_CONTACT, Situation(anchors=Anchors(first_contact_at=noon(DAY)))),
        (Trigger.REPLIED, Situation(anchors=Anchors(replied_at=noon(DAY)))),
        (Trigger.LAST_USED, Situation(anchors=Anchors(last_used_at=noon(DAY)))),
        (Trigger.LAST_LOGIN, Situation(anchors=Anchors(last_login_at=noon(DAY)))),
        (Trigger.CONTRACT_FULFILLED, Situation(anchors=Anchors(fulfilled_at=noon(DAY)))),
        (Trigger.APPLICATIONS_CLOSED, Situation(applications_closed_at=noon(DAY))),
        (Trigger.ENQUIRY_RECEIVED, Situation(enquiry_received_at=noon(DAY))),
        (Trigger.ENQUIRIES_RESOLVED, Situation(enquiries_resolved_at=noon(DAY))),
        (Trigger.CUSTOMER_RELATION, Situation(customer_at=noon(DAY))),
        (Trigger.LAST_TELEMETRY, Situation(telemetry_at=noon(DAY))),
        (Trigger.ACCOUNT_BLOCKED, Situation(blocked_at=noon(DAY))),
    ],
)
def test_each_trigger_counts_from_its_own_moment(trigger: Trigger, situation: Situation) -> None:
    rule = replace(RULE, trigger=trigger)
    assert only(situation, rule).due_on == MONTH_ON
    assert due_dates(policy(rule), Situation()).dues == ()


def test_every_trigger_has_its_moment() -> None:
    for trigger in Trigger:
        assert due_dates(policy(replace(RULE, trigger=trigger)), Situation()).dues == ()


def test_who_never_signed_in_counts_from_the_fallback() -> None:
    rule = replace(RULE, trigger=Trigger.LAST_LOGIN, fallback=Trigger.REGISTERED)
    assert only(known(), rule).why.trigger is Trigger.REGISTERED


def test_the_fallback_is_silent_once_the_trigger_came() -> None:
    rule = replace(RULE, trigger=Trigger.LAST_LOGIN, fallback=Trigger.REGISTERED)
    anchors = Anchors(registered_at=noon(DAY), last_login_at=noon(LATER))
    assert only(known(anchors=anchors), rule).due_on == date(2026, 10, 1)


def test_a_reply_stops_the_rule_for_good() -> None:
    rule = replace(RULE, trigger=Trigger.FIRST_CONTACT, stop=Stop.REPLIED)
    anchors = Anchors(first_contact_at=noon(DAY), replied_at=noon(LATER))
    assert due_dates(policy(rule), Situation(anchors=anchors)).dues == ()


def test_becoming_a_customer_stops_the_rule() -> None:
    rule = replace(RULE, stop=Stop.CUSTOMER_RELATION)
    assert due_dates(policy(rule), known(customer=True)).dues == ()


@pytest.mark.parametrize(
    ("condition", "situation", "applies"),
    [
        (Condition.NOT_CANDIDATE, Situation(enquiry_received_at=noon(DAY)), True),
        (Condition.NOT_CANDIDATE, known(enquiry_received_at=noon(DAY)), False),
        (
            Condition.NOT_CANDIDATE,
            Situation(enquiry_received_at=noon(DAY), applications=1),
            False,
        ),
        (
            Condition.NO_ACTIVE_APPLICATION,
            Situation(enquiry_received_at=noon(DAY), applications_active=1),
            False,
        ),
        (Condition.NO_ACTIVE_APPLICATION, Situation(enquiry_received_at=noon(DAY)), True),
        (Condition.NO_STANDING_CONSENT, Situation(enquiry_received_at=noon(DAY)), True),
        (
            Condition.NO_STANDING_CONSENT,
            Situation(
                enquiry_received_at=noon(DAY),
                consents={Purpose.RECRUITMENT: consent(ConsentStatus.GIVEN, DAY)},
            ),
            False,
        ),
        (
            Condition.NO_STANDING_CONSENT,
            Situation(
                enquiry_received_at=noon(DAY),
                consents={Purpose.POOL: consent(ConsentStatus.GIVEN, DAY)},
            ),
            True,
        ),
    ],
)
def test_a_rule_applies_only_while_its_conditions_hold(
    condition: Condition, situation: Situation, *, applies: bool
) -> None:
    rule = replace(RULE, trigger=Trigger.ENQUIRY_RECEIVED, conditions=(condition,))
    assert bool(due_dates(policy(rule), situation).dues) is applies


def test_of_two_rules_for_the_same_the_earliest_wins() -> None:
    early = replace(RULE, slug="early", period=Period(days=3))
    assert only(known(), RULE, early).rule == "early"


def test_a_category_has_a_date_of_its_own_before_the_person_has() -> None:
    cookies = replace(RULE, slug="cookies", categories=("telemetry",), period=Period(days=3))
    assert dates(known(), RULE, cookies) == {None: MONTH_ON, "telemetry": date(2026, 6, 4)}


def test_a_category_goes_with_the_person_when_she_goes_first() -> None:
    cookies = replace(RULE, slug="cookies", categories=("telemetry",), period=Period(months=12))
    assert dates(known(), RULE, cookies) == {None: MONTH_ON}


def test_grace_moves_the_erasure_and_not_the_promise() -> None:
    due = only(known(), replace(RULE, grace_days=5))
    assert (due.due_on, due.erase_on) == (MONTH_ON, date(2026, 7, 6))


def test_the_warning_comes_before_the_promise() -> None:
    assert only(known(), replace(RULE, warn_days=7)).warn_on == date(2026, 6, 24)


def test_nobody_is_warned_before_the_rule_began_to_count() -> None:
    assert only(known(), replace(RULE, warn_days=90)).warn_on == DAY


def test_a_withdrawn_consent_is_due_at_once() -> None:
    rule = replace(RULE, trigger=Trigger.CONSENT_ENDED, period=Period())
    withdrawn = {Purpose.POOL: consent(ConsentStatus.WITHDRAWN, LATER)}
    assert only(known(consents=withdrawn), rule).due_on == LATER


def test_a_consent_that_expires_is_due_on_its_last_day() -> None:
    rule = replace(RULE, trigger=Trigger.CONSENT_ENDED, period=Period())
    given = {Purpose.POOL: consent(ConsentStatus.GIVEN, DAY, until=LATER)}
    assert only(known(consents=given), rule).due_on == LATER


def test_a_standing_consent_without_an_end_is_not_due() -> None:
    rule = replace(RULE, trigger=Trigger.CONSENT_ENDED, period=Period())
    given = {Purpose.POOL: consent(ConsentStatus.GIVEN, DAY)}
    assert due_dates(policy(rule), known(consents=given)).dues == ()


def test_withdrawing_one_consent_leaves_another_purpose_alone() -> None:
    rule = replace(RULE, trigger=Trigger.CONSENT_ENDED, period=Period())
    withdrawn = {Purpose.MARKETING: consent(ConsentStatus.WITHDRAWN, LATER)}
    assert due_dates(policy(rule), known(consents=withdrawn)).dues == ()


def test_a_consent_to_longer_storage_replaces_the_date() -> None:
    rule = replace(RULE, exception=Exemption.CONSENT_TO_LONGER)
    longer = {Purpose.LONGER_STORAGE: consent(ConsentStatus.GIVEN, DAY, until=LATER)}
    due = only(known(consents=longer), rule)
    assert (due.due_on, due.why.by_consent) == (LATER, True)


def test_a_consent_to_longer_storage_never_brings_the_date_nearer() -> None:
    rule = replace(RULE, exception=Exemption.CONSENT_TO_LONGER)
    brief = {Purpose.LONGER_STORAGE: consent(ConsentStatus.GIVEN, DAY, until=date(2026, 6, 9))}
    due = only(known(consents=brief), rule)
    assert (due.due_on, due.why.by_consent) == (MONTH_ON, False)


def test_a_consent_to_longer_storage_without_an_end_begins_the_period_anew() -> None:
    rule = replace(RULE, exception=Exemption.CONSENT_TO_LONGER)
    longer = {Purpose.LONGER_STORAGE: consent(ConsentStatus.GIVEN, LATER)}
    assert only(known(consents=longer), rule).due_on == date(2026, 10, 1)


def test_a_consent_to_longer_storage_moves_no_rule_that_does_not_say_so() -> None:
    longer = {Purpose.LONGER_STORAGE: consent(ConsentStatus.GIVEN, DAY, until=LATER)}
    assert only(known(consents=longer)).due_on == MONTH_ON


def test_a_missing_period_is_a_finding_and_never_a_date() -> None:
    made = due_dates(policy(replace(RULE, period=None)), known())
    assert (made.dues, made.findings) == ((), (Finding(FindingKind.PERIOD_MISSING, "unused"),))


def test_a_person_no_rule_counts_for_is_a_finding() -> None:
    made = due_dates(policy(replace(RULE, trigger=Trigger.FIRST_CONTACT)), known())
    assert made.findings == (Finding(FindingKind.NO_CLOCK),)


def test_of_whom_nothing_is_kept_nothing_is_due_or_found() -> None:
    made = due_dates(policy(), known(kept=False))
    assert (made.dues, made.findings) == ((), ())
