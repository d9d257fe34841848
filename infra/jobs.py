"""What the house does by itself, and how often.

=========  =======================================================================  ==============
policies   what the controllers' files promise is adopted into the log                 10 minutes
upkeep     erasures cut short are finished, people who never began are abandoned    hourly
sweep      what a policy says is due is erased, and what is to be told is told      daily
outbox     corrections are told, notices brought; keys of the settled, expired die  10 minutes
project    the views follow the log                                                 all the time
anchor     the ends of all chains are anchored outside both databases, on Kafka too  each minute
=========  =======================================================================  ==============

Every one of them may be cut short anywhere and done again.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from consumers.sweep import LIMIT, Watch
from consumers.sweep_report import Outcome
from domain.calendar import civil_date
from infra.adoption import adopt_policies
from infra.anchoring import anchor_all
from infra.house import House
from infra.notices import Courier, deliver, settle
from infra.rights import settle_restrictions, tell_corrections
from infra.running import Job
from infra.sweeping import sweep
from infra.timetable import Daily, Every, Timetable
from infra.upkeep import abandon_pending, expire_keys, resume_erasures
from infra.views.lane import LaneState, LaneStatus
from infra.views.runner import Stop
from projections.view import ViewUnavailable

SHIFT_SECONDS = 60
"""How long the views are followed under one lock: a lock that was lost is noticed after it."""

SWEEP_HOUR = 3
"""The hour in Norway at which a day's dates are swept, when nobody is at work."""

_POLICIES = Every(600)
_OUTBOX = Every(600)
_HOURLY = Every(3600)
_ANCHOR = Every(60)
_ANCHOR_BACKOFF_SECONDS = 60
"""While Kafka is away the files are anchored each minute all the same."""

_VIEW_BACKOFF_SECONDS = 5
"""A view that fails must not hold up the others for long; its lane waits by itself."""


class ViewsFailed(Exception):  # noqa: N818 - what happened to them
    """Some views could not follow; the message names them."""


def house_jobs(
    house: House, sweeps: Timetable, couriers: Sequence[Courier] = (), *, follow: bool
) -> tuple[Job, ...]:
    """Make the jobs; with ``follow`` the views follow for a shift, without it to the log's end."""
    every = Every(SHIFT_SECONDS if follow else 1)
    views = _following(house) if follow else _folding(house)
    return (
        Job("policies", _POLICIES, lambda _stop: len(adopt_policies(house))),
        Job("upkeep", _HOURLY, lambda _stop: _keep_up(house)),
        Job("sweep", sweeps, lambda stop: _sweep(house, stop)),
        Job("outbox", _OUTBOX, lambda stop: _bring(house, couriers, stop)),
        Job("project", every, views, _VIEW_BACKOFF_SECONDS),
        Job("anchor", _ANCHOR, lambda _stop: _anchor(house), _ANCHOR_BACKOFF_SECONDS),
    )


JOBS = ("policies", "upkeep", "sweep", "outbox", "project", "anchor")
"""Their names, in the order in which they are run once: the views see what the others did."""


def sweep_timetable(hour: int, every_hours: int | None) -> Timetable:
    """Sweep each day at an hour, or every so many hours."""
    return Daily(hour) if every_hours is None else Every(every_hours * 3600)


@dataclass(frozen=True, slots=True)
class Shift:
    """Ends when the service is told to stop, or when its time is over."""

    stop: Stop
    until: float
    monotonic: Callable[[], float] = time.monotonic

    def is_set(self) -> bool:
        """Say whether it is over."""
        return self.stop.is_set() or self.monotonic() >= self.until

    def wait(self, timeout: float) -> bool:
        """Wait until the service is told to stop, or for so many seconds."""
        return self.stop.wait(timeout)


def _following(house: House) -> Callable[[Stop], int]:
    def follow(stop: Stop) -> int:
        with house.runner() as runner:
            runner.run(Shift(stop, time.monotonic() + SHIFT_SECONDS))
            return folded(runner.status())

    return follow


def _folding(house: House) -> Callable[[Stop], int]:
    def fold(_stop: Stop) -> int:
        with house.runner() as runner:
            return folded(runner.run_once())

    return fold


def folded(statuses: Sequence[LaneStatus]) -> int:
    """Count the facts folded.

    Raises:
        ViewsFailed: a view's facts could not be folded.
        ViewUnavailable: a view or the log is away.
    """
    told = ", ".join(f"{one.view}: {one.failure}" for one in statuses if one.failure)
    if any(one.state is LaneState.HALTED for one in statuses):
        raise ViewsFailed(told)
    if told:
        raise ViewUnavailable(told)
    return sum(one.folded for one in statuses)


def _sweep(house: House, stop: Stop) -> int:
    """Sweep today: what days that were missed left is due today; return how much was done."""
    day, done = civil_date(house.clock.now()), 0
    watch = Watch(stopped=stop.is_set)
    while not stop.is_set():
        report = sweep(house, day, house.controllers.values(), LIMIT, watch=watch)
        done += report.resumed + report.erasures + report.count(Outcome.WARNED)
        if report.erasures < LIMIT:
            break
    return done


def _bring(house: House, couriers: Sequence[Courier], stop: Stop) -> int:
    brought = sum(deliver(house, courier, stop.is_set) for courier in couriers)
    kept = brought + settle(house, stop.is_set) + expire_keys(house)
    return kept + tell_corrections(house, stop.is_set)


def _keep_up(house: House) -> int:
    finished = len(resume_erasures(house))
    return finished + settle_restrictions(house) + abandon_pending(house) + expire_keys(house)


def _anchor(house: House) -> int:
    """Anchor the end of every chain; return by how many positions the log's anchor moved."""
    before = house.anchor.log()
    anchor_all(house)
    after = house.anchor.log()
    moved = 0 if after is None else after.position
    return moved - (0 if before is None else before.position)
