"""What is owed apart from any one person, and which duty presses most."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from consumers.ingest import PARKED_PERIOD
from domain.calendar import Period
from domain.duties import OF_PERSONS, Duty, DutyKind, DutyState, clocked, pressure
from domain.house_duties import (
    ACKNOWLEDGE_DAYS,
    KEY_DAYS,
    KEY_EXPIRED,
    notice_duty,
    parked_duty,
    policy_duties,
    unfinished_duty,
    view_duty,
)
from domain.policy import Policy
from infra.keys.shapes import NOTICE_PERIOD
from tests.domain.promises import DAY, RECIPIENT, RULE, noon, policy
from tests.examples import controller, subject

NEXT = timedelta(days=1)


def found(*policies: Policy, on: date = DAY) -> list[tuple[DutyKind, DutyState, str]]:
    duties = policy_duties(controller(), policies, on)
    return [(duty.kind, duty.state, duty.about) for duty in duties]


def test_a_period_nobody_set_is_a_duty() -> None:
    assert found(policy(replace(RULE, period=None))) == [
        (DutyKind.PERIOD_UNSET, DutyState.UNSET, RULE.slug),
        (DutyKind.ACTIVITY_UNCOVERED, DutyState.UNSET, "hiring"),
    ]


def test_a_long_period_is_a_duty_until_it_is_justified() -> None:
    long = replace(RULE, activity="hiring", period=Period(months=24))
    assert found(policy(long)) == [(DutyKind.PERIOD_UNJUSTIFIED, DutyState.UNSET, RULE.slug)]
    assert found(policy(replace(long, justification="an act of parliament"))) == []


@pytest.mark.requirement("A11")
def test_a_recipient_abroad_without_a_mechanism_is_a_duty() -> None:
    abroad = replace(RECIPIENT, outside_eea=True)
    assert found(policy(recipients=(abroad,))) == [
        (DutyKind.MECHANISM_MISSING, DutyState.UNSET, "mailer")
    ]


def test_a_recipient_nobody_knows_the_country_of_is_a_duty() -> None:
    somewhere = replace(RECIPIENT, country=None, outside_eea=None)
    assert found(policy(recipients=(somewhere,))) == [
        (DutyKind.COUNTRY_UNSET, DutyState.UNSET, "mailer")
    ]


def test_a_controller_without_a_policy_owes_one() -> None:
    assert found() == [(DutyKind.POLICY_MISSING, DutyState.UNSET, "")]


def test_a_version_that_takes_effect_later_is_coming() -> None:
    later = policy(version=2, effective_from=DAY + NEXT)
    assert found(policy(), later) == [(DutyKind.POLICY_TO_COME, DutyState.COMING, "2")]
    assert found(policy(), later, on=DAY + NEXT) == []


def notice_on(day: date) -> Duty:
    return notice_duty(controller(), "a.source", 3, noon(DAY), day)


def test_a_recipient_has_two_weeks_to_acknowledge() -> None:
    assert notice_on(DAY + 13 * NEXT).state is DutyState.UNANSWERED
    assert notice_on(DAY + 15 * NEXT).state is DutyState.OVERDUE
    assert notice_on(DAY).due_on == DAY + ACKNOWLEDGE_DAYS * NEXT


def test_a_notice_whose_key_is_dead_says_so() -> None:
    assert notice_on(DAY + 29 * NEXT).grounds == ()
    assert notice_on(DAY + 30 * NEXT).grounds == (KEY_EXPIRED,)


def test_parked_items_are_handled_before_their_keys_die() -> None:
    duty = parked_duty(None, 5, noon(DAY), DAY)
    assert (duty.due_on, duty.number) == (DAY + KEY_DAYS * NEXT, 5)


def test_the_keys_live_as_long_as_the_duties_say() -> None:
    days = KEY_DAYS * 86_400_000_000
    assert (days, days) == (NOTICE_PERIOD, PARKED_PERIOD)


def test_an_erasure_under_way_is_due() -> None:
    assert unfinished_duty(controller(), subject(), "", noon(DAY)).state is DutyState.DUE


def test_the_most_pressing_comes_first() -> None:
    duties = [
        view_duty("board"),
        Duty(DutyKind.RESTRICTION, DutyState.STANDING, controller()),
        Duty(DutyKind.ENQUIRY, DutyState.OVERDUE, controller(), due_on=DAY + NEXT),
        Duty(DutyKind.ERASURE, DutyState.OVERDUE, controller(), due_on=DAY),
        Duty(DutyKind.NO_CLOCK, DutyState.UNSET, controller()),
    ]
    assert [duty.kind for duty in sorted(duties, key=pressure)] == [
        DutyKind.ERASURE,
        DutyKind.ENQUIRY,
        DutyKind.VIEW_BEHIND,
        DutyKind.NO_CLOCK,
        DutyKind.RESTRICTION,
    ]


def test_every_kind_is_a_persons_or_the_houses() -> None:
    houses = {duty.kind for duty in (view_duty(""), parked_duty(None, 1, 0, DAY))}
    assert not houses & OF_PERSONS
    assert len(OF_PERSONS) == list(DutyKind).index(DutyKind.PERIOD_UNSET)


@pytest.mark.parametrize(
    ("due_on", "state"),
    [
        (DAY - NEXT, DutyState.OVERDUE),
        (DAY, DutyState.DUE),
        (DAY + NEXT, DutyState.UNANSWERED),
    ],
)
def test_a_clock_runs_out_behind_its_day(due_on: date, state: DutyState) -> None:
    assert clocked(due_on, DAY) is state
