"""Each promise of the demonstration is seen broken once."""

from collections import Counter
from dataclasses import replace

import pytest

from consumers.tally import Tally
from infra.demo.promises import broken
from infra.demo.story import Sight
from infra.proof.tokens import Trial, Trials
from infra.views.queries.answers import ValueState
from tests.demo.sights import (
    AFTER,
    AGAIN,
    BEFORE,
    MANIFEST,
    OTHERS,
    PLANTED,
    TAKEN,
    TOKENS,
    board,
    dossier,
    hers,
)

FEWER = replace(OTHERS, opened=OTHERS.opened - 1)
CHANGED = replace(OTHERS, digest=b"changed")


def _faults(before: Sight = BEFORE, after: Sight = AFTER) -> list[str]:
    return broken(MANIFEST, TAKEN, AGAIN, before, after)


def test_nothing_is_broken_when_everything_is_kept() -> None:
    assert _faults() == []


@pytest.mark.parametrize("recorded", [TAKEN.recorded - 1, TAKEN.recorded + 1, 0])
def test_a_fact_lost_or_recorded_twice_is_seen(recorded: int) -> None:
    (fault,) = broken(MANIFEST, replace(TAKEN, recorded=recorded), AGAIN, BEFORE, AFTER)
    assert "none twice" in fault


def test_a_wrong_reason_for_parking_is_seen() -> None:
    taken = replace(TAKEN, parked=Counter(malformed=1))
    (fault,) = broken(MANIFEST, taken, AGAIN, BEFORE, AFTER)
    assert "parked" in fault


def test_plaintext_on_disk_before_is_seen() -> None:
    (fault,) = _faults(before=replace(BEFORE, scan=PLANTED))
    assert "on disk before" in fault


def test_plaintext_on_disk_after_is_seen() -> None:
    (fault,) = _faults(after=replace(AFTER, scan=PLANTED))
    assert "on disk after" in fault


@pytest.mark.parametrize("trial", [hers(TOKENS - 1), hers(0, tried=0)])
def test_a_token_that_never_opened_proves_nothing(trial: Trial) -> None:
    (fault,) = _faults(before=replace(BEFORE, trials=Trials(trial, OTHERS)))
    assert "opened before" in fault


@pytest.mark.parametrize("trial", [hers(1), hers(0, tried=0)])
def test_a_token_that_still_opens_is_seen(trial: Trial) -> None:
    (fault,) = _faults(after=replace(AFTER, trials=Trials(trial, OTHERS)))
    assert "opens after" in fault


def test_a_view_that_still_tells_her_name_is_seen() -> None:
    (fault,) = _faults(after=replace(AFTER, dossier=dossier(ValueState.PRESENT)))
    assert "reads as erased" in fault


def test_a_view_that_only_withholds_her_name_is_seen() -> None:
    (fault,) = _faults(after=replace(AFTER, dossier=dossier(ValueState.WITHHELD)))
    assert "reads as erased" in fault


def test_others_who_cannot_be_read_are_seen() -> None:
    trials = (Trials(hers(TOKENS), FEWER), Trials(hers(0), FEWER))
    (fault,) = _faults(
        before=replace(BEFORE, trials=trials[0]), after=replace(AFTER, trials=trials[1])
    )
    assert "all opened" in fault


@pytest.mark.parametrize("others", [FEWER, CHANGED])
def test_others_who_read_differently_are_seen(others: Trial) -> None:
    (fault,) = _faults(after=replace(AFTER, trials=Trials(hers(0), others)))
    assert "same values" in fault


def test_a_board_that_counts_differently_is_seen() -> None:
    (fault,) = _faults(after=replace(AFTER, board=board(new=1)))
    assert "board" in fault


@pytest.mark.parametrize(
    "again",
    [
        replace(AGAIN, refused=Counter()),
        replace(AGAIN, people=1),
        replace(AGAIN, recorded=1),
    ],
)
def test_her_feeds_bringing_her_back_are_seen(again: Tally) -> None:
    (fault,) = broken(MANIFEST, TAKEN, again, BEFORE, AFTER)
    assert "come again" in fault
