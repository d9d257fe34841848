"""Everybody's dates, reckoned out of the heads: who is due, and who would be under another policy.

Pages of one controller's heads are read in the order of ids, so memory does not grow with the
number of people: all of them are counted, and the first few are kept.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from heapq import nsmallest
from typing import NamedTuple

from consumers.groups import people
from consumers.sweep_deciding import Moment, Reckoned, reckoned
from domain.findings import Finding
from domain.policy import Policy
from domain.postponing import Postponed
from domain.retention import Due
from domain.simulation import Change, Nearness, Shift, nearness, shifts
from domain.sweeping import last_of_day
from domain.values import ControllerId, SubjectId
from infra.random_ids import random_id
from infra.store.store import EventStore


class Pressing(NamedTuple):
    """One date of a person, who has so many streams and is named by the first of them."""

    subject: SubjectId
    streams: int
    due: Due


@dataclass(slots=True)
class DueList:
    """One controller's dates on a day: all counted, the most pressing listed.

    A merged person counts once. ``postponed`` counts dates by cause, ``findings`` the people a
    finding is about. ``pressing`` is in the order of the day of erasure; what is postponed without
    an end comes last.
    """

    people: int = 0
    counts: Counter[Nearness] = field(default_factory=Counter)
    postponed: Counter[Postponed] = field(default_factory=Counter)
    findings: Counter[Finding] = field(default_factory=Counter)
    pressing: list[Pressing] = field(default_factory=list)


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
    store: EventStore, controller: ControllerId, policy: Policy, day: date, limit: int
) -> DueList:
    """Reckon what is due of one controller on a day; list at most ``limit``.

    Raises:
        LogUnavailable: the event database is away.
    """
    made = DueList()
    found = _dues(store, controller, policy, day, made)
    # With a limit of 0 it would not walk at all, and count nobody.
    made.pressing = nsmallest(max(1, limit), found, key=_by_day)[:limit]
    return made


def simulate(
    store: EventStore,
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
    first = nsmallest(max(1, limit), found, key=lambda one: (one[1].erased_on or date.max, one[0]))
    made.first = first[:limit]
    return made


def reckoned_people(
    store: EventStore, controller: ControllerId, policies: Sequence[Policy], day: date
) -> Iterator[tuple[SubjectId, list[Reckoned]]]:
    """Yield each of a controller's people of whom anything is kept, reckoned under policies.

    A merged person comes once, by the first of her streams; what runs out by the day's end has
    run out.

    Raises:
        LogUnavailable: the event database is away.
    """
    end = last_of_day(day)
    moments = [Moment(controller, one, day, end, end, random_id) for one in policies]
    for page in people(store, controller):
        for person in page:
            made = [reckoned(moment, person) for moment in moments]
            found = [one for one in made if one is not None]
            if found:
                yield min(person), found


def _dues(
    store: EventStore, controller: ControllerId, policy: Policy, day: date, made: DueList
) -> Iterator[Pressing]:
    for subject, (known,) in reckoned_people(store, controller, [policy], day):
        made.people += 1
        made.findings.update(known.dates.findings)
        for due in known.dates.dues:
            near = nearness(due, day)
            made.counts[near] += 1
            if near is Nearness.POSTPONED:
                made.postponed.update(due.postponed_by)
            if near is not Nearness.LATER:
                yield Pressing(subject, len(known.drafts), due)


def _shifts(
    store: EventStore,
    controller: ControllerId,
    policies: tuple[Policy, Policy],
    day: date,
    made: Simulation,
) -> Iterator[tuple[SubjectId, Shift]]:
    for subject, (now, then) in reckoned_people(store, controller, policies, day):
        made.people += 1
        made.findings.update(then.dates.findings)
        for shift in shifts(now.dates, then.dates):
            _count(made, shift, day)
            yield subject, shift


def _count(made: Simulation, shift: Shift, day: date) -> None:
    made.changes[shift.change] += 1
    if shift.erased_on is None:
        return
    made.months[shift.erased_on.strftime("%Y-%m")] += 1
    stayed = shift.now is None or shift.now.erase_on is None or shift.now.erase_on > day
    made.at_once += shift.erased_on <= day and stayed


def _by_day(one: Pressing) -> tuple[date, SubjectId]:
    return (one.due.erase_on or date.max, one.subject)
