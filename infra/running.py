"""Runs jobs: each when it is due, in one process at a time, whatever becomes of the others.

Rules. A job runs under its lock (:mod:`infra.store.job_runs`), and whether it is due is asked again
once the lock is held: of two services, one runs it. A run that was cut short is taken up at once
by whoever comes. What fails is tried again ever more seldom, and is told by its class and place,
never by its message. A job's work may be done twice without harm.
"""

import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from consumers.ports import LogError, LogUnavailable
from domain.answers import KeyUnavailable
from domain.values import Instant
from infra.clock import Clock
from infra.kafka.faults import ClusterUnavailable, NotDelivered
from infra.random_ids import random_bytes
from infra.store.job_runs import JobRun, JobRuns, Outcome
from infra.timetable import SECOND, Timetable
from infra.views.runner import Stop
from projections.view import ViewFenced, ViewUnavailable

AWAY = (
    LogError,
    KeyUnavailable,
    ViewUnavailable,
    ViewFenced,
    ClusterUnavailable,
    NotDelivered,
)
"""What is tried again without anybody's doing: a database or Kafka is away, or streams moved."""

BACKOFF_SECONDS_MAX = {Outcome.AWAY: 300, Outcome.FAILED: 3600}
"""The longest wait after a failure: an outage is over by itself, a defect is not."""

DOUBLINGS_MAX = 12
"""More than an hour in seconds."""

LOOK_SECONDS_MAX = 30
"""How long a process sleeps at most before it asks again whether another one gave a job up."""

PERIODS_MAX = 3
"""How many times the promised time a job may be late before somebody should look."""

HELD_SECONDS = 5
"""How long a process waits for a job that another one is doing."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something done again and again.

    ``work`` is told when to stop, ends its page then, and returns how much it did.
    ``backoff_seconds_max`` bounds the wait after a failure further.
    """

    name: str
    timetable: Timetable
    work: Callable[[Stop], int]
    backoff_seconds_max: int = BACKOFF_SECONDS_MAX[Outcome.FAILED]


@dataclass(frozen=True, slots=True)
class Ended:
    """What is told of a run: ids, counts and class names. ``where`` is empty unless it failed."""

    job: str
    outcome: Outcome
    processed: int
    began: Instant
    ended: Instant
    failure: str | None
    where: str
    failures: int
    next_due: Instant


def random_share() -> float:
    """Return a random number from 0 to 1: services that failed together do not return together."""
    return random_bytes(1)[0] / 255


@dataclass(slots=True)
class Supervised:
    """One job in one process. ``share`` is what the waits after failures are spread by.

    ``period_min`` is the least time between two runs that is promised: what is started by hand or
    by another program's timetable promises a day.
    """

    job: Job
    runs: JobRuns
    clock: Clock
    tell: Callable[[Ended], None]
    share: Callable[[], float] = random_share
    period_min: Instant = 0
    _outages: int = field(default=0, init=False)

    def turn(self, stop: Stop) -> Instant:
        """Run the job if it is due and nobody is at it; return when to look again."""
        try:
            return self._turn(stop)
        except LogUnavailable as away:
            self._outages += 1
            ended = self._ended(self.clock.now(), 0, away, self._outages)
            self.tell(ended)
            return ended.next_due

    def _turn(self, stop: Stop) -> Instant:
        due = self._due()
        if due > self.clock.now():
            return due
        with self.runs.lock(self.job.name) as held:
            if not held:
                return self.clock.now() + HELD_SECONDS * SECOND
            # Another process may have run it since.
            due = self._due()
            return due if due > self.clock.now() else self._run(stop)

    def _due(self) -> Instant:
        known = self.runs.all().get(self.job.name)
        self._outages = 0
        if known is None or known.ended_at is None:
            return self.clock.now()
        if known.failures:
            return known.next_due
        return min(known.next_due, self.job.timetable.after(known.started_at))

    def _run(self, stop: Stop) -> Instant:
        began = self.clock.now()
        known = self.runs.all().get(self.job.name)
        period = max(self.job.timetable.period, self.period_min)
        self.runs.begin(self.job.name, began, period, self.job.timetable.after(began))
        with ThreadPoolExecutor(1, thread_name_prefix=self.job.name) as worker:
            attempt = worker.submit(self.job.work, stop)
            failure = attempt.exception()
        failures = 0 if failure is None else 1 + (0 if known is None else known.failures)
        processed = attempt.result() if failure is None else 0
        ended = self._ended(began, processed, failure, failures)
        if stop.is_set():
            ended = replace(ended, next_due=ended.ended)
        self.runs.end(_run_of(ended, period))
        self.tell(ended)
        return ended.next_due

    def _ended(
        self, began: Instant, processed: int, failure: BaseException | None, failures: int
    ) -> Ended:
        now = self.clock.now()
        outcome = _outcome(failure)
        next_due = self.job.timetable.after(began)
        if failure is not None:
            next_due = now + self._backoff(outcome, failures)
        return Ended(
            job=self.job.name,
            outcome=outcome,
            processed=processed,
            began=began,
            ended=now,
            failure=None if failure is None else type(failure).__name__,
            where="" if failure is None else _place(failure),
            failures=failures,
            next_due=next_due,
        )

    def _backoff(self, outcome: Outcome, failures: int) -> Instant:
        longest = min(BACKOFF_SECONDS_MAX[outcome], self.job.backoff_seconds_max) * SECOND
        wait = min((1 << min(failures - 1, DOUBLINGS_MAX)) * SECOND, longest)
        return wait // 2 + int(wait * self.share()) // 2


def run_once(jobs: Sequence[Supervised], stop: Stop) -> None:
    """Run every job that is due, one after the other."""
    for job in jobs:
        if not stop.is_set():
            job.turn(stop)


def serve(
    jobs: Sequence[Supervised], stop: Stop, until_told: Callable[[Callable[[], bool]], None]
) -> None:
    """Run the jobs as they come due, each in a thread of its own.

    ``until_told`` is called once they run. It waits, for as long as what it is given answers that
    all of them are followed, and sets ``stop`` before it returns; the pages in hand are ended then.
    """
    with ThreadPoolExecutor(len(jobs), thread_name_prefix="job") as threads:
        following = [threads.submit(_follow, job, stop) for job in jobs]
        until_told(lambda: not any(one.done() for one in following))
    for one in following:
        one.result()


def _follow(job: Supervised, stop: Stop) -> None:
    while not stop.is_set():
        seconds = (job.turn(stop) - job.clock.now()) / SECOND
        stop.wait(min(max(seconds, 0.0), LOOK_SECONDS_MAX))


def is_overdue(run: JobRun, now: Instant) -> bool:
    """Say whether a job is late by three times the time promised between two runs."""
    return now > run.next_due + PERIODS_MAX * run.period


def _outcome(failure: BaseException | None) -> Outcome:
    if failure is None:
        return Outcome.OK
    return Outcome.AWAY if isinstance(failure, AWAY) else Outcome.FAILED


def _place(failure: BaseException) -> str:
    """Name the line a failure came from; a line of source quotes no value."""
    frames = traceback.extract_tb(failure.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno} {frames[-1].name}" if frames else ""


def _run_of(ended: Ended, period: Instant) -> JobRun:
    return JobRun(
        job=ended.job,
        started_at=ended.began,
        ended_at=ended.ended,
        outcome=ended.outcome,
        processed=ended.processed,
        failure=ended.failure,
        failures=ended.failures,
        period=period,
        next_due=ended.next_due,
        process=0,
    )
