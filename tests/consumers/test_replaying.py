"""A replay records what is missing, once; what is refused again waits, and what is over is told."""

import pytest

from consumers.parking import Outcome, Replay, Replayed
from consumers.ports import Parked, ParkReason
from consumers.upstream import Incoming
from domain.answers import Shredded
from tests.consumers.gated import (
    GIVEN,
    PRESENTED,
    TO_CLIENT,
    TO_PRESENT,
    Gated,
    gated,
)
from tests.consumers.side import later, request

MONTH = 31 * 24 * 3600 * 1_000_000


@pytest.fixture
def refused() -> Gated:
    """Give a house in which a presentation waits for a consent."""
    one = gated("toptemp")
    one.tell(PRESENTED, TO_CLIENT)
    return one


def consent(one: Gated) -> None:
    """Let her have consented before she was presented."""
    first = one.feed.items[0].envelope
    assert first is not None
    item = one.feed.tell("r-1", GIVEN, at=first.occurred_at, values=TO_PRESENT)
    one.side.take([item])


def only(one: Gated) -> Parked:
    (item,) = one.side.log.parked.values()
    return item


@pytest.mark.requirement("A198")
def test_what_may_be_recorded_now_is_recorded_under_its_own_id(refused: Gated) -> None:
    consent(refused)
    told = refused.replay()
    assert (told.asked, told.recorded, told.waiting.total()) == (1, 1, 0)
    side = refused.side
    last = side.log.stream(side.person())[-1]
    assert last.fact.TOPIC == PRESENTED
    assert last.stamp.fact_id == side.keyring.fact_id(side.controller, "fjordtalent", "E-1")


def test_what_was_recorded_is_settled_and_its_key_destroyed(refused: Gated) -> None:
    consent(refused)
    refused.replay()
    item = only(refused)
    assert refused.lot.outcomes == {item.parked_id: Outcome.REPLAYED}
    answers = refused.side.loose.open("parked", [(item.parked_id, item.token)])
    assert answers == [Shredded()]


def test_what_is_refused_again_waits_on(refused: Gated) -> None:
    told = refused.replay()
    assert (told.asked, told.recorded, told.waiting) == (1, 0, {"no_consent": 1})
    assert refused.waiting == [ParkReason.NO_CONSENT]


def test_a_fact_recorded_meanwhile_is_a_duplicate_and_settled(refused: Gated) -> None:
    consent(refused)
    refused.side.again(refused.feed)
    told = refused.replay()
    assert (told.recorded, told.duplicate) == (0, 1)
    assert refused.lot.waiting() == []


def test_replaying_twice_records_once(refused: Gated) -> None:
    consent(refused)
    items = refused.lot.waiting()
    refused.replay()
    refused.lot.outcomes.clear()
    before = refused.topics
    told = refused.replay()
    assert items
    assert refused.topics == before
    assert (told.recorded, told.expired) == (0, 1)


def test_a_replay_cut_short_after_the_commit_is_finished_as_a_duplicate(refused: Gated) -> None:
    """The key lives until the item is settled, so nothing is lost in between."""
    consent(refused)
    (item,) = refused.lot.waiting()
    assert item.subject is not None
    refused.side.again(refused.feed, reading=7)
    assert refused.replay().duplicate == 1


def test_an_item_whose_period_is_over_is_told_and_waits_no_longer(refused: Gated) -> None:
    later(refused.side, MONTH)
    refused.side.loose.expire(refused.side.clock.now())
    told = refused.replay()
    assert (told.expired, told.recorded) == (1, 0)
    assert refused.lot.outcomes == {only(refused).parked_id: Outcome.DISCARDED}


def test_a_person_erased_meanwhile_has_her_item_discarded(refused: Gated) -> None:
    """As when a payload nobody was known for turns out to be hers."""
    side = refused.side
    side.erasure().erase(side.controller, [request(side.person())])
    told = refused.replay()
    assert told.refused == {"late_fact": 1}
    assert refused.lot.outcomes == {only(refused).parked_id: Outcome.DISCARDED}


def test_what_could_not_be_read_and_still_cannot_waits_on() -> None:
    one = gated("toptemp")
    one.side.take([Incoming(0, None, ParkReason.TRUNCATED, b"half a block")])
    told = one.replay()
    assert told.waiting == {"malformed": 1}
    assert one.waiting == [ParkReason.TRUNCATED]


def test_what_was_parked_unread_learns_whose_it_is_and_why_it_waits() -> None:
    one = gated("toptemp")
    one.tell(GIVEN, {"purpose": "pool"})
    ahead = one.side.clock.now() + MONTH
    item = one.feed.tell("r-1", PRESENTED, at=ahead, values=TO_CLIENT)
    one.take(item)
    assert only(one).subject is None
    later(one.side, MONTH)
    one.replay()
    assert (only(one).subject, only(one).reason) == (one.side.person(), ParkReason.NO_CONSENT)


def test_items_are_replayed_in_the_order_they_were_told() -> None:
    """A consent that waited beside the presentation comes first if it was told first."""
    one = gated("toptemp")
    ahead = one.side.clock.now() + MONTH // 2
    one.tell("candidate.profile-section-stated", {})
    for n, (topic, values) in enumerate(((GIVEN, TO_PRESENT), (PRESENTED, TO_CLIENT))):
        one.take(one.feed.tell("r-1", topic, at=ahead + n, values=values))
    later(one.side, MONTH)
    waiting = sorted(one.lot.waiting(), key=lambda item: -item.position_index)
    told = Replayed()
    Replay(one.side.ingest, one.lot, one.side.loose, one.decode).replay(waiting, told)
    assert told.recorded == 2
    assert told.waiting == {}
