"""The runner feeds every view, and one that fails holds up no other."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from domain.erasure import SubjectErased
from domain.fact import Entry
from infra.views import pages
from infra.views.lane import DEFECTS_MAX, LaneState, LaneStatus
from infra.views.postgres import postgres_views
from infra.views.runner import Runner
from projections.timeline import TIMELINE
from projections.view import Page
from tests.contracts.view_feeding import END, LIFE, breaking, log_with, rows_of
from tests.examples import erased, registered
from tests.fakes.log import MemoryLog
from tests.fakes.views import Held, MemoryView, memory_views
from tests.projections.every import PROJECTIONS
from tests.projections.logs import folded, log_of

Views = list[MemoryView[Any]]


@pytest.fixture
def views() -> Views:
    return memory_views()


def once(log: MemoryLog, views: Sequence[Any], turns: int = 1) -> dict[str, LaneStatus]:
    """Run once, or more often, and tell how each view stands after it."""
    with Runner(log, views) as runner:
        for _ in range(turns - 1):
            runner.run_once()
        return {status.view: status for status in runner.run_once()}


class RestartedLog(MemoryLog):
    """A log that is away for the first readings, as during a restart of its database."""

    def __init__(self, away_for: int, stop_at: Event) -> None:
        super().__init__()
        self.readings = 0
        self.away_for = away_for
        self.stop_at = stop_at

    def last_position(self) -> int:
        self.readings += 1
        self.away = self.readings <= self.away_for
        return super().last_position()

    def entries(self, after: int, limit: int, topics: Sequence[str] = ()) -> list[Entry]:
        self.stop_at.set()
        return super().entries(after, limit, topics)


def test_every_view_is_fed_to_the_logs_end(views: Views) -> None:
    once(log_with(LIFE, END), views)
    assert [view.position() for view in views] == [6] * len(views)


def test_every_view_ends_in_the_rows_of_its_fold(views: Views) -> None:
    once(log_with(LIFE, END), views)
    assert [rows_of(view) for view in views] == [folded(p, LIFE + END) for p in PROJECTIONS]


def test_an_empty_log_feeds_nothing(views: Views) -> None:
    assert once(MemoryLog(), views)["board"].folded == 0


def test_a_view_goes_on_where_it_stood(views: Views) -> None:
    once(log_with(LIFE), views)
    assert once(log_with(LIFE, END), views)["timeline"].folded == 2


def test_pages_smaller_than_the_log_end_in_the_same_rows(
    views: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE_ENTRIES", 2)
    once(log_with(LIFE, END), views)
    assert [rows_of(view) for view in views] == [folded(p, LIFE + END) for p in PROJECTIONS]


def test_a_page_holds_no_more_erasures_than_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_ERASURES", 2)
    log = [e for n in range(1, 6) for e in log_of(erased(n), person=n, start=n)]
    seen: list[int] = []

    class Watched(MemoryView[Any]):
        def apply(self, page: Page) -> None:
            seen.append(sum(isinstance(entry.fact, SubjectErased) for entry in page.entries))
            super().apply(page)

    once(log_with(log), [Watched(TIMELINE, Held())])
    assert seen == [2, 2, 1]


def test_one_failing_view_does_not_stop_the_others(views: Views) -> None:
    views[0].held.away = True
    told = once(log_with(LIFE), views)
    assert [told[name].position for name in ("board", "dossier", "timeline")] == [0, 4, 4]


def test_a_failing_view_tells_the_class_of_its_error(views: Views) -> None:
    views[0].held.away = True
    told = once(log_with(LIFE), views)["board"]
    assert (told.state, told.failure) == (LaneState.FAILING, "ViewUnavailable")


def test_a_view_that_is_back_follows_again(views: Views) -> None:
    log = log_with(LIFE)
    views[0].held.away = True
    with Runner(log, views) as runner:
        runner.run_once()
        views[0].held.away = False
        runner.run_once()
        (told, *_) = runner.run_once()
    assert (told.state, told.position, told.failures) == (LaneState.FOLLOWING, 4, 0)


def test_a_defect_halts_its_view_after_a_few_attempts() -> None:
    view = MemoryView(breaking(TIMELINE, at=3), Held())
    told = once(log_with(LIFE), [view], turns=100)["timeline"]
    assert (told.state, told.failures) == (LaneState.HALTED, DEFECTS_MAX)


def test_an_outage_does_not_halt_a_view_so_soon(views: Views) -> None:
    views[0].held.away = True
    assert once(log_with(LIFE), views, turns=100)["board"].state is LaneState.FAILING


def test_attempts_become_rarer(views: Views) -> None:
    views[0].held.away = True
    assert once(log_with(LIFE), views, turns=100)["board"].failures < 10


def test_lag_is_told_in_positions() -> None:
    view = MemoryView(breaking(TIMELINE, at=1), Held())
    assert once(log_with(LIFE), [view])["timeline"].lag == 4


def test_a_run_follows_a_log_that_was_restarted(views: Views) -> None:
    stop = Event()
    log = RestartedLog(3, stop)
    log.log = [*LIFE]
    with Runner(log, views[:1]) as runner:
        runner.run(stop, turn_seconds=0.001)
        runner.run_once()
    assert views[0].position() == 4


def test_a_run_ends_when_every_view_has_halted() -> None:
    view = MemoryView(breaking(TIMELINE, at=1), Held())
    with Runner(log_with(LIFE), [view]) as runner:
        runner.run(Event(), turn_seconds=0.0001)
        assert runner.status()[0].state is LaneState.HALTED


def test_a_stop_ends_the_run(views: Views) -> None:
    stop = Event()
    stop.set()
    with Runner(log_with(LIFE), views) as runner:
        runner.run(stop)
    assert views[0].position() == 0


def test_a_restart_of_the_database_costs_attempts_and_no_fact(
    pool: ConnectionPool, views_dsn: str
) -> None:
    stored = postgres_views(pool)
    log = log_with(LIFE)
    with Runner(log, stored) as runner:
        runner.run_once()
        with psycopg.connect(views_dsn) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        log.log += END
        for _ in range(40):
            runner.run_once()
    assert [rows_of(view) for view in stored] == [folded(p, LIFE + END) for p in PROJECTIONS]


def test_two_runners_apply_each_fact_once(pool: ConnectionPool) -> None:
    log = log_with(*[log_of(registered(), person=n, start=n) for n in range(1, 60)])
    with (
        Runner(log, postgres_views(pool)) as one,
        Runner(log, postgres_views(pool)) as other,
        ThreadPoolExecutor(2) as both,
    ):
        for running in [both.submit(runner.run_once) for _ in range(4) for runner in (one, other)]:
            running.result()
    assert [view.count() for view in postgres_views(pool)] == [0, 59, 59, 0, 0]
