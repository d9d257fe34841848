"""Legal holds: what must be kept is not erased, until it need not be."""

import pytest

from domain.fact import Fact
from domain.legal_holds import LegalHoldPlaced, LegalHoldReleased
from domain.retention_facts import RetentionExpired, RetentionExpiryScheduled
from domain.subject import Decision, RefusalReason
from domain.values import Category
from tests.domain.deciding import given, refused, when
from tests.examples import MINUTE, START, approved, document_category, ordered, requested
from tests.life_examples import example

HELD = refused(RefusalReason.HELD)
RELEASED = example(LegalHoldReleased)


def hold(category: Category | None = None, until_at: int | None = None) -> Fact:
    return example(LegalHoldPlaced, category=category, until_at=until_at)


def ordering(category: Category | None, *facts: Fact) -> Decision:
    """Say what becomes of the order of an erasure that is requested and approved."""
    return when(given(*facts, requested(1, category), approved()), ordered(1, category))


@pytest.mark.parametrize("category", [None, "communications"])
def test_a_hold_on_a_person_stops_every_order(category: Category | None) -> None:
    assert ordering(category, hold()) == HELD


def test_a_hold_on_a_category_stops_the_persons_order() -> None:
    assert ordering(None, hold("special")) == HELD


def test_a_hold_on_a_category_leaves_another_free() -> None:
    assert ordering("communications", hold(document_category())) == (ordered(1, "communications"),)


@pytest.mark.parametrize("scope", ["documents", document_category()])
def test_a_hold_on_all_documents_stops_the_order_of_one(scope: str) -> None:
    assert ordering(document_category(), hold(scope)) == HELD


def test_a_released_hold_stops_nothing() -> None:
    assert ordering(None, hold(), RELEASED) == (ordered(),)


def test_a_release_that_came_first_stays_one() -> None:
    assert ordering(None, RELEASED, hold()) == (ordered(),)


def test_a_hold_ends_at_its_date() -> None:
    assert ordering(None, hold(until_at=START + MINUTE)) == (ordered(),)


def test_a_held_person_may_still_ask() -> None:
    assert when(given(hold()), requested()) == (requested(),)


def test_a_period_does_not_end_against_a_hold() -> None:
    state = given(example(RetentionExpiryScheduled, category=None), hold("special"))
    assert when(state, example(RetentionExpired)) == HELD


def test_a_hold_on_another_category_lets_the_period_end() -> None:
    state = given(example(RetentionExpiryScheduled, category="communications"), hold("special"))
    assert when(state, example(RetentionExpired)) == (example(RetentionExpired),)


def test_releasing_twice_decides_nothing() -> None:
    assert when(given(hold(), RELEASED), RELEASED, n=2) == ()
