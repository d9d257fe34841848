"""When a job is due again: every so often, or each day at an hour in Norway.

A time that was missed is caught up once, at once, and not as often as it was missed: what a job
does, it does for all the days behind it.
"""

from dataclasses import dataclass
from datetime import timedelta

from domain.calendar import civil_date, day_begins
from domain.values import Instant

SECOND: Instant = 1_000_000
HOUR: Instant = 3600 * SECOND
DAY: Instant = 24 * HOUR

_HOURS = 24


@dataclass(frozen=True, slots=True)
class Every:
    """So many seconds after the last run began."""

    seconds: int

    @property
    def period(self) -> Instant:
        """Return the longest time between two runs, in microseconds."""
        return self.seconds * SECOND

    def after(self, began: Instant) -> Instant:
        """Return when the run after one that began so is due."""
        return began + self.period


@dataclass(frozen=True, slots=True)
class Daily:
    """Each day at a full hour by the clocks in Norway, 0 to 23.

    Raises:
        ValueError: there is no such hour.
    """

    hour: int

    def __post_init__(self) -> None:
        """Refuse an hour that no day has."""
        if not 0 <= self.hour < _HOURS:
            message = "a day has the hours 0 to 23"
            raise ValueError(message)

    @property
    def period(self) -> Instant:
        """Return the longest time between two runs: 25 hours, when summer time ends."""
        return DAY + HOUR

    def after(self, began: Instant) -> Instant:
        """Return the first such hour after a run that began so.

        On the day summer time begins or ends, the hour is counted from midnight.
        """
        day = civil_date(began)
        today = day_begins(day) + self.hour * HOUR
        return today if today > began else day_begins(day + timedelta(days=1)) + self.hour * HOUR


Timetable = Every | Daily
