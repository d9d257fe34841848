"""Which pointers an erasure leaves, and what stands against the erased afterwards."""

import pytest

from consumers.erasure_order import Request
from domain.erasure import ErasureReason
from domain.keyring import Contact, ContactKind
from domain.suppression import SuppressionReason
from tests.consumers.feed import SUBMITTED, Feed
from tests.consumers.side import Crash, Side, later
from tests.consumers.suppressed import (
    DAY,
    HERS,
    SENT,
    SOURCED,
    SUPPRESSED,
    TAGGED,
    elsewhere,
    nobody_was_made,
    opted_out,
    outreaching,
    reasons,
)
from tests.examples import OTHER_SOURCE, SOURCE, START, numbered


@pytest.fixture
def side() -> Side:
    return outreaching()


def erase(
    side: Side, reason: ErasureReason = ErasureReason.REQUEST, *, welcome: bool = False
) -> None:
    person = side.person()
    wanted = Request(person, None, reason, numbered("user", 1), welcome=welcome)
    side.erasure().erase(side.controller, [wanted])


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        (ErasureReason.REQUEST, {SuppressionReason.SELF_DELETED}),
        (ErasureReason.CONSENT_WITHDRAWN, {SuppressionReason.SELF_DELETED}),
        (ErasureReason.OBJECTION, {SuppressionReason.OPTED_OUT}),
        (ErasureReason.OPT_OUT, {SuppressionReason.OPTED_OUT}),
        (ErasureReason.RETENTION, set()),
        (ErasureReason.UNLAWFUL, set()),
        (ErasureReason.LEGAL_OBLIGATION, set()),
        (ErasureReason.SOURCE_ERASED, set()),
    ],
)
@pytest.mark.requirement("A35")
def test_an_erasure_leaves_what_its_reason_says(
    side: Side, reason: ErasureReason, left: set[SuppressionReason]
) -> None:
    feed = Feed()
    feed.tell(contacts=HERS)
    side.take(feed.items)
    erase(side, reason)
    assert reasons(side, TAGGED) == left


@pytest.mark.requirement("A30", "A35")
def test_an_erased_person_is_not_sourced_again_from_elsewhere_and_her_application_is_welcome(
    side: Side,
) -> None:
    feed = Feed()
    feed.tell(contacts=HERS)
    side.take(feed.items)
    erase(side)
    assert side.take(elsewhere().items, "else").refused == SUPPRESSED
    assert nobody_was_made(side)
    anew = Feed()
    later(side, 10 * DAY)
    anew.tell(topic=SUBMITTED, event="anew", at=side.clock.instant, contacts=HERS)
    assert side.take(anew.items, "anew").people == 1


def test_a_fact_of_the_erased_person_herself_is_late_and_its_source_is_told(side: Side) -> None:
    feed = Feed()
    feed.tell(contacts=HERS)
    side.take(feed.items)
    erase(side)
    late = Feed()
    late.tell(topic=SENT, event="late", contacts=HERS)
    assert side.take(late.items, "late").refused == {"late_fact": 1}


def test_who_wants_no_approaches_stays_suppressed_when_time_erases_her(side: Side) -> None:
    opted_out(side)
    known_later = Feed()
    phone = (Contact(ContactKind.PHONE, "11234567"),)
    known_later.tell(topic=SUBMITTED, event="phone", contacts=phone)
    side.take(known_later.items, "phone")
    erase(side, ErasureReason.RETENTION)
    assert reasons(side, phone) == {SuppressionReason.OPTED_OUT}


def test_who_wants_to_be_welcome_again_leaves_no_pointer(side: Side) -> None:
    opted_out(side)
    erase(side, welcome=True)
    assert reasons(side) == frozenset()
    assert side.take(elsewhere().items, "else").people == 1


def test_a_process_that_finishes_anothers_erasure_knows_which_pointers_it_leaves(
    side: Side,
) -> None:
    for welcome, left in ((True, frozenset()), (False, {SuppressionReason.SELF_DELETED})):
        feed = Feed()
        feed.tell(f"p-{welcome}", event=f"e-{welcome}", contacts=HERS)
        side.take(feed.items, f"feed-{welcome}")
        person = side.person(f"p-{welcome}")
        wanted = Request(person, None, ErasureReason.REQUEST, numbered("user", 1), welcome=welcome)
        with pytest.raises(Crash):
            side.erasure(_crash).erase(side.controller, [wanted])
        side.erasure().resume(side.controller, [person])
        assert reasons(side) == left


def _crash(step: object) -> None:
    raise Crash(step)


def test_another_source_of_the_same_person_is_no_other_person(side: Side) -> None:
    assert SOURCE != OTHER_SOURCE
    opted_out(side)
    assert side.take(elsewhere(SUBMITTED).items, "else").people == 1
    sourced = Feed(OTHER_SOURCE)
    sourced.tell("x-1", SOURCED, event="so", at=START + 4 * DAY, contacts=TAGGED)
    assert side.take(sourced.items, "so").refused == SUPPRESSED
