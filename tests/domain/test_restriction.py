"""Restriction: kept and not used, until the person was told that it ends."""

from dataclasses import replace

import pytest

from domain import subject
from domain.erasure import ErasureReason
from domain.fact import Actor, Fact
from domain.permission import ENDING, RIGHTS, STORED
from domain.restriction import (
    ProcessingRestricted,
    RestrictionLiftAnnounced,
    RestrictionLifted,
    restricted,
)
from domain.subject import RefusalReason, SubjectState
from tests.domain.deciding import CLAIMED, OF_PERSONS, given, refused, when
from tests.examples import approved, ordered, registered, requested, stamp
from tests.life_examples import example

PLACED = example(ProcessingRestricted)
ANNOUNCED = example(RestrictionLiftAnnounced)
LIFTED = example(RestrictionLifted)
RESTRICTED = refused(RefusalReason.RESTRICTED)
USES = [fact for fact in OF_PERSONS if type(fact) not in STORED | ENDING | RIGHTS]
OPEN = [
    fact for fact in OF_PERSONS if type(fact) in STORED | ENDING and when(given(), fact) == (fact,)
]


def is_restricted(state: SubjectState) -> bool:
    assert state.life is not None
    return restricted(state.life.restrictions or {})


@pytest.mark.parametrize("claim", USES, ids=lambda fact: fact.TOPIC)
def test_nothing_is_used_of_a_restricted_person(claim: Fact) -> None:
    assert when(given(PLACED), claim) in (RESTRICTED, ())


@pytest.mark.parametrize("claim", OPEN, ids=lambda fact: fact.TOPIC)
def test_what_is_stored_or_ends_a_use_is_recorded(claim: Fact) -> None:
    assert when(given(PLACED), claim) == (claim,)


def test_what_the_person_does_herself_is_with_her_consent() -> None:
    own = replace(stamp(CLAIMED), actor=Actor.SUBJECT)
    assert subject.decide(given(PLACED), own, registered()) == (registered(),)


def test_announcing_the_lift_does_not_end_the_restriction() -> None:
    assert when(given(PLACED, ANNOUNCED), registered()) == RESTRICTED


def test_a_restriction_is_not_lifted_before_she_was_told() -> None:
    assert when(given(PLACED), LIFTED) == refused(RefusalReason.NOT_ANNOUNCED)


def test_a_lifted_restriction_leaves_everything_open() -> None:
    assert when(given(PLACED, ANNOUNCED, LIFTED), registered()) == (registered(),)


def test_a_second_restriction_stays_when_the_first_is_lifted() -> None:
    assert is_restricted(given(PLACED, example(ProcessingRestricted, 2), ANNOUNCED, LIFTED))


def test_what_stood_before_the_restriction_decides_nothing() -> None:
    assert when(given(registered(), PLACED), registered(), n=1) == ()


@pytest.mark.parametrize("reason", [ErasureReason.RETENTION, ErasureReason.UNLAWFUL])
def test_a_restricted_person_is_not_erased_against_her_will(reason: ErasureReason) -> None:
    assert when(given(PLACED), requested(reason=reason)) == RESTRICTED


def test_a_restricted_person_may_ask_to_be_erased() -> None:
    assert when(given(PLACED, requested(), approved()), ordered()) == (ordered(),)


def test_a_restriction_placed_after_the_approval_stops_the_order() -> None:
    state = given(requested(reason=ErasureReason.RETENTION), approved(), PLACED)
    assert when(state, ordered()) == RESTRICTED
