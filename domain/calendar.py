"""Civil dates and their arithmetic: a promise of a month is kept by the calendar in Norway.

Rules: an instant becomes a day in Europe/Oslo once, here, and days are counted from there on. A
month later is the corresponding date or, where there is none, the month's last day. The house's
own targets are never rolled forward; a statutory date that is shown to people may be (Regulation
1182/71 Art. 3(4)), and the holidays are the caller's to bring.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.values import Instant, datetime_of, instant_of

OSLO = "Europe/Oslo"

PERIOD_MONTHS_MAX = 1_200
"""A hundred years: a longer period is a mistake of writing, and dates end at the year 9999."""

PERIOD_DAYS_MAX = 36_525
"""Likewise in days."""

STATUTORY_MONTHS = 1
"""GDPR Art. 12(3): at the latest within one month of receipt."""

_SATURDAY = 5
_MONTHS_A_YEAR = 12
_ORDINARY_DAY = date(2025, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time in whole calendar months, or in days; none of either is at once."""

    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        """Refuse what is no length of time a person's data could be kept."""
        if not 0 <= self.months <= PERIOD_MONTHS_MAX or not 0 <= self.days <= PERIOD_DAYS_MAX:
            message = "a period is 0 to 1,200 months, or 0 to 36,525 days"
            raise ValueError(message)

    @property
    def over_a_year(self) -> bool:
        """Say whether it is longer than twelve months."""
        year_later = add_months(_ORDINARY_DAY, _MONTHS_A_YEAR)
        return after(_ORDINARY_DAY, self) > year_later


def civil_date(instant: Instant) -> date:
    """Return the day an instant falls on in Norway."""
    return datetime_of(instant).astimezone(ZoneInfo(OSLO)).date()


def day_begins(day: date) -> Instant:
    """Return the instant at which a day begins in Norway."""
    return instant_of(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(OSLO)))


def add_months(day: date, months: int) -> date:
    """Return the corresponding date so many months later, else that month's last day.

    Raises:
        ValueError: the months are negative, or there is no such year.
    """
    if months < 0:
        message = "months are counted forward"
        raise ValueError(message)
    years, month = divmod(day.month - 1 + months, _MONTHS_A_YEAR)
    first = date(day.year + years, month + 1, 1)
    return first.replace(day=min(day.day, _days_in(first)))


def after(day: date, period: Period) -> date:
    """Return the day on which a period that began on a day has passed."""
    return add_months(day, period.months) + timedelta(days=period.days)


def due_for_request(received: date, days: int | None, months: int = STATUTORY_MONTHS) -> date:
    """Return the last day to answer a request: the earlier of what was promised and the law's.

    ``days`` is the controller's own promise, None where it made none; ``months`` is 1, or 3 when
    the request was extended (GDPR Art. 12(3)). Never rolled forward.
    """
    statutory = add_months(received, months)
    return statutory if days is None else min(received + timedelta(days=days), statutory)


def next_working_day(day: date, holidays: Collection[date]) -> date:
    """Return the day itself or the first one after it that is no weekend and no holiday.

    For showing a statutory date alone: what the house must do by then it does by the day itself.
    """
    while day.weekday() >= _SATURDAY or day in holidays:
        day += timedelta(days=1)
    return day


def _days_in(first: date) -> int:
    """Count a month's days from its first."""
    in_next = first + timedelta(days=31)
    return (in_next.replace(day=1) - first).days
