"""What the board says of an application."""

from itertools import permutations

from domain.application import ApplicationKind, Stage, Status
from domain.fact import Entry
from projections.board import BOARD, BoardRow
from tests.examples import (
    MINUTE,
    START,
    erased,
    hired,
    numbered,
    rejected,
    reopened,
    stage_changed,
    submitted,
)
from tests.projections.logs import folded, log_of, only


def row_of(*entries: Entry) -> BoardRow:
    return only(folded(BOARD, entries))


def test_an_application_begins_new_and_active() -> None:
    row = row_of(*log_of(submitted()))
    assert (row.stage, row.status, row.kind) == (Stage.NEW, Status.ACTIVE, ApplicationKind.APPLIED)


def test_an_application_knows_its_assignment() -> None:
    assert row_of(*log_of(submitted(assignment=4))).assignment_id == numbered("assignment", 4)


def test_an_open_application_has_no_assignment() -> None:
    assert row_of(*log_of(submitted(assignment=None))).assignment_id is None


def test_since_is_the_latest_move() -> None:
    assert row_of(*log_of(submitted(), stage_changed())).since == START + 2 * MINUTE


def test_an_older_stage_that_comes_later_does_not_stand() -> None:
    early, late = log_of(stage_changed(stage=Stage.SCREENING), stage_changed(stage=Stage.OFFER))
    assert row_of(late, early).stage is Stage.OFFER


def test_an_older_stage_that_comes_later_does_not_move_since() -> None:
    early, late = log_of(stage_changed(), stage_changed())
    assert row_of(late, early).since == START + 2 * MINUTE


def test_a_stage_before_its_application_waits_for_it() -> None:
    row = row_of(*log_of(stage_changed(stage=Stage.INTERVIEW)))
    assert (row.kind, row.stage) == (None, Stage.INTERVIEW)


def test_reopening_sets_stage_and_status() -> None:
    row = row_of(*log_of(submitted(), rejected(), reopened(stage=Stage.INTERVIEW)))
    assert (row.stage, row.status) == (Stage.INTERVIEW, Status.ACTIVE)


def test_any_order_of_arrival_ends_in_the_same_row() -> None:
    told = log_of(submitted(), stage_changed(), rejected(), reopened(), hired())
    assert len({row_of(*order) for order in permutations(told)}) == 1


def test_an_erasure_changes_no_row() -> None:
    told = log_of(submitted(), stage_changed(), erased())
    assert folded(BOARD, told) == folded(BOARD, told[:-1])


def test_two_people_may_have_one_application_id() -> None:
    told = log_of(submitted(1)) + log_of(submitted(1), person=2, start=2)
    assert len(folded(BOARD, told)) == 2
