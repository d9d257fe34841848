"""Parked items and notices: what waits, and how it is settled."""

from dataclasses import replace

import pytest

from consumers.ports import Batch, ParkReason
from infra.store.outbox import Outbox, WaitingCount
from infra.store.parking import Outcome, ParkedCount, Parking
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
