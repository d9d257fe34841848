"""People whose keys were made and whose first fact never came."""

import pytest

from consumers.abandonment import abandon
from domain.erasure import SubjectAbandoned
from domain.values import SubjectId
from infra.random_ids import random_id
from tests.consumers.feed import Feed
from tests.consumers.side import Crash, Side, later
from tests.examples import MINUTE

DAY = 24 * 60 * MINUTE


@pytest.fixture
def pending(side: Side, feed: Feed) -> SubjectId:
    """Admit r-1 and go no further."""
    side.ingest.prepare(feed.items[:1])
    return side.person()


def abandon_all(side: Side, *people: SubjectId) -> int:
    return abandon(side.doors(), side.controller, people, side.clock.now(), random_id)


def test_someone_abandoned_has_no_key(side: Side, pending: SubjectId) -> None:
    assert abandon_all(side, pending) == 1
    assert side.keyring.footprint(side.controller, pending).keys == {}
    assert [type(fact) for fact in side.facts(pending)] == [SubjectAbandoned]


def test_the_journal_of_an_abandonment_is_anchored(side: Side, pending: SubjectId) -> None:
    abandon_all(side, pending)
    assert side.anchored == [side.keyring.journal_head(side.controller)]


def test_abandoning_twice_destroys_once(side: Side, pending: SubjectId) -> None:
    abandon_all(side, pending)
    abandon_all(side, pending)
    assert side.keyring.journal_head(side.controller).sequence == 1


def test_a_crash_before_the_destruction_is_made_good(side: Side, pending: SubjectId) -> None:
    def crash(_batch: object) -> None:
        raise Crash

    side.log.after = [crash]
    with pytest.raises(Crash):
        abandon_all(side, pending)
    assert abandon_all(side, pending) == 1
    assert side.keyring.footprint(side.controller, pending).keys == {}


def test_someone_whose_first_fact_came_is_not_abandoned(side: Side, feed: Feed) -> None:
    side.take(feed.items)
    assert abandon_all(side, side.person()) == 0
    assert side.keyring.live_epochs(side.controller, [side.person()], None)[0] != ()


def test_someone_whose_first_fact_comes_meanwhile_is_not_abandoned(
    side: Side, feed: Feed, pending: SubjectId
) -> None:
    side.log.before = [lambda _batch: _take(side, feed)]
    assert abandon_all(side, pending) == 0
    assert side.keyring.live_epochs(side.controller, [pending], None)[0] != ()


def _take(side: Side, feed: Feed) -> None:
    side.take(feed.items)


def test_the_first_fact_of_someone_abandoned_still_comes(
    side: Side, feed: Feed, pending: SubjectId
) -> None:
    """Guard: no late-fact guard is left for her, or her facts would be refused as late."""
    later(side, DAY)
    abandon_all(side, pending)
    tally = side.take(feed.items)
    assert (tally.recorded, tally.refused.total()) == (4, 0)
    assert side.person() != pending
