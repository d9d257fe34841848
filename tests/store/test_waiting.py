"""Parked items and notices: what waits, and how it is settled."""

from dataclasses import replace

import pytest

from consumers.parking import Outcome
from consumers.ports import Batch, ParkReason
from infra.store.outbox import Outbox, WaitingCount
from infra.store.parking import ParkedCount, Parking, Settled
from infra.store.store import EventStore
from tests import examples
from tests.contracts.log_contract import notice, parked

ITEMS = (parked(1), parked(2), replace(parked(3, ParkReason.OVERSIZE), controller=None))
NOTICES = (notice(1), notice(2), replace(notice(3), token=None, subject=None, erasure_id=None))
LATER = examples.START + 60 * examples.MINUTE


@pytest.fixture
def parking(store: EventStore) -> Parking:
    """Give three parked items, two of them alike."""
    store.append(Batch(parked=ITEMS))
    return Parking(store.database)


@pytest.fixture
def outbox(store: EventStore) -> Outbox:
    """Give three notices."""
    store.append(Batch(notices=NOTICES))
    return Outbox(store.database)


def test_parked_items_are_counted_by_controller_and_reason(parking: Parking) -> None:
    assert parking.counts() == [
        ParkedCount(examples.controller(), ParkReason.MALFORMED, 2),
        ParkedCount(None, ParkReason.OVERSIZE, 1),
    ]


def test_parked_items_are_read_in_pages(parking: Parking) -> None:
    first = parking.waiting(2)
    assert first == list(ITEMS[:2])
    assert parking.waiting(2, first[-1]) == [ITEMS[2]]


def test_a_settled_item_waits_no_longer_and_keeps_its_payload(parking: Parking) -> None:
    wanted = [ITEMS[0].parked_id]
    assert parking.settle(wanted, Outcome.REPLAYED, LATER) == wanted
    assert parking.waiting(10) == list(ITEMS[1:])
    assert parking.payloads(wanted) == [ITEMS[0]]


REFUSED = replace(
    ITEMS[0], reason=ParkReason.NO_CONSENT, subject=examples.subject(), topic="candidate.disclosed"
)


def test_what_is_refused_later_learns_whose_it_is_and_keeps_its_payload(
    store: EventStore, parking: Parking
) -> None:
    store.append(Batch(parked=(replace(REFUSED, token=b"another", parked_at=LATER),)))
    assert parking.payloads([REFUSED.parked_id]) == [REFUSED]


def test_what_was_read_before_is_left_as_it_is(store: EventStore, parking: Parking) -> None:
    store.append(Batch(parked=(REFUSED,)))
    store.append(Batch(parked=(ITEMS[0],)))
    assert parking.payloads([REFUSED.parked_id]) == [REFUSED]


def test_a_settled_item_learns_nothing(store: EventStore, parking: Parking) -> None:
    parking.settle([ITEMS[0].parked_id], Outcome.DISCARDED, LATER)
    store.append(Batch(parked=(REFUSED,)))
    assert parking.payloads([REFUSED.parked_id]) == [ITEMS[0]]


def test_items_about_a_person_are_found_settled_or_not(store: EventStore, parking: Parking) -> None:
    store.append(Batch(parked=(REFUSED,)))
    assert parking.waiting_about(examples.subject()) == 1
    parking.settle([REFUSED.parked_id], Outcome.REPLAYED, LATER)
    assert parking.of([examples.subject(), examples.subject(2)]) == [REFUSED.parked_id]
    assert parking.waiting_about(examples.subject()) == 0


def test_how_an_item_was_settled_is_told(parking: Parking) -> None:
    parking.settle([ITEMS[0].parked_id], Outcome.REPLAYED, LATER)
    told = parking.settled([one.parked_id for one in ITEMS])
    assert told == {ITEMS[0].parked_id: Settled(Outcome.REPLAYED, LATER)}


def test_items_past_their_period_lapse(parking: Parking) -> None:
    assert parking.lapse(ITEMS[1].parked_at, LATER) == 2
    assert parking.waiting(10) == [ITEMS[2]]
    assert parking.lapse(ITEMS[1].parked_at, LATER) == 0


def test_settling_again_changes_nothing(parking: Parking) -> None:
    wanted = [ITEMS[0].parked_id]
    parking.settle(wanted, Outcome.REPLAYED, LATER)
    assert parking.settle(wanted, Outcome.REPLAYED, LATER + 1) == wanted
    assert parking.settle(wanted, Outcome.DISCARDED, LATER) == []


def test_waiting_notices_are_read_in_pages(outbox: Outbox) -> None:
    first = outbox.waiting(2)
    assert first == list(NOTICES[:2])
    assert outbox.waiting(2, first[-1]) == [NOTICES[2]]


@pytest.mark.requirement("A65", "T11")
def test_an_acknowledged_notice_waits_no_longer(outbox: Outbox) -> None:
    wanted = [NOTICES[0].notice_id]
    assert outbox.acknowledge(wanted, LATER) == wanted
    assert outbox.acknowledge(wanted, LATER + 1) == wanted
    assert outbox.waiting(10) == list(NOTICES[1:])


def test_notices_are_counted_by_recipient_with_the_oldest(outbox: Outbox) -> None:
    since = examples.START + 1
    assert outbox.counts() == [WaitingCount(examples.controller(), examples.SOURCE, 3, since)]


def test_a_second_notice_with_the_same_id_is_dropped(store: EventStore) -> None:
    store.append(Batch(notices=(notice(1),)))
    store.append(Batch(notices=(replace(notice(1), recipient="another"),)))
    assert Outbox(store.database).waiting(10) == [notice(1)]


def test_notices_are_told_in_the_order_they_were_written_whatever_the_clock_said(
    store: EventStore,
) -> None:
    told = [replace(notice(n), created_at=LATER - n, subject=None) for n in range(1, 9)]
    for one in told[:4]:
        store.append(Batch(notices=(one,)))
    store.append(Batch(notices=tuple(told[4:])))
    outbox = Outbox(store.database)
    assert outbox.waiting(10) == outbox.sendable(10) == told
    assert outbox.sendable(3, told[1]) == told[2:5]


def test_a_notice_that_a_later_one_overtook_is_not_sent(store: EventStore) -> None:
    others = replace(notice(3), subject=examples.subject(9)), replace(notice(4), recipient="x.y")
    told = notice(1), *others, notice(2)
    for one in told:
        store.append(Batch(notices=(one,)))
    outbox = Outbox(store.database)
    outbox.acknowledge([notice(2).notice_id], LATER)
    assert outbox.sendable(10) == list(others)
    assert outbox.waiting(10) == [notice(1), *others]
