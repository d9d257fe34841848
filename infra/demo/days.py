"""The demonstration's own clock: its days are told, so that a month passes in a second."""

from datetime import date

from domain.calendar import day_begins
from domain.values import Instant
from infra.clock import FixedClock

FIRST_DAY = date(2026, 11, 1)
"""The day on which the feeds, which end on the day before, are taken in."""

_HOUR: Instant = 3_600_000_000


def clock_on(day: date) -> FixedClock:
    """Make a clock that stands in the morning of a day."""
    return FixedClock(morning(day))


def morning(day: date) -> Instant:
    """Return nine in the morning."""
    return day_begins(day) + 9 * _HOUR


def night(day: date) -> Instant:
    """Return three in the small hours that a day begins with."""
    return day_begins(day) + 3 * _HOUR
