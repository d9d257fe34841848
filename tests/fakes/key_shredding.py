"""How the keyring in memory destroys: a grave for each key, a record for each order."""

from uuid import UUID

from domain.keyring import DestroyOrder, Destruction, KeyEpoch
from domain.values import Category, Instant, SubjectId
from infra.keys import record as journal
from infra.keys.lateness import Guard
from infra.keys.normalise import SOURCE_KIND
from infra.keys.shapes import LATE_FACT_PERIOD, NOTICE_PERIOD, outlives
from tests.fakes.key_house import Grave, KeyHouse, Person
from tests.fakes.key_suppression import point


def live_epochs(
    house: KeyHouse, subject: SubjectId, category: Category | None
) -> tuple[KeyEpoch, ...]:
    """Name the keys an erasure would destroy."""
    person = house.people.get(subject)
    keys = sorted(person.keys.items()) if person else []
    return tuple(
        KeyEpoch(name, live.epoch, UUID(bytes=live.key.key_id))
        for name, live in keys
        if not outlives(name) and category in {None, name}
    )


def destroy(house: KeyHouse, order: DestroyOrder) -> Destruction:
    """Carry out an order once; a repeated one gets the first one's record."""
    if order.erasure_id in house.destructions:
        return house.destructions[order.erasure_id]
    whole = order.category is None
    named = {epoch.key_id for epoch in order.epochs}
    live = live_epochs(house, order.subject, order.category)
    doomed = tuple(epoch for epoch in live if whole or epoch.key_id in named)
    fingerprints = tuple(bury(house, order.subject, epoch.category) for epoch in doomed)
    _bury_absent(house, order)
    if whole and order.suppress:
        point(house, house.addresses.get(order.subject, set()), order.suppress)
    record = journal.JournalRecord(
        sequence=house.head().sequence + 1,
        erasure_id=order.erasure_id,
        controller=house.controller,
        subject=order.subject,
        whole_person=whole,
        epochs=doomed,
        fingerprints=fingerprints,
        lookups_cleared=_forget(house, order.subject, guarded=order.guarded) if whole else 0,
        destroyed_at=house.clock.now(),
    )
    return _recorded(house, record)


def _recorded(house: KeyHouse, record: journal.JournalRecord) -> Destruction:
    chained = journal.extend(house.secret, house.head(), record)
    house.records.append(chained)
    answer = chained.decoded().destruction(chained.chain)
    house.destructions[answer.erasure_id] = answer
    return answer


def bury(house: KeyHouse, subject: SubjectId, category: Category) -> bytes:
    """Destroy a live key and return its commitment."""
    key = house.people[subject].keys.pop(category).key
    del house.live[key.key_id]
    house.graves[key.key_id] = Grave(subject, category, key.commitment)
    return key.commitment


def _bury_absent(house: KeyHouse, order: DestroyOrder) -> None:
    """Leave a tombstone for a key that a fence named and a restored database lost."""
    for epoch in order.epochs:
        key_id = epoch.key_id.bytes
        if key_id not in house.live:
            house.graves.setdefault(key_id, Grave(order.subject, epoch.category, b""))


def _forget(house: KeyHouse, subject: SubjectId, *, guarded: bool) -> int:
    now = house.clock.now()
    house.people.setdefault(subject, Person(subject, now)).erased = True
    house.addresses.pop(subject, None)
    held = [place for place, subjects in house.lookups.items() if subject in subjects]
    for kind, token in held:
        house.lookups[kind, token].remove(subject)
        if kind == SOURCE_KIND and guarded:
            house.guards[token] = Guard(now, now + LATE_FACT_PERIOD)
    return len(held)


def expire(house: KeyHouse, now: Instant) -> int:
    """Destroy the notice and request keys whose period is over; return how many."""
    due = [
        (person.subject, category)
        for person in house.people.values()
        for category, live in person.keys.items()
        if outlives(category) and live.created_at <= now - NOTICE_PERIOD
    ]
    for subject, category in due:
        bury(house, subject, category)
    return len(due)
