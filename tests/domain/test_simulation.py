"""What another policy changes, and how near an erasure is on a day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.calendar import Period
from domain.policy import Rule
from domain.policy_terms import Trigger
from domain.retention import DueDates, due_dates
from domain.simulation import Change, Nearness, nearness, shifts
from domain.situation import Keeping
from tests.domain.promises import DAY, RULE, known, noon, policy

DUE_ON = date(2026, 7, 1)
NO_CLOCK = replace(RULE, trigger=Trigger.LAST_LOGIN)


def under(rule: Rule, **changed: object) -> DueDates:
    return due_dates(policy(rule), known(**changed))


@pytest.mark.parametrize(
    ("now", "then", "change"),
    [
        (RULE, RULE, Change.SAME),
        (RULE, replace(RULE, period=Period(days=3)), Change.SOONER),
        (RULE, replace(RULE, grace_days=1), Change.LATER),
        (NO_CLOCK, RULE, Change.DATED),
        (RULE, NO_CLOCK, Change.UNDATED),
    ],
)
def test_a_change_of_date_is_named(now: Rule, then: Rule, change: Change) -> None:
    assert [shift.change for shift in shifts(under(now), under(then))] == [change]


def test_a_date_postponed_without_an_end_is_no_date() -> None:
    held = under(RULE, held=(Keeping(None, None),))
    (shift,) = shifts(under(RULE), held)
    assert (shift.change, shift.erased_on) == (Change.UNDATED, None)


def test_a_category_that_gets_a_date_of_its_own_is_a_change_of_its_own() -> None:
    split = replace(RULE, categories=(None, "telemetry"))
    cookies = replace(RULE, slug="cookies", categories=("telemetry",), period=Period(days=1))
    then = due_dates(policy(split, cookies), known())
    changes = {shift.category: shift.change for shift in shifts(under(RULE), then)}
    assert changes == {None: Change.SAME, "telemetry": Change.DATED}


@pytest.mark.parametrize(
    ("day", "near"),
    [
        (DAY, Nearness.LATER),
        (DUE_ON - timedelta(days=7), Nearness.WARNED),
        (DUE_ON, Nearness.DUE),
        (DUE_ON + timedelta(days=1), Nearness.OVERDUE),
    ],
)
def test_an_erasure_comes_nearer_day_by_day(day: date, near: Nearness) -> None:
    (due,) = under(replace(RULE, warn_days=7)).dues
    assert nearness(due, day) is near


@pytest.mark.parametrize(
    ("day", "near"),
    [
        (DUE_ON - timedelta(days=1), Nearness.LATER),
        (DUE_ON, Nearness.POSTPONED),
        (date(2026, 9, 1), Nearness.DUE),
    ],
)
def test_what_is_held_past_its_day_is_postponed_until_the_hold_ends(
    day: date, near: Nearness
) -> None:
    (due,) = under(RULE, held=(Keeping(None, noon(date(2026, 9, 1))),)).dues
    assert nearness(due, day) is near
