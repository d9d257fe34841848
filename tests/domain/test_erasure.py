"""Erasure: one step after the other, a fence in the middle, and no way back."""

import pytest

from domain.erasure import ErasureFact
from domain.fact import Fact
from domain.subject import RefusalReason
from domain.values import Category
from tests.domain.deciding import OF_PERSONS, given, refused, when
from tests.examples import (
    abandoned,
    approved,
    document_category,
    erased,
    ordered,
    registered,
    requested,
    submitted,
    uploaded,
)

CARRY = tuple([fact for fact in OF_PERSONS if not isinstance(fact, ErasureFact)])
AT_ONCE = tuple([fact for fact in CARRY if when(given(), fact) == (fact,)])
"""What needs nothing before it: no consent, no announcement."""
SCOPES: tuple[Category | None, ...] = (None, "communications", document_category())


def steps(erasure: int = 1, category: Category | None = None) -> tuple[Fact, ...]:
    """Return a whole erasure, requested to erased."""
    return (
        requested(erasure, category),
        approved(erasure),
        ordered(erasure, category),
        erased(erasure, category),
    )


@pytest.mark.parametrize("scope", SCOPES)
def test_an_erasure_goes_through_its_four_steps(scope: Category | None) -> None:
    assert given(registered(), *steps(1, scope)).facts == 5


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("step", range(4))
def test_each_step_repeated_decides_nothing(step: int, scope: Category | None) -> None:
    done = steps(1, scope)
    assert when(given(*done[: step + 1]), done[step]) == ()


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("step", range(4))
def test_each_step_repeated_after_the_end_decides_nothing(
    step: int, scope: Category | None
) -> None:
    done = steps(1, scope)
    assert when(given(*done), done[step]) == ()


def test_what_was_not_requested_is_not_approved() -> None:
    assert when(given(), approved()) == refused(RefusalReason.NOT_REQUESTED)


def test_what_was_not_requested_is_not_ordered() -> None:
    assert when(given(), ordered()) == refused(RefusalReason.NOT_REQUESTED)


def test_another_erasure_than_the_requested_is_not_approved() -> None:
    assert when(given(requested(1)), approved(2)) == refused(RefusalReason.NOT_REQUESTED)


@pytest.mark.requirement("A168")
def test_what_was_not_approved_is_not_ordered() -> None:
    assert when(given(requested()), ordered()) == refused(RefusalReason.NOT_APPROVED)


def test_a_person_is_not_ordered_where_a_category_was_requested() -> None:
    state = given(requested(1, "communications"), approved())
    assert when(state, ordered(1, None)) == refused(RefusalReason.OTHER_SCOPE)


def test_what_was_not_ordered_is_not_erased() -> None:
    assert when(given(requested(), approved()), erased()) == refused(RefusalReason.NOT_ORDERED)


def test_a_person_nobody_ordered_erased_is_not_erased() -> None:
    assert when(given(registered()), erased()) == refused(RefusalReason.NOT_ORDERED)


def test_a_person_is_not_erased_where_a_category_was_ordered() -> None:
    name = "communications"
    state = given(requested(1, name), approved(), ordered(1, name))
    assert when(state, erased(1, None)) == refused(RefusalReason.OTHER_SCOPE)


def test_an_erasure_that_opened_a_token_does_not_end() -> None:
    state = given(requested(), approved(), ordered())
    assert when(state, erased(tokens_opened=1)) == refused(RefusalReason.NOT_VERIFIED)


def test_a_second_request_of_the_same_scope_decides_nothing() -> None:
    assert when(given(requested(1)), requested(2)) == ()


def test_a_second_request_of_another_scope_waits() -> None:
    state = given(requested(1, "communications"))
    assert when(state, requested(2)) == refused(RefusalReason.ERASURE_UNDER_WAY)


def test_a_category_is_erased_again_under_another_id() -> None:
    name = "communications"
    state = given(*steps(1, name), submitted(), *steps(2, name))
    assert state.erasure.ended == {erased(1).erasure_id: name, erased(2).erasure_id: name}


def test_an_ended_erasure_id_is_not_requested_with_another_scope() -> None:
    state = given(*steps(1, "communications"))
    assert when(state, requested(1)) == refused(RefusalReason.OTHER_SCOPE)


def test_the_person_is_erased_after_a_category_was() -> None:
    state = given(registered(), *steps(1, "communications"), *steps(2))
    assert when(state, registered()) == refused(RefusalReason.ERASED)


@pytest.mark.parametrize("claim", CARRY, ids=lambda fact: fact.TOPIC)
@pytest.mark.parametrize("scope", SCOPES)
def test_nothing_passes_the_fence(scope: Category | None, claim: Fact) -> None:
    state = given(registered(), *steps(1, scope)[:3])
    assert when(state, claim) == refused(RefusalReason.FENCED)


@pytest.mark.parametrize("claim", AT_ONCE, ids=lambda fact: fact.TOPIC)
def test_a_request_alone_fences_nothing(claim: Fact) -> None:
    assert when(given(requested(), approved()), claim) == (claim,)


@pytest.mark.parametrize("claim", CARRY, ids=lambda fact: fact.TOPIC)
def test_nothing_is_decided_for_an_erased_person(claim: Fact) -> None:
    assert when(given(registered(), *steps()), claim) == refused(RefusalReason.ERASED)


@pytest.mark.parametrize("claim", steps(2), ids=lambda fact: fact.TOPIC)
def test_no_other_erasure_is_decided_for_an_erased_person(claim: Fact) -> None:
    assert when(given(registered(), *steps(1)), claim) == refused(RefusalReason.ERASED)


@pytest.mark.parametrize("claim", AT_ONCE, ids=lambda fact: fact.TOPIC)
def test_facts_come_in_again_after_a_category_is_erased(claim: Fact) -> None:
    assert when(given(*steps(1, document_category())), claim) == (claim,)


def test_a_person_whose_facts_never_came_is_abandoned() -> None:
    assert when(given(), abandoned()) == (abandoned(),)


def test_abandoning_twice_decides_nothing() -> None:
    assert when(given(abandoned(1)), abandoned(2)) == ()


def test_a_person_who_began_is_not_abandoned() -> None:
    assert when(given(registered()), abandoned()) == refused(RefusalReason.BEGUN)


def test_a_person_who_is_erased_is_not_abandoned() -> None:
    assert when(given(registered(), *steps(1)), abandoned(1)) == refused(RefusalReason.BEGUN)


@pytest.mark.parametrize("claim", [*CARRY, *steps(1)], ids=lambda fact: fact.TOPIC)
def test_nothing_is_decided_for_an_abandoned_person(claim: Fact) -> None:
    assert when(given(abandoned(1)), claim) == refused(RefusalReason.ABANDONED)


def test_a_fence_in_force_is_the_last_fact_of_its_stream() -> None:
    fenced = given(uploaded(), *steps(1)[:3])
    accepted = [f for f in (*CARRY, *steps(1), *steps(2)) if isinstance(when(fenced, f), tuple)]
    assert [f for f in accepted if when(fenced, f)] == [erased(1)]
