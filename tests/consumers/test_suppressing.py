"""Pointers on the write side: who leaves them, whom they bar, and who is welcome all the same."""

from dataclasses import replace

import pytest

from consumers.ingest import Span
from consumers.suppressing import Suppressing
from domain.answers import KeyUnavailable
from domain.keyring import Contact, ContactKind
from domain.suppression import SuppressionReason
from tests.consumers.feed import REGISTERED, SUBMITTED, Feed, email
from tests.consumers.side import Crash, Side
from tests.consumers.suppressed import (
    BARRED,
    DAY,
    ENRICHED,
    GOOGLE,
    HERS,
    IMPORTED,
    OPTED_IN,
    OPTED_OUT,
    REPLIED,
    SENT,
    SOURCED,
    SUPPRESSED,
    TAGGED,
    URL,
    Values,
    elsewhere,
    nobody_was_made,
    opted_out,
    outreaching,
    reasons,
)
from tests.examples import OTHER_SOURCE, START


@pytest.fixture
def side() -> Side:
    return outreaching()


@pytest.mark.parametrize("topic", BARRED)
@pytest.mark.requirement("A30")
def test_nothing_is_begun_with_an_address_that_opted_out(side: Side, topic: str) -> None:
    opted_out(side)
    tally = side.take(elsewhere(topic).items, "else")
    assert tally.refused == SUPPRESSED
    assert (tally.recorded, tally.people, tally.parked) == (0, 0, {})
    assert nobody_was_made(side)


def test_an_address_that_nobody_suppressed_is_sourced(side: Side) -> None:
    opted_out(side)
    other = elsewhere(contacts=email("ola@example.test"), values={"url": "https://x.test/in/ola"})
    assert side.take(other.items, "else").people == 1


@pytest.mark.parametrize(
    ("topic", "values", "kind"),
    [
        (SOURCED, {"url": "no.linkedin.com/in/K%61ri-n/?trk=x"}, ContactKind.LINKEDIN),
        (ENRICHED, {"asked_for": "email", "value": "kari+x" + GOOGLE}, ContactKind.EMAIL),
        (SENT, {"medium": "sms", "address": "+47 (0)112 34 567"}, ContactKind.PHONE),
        (SENT, {"medium": "email", "address": "k.ari" + GOOGLE}, ContactKind.EMAIL),
    ],
)
def test_the_address_in_the_fact_itself_is_held_against_the_pointers(
    side: Side, topic: str, values: Values, kind: ContactKind
) -> None:
    known = {"linkedin": URL, "email": "kari" + GOOGLE, "phone": "11234567"}[kind.value]
    feed = Feed()
    feed.tell()
    feed.tell(topic=OPTED_OUT, event="out", contacts=(Contact(kind, known),))
    side.take(feed.items)
    assert side.take(elsewhere(topic, values, ()).items, "else").refused == SUPPRESSED


def test_an_address_that_was_only_written_to_is_suppressed_with_the_others(side: Side) -> None:
    feed = Feed()
    feed.tell(topic=SENT, values={"medium": "email", "address": "kari@example.test"})
    feed.tell(topic=OPTED_OUT, event="out")
    side.take(feed.items)
    assert reasons(side, TAGGED) == {SuppressionReason.OPTED_OUT}


@pytest.mark.requirement("A30", "A34")
def test_a_message_that_names_no_address_is_held_against_all_of_hers(side: Side) -> None:
    side.take(elsewhere(REGISTERED, contacts=TAGGED).items, "there")
    opted_out(side)
    sent = Feed(OTHER_SOURCE)
    for event, at in (("before", START), ("after", START + 2 * DAY)):
        sent.tell("x-1", SENT, event=event, at=at, values={"address": None})
    tally = side.take(sent.items, "sent")
    assert (tally.recorded, tally.refused) == (1, SUPPRESSED)


@pytest.mark.parametrize("topic", [REGISTERED, SUBMITTED, IMPORTED])
def test_what_she_does_herself_is_welcome_and_lifts_nothing(side: Side, topic: str) -> None:
    opted_out(side)
    assert side.take(elsewhere(topic).items, "else").people == 1
    assert reasons(side) == {SuppressionReason.OPTED_OUT}


@pytest.mark.parametrize(
    ("sentiment", "left"),
    [
        ("interested", {SuppressionReason.IN_DIALOGUE}),
        ("later", {SuppressionReason.IN_DIALOGUE}),
        ("question", {SuppressionReason.IN_DIALOGUE}),
        ("not_interested", set()),
        ("other", set()),
    ],
)
@pytest.mark.requirement("A31")
def test_a_positive_answer_leaves_a_pointer_of_its_own(
    side: Side, sentiment: str, left: set[SuppressionReason]
) -> None:
    feed = Feed()
    feed.tell(topic=SENT, contacts=HERS)
    feed.tell(topic=REPLIED, event="re", values={"sentiment": sentiment})
    side.take(feed.items)
    assert reasons(side) == left


