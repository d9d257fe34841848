"""Everybody's dates, reckoned out of the heads: who is due, and who would be under another policy.

Pages of one controller's heads are read in the order of ids, so memory does not grow with the
number of people: all of them are counted, and the first few are kept.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from heapq import nsmallest

from domain.findings import Finding
from domain.policy import Policy
from domain.retention import Due, due_dates
from domain.simulation import Change, Nearness, Shift, nearness, shifts
from domain.situation import Situation, situation_of
from domain.values import ControllerId, SubjectId
from infra.store.reading import LogReader

PAGE = 500
"""Heads read at a time: about a megabyte."""


@dataclass(slots=True)
class DueList:
    """One controller's dates on a day: all counted, the most pressing listed.

    ``findings`` counts the people a finding is about. ``pressing`` is in the order of the day of
    erasure; what is postponed without an end comes last.
    """

    people: int = 0
    counts: Counter[Nearness] = field(default_factory=Counter)
    findings: Counter[Finding] = field(default_factory=Counter)
    pressing: list[tuple[SubjectId, Due]] = field(default_factory=list)


@dataclass(slots=True)
class Simulation:
    """One controller's people under another policy: all counted, the first erased listed.

    ``months`` counts erasures by the month in which they would be; ``at_once`` those on or before
    the day that the present policy would not have made by then.
    """

    people: int = 0
    at_once: int = 0
    changes: Counter[Change] = field(default_factory=Counter)
    months: Counter[str] = field(default_factory=Counter)
    findings: Counter[Finding] = field(default_factory=Counter)
    first: list[tuple[SubjectId, Shift]] = field(default_factory=list)


def due_list(
    store: LogReader, controller: ControllerId, policy: Policy, day: date, limit: int
) -> DueList:
    """Reckon what is due of one controller on a day; list at most ``limit``.

    Raises:
        LogUnavailable: the event database is away.
    """
    made = DueList()
    found = _dues(store, controller, policy, day, made)
    made.pressing = nsmallest(limit, found, key=_by_day)
    return made


def simulate(
    store: LogReader,
    controller: ControllerId,
    policies: tuple[Policy, Policy],
    day: date,
    limit: int,
) -> Simulation:
    """Reckon everybody's dates under the present policy and under another; list at most ``limit``.

    Raises:
        LogUnavailable: the event database is away.
    """
    made = Simulation()
    found = _shifts(store, controller, policies, day, made)
    made.first = nsmallest(limit, found, key=lambda one: (one[1].erased_on or date.max, one[0]))
    return made


def situations(store: LogReader, controller: ControllerId) -> Iterator[tuple[SubjectId, Situation]]:
    """Yield the situation of each of a controller's people of whom anything is kept.

    Raises:
        LogUnavailable: the event database is away.
    """
    after: SubjectId | None = None
    while page := store.heads_after(controller, after, PAGE):
        for subject, head in page:
            situation = situation_of(head.state)
            if situation.kept:
                yield subject, situation
        after = page[-1][0]


def _dues(
    store: LogReader, controller: ControllerId, policy: Policy, day: date, made: DueList
) -> Iterator[tuple[SubjectId, Due]]:
    for subject, situation in situations(store, controller):
        dates = due_dates(policy, situation)
        made.people += 1
        made.findings.update(dates.findings)
        for due in dates.dues:
            near = nearness(due, day)
            made.counts[near] += 1
            if near is not Nearness.LATER:
                yield subject, due


def _shifts(
    store: LogReader,
    controller: ControllerId,
    policies: tuple[Policy, Policy],
    day: date,
    made: Simulation,
) -> Iterator[tuple[SubjectId, Shift]]:
    for subject, situation in situations(store, controller):
        now, then = [due_dates(policy, situation) for policy in policies]
        made.people += 1
        made.findings.update(then.findings)
        for shift in shifts(now, then):
            _count(made, shift, day)
            yield subject, shift


def _count(made: Simulation, shift: Shift, day: date) -> None:
    made.changes[shift.change] += 1
    if shift.erased_on is None:
        return
    made.months[shift.erased_on.strftime("%Y-%m")] += 1
    stayed = shift.now is None or shift.now.erase_on is None or shift.now.erase_on > day
    made.at_once += shift.erased_on <= day and stayed


def _by_day(one: tuple[SubjectId, Due]) -> tuple[date, SubjectId]:
    return (one[1].erase_on or date.max, one[0])
