"""What is finished before new work begins: whatever was cut short, and keys past their date."""

from collections import defaultdict

from consumers.abandonment import abandon
from consumers.erasure import Receipt
from consumers.ingest import PARKED_PERIOD
from domain.values import ControllerId, SubjectId
from infra.gate import restore_gate
from infra.house import House
from infra.random_ids import random_id
from infra.rights import settle_restrictions

ABANDONED_AFTER = 24 * 3600 * 1_000_000
"""Microseconds a person may be pending in the key database without a stream: 24 hours."""


def upkeep(house: House) -> None:
    """Finish what a crash left, and destroy the keys whose period is over."""
    resume_erasures(house)
    settle_restrictions(house)
    abandon_pending(house)
    expire_keys(house)


def expire_keys(house: House) -> int:
    """Destroy keys of notices, letters and parked payloads past their date, and old pointers.

    Return how many.

    Raises:
        KeyUnavailable, LogUnavailable: a database is away.
    """
    now = house.clock.now()
    expired = house.keyring.expire_notices(now) + house.loose.expire(now)
    expired += house.keyring.expire_suppressions(now)
    house.parking.lapse(now - PARKED_PERIOD, now)
    return expired


def resume_erasures(house: House) -> list[Receipt]:
    """Finish every erasure that was ordered and not ended.

    Raises:
        ErasureFailed: a token still opens.
        GateClosed: the databases are to be reconciled first.
        KeyUnavailable, LogUnavailable: a database is away.
    """
    pending: dict[ControllerId, list[SubjectId]] = defaultdict(list)
    for erasure in house.store.pending_erasures():
        pending[erasure.controller].append(erasure.subject)
    if pending:
        # Before anything is opened or recorded: a house that was put back is reconciled first.
        restore_gate(house)()
    process = house.erasure()
    return [r for c, people in pending.items() for r in process.resume(c, people)]


def abandon_pending(house: House) -> int:
    """Confirm people who have a stream, and abandon those pending too long; return how many.

    Raises:
        GateClosed: a stream may be missing because the log was put back; it is reconciled first.
        KeyUnavailable, LogUnavailable: a database is away.
    """
    before = house.clock.now() - ABANDONED_AFTER
    pending: dict[ControllerId, list[SubjectId]] = defaultdict(list)
    for one in house.keyring.abandoned(before):
        pending[one.controller].append(one.subject)
    count = 0
    for controller, people in pending.items():
        begun = house.store.with_stream(people)
        heads = house.store.heads_of(begun)
        # What is no person's has no head among these, and is never erased.
        alive = [s for s in begun if s not in heads or heads[s].state.erasure.end is None]
        house.keyring.confirm(controller, alive)
        never = [s for s in people if s not in alive]
        if never:
            restore_gate(house)()
        doors = house.erasure().doors
        count += abandon(doors, controller, never, house.clock.now(), random_id)
    return count
