"""The service: jobs side by side, their end, and what the views' job makes of its lanes."""

from collections.abc import Callable
from threading import Event

import pytest

from infra.jobs import Shift, ViewsFailed, folded, sweep_timetable
from infra.running import Job, Supervised, serve
from infra.timetable import Daily, Every
from infra.views.lane import LaneState, LaneStatus
from infra.views.runner import Stop
from projections.view import ViewUnavailable
from tests.running.conftest import HOURLY, NEVER, Bench

PATIENCE_SECONDS = 10.0


def lane(view: str, state: LaneState = LaneState.FOLLOWING, failure: str = "") -> LaneStatus:
    return LaneStatus(view, state, 9, 0, 5, int(bool(failure)), failure or None)


def test_jobs_run_side_by_side_until_told_to_stop(bench: Bench) -> None:
    stop, both = Event(), Event()

    def wait_for_the_other(told: Stop) -> int:
        bench.done.append("begun")
        both.set() if len(bench.done) == 2 else both.wait(PATIENCE_SECONDS)
        return int(told.wait(PATIENCE_SECONDS))

    def until_told(followed: Callable[[], bool]) -> None:
        assert both.wait(PATIENCE_SECONDS)
        assert followed()
        stop.set()

    jobs = [Job(name, HOURLY, wait_for_the_other) for name in ("first", "second")]
    serve([Supervised(j, bench.runs, bench.clock, bench.told.append) for j in jobs], stop,
          until_told)  # fmt: skip
    assert [one.processed for one in bench.told] == [1, 1]


def test_a_service_that_cannot_go_on_ends_with_the_defect(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    stop = Event()

    def until_told(followed: Callable[[], bool]) -> None:
        while followed():
            stop.wait(0.001)
        stop.set()

    monkeypatch.setattr(bench.runs, "all", broken)
    with pytest.raises(ZeroDivisionError):
        serve([bench.supervised()], stop, until_told)


def test_a_shift_ends_with_its_time_or_with_the_service() -> None:
    told = Event()
    told.set()
    assert not Shift(NEVER, 10.0, lambda: 9.0).is_set()
    assert Shift(NEVER, 10.0, lambda: 10.0).is_set()
    assert Shift(told, 10.0, lambda: 9.0).is_set()


def test_what_all_views_folded_is_counted() -> None:
    assert folded([lane("board"), lane("dossier")]) == 10


def test_a_view_that_halted_is_a_defect() -> None:
    with pytest.raises(ViewsFailed, match="board: KeyError"):
        folded([lane("dossier"), lane("board", LaneState.HALTED, "KeyError")])


def test_a_view_that_is_away_is_none() -> None:
    with pytest.raises(ViewUnavailable):
        folded([lane("board", LaneState.FAILING, "ViewUnavailable")])


def test_the_sweep_is_daily_unless_told_otherwise() -> None:
    assert (sweep_timetable(3, None), sweep_timetable(3, 6)) == (Daily(3), Every(6 * 3600))
