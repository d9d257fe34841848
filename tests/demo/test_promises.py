"""Each promise of the demonstration is seen broken once."""

from collections import Counter
from dataclasses import replace

import pytest

from consumers.tally import Tally
from infra.demo.promises import broken, silence_broken, wish_broken
from infra.demo.silence import Silence, Tried
from infra.demo.story import Sight
from infra.demo.wish import Wish
from infra.proof.tokens import Trial, Trials
from infra.views.queries.answers import ValueState
from tests.demo.sights import (
    AFTER,
    AGAIN,
    BEFORE,
    MANIFEST,
    OTHERS,
    PLANTED,
    SILENCE,
    TAKEN,
    TOKENS,
    WISH,
    board,
    dossier,
    hers,
    tried,
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


def test_two_nights_and_a_wish_that_keep_everything_break_nothing() -> None:
    assert silence_broken(SILENCE) == []
    assert wish_broken(WISH) == []


@pytest.mark.parametrize("eve", [tried(approached=2), tried(signed_in=8)])
def test_an_erasure_before_its_day_is_seen(eve: Tried) -> None:
    (fault,) = silence_broken(replace(SILENCE, eve=eve))
    assert "kept for its month" in fault


def test_an_erasure_under_the_other_policy_is_seen() -> None:
    after = tried(approached=0, signed_in=0)
    (fault,) = silence_broken(replace(SILENCE, after=after))
    assert "signing in keeps for longer" in fault


@pytest.mark.parametrize("silence", [replace(SILENCE, after=tried()), replace(SILENCE, expired=0)])
def test_an_expiry_that_does_not_come_is_seen(silence: Silence) -> None:
    (fault,) = silence_broken(silence)
    assert "month is over" in fault


def test_two_policies_that_say_the_same_are_seen() -> None:
    (fault,) = silence_broken(replace(SILENCE, signed_in=SILENCE.approached))
    assert "other policy" in fault


def test_a_second_sweep_that_erases_more_is_seen() -> None:
    (fault,) = silence_broken(replace(SILENCE, again=1))
    assert "second sweep" in fault


def test_an_opt_out_that_erases_nothing_is_seen() -> None:
    (fault,) = wish_broken(replace(WISH, after=WISH.before))
    assert "erased at her wish" in fault


@pytest.mark.parametrize(
    "wish",
    [
        replace(WISH, nobody=1),
        replace(WISH, found_again=Tally(read=1, recorded=1, people=1)),
        replace(WISH, found_again=Tally(read=1, parked=Counter(opted_out=1))),
    ],
)
def test_somebody_found_again_is_seen(wish: Wish) -> None:
    (fault,) = wish_broken(wish)
    assert "not found again" in fault


@pytest.mark.parametrize(
    "wish", [replace(WISH, herself=0), replace(WISH, applied=Tally(read=2, refused=Counter(x=2)))]
)
def test_an_application_that_is_not_welcome_is_seen(wish: Wish) -> None:
    (fault,) = wish_broken(wish)
    assert "welcome" in fault
