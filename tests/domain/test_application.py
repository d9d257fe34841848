"""Applications: submitted once, moved and settled by whatever occurred latest."""

import pytest

from domain.application import ApplicationState, Stage, Status
from domain.fact import Fact
from domain.subject import SubjectState
from tests.domain.deciding import given, told, when
from tests.examples import (
    hired,
    numbered,
    registered,
    rejected,
    reopened,
    stage_changed,
    stamp,
    submitted,
    withdrawn,
)

TRANSITIONS = (stage_changed(), rejected(), withdrawn(), hired(), reopened())


def the_application(state: SubjectState, n: int = 1) -> ApplicationState:
    return state.applications[numbered("application", n)]


def test_an_application_is_submitted_once() -> None:
    assert when(given(submitted()), submitted()) == ()


def test_another_application_is_another_submission() -> None:
    assert when(given(submitted(1)), submitted(2)) == (submitted(2),)


def test_an_application_begins_new_and_active() -> None:
    known = the_application(given(submitted()))
    assert (known.submitted, known.stage, known.status) == (True, Stage.NEW, Status.ACTIVE)


@pytest.mark.parametrize("claim", TRANSITIONS, ids=lambda fact: fact.TOPIC)
def test_a_transition_may_come_before_the_submission(claim: Fact) -> None:
    assert when(given(), claim) == (claim,)


@pytest.mark.parametrize("claim", TRANSITIONS, ids=lambda fact: fact.TOPIC)
def test_the_transition_that_stands_decides_nothing(claim: Fact) -> None:
    assert when(given(claim, registered()), claim, n=1) == ()


def test_the_submission_after_a_transition_is_recorded() -> None:
    assert when(given(rejected()), submitted()) == (submitted(),)


def test_withdrawing_twice_decides_nothing() -> None:
    assert when(given(submitted(), withdrawn(), registered()), withdrawn(), n=2) == ()


def test_a_later_rejection_is_recorded_for_a_reopening_between_may_still_come() -> None:
    state = told((stamp(1), rejected()), (stamp(9), rejected()), (stamp(5), reopened()))
    assert the_application(state).status is Status.REJECTED


def test_an_older_rejection_does_not_undo_a_hire() -> None:
    assert the_application(told((stamp(5), hired()), (stamp(2), rejected()))).status is Status.HIRED


def test_a_stage_that_arrives_after_the_rejection_it_preceded_is_kept() -> None:
    state = told((stamp(5), rejected()), (stamp(2), stage_changed(1, Stage.OFFER)))
    assert the_application(state).stage is Stage.OFFER


def test_a_stage_change_does_not_reopen_a_rejected_application() -> None:
    assert the_application(given(rejected(), stage_changed())).status is Status.REJECTED


def test_a_reopening_makes_the_application_active() -> None:
    assert the_application(given(rejected(), reopened())).status is Status.ACTIVE


def test_a_reopening_sets_the_stage() -> None:
    known = the_application(given(stage_changed(1, Stage.OFFER), reopened(1, Stage.INTERVIEW)))
    assert known.stage is Stage.INTERVIEW


def test_settling_one_application_leaves_the_others() -> None:
    state = given(submitted(1), submitted(2), rejected(1))
    assert the_application(state, 2).status is Status.ACTIVE
