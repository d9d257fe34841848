"""A page becomes facts: linked, recorded once, counted; its position moves exactly."""

from dataclasses import replace

import pytest

from consumers.ingest import Span
from consumers.packing import unpack
from consumers.ports import LogUnavailable, PositionFenced
from consumers.tally import Tally
from domain.answers import Present
from tests.consumers.feed import REGISTERED, SUBMITTED, UPLOADED, Feed
from tests.consumers.side import Side
from tests.examples import OTHER_SOURCE

LINKED = "candidate.source-linked"


@pytest.mark.requirement("A86")
def test_every_fact_of_a_page_is_recorded_in_its_order(side: Side, feed: Feed) -> None:
    tally = side.take(feed.items)
    assert (tally.read, tally.recorded, tally.people) == (4, 4, 2)
    assert side.topics(side.person()) == [LINKED, REGISTERED, SUBMITTED, UPLOADED]


def test_a_source_is_linked_once(side: Side, feed: Feed) -> None:
    side.take(feed.items[:1])
    side.take(feed.items[1:])
    assert side.topics(side.person()).count(LINKED) == 1


def test_the_link_holds_the_sources_own_id_sealed(side: Side, feed: Feed) -> None:
    side.take(feed.items)
    (link, *_) = side.open_log(side.person())
    assert isinstance(link, Present)
    assert unpack(link.plaintext) == {"remote_id": "r-1"}


def test_the_same_id_in_another_source_is_another_person(side: Side) -> None:
    feed = Feed()
    first = feed.tell()
    assert first.envelope is not None
    feed.add(replace(first.envelope, source=OTHER_SOURCE))
    assert side.take(feed.items).people == 2
    assert side.person() != side.person(source=OTHER_SOURCE)


def test_a_repeated_message_on_a_page_is_a_duplicate(side: Side) -> None:
    feed = Feed()
    feed.tell(event="E")
    feed.tell(event="E")
    tally = side.take(feed.items)
    assert (tally.recorded, tally.duplicate) == (1, 1)


@pytest.mark.requirement("A50")
def test_a_repeated_message_on_a_later_page_is_a_duplicate(side: Side) -> None:
    feed = Feed()
    feed.tell(event="E")
    feed.tell(event="E")
    side.take(feed.items[:1])
    assert side.take(feed.items[1:]).duplicate == 1


def test_a_duplicate_is_known_also_when_it_names_another_person(side: Side) -> None:
    feed = Feed()
    feed.tell("r-1", event="E")
    feed.tell("r-9", event="E")
    assert side.take(feed.items).duplicate == 1


@pytest.mark.requirement("A50")
def test_reading_a_feed_again_records_nothing(side: Side, feed: Feed) -> None:
    side.take(feed.items)
    before = list(side.log.log)
    tally = side.again(feed)
    assert (tally.duplicate, tally.people) == (4, 0)
    assert side.log.log == before


def test_the_position_moves_to_the_next_item(side: Side, feed: Feed) -> None:
    side.take(feed.items[:3])
    assert side.log.position("feed/1") == 3


def test_two_readers_of_one_page_are_fenced(side: Side, feed: Feed) -> None:
    page = side.ingest.prepare(feed.items)
    side.take(feed.items)
    with pytest.raises(PositionFenced):
        side.ingest.commit(page, _span_of(feed))


def test_a_lost_acknowledgement_is_success(side: Side, feed: Feed) -> None:
    def lose(_batch: object) -> None:
        message = "the connection broke after the commit"
        raise LogUnavailable(message)

    side.log.after = [lose]
    assert side.take(feed.items) == Tally(read=4, recorded=4, people=2)
    assert len(side.log.log) == 6


def test_a_log_that_stays_away_is_told_after_a_bounded_patience(side: Side, feed: Feed) -> None:
    page = side.ingest.prepare(feed.items)

    def go(_batch: object) -> None:
        side.log.away = True

    side.log.before = [go]
    with pytest.raises(LogUnavailable):
        side.ingest.commit(page, _span_of(feed))
    assert len(side.waits) < 10
    side.log.away = False
    assert side.log.position("feed/1") == 0


def _span_of(feed: Feed) -> Span:
    return Span("feed/1", "feed", 0, len(feed.items))
