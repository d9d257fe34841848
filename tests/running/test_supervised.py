"""A job under supervision: when it runs, what is remembered of it, and what a failure leaves."""

from datetime import date
from threading import Event

import pytest

from consumers.ports import LogUnavailable
from domain.answers import KeyUnavailable
from domain.calendar import day_begins
from infra.running import (
    BACKOFF_SECONDS_MAX,
    HELD_SECONDS,
    PERIODS_MAX,
    Supervised,
    is_overdue,
    run_once,
)
from infra.store.job_runs import Outcome
from infra.timetable import DAY, HOUR, SECOND, Daily, Every
from tests.running.conftest import HOURLY, NEVER, Bench


def test_a_job_that_never_ran_is_due(bench: Bench) -> None:
    bench.supervised().turn(NEVER)
    assert bench.done == ["done"]


def test_a_job_that_ran_is_due_when_its_time_has_come(bench: Bench) -> None:
    job = bench.supervised()
    following = job.turn(NEVER)
    bench.clock.instant = following - 1
    assert job.turn(NEVER) == following
    bench.clock.instant = following
    job.turn(NEVER)
    assert len(bench.done) == 2


def test_a_run_leaves_a_row(bench: Bench) -> None:
    bench.supervised().turn(NEVER)
    run, now = bench.run, bench.clock.now()
    assert (run.started_at, run.ended_at, run.outcome, run.processed) == (now, now, Outcome.OK, 7)
    assert (run.failure, run.failures, run.next_due) == (None, 0, HOURLY.after(now))


def test_two_services_run_a_job_once(bench: Bench) -> None:
    for service in (bench.supervised(), bench.supervised()):
        service.turn(NEVER)
    assert bench.done == ["done"]


def test_a_job_that_another_process_is_at_is_left_to_it(bench: Bench) -> None:
    with bench.runs.lock("count") as held:
        assert held
        again = bench.supervised().turn(NEVER)
    assert (bench.done, again) == ([], bench.clock.now() + HELD_SECONDS * SECOND)


def test_a_job_that_ran_while_the_lock_was_taken_does_not_run_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, other, lock = bench.supervised(), bench.supervised(), bench.runs.lock

    def others_first(job: str) -> object:
        monkeypatch.setattr(bench.runs, "lock", lock)
        other.turn(NEVER)
        return lock(job)

    monkeypatch.setattr(bench.runs, "lock", others_first)
    mine.turn(NEVER)
    assert bench.done == ["done"]


def test_jobs_have_locks_of_their_own(bench: Bench) -> None:
    with bench.runs.lock("another"):
        bench.supervised().turn(NEVER)
    assert bench.done == ["done"]


def test_the_lock_is_free_after_a_run(bench: Bench) -> None:
    bench.supervised().turn(NEVER)
    assert not bench.runs.is_held("count")


def test_who_holds_a_lock_is_seen(bench: Bench) -> None:
    with bench.runs.lock("count"):
        assert bench.runs.is_held("count")
        assert not bench.runs.is_held("another")


def test_a_run_that_was_killed_is_taken_up_at_once(bench: Bench) -> None:
    now = bench.clock.now()
    bench.runs.begin("count", now, HOURLY.period, now + DAY)
    bench.supervised().turn(NEVER)
    assert bench.done == ["done"]


def test_days_that_were_missed_are_caught_up_once(bench: Bench) -> None:
    nightly = bench.supervised(Daily(3))
    nightly.turn(NEVER)
    bench.clock.instant = day_begins(date(2026, 6, 6)) + 12 * HOUR
    assert nightly.turn(NEVER) == day_begins(date(2026, 6, 7)) + 3 * HOUR
    assert len(bench.done) == 2


def test_a_timetable_that_became_closer_counts_at_once(bench: Bench) -> None:
    bench.supervised(Every(3600)).turn(NEVER)
    bench.clock.instant += 61 * SECOND
    bench.supervised(Every(60)).turn(NEVER)
    assert len(bench.done) == 2


def test_a_defect_is_told_by_its_class_and_place_and_not_its_message(bench: Bench) -> None:
    bench.failure = ValueError("Kari Nordmann")
    bench.supervised().turn(NEVER)
    (told,) = bench.told
    assert (told.outcome, told.failure) == (Outcome.FAILED, "ValueError")
    assert told.where.endswith(" work")
    assert "Nordmann" not in repr(told) + repr(bench.run)


@pytest.mark.parametrize("away", [LogUnavailable("gone"), KeyUnavailable("gone")])
def test_what_is_away_is_no_defect(bench: Bench, away: Exception) -> None:
    bench.failure = away
    bench.supervised().turn(NEVER)
    assert bench.run.outcome is Outcome.AWAY


def test_failures_wait_ever_longer_up_to_a_bound(bench: Bench) -> None:
    bench.failure = KeyUnavailable("gone")
    job, waits = bench.supervised(), []
    for _ in range(20):
        following = job.turn(NEVER)
        waits.append((following - bench.clock.now()) // SECOND)
        bench.clock.instant = following
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == BACKOFF_SECONDS_MAX[Outcome.AWAY]
    assert bench.run.failures == 20


def test_waits_after_failures_are_spread(bench: Bench) -> None:
    bench.failure = KeyUnavailable("gone")
    spread = Supervised(
        bench.supervised().job, bench.runs, bench.clock, bench.told.append, share=lambda: 0.0
    )
    assert spread.turn(NEVER) - bench.clock.now() == SECOND // 2


def test_a_job_that_works_again_forgets_its_failures(bench: Bench) -> None:
    job, bench.failure = bench.supervised(), ValueError()
    bench.clock.instant = job.turn(NEVER)
    bench.failure = None
    job.turn(NEVER)
    assert (bench.run.outcome, bench.run.failures, bench.run.failure) == (Outcome.OK, 0, None)


def test_a_defect_in_one_job_does_not_stop_the_others(bench: Bench) -> None:
    broken, bench.failure = bench.supervised(name="broken"), ValueError()
    run_once([broken], NEVER)
    bench.failure = None
    run_once([broken, bench.supervised()], NEVER)
    assert bench.run.outcome is Outcome.OK


def test_an_event_database_that_is_away_is_told_and_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> dict[str, object]:
        message = "the event database is away"
        raise LogUnavailable(message)

    job = bench.supervised()
    monkeypatch.setattr(bench.runs, "all", away)
    waits = [(job.turn(NEVER) - bench.clock.now()) // SECOND for _ in range(3)]
    monkeypatch.undo()
    job.turn(NEVER)
    assert (waits, bench.done) == ([1, 2, 4], ["done"])
    assert [told.outcome for told in bench.told] == [Outcome.AWAY] * 3 + [Outcome.OK]


def test_a_run_that_was_stopped_is_due_at_once(bench: Bench) -> None:
    stopped = Event()
    stopped.set()
    bench.supervised().turn(stopped)
    assert bench.run.next_due == bench.clock.now()


def test_a_job_is_overdue_three_periods_behind_its_time(bench: Bench) -> None:
    bench.supervised().turn(NEVER)
    late = bench.run.next_due + PERIODS_MAX * HOURLY.period
    assert not is_overdue(bench.run, late)
    assert is_overdue(bench.run, late + 1)


def test_what_is_run_by_hand_is_promised_daily(bench: Bench) -> None:
    job = bench.supervised()
    job.period_min = DAY
    job.turn(NEVER)
    assert bench.run.period == DAY
