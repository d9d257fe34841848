"""The day of an erasure: set, moved, overridden, come."""

from domain.retention_facts import (
    Expiry,
    ExpiryStatus,
    RetentionExpired,
    RetentionExpiryMoved,
    RetentionExpiryScheduled,
    RetentionOverridden,
)
from domain.subject import SubjectState
from tests.domain.deciding import given, when
from tests.examples import START
from tests.life_examples import example

SCHEDULED = example(RetentionExpiryScheduled, due_at=START + 10)


def the_expiry(state: SubjectState) -> Expiry:
    assert state.life is not None
    (known,) = (state.life.expiries or {}).values()
    return known


def test_a_day_set_twice_decides_nothing() -> None:
    assert when(given(SCHEDULED), SCHEDULED) == ()


def test_moving_the_day_to_where_it_is_decides_nothing() -> None:
    assert when(given(SCHEDULED), example(RetentionExpiryMoved, due_at=START + 10)) == ()


def test_a_moved_day_stands() -> None:
    state = given(SCHEDULED, example(RetentionExpiryMoved, due_at=START + 20))
    assert the_expiry(state).due_at == START + 20


def test_a_moved_day_keeps_its_category() -> None:
    state = given(SCHEDULED, example(RetentionExpiryMoved, due_at=START + 20))
    assert the_expiry(state).category == "communications"


def test_an_override_says_until_when() -> None:
    state = given(SCHEDULED, example(RetentionOverridden, until_at=START + 30))
    assert the_expiry(state)[:3:2] == (ExpiryStatus.OVERRIDDEN, START + 30)


def test_a_day_that_came_is_over() -> None:
    state = given(SCHEDULED, example(RetentionExpired))
    assert the_expiry(state).status is ExpiryStatus.EXPIRED


def test_after_an_override_the_same_day_may_be_set_again() -> None:
    state = given(SCHEDULED, example(RetentionOverridden))
    assert when(state, SCHEDULED) == (SCHEDULED,)
