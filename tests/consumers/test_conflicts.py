"""A page that meets another writer starts again where keys are opened, and splits when it must."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from consumers.abandonment import abandon
from consumers.erasure_ports import Step
from consumers.ingest import CONFLICTS, Span
from consumers.ports import Batch, VersionConflict
from domain.keyring import SealRequest
from domain.values import ControllerId, Sealed, SubjectId
from infra.random_ids import random_id
from tests.consumers.feed import REGISTERED, STATED, Feed
from tests.consumers.side import Crash, Side, crash_at, request

CONFLICT = "another writer was here"


def conflict(_batch: Batch) -> None:
    raise VersionConflict(CONFLICT)


def test_a_conflict_is_tried_again(side: Side, feed: Feed) -> None:
    side.log.before = [conflict]
    assert side.take(feed.items).recorded == 4


def test_people_are_counted_once_whatever_the_conflicts(side: Side, feed: Feed) -> None:
    side.log.before = [conflict] * CONFLICTS
    assert side.take(feed.items).people == 2


def test_a_page_starts_again_at_the_opening_of_the_keys(side: Side, feed: Feed) -> None:
    """Guard: the retry calls prepare's second half; retrying the decision alone would record."""
    side.take(feed.items)
    more = Feed()
    more.tell(topic=STATED, event="in flight", at=side.clock.instant)

    def erase_her(_batch: Batch) -> None:
        side.erase(side.person())
        raise VersionConflict(CONFLICT)

    side.log.before = [erase_her]
    tally = side.take(more.items, "more/1")
    assert tally.refused == {"late_fact": 1}


def test_a_person_erased_between_admission_and_sealing_is_admitted_again(side: Side) -> None:
    """Guard: SubjectErased opens the keys again; let out, the whole reading would end."""
    feed = Feed()
    feed.tell()
    side.take(feed.items)
    more = Feed()
    more.tell(topic=STATED, event="more", at=side.clock.instant)
    seal = side.keyring.seal
    struck: list[SubjectId] = []

    def erased_first(controller: ControllerId, requests: Sequence[SealRequest]) -> list[Sealed]:
        if not struck:
            struck.append(requests[0].subject)
            side.erase(requests[0].subject)
        return seal(controller, requests)

    side.keyring.seal = erased_first  # type: ignore[method-assign]  # trouble between two calls
    assert side.take(more.items, "more/1").refused == {"late_fact": 1}
    assert struck


def test_after_three_conflicts_a_page_is_split_in_half(side: Side, feed: Feed) -> None:
    side.log.before = [conflict] * CONFLICTS
    side.take(feed.items)
    spans = [(b.advance.start, b.advance.end) for b in side.log.batches if b.advance]
    assert spans == [(0, 2), (2, 4)]


def test_a_split_page_loses_and_doubles_nothing(side: Side, feed: Feed) -> None:
    side.log.before = [conflict] * (CONFLICTS * 2)
    tally = side.take(feed.items)
    assert (tally.read, tally.recorded, tally.duplicate) == (4, 4, 0)
    assert side.log.position("feed/1") == 4


def test_a_single_item_that_keeps_conflicting_is_told(side: Side) -> None:
    feed = Feed()
    feed.tell()
    side.log.before = [conflict] * 100
    with pytest.raises(VersionConflict):
        side.take(feed.items)


def test_a_fact_for_a_fenced_person_waits_for_the_end_of_her_erasure(
    side: Side, feed: Feed
) -> None:
    """Guard: a fenced claim is a conflict; answered as a refusal it would be lost as late."""
    side.take(feed.items)
    person = side.person()
    with pytest.raises(Crash):
        side.erasure(crash_at(Step.ORDERED)).erase(side.controller, [request(person)])
    more = Feed()
    more.tell(event="anew", at=side.clock.instant + 1)
    side.clock.instant += 1
    waits_before = len(side.waits)
    pause = side.waits.append

    def resume_while_waiting(seconds: float) -> None:
        pause(seconds)
        if len(side.waits) == waits_before + 1:
            side.clock.instant -= 1
            side.erasure().resume(side.controller, [person])
            side.clock.instant += 1

    side.ingest = replace(side.ingest, wait=resume_while_waiting)
    tally = side.take(more.items, "more/1")
    assert (tally.recorded, tally.refused.total(), tally.people) == (1, 0, 1)
    assert side.person() != person
    assert side.topics(side.person())[-1] == REGISTERED


def test_a_first_fact_that_meets_an_abandonment_begins_her_anew(side: Side, feed: Feed) -> None:
    page = side.ingest.prepare(feed.items[:1])
    first = side.person()
    side.log.before = [lambda _batch: _abandon(side)]
    tally = side.ingest.commit(page, Span("feed/1", "feed", 0, 1))
    assert (tally.recorded, tally.refused.total()) == (1, 0)
    assert side.person() != first


def test_a_first_fact_waits_for_the_end_of_an_abandonment(side: Side, feed: Feed) -> None:
    """Guard: ABANDONED is a conflict; answered as a refusal the first fact would be lost.

    The other process has ended the stream, and destroys the keys while this one waits.
    """
    page = side.ingest.prepare(feed.items[:1])
    first = side.person()
    side.log.after = [_crash]
    with pytest.raises(Crash):
        _abandon(side)
    ingest = replace(side.ingest, wait=lambda _seconds: _abandon(side))
    tally = ingest.commit(page, Span("feed/1", "feed", 0, 1))
    assert (tally.recorded, tally.refused.total()) == (1, 0)
    assert side.person() != first


def _crash(_batch: Batch) -> None:
    raise Crash


def _abandon(side: Side) -> None:
    abandon(side.doors(), side.controller, [side.person()], side.clock.now(), random_id)
