"""Facts about an erased person: refused, and their source told once, by its own id for her."""

from consumers.ports import Notice, NoticeKind
from domain.answers import Present
from tests.consumers.feed import STATED, SUBMITTED, Feed
from tests.consumers.side import Side, later
from tests.examples import MINUTE


def notices(side: Side) -> list[Notice]:
    return [n for n in side.log.notices.values() if n.kind is NoticeKind.LATE_FACT]


def erased(side: Side, feed: Feed) -> None:
    side.take(feed.items)
    side.erase(side.person())
    later(side, 10 * MINUTE)


def test_a_fact_from_before_the_erasure_is_refused(side: Side, feed: Feed) -> None:
    erased(side, feed)
    late = Feed()
    late.tell(event="late", at=side.clock.instant - 20 * MINUTE)
    tally = side.take(late.items, "late/1")
    assert tally.refused == {"late_fact": 1}
    assert (tally.recorded, tally.people) == (0, 0)


def test_a_fact_that_may_not_begin_a_person_is_refused_whenever_it_occurred(
    side: Side, feed: Feed
) -> None:
    erased(side, feed)
    late = Feed()
    late.tell(topic=STATED, event="late", at=side.clock.instant)
    assert side.take(late.items, "late/1").refused == {"late_fact": 1}


def test_a_later_application_begins_a_new_person(side: Side, feed: Feed) -> None:
    side.take(feed.items)
    before = side.person()
    side.erase(before)
    later(side, 10 * MINUTE)
    anew = Feed()
    anew.tell(topic=SUBMITTED, event="anew", at=side.clock.instant)
    assert side.take(anew.items, "anew/1").people == 1
    assert side.person() != before


def test_a_refused_fact_never_enters_the_inbox(side: Side, feed: Feed) -> None:
    erased(side, feed)
    late = Feed()
    item = late.tell(event="late", at=side.clock.instant - 20 * MINUTE)
    side.take(late.items, "late/1")
    assert item.envelope is not None
    fact_id = side.keyring.fact_id(side.controller, item.envelope.source, "late")
    assert side.log.load(side.controller, [], [fact_id]).known == frozenset()


def test_a_source_is_told_once_of_a_person(side: Side, feed: Feed) -> None:
    erased(side, feed)
    assert side.again(feed).refused == {"late_fact": 3}
    assert side.again(feed, 3).refused == {"late_fact": 3}
    assert [n.recipient for n in notices(side)] == ["fjordtalent"]


def test_each_person_is_told_of_for_herself(side: Side, feed: Feed) -> None:
    side.take(feed.items)
    side.erase(side.person("r-1"), side.person("r-2"))
    side.again(feed)
    assert len(notices(side)) == 2


def test_the_source_is_told_its_own_id_sealed_under_a_loose_key(side: Side, feed: Feed) -> None:
    erased(side, feed)
    side.again(feed)
    (notice,) = notices(side)
    assert notice.token is not None
    assert b"r-1" not in notice.token
    answers = side.loose.open("notice", [(notice.notice_id, notice.token)])
    assert answers == [Present(b"r-1")]


def test_a_late_notice_names_no_subject(side: Side, feed: Feed) -> None:
    erased(side, feed)
    side.again(feed)
    assert [n.subject for n in notices(side)] == [None]


def test_others_on_the_page_go_in(side: Side, feed: Feed) -> None:
    erased(side, feed)
    feed.tell("r-3", at=side.clock.instant)
    tally = side.again(feed)
    assert (tally.recorded, tally.duplicate, tally.refused.total()) == (1, 1, 3)