@pytest.mark.requirement("A31", "T17")
def test_who_answered_is_not_approached_coldly_again_and_still_applies(side: Side) -> None:
    feed = Feed()
    feed.tell(topic=SENT, contacts=HERS)
    feed.tell(topic=REPLIED, event="re", values={"sentiment": "interested"})
    feed.tell(topic=SENT, event="again", at=START + 3 * DAY, contacts=HERS)
    feed.tell(topic=SUBMITTED, event="applied", at=START + 3 * DAY)
    side.take(feed.items[:2])
    tally = side.take(feed.items[2:], "feed/1")
    assert (tally.recorded, tally.refused) == (1, SUPPRESSED)


def test_what_happened_before_she_opted_out_is_her_story_however_late_it_comes(side: Side) -> None:
    opted_out(side)
    late = Feed()
    late.tell(topic=SOURCED, event="before", at=START - 5 * DAY, contacts=HERS)
    side.take(late.items, "late")
    assert SOURCED in side.topics(side.person())


def test_what_comes_again_after_she_opted_out_is_a_repetition(side: Side) -> None:
    feed = Feed()
    feed.tell(topic=SENT, contacts=HERS, at=START + 9 * DAY)
    feed.tell(topic=OPTED_OUT, event="out", at=START, contacts=HERS)
    side.take(feed.items)
    tally = side.again(feed)
    assert (tally.duplicate, tally.refused) == (2, {})


@pytest.mark.parametrize("page", [1, 2, 500])
def test_a_page_holds_what_it_begins_against_what_it_was_told_before(side: Side, page: int) -> None:
    """The page ahead is prepared before the one that opts out is committed."""
    feed = Feed()
    feed.tell(contacts=HERS)
    feed.tell(topic=OPTED_OUT, event="out", contacts=HERS)
    sourced = elsewhere().items[0].envelope
    assert sourced is not None
    feed.add(sourced)
    pages = [feed.items[at : at + page] for at in range(0, len(feed.items), page)]
    prepared = [side.ingest.prepare(items) for items in pages]
    at = 0
    for one in prepared:
        span = Span("feed/1", "feed", at, at + len(one.items))
        side.ingest.commit(one, span)
        at = span.end
    assert nobody_was_made(side)


def test_whoever_was_sourced_before_she_answered_stays(side: Side) -> None:
    feed = Feed()
    feed.tell(topic=SOURCED, contacts=HERS)
    feed.tell(topic=REPLIED, event="re", contacts=HERS, values={"sentiment": "interested"})
    assert side.take(feed.items).refused == {}
    assert SOURCED in side.topics(side.person())


def test_a_crash_between_pointer_and_fact_loses_neither(side: Side) -> None:
    feed = Feed()
    feed.tell(topic=SOURCED, contacts=HERS)
    feed.tell(topic=SENT, event="sent", contacts=HERS)
    feed.tell(topic=REPLIED, event="re", contacts=HERS, values={"sentiment": "interested"})

    def crash(_batch: object) -> None:
        raise Crash

    side.log.before.append(crash)
    with pytest.raises(Crash):
        side.take(feed.items)
    assert reasons(side) == {SuppressionReason.IN_DIALOGUE}
    side.ingest = replace(side.ingest, suppressing=Suppressing())
    tally = side.take(feed.items)
    assert (tally.recorded, tally.refused) == (3, {})


def test_no_fact_is_appended_whose_pointer_is_not_durable(
    side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> int:
        message = "away"
        raise KeyUnavailable(message)

    monkeypatch.setattr(side.keyring, "suppress", away)
    with pytest.raises(KeyUnavailable):
        opted_out(side)
    assert side.log.log == []


def test_opting_in_again_lifts_it(side: Side) -> None:
    opted_out(side)
    back = Feed()
    back.tell(topic=OPTED_IN, event="in", at=START + DAY)
    side.take(back.items, "in")
    assert reasons(side) == frozenset()
    assert side.take(elsewhere().items, "else").people == 1


def test_an_older_opting_in_that_comes_late_lifts_nothing(side: Side) -> None:
    opted_out(side)
    back = Feed()
    back.tell(topic=OPTED_IN, event="in", at=START - DAY)
    side.take(back.items, "in")
    assert reasons(side) == {SuppressionReason.OPTED_OUT}
