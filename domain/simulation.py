"""What another policy would change, and how near an erasure is. Pure.

A person's dates are compared scope by scope: she herself, and each category that has a date of its
own. A date that is postponed without an end is no date.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.retention import Due, DueDates
from domain.values import Category


class Nearness(StrEnum):
    """How near an erasure is on a day."""

    POSTPONED = "postponed"
    """Its day has come, and something keeps it waiting."""
    OVERDUE = "overdue"
    """It should have been done before the day."""
    DUE = "due"
    """It is to be done on the day."""
    WARNED = "warned"
    """The warning's day has come."""
    LATER = "later"


class Change(StrEnum):
    """What another policy makes of a date."""

    SAME = "same"
    SOONER = "sooner"
    LATER = "later"
    DATED = "dated"
    """There was no date and there is one."""
    UNDATED = "undated"
    """There was a date and there is none."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One scope under two policies; None where a policy has no rule that counts for it."""

    category: Category | None
    now: Due | None
    then: Due | None

    @property
    def change(self) -> Change:
        """Say what the other policy makes of the date."""
        now, then = _day(self.now), _day(self.then)
        if now == then:
            return Change.SAME
        if now is None:
            return Change.DATED
        if then is None:
            return Change.UNDATED
        return Change.SOONER if then < now else Change.LATER

    @property
    def erased_on(self) -> date | None:
        """Return the day of the erasure under the other policy."""
        return _day(self.then)


def nearness(due: Due, day: date) -> Nearness:
    """Say how near an erasure is on a day."""
    if due.postponed_by and due.due_on <= day and (due.erase_on is None or day < due.erase_on):
        return Nearness.POSTPONED
    if due.erase_on is not None and due.erase_on <= day:
        return Nearness.OVERDUE if due.erase_on < day else Nearness.DUE
    return Nearness.WARNED if due.warn_on <= day else Nearness.LATER


def shifts(now: DueDates, then: DueDates) -> Iterator[Shift]:
    """Yield every scope that has a date under either policy."""
    before = {(due.action, due.category): due for due in now.dues}
    behind = {(due.action, due.category): due for due in then.dues}
    for scope in {**before, **behind}:
        yield Shift(scope[1], before.get(scope), behind.get(scope))


def _day(due: Due | None) -> date | None:
    return None if due is None else due.erase_on
