"""When a job is due again."""

from datetime import date, timedelta

import pytest

from domain.calendar import day_begins
from infra.timetable import HOUR, SECOND, Daily, Every

DAY = date(2026, 6, 1)
NEXT = DAY + timedelta(days=1)
SPRING = date(2026, 3, 29)
"""Summer time begins: the day has 23 hours."""


def at(day: date, hour: int) -> int:
    return day_begins(day) + hour * HOUR


def test_every_so_often_counts_from_the_last_beginning() -> None:
    assert Every(60).after(at(DAY, 12)) == at(DAY, 12) + 60 * SECOND


@pytest.mark.parametrize(("began", "following"), [(2, DAY), (3, NEXT), (12, NEXT)])
def test_daily_is_the_next_such_hour(began: int, following: date) -> None:
    assert Daily(3).after(at(DAY, began)) == at(following, 3)


def test_a_run_days_ago_is_due_since_the_day_after_it() -> None:
    assert Daily(3).after(at(DAY - timedelta(days=5), 12)) == at(DAY - timedelta(days=4), 3)


def test_the_hours_of_a_short_day_count_from_its_midnight() -> None:
    assert Daily(3).after(at(SPRING, 0)) == day_begins(SPRING) + 3 * HOUR


def test_a_day_has_no_hour_24() -> None:
    with pytest.raises(ValueError, match="0 to 23"):
        Daily(24)
