"""Everything owed on a day: everybody's heads walked in pages, and each store asked once.

All duties are counted and the most pressing are kept, so memory does not grow with the number of
people. Nothing is opened and nothing is changed.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from heapq import nsmallest

from consumers.groups import HeadsLog, people
from consumers.registers import registers
from domain.duties import OF_PERSONS, Duty, DutyKind, DutyState, pressure
from domain.house_duties import (
    notice_duty,
    parked_duty,
    policy_duties,
    register_duties,
    unfinished_duty,
    view_duty,
)
from domain.person_duties import person_duties
from domain.policy import Policy, in_force
from domain.registers import Registers
from domain.values import ControllerId
from infra.checks import behind
from infra.house import House

Policies = Mapping[ControllerId, Sequence[Policy]]


@dataclass(slots=True)
class DutyList:
    """What is owed on a day: all counted, the most pressing listed.

    ``people`` is how many people's states were looked at: none, when no kind asks for it.
    """

    people: int = 0
    counts: Counter[tuple[DutyKind, DutyState]] = field(default_factory=Counter)
    pressing: list[Duty] = field(default_factory=list)


def duty_list(
    house: House, policies: Policies, day: date, kinds: frozenset[DutyKind], limit: int
) -> DutyList:
    """Reckon what the controllers of ``policies`` owe on a day; list at most ``limit``.

    The house's own duties, which are no controller's, are told when all controllers are asked.

    Raises:
        LogUnavailable, ViewUnavailable: a database is away.
    """
    made = DutyList()
    found = _counted(_duties(house, policies, day, kinds, made), kinds, made)
    # With a limit of 0 it would not walk at all.
    made.pressing = nsmallest(max(1, limit), found, key=pressure)[:limit]
    return made


def _duties(
    house: House, policies: Policies, day: date, kinds: frozenset[DutyKind], made: DutyList
) -> Iterator[Duty]:
    for controller, versions in policies.items():
        yield from policy_duties(controller, versions, day)
        known = registers().get(house.slug_of(controller), Registers())
        yield from register_duties(controller, versions, known, day)
    yield from _of_stores(house, policies, day)
    if len(policies) == len(house.controllers):
        yield from [view_duty(view) for view, count in behind(house).items() if count]
    if kinds & OF_PERSONS:
        for controller, versions in policies.items():
            policy = in_force(versions, day)
            yield from duties_of_people(house.store, controller, policy, day, made)


def _counted(found: Iterator[Duty], kinds: frozenset[DutyKind], made: DutyList) -> Iterator[Duty]:
    for duty in found:
        if duty.kind in kinds:
            made.counts[duty.kind, duty.state] += duty.number
            yield duty


def _of_stores(house: House, policies: Policies, day: date) -> Iterator[Duty]:
    for one in house.outbox.counts():
        if one.controller in policies:
            yield notice_duty(one.controller, one.recipient, one.waiting, one.oldest, day)
    whole = len(policies) == len(house.controllers)
    for aged in house.parking.ages():
        if aged.controller in policies or (whole and aged.controller is None):
            yield parked_duty(aged.controller, aged.waiting, aged.oldest, day)
    for erasure in house.store.pending_erasures():
        if erasure.controller in policies:
            yield unfinished_duty(
                erasure.controller, erasure.subject, erasure.category or "", erasure.ordered_at
            )


def duties_of_people(
    log: HeadsLog, controller: ControllerId, policy: Policy | None, day: date, made: DutyList
) -> Iterator[Duty]:
    """Walk a controller's people, those merged as one, and yield what is owed about each.

    Raises:
        LogUnavailable: the event database is away.
    """
    for page in people(log, controller):
        made.people += len(page)
        for person in page:
            streams = {subject: head.state for subject, head in person.items()}
            yield from person_duties(controller, streams, policy, day)
