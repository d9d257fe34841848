"""Days and months as promises count them; the vectors for requests are worked out by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import (
    PERIOD_DAYS_MAX,
    PERIOD_MONTHS_MAX,
    Period,
    add_months,
    after,
    civil_date,
    day_begins,
    due_for_request,
    next_working_day,
)
from domain.values import instant_of

days = st.dates(date(1970, 1, 2), date(2200, 1, 1))
months = st.integers(0, 600)


def at(text: str) -> int:
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=UTC))


@pytest.mark.requirement("A111", "A148", "T2")
@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 3, 30), date(2026, 4, 29)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2027, 2, 26), date(2027, 3, 26)),
    ],
)
def test_thirty_days_or_the_statutory_month_whichever_is_first(received: date, due: date) -> None:
    assert due_for_request(received, 30) == due


def test_without_a_promise_the_statutory_month_stands() -> None:
    assert due_for_request(date(2026, 3, 30), None) == date(2026, 4, 30)


def test_an_extended_request_has_three_months_from_receipt() -> None:
    assert due_for_request(date(2026, 11, 30), None, months=3) == date(2027, 2, 28)


@pytest.mark.requirement("T2")
def test_a_target_on_a_saturday_is_not_rolled_forward() -> None:
    due = due_for_request(date(2026, 1, 31), 30)
    assert (due, due.weekday()) == (date(2026, 2, 28), 5)


@pytest.mark.requirement("A85")
def test_a_date_that_is_shown_rolls_over_weekend_and_holidays() -> None:
    easter = {date(2026, 4, 2), date(2026, 4, 3), date(2026, 4, 6)}
    assert next_working_day(date(2026, 4, 2), easter) == date(2026, 4, 7)


def test_a_working_day_stays_where_it_is() -> None:
    assert next_working_day(date(2026, 4, 7), set()) == date(2026, 4, 7)


def test_late_evening_in_utc_is_the_next_day_in_norway() -> None:
    assert civil_date(at("2026-06-01T22:30:00")) == date(2026, 6, 2)


def test_the_same_hour_in_winter_is_still_the_day_itself() -> None:
    assert civil_date(at("2026-01-01T22:30:00")) == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 5, 17), 0, date(2026, 5, 17)),
        (date(2026, 5, 17), 48, date(2030, 5, 17)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_one(start: date, count: int, end: date) -> None:
    assert add_months(start, count) == end


def test_months_are_not_counted_backward() -> None:
    with pytest.raises(ValueError, match="forward"):
        add_months(date(2026, 1, 1), -1)


@pytest.mark.parametrize(
    ("months", "days"), [(-1, 0), (0, -1), (PERIOD_MONTHS_MAX + 1, 0), (0, PERIOD_DAYS_MAX + 1)]
)
def test_a_period_nobody_could_mean_is_refused(months: int, days: int) -> None:
    with pytest.raises(ValueError, match="period"):
        Period(months, days)


@pytest.mark.parametrize(
    ("period", "over"),
    [
        (Period(months=12), False),
        (Period(months=13), True),
        (Period(days=365), False),
        (Period(days=366), True),
        (Period(), False),
    ],
)
def test_twelve_months_are_not_over_a_year(period: Period, *, over: bool) -> None:
    assert period.over_a_year is over


@given(days, days, months)
def test_who_began_earlier_is_never_due_later(one: date, other: date, count: int) -> None:
    first, second = sorted([one, other])
    assert add_months(first, count) <= add_months(second, count)


@given(days, months, months)
def test_more_months_are_never_earlier(day: date, one: int, other: int) -> None:
    fewer, more = sorted([one, other])
    assert add_months(day, fewer) <= add_months(day, more)


@given(days, months)
def test_a_month_later_never_slips_into_the_month_after(day: date, count: int) -> None:
    end = add_months(day, count)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == count
    assert end.day <= day.day


@given(days, st.integers(1, 31))
def test_a_request_is_due_within_the_promise_and_within_the_law(day: date, promised: int) -> None:
    due = due_for_request(day, promised)
    assert day < due <= min(day + timedelta(days=promised), add_months(day, 1))


@given(days)
def test_a_day_begins_on_itself_and_not_a_moment_earlier(day: date) -> None:
    begins = day_begins(day)
    assert (civil_date(begins), civil_date(begins - 1)) == (day, day - timedelta(days=1))


@given(days, st.integers(0, 600), st.integers(0, 600))
def test_a_period_is_never_over_before_it_began(day: date, months: int, days: int) -> None:
    assert after(day, Period(months, days)) >= day
