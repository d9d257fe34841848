"""What cannot be taken in is set aside, once, with its reason and its payload sealed."""

from collections import Counter
from dataclasses import replace

import pytest

from consumers.intake import SKEW
from consumers.ports import Parked, ParkReason
from consumers.upstream import Envelope, Incoming
from domain.answers import Present
from tests.consumers.feed import Feed
from tests.consumers.side import Side


def parked(side: Side) -> list[Parked]:
    return list(side.log.parked.values())


def spoilt(feed: Feed, **changed: object) -> Incoming:
    """Tell a good message, changed."""
    good = feed.items.pop() if feed.items else feed.tell()
    assert good.envelope is not None
    feed.items.clear()
    envelope: Envelope = replace(good.envelope, **changed)  # type: ignore[arg-type]  # a field each
    return feed.add(envelope)


def test_an_unknown_source_is_parked_for_nobody(side: Side) -> None:
    feed = Feed()
    spoilt(feed, source="nowhere.mail")
    tally = side.take(feed.items)
    assert tally.parked == Counter({"unknown_source": 1})
    assert [p.controller for p in parked(side)] == [None]


def test_a_fact_of_tomorrow_is_parked(side: Side) -> None:
    feed = Feed()
    spoilt(feed, occurred_at=side.clock.instant + SKEW + 1)
    assert side.take(feed.items).parked == Counter({"future_dated": 1})


def test_a_source_whose_clock_is_a_little_ahead_is_believed(side: Side) -> None:
    feed = Feed()
    spoilt(feed, occurred_at=side.clock.instant + SKEW)
    assert side.take(feed.items).recorded == 1


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"remote_event_id": " "}, ParkReason.MISSING_ID),
        ({"remote_candidate_id": ""}, ParkReason.MISSING_ID),
        ({"fact": b"no Avro"}, ParkReason.MALFORMED),
        ({"fact": b"\xc3\x01" + b"\x00" * 8}, ParkReason.UNKNOWN_SCHEMA),
        ({"fact": b"\xc3\x01"}, ParkReason.TRUNCATED),
    ],
)
def test_a_message_that_cannot_be_read_is_parked(
    side: Side, changed: dict[str, object], reason: ParkReason
) -> None:
    feed = Feed()
    spoilt(feed, **changed)
    assert side.take(feed.items).parked == Counter({reason.value: 1})
    assert [p.controller for p in parked(side)] == [side.controller]


def test_a_damaged_stretch_of_a_file_is_parked_with_its_reason(side: Side) -> None:
    torn = Incoming(0, None, ParkReason.TRUNCATED, b"half a block")
    assert side.take([torn]).parked == Counter({"truncated": 1})


def test_a_parked_payload_opens_under_its_own_key_alone(side: Side) -> None:
    feed = Feed()
    item = spoilt(feed, source="nowhere.mail")
    side.take(feed.items)
    (one,) = parked(side)
    assert item.raw not in one.token
    assert side.loose.open("parked", [(one.parked_id, one.token)]) == [Present(item.raw)]


def test_what_is_good_goes_in_beside_what_is_parked(side: Side) -> None:
    feed = Feed()
    feed.tell()
    feed.items.append(Incoming(1, None, ParkReason.MALFORMED, b"?"))
    feed.tell("r-2")
    tally = side.take(feed.items)
    assert (tally.recorded, tally.parked.total()) == (2, 1)


def test_an_item_is_parked_once_however_often_it_is_read(side: Side) -> None:
    feed = Feed()
    spoilt(feed, source="nowhere.mail")
    side.take(feed.items)
    first = parked(side)
    assert side.again(feed).parked.total() == 1
    assert parked(side) == first


def test_the_same_place_of_other_content_is_parked_beside_it(side: Side) -> None:
    feed = Feed()
    spoilt(feed, source="nowhere.mail")
    side.take(feed.items)
    side.take(feed.items, "other/1", "other")
    assert len(parked(side)) == 2


def test_an_unreadable_item_moves_the_position(side: Side) -> None:
    side.take([Incoming(0, None, ParkReason.MALFORMED, b"?")])
    assert side.log.position("feed/1") == 1
