"""What the register of erasures says."""

import pytest

from domain.erasure import ErasureReason
from domain.fact import Entry
from projections.erasures import ERASURES, ErasureProgress, ErasureRow
from tests.examples import (
    MINUTE,
    SOURCE,
    START,
    abandoned,
    approved,
    erased,
    erasure_id,
    ordered,
    requested,
)
from tests.projections.logs import folded, log_of, only

STEPS = (requested(reason=ErasureReason.OBJECTION), approved(), ordered(), erased())


def row_of(*entries: Entry) -> ErasureRow:
    return only(folded(ERASURES, entries))


@pytest.mark.parametrize(
    ("steps", "progress"),
    [
        (1, ErasureProgress.REQUESTED),
        (2, ErasureProgress.APPROVED),
        (3, ErasureProgress.ORDERED),
        (4, ErasureProgress.ERASED),
    ],
)
def test_an_erasure_is_as_far_as_its_last_step(steps: int, progress: ErasureProgress) -> None:
    assert row_of(*log_of(*STEPS[:steps])).progress is progress


def test_an_ended_erasure_tells_when_each_step_was() -> None:
    row = row_of(*log_of(*STEPS))
    steps = (row.requested_at, row.approved_at, row.ordered_at, row.erased_at)
    assert steps == tuple(START + n * MINUTE for n in (1, 2, 3, 4))


def test_an_ended_erasure_tells_when_the_keys_were_destroyed() -> None:
    row = row_of(*log_of(erased(destroyed_at=START + 7)))
    assert row.destroyed_at == START + 7


def test_an_ended_erasure_tells_what_it_proved() -> None:
    row = row_of(*log_of(*STEPS))
    proved = (row.keys_destroyed, row.tokens_probed, row.tokens_opened, row.journal_sequence)
    assert proved == (1, 12, 0, 1)


def test_an_erasure_keeps_its_ground_and_recipients() -> None:
    row = row_of(*log_of(*STEPS))
    assert (row.reason, row.recipients) == (ErasureReason.OBJECTION, (SOURCE,))


def test_an_abandoned_person_is_in_the_register() -> None:
    assert row_of(*log_of(abandoned())).progress is ErasureProgress.ABANDONED


def test_each_erasure_of_a_person_has_its_row() -> None:
    rows = folded(ERASURES, log_of(erased(1, "profile"), erased(2)))
    assert {row.erasure_id for row in rows.values()} == {erasure_id(1), erasure_id(2)}
