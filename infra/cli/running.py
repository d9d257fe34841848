"""``run``: the house's jobs in one service, or once for a timetable of one's own."""

import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Annotated

import typer

from domain.values import Instant, iso_of
from infra.cli.exits import Exit, UsageMistake
from infra.cli.options import AsJson
from infra.cli.output import Document
from infra.cli.rendering import minute
from infra.cli.session import Session, begin, entered
from infra.cli.wording import Wording
from infra.house import House
from infra.jobs import JOBS, SWEEP_HOUR, house_jobs, sweep_timetable
from infra.kafka.outbound import KAFKA_JOBS, kafka_jobs
from infra.running import Ended, Job, Supervised, is_overdue, run_once, serve
from infra.scheduled_finalisation import FINALISE_JOBS, finalise_jobs
from infra.store.job_runs import JobRun, JobRuns, Outcome
from infra.timetable import DAY, SECOND

ALL_JOBS = (*JOBS, *FINALISE_JOBS, *KAFKA_JOBS)
_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT})
_LOOK_SECONDS = 1.0
"""How often the main thread looks whether every job is still followed."""


_Once = Annotated[bool, typer.Option("--once", help="Run every job that is due once, and end.")]
_Status = Annotated[
    bool, typer.Option("--status", help="Show each job's last run, and run nothing.")
]
_Jobs = Annotated[
    str | None,
    typer.Option("--jobs", metavar="A,B", help=f"Only these, out of: {', '.join(ALL_JOBS)}."),
]
_SweepAt = Annotated[
    int,
    typer.Option(
        "--sweep-at", metavar="HOUR", min=0, max=23, help="Sweep each day at this hour in Norway."
    ),
]
_SweepEvery = Annotated[
    int | None,
    typer.Option(
        "--sweep-every", metavar="HOURS", min=1, max=24, help="Sweep every so many hours instead."
    ),
]


def run(
    *,
    once: _Once = False,
    status: _Status = False,
    jobs: _Jobs = None,
    sweep_at: _SweepAt = SWEEP_HOUR,
    sweep_every: _SweepEvery = None,
    as_json: AsJson = False,
) -> None:
    """Look after the house: feed the views, sweep what is due, bring notices, anchor the log.

    Runs in the foreground until Ctrl-C or SIGTERM, ends the page in hand then, and exits 0. Each
    job is done by one process at a time, also when several are started; a missed time is caught
    up. Standard error tells what was done, a JSON object a line where it is no terminal.

    Example: glemmebok run --sweep-at 3
    """
    session = begin(as_json=as_json)
    wanted = _wanted(jobs)
    timetable = sweep_timetable(sweep_at, sweep_every)
    with entered(session) as house:
        if not status:
            log = _Log(session, as_json=as_json or not sys.stderr.isatty())
            made = [*house_jobs(house, timetable, follow=not once), *finalise_jobs(house)]
            made += kafka_jobs(house)
            chosen = [job for job in made if job.name in wanted]
            _run(_supervised(house, chosen, log, once=once), log, house, once=once)
        told = _standings(house, _there(house, wanted)) if once or status else None
    if told is not None:
        _tell(session, told)
        raise typer.Exit(_worst([one.run for one in told if one.run is not None]))


def _supervised(
    house: House, jobs: Sequence[Job], log: "_Log", *, once: bool
) -> Sequence[Supervised]:
    """Put each job under supervision; what is run by hand is promised daily."""
    runs, promised = JobRuns(house.store.database), DAY if once else 0
    return [Supervised(job, runs, house.clock, log.ended, period_min=promised) for job in jobs]


def _run(made: Sequence[Supervised], log: "_Log", house: House, *, once: bool) -> None:
    if once:
        run_once(made, Event())
    else:
        _serve(made, log, house)


def _wanted(jobs: str | None) -> Sequence[str]:
    if jobs is None:
        return ALL_JOBS
    wanted = [name.strip() for name in jobs.split(",")]
    if not set(wanted) <= set(ALL_JOBS):
        message = f"there is no such job; there are: {', '.join(ALL_JOBS)}"
        raise UsageMistake(message)
    return wanted


def _there(house: House, wanted: Sequence[str]) -> Sequence[str]:
    """Leave out what this house does not do: what goes by Kafka, or finalises by itself."""
    away = KAFKA_JOBS if house.settings.kafka is None else ()
    by_hand = FINALISE_JOBS if house.settings.finalise_at is None else ()
    return [name for name in wanted if name not in {*away, *by_hand}]


def _serve(made: Sequence[Supervised], log: "_Log", house: House) -> None:
    """Serve until a signal comes.

    The signals are blocked and waited for, so that none comes while a lock of ours is held.
    """
    stop = Event()
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)

    def until_told(followed: Callable[[], bool]) -> None:
        log.service("started", house.clock.now(), [one.job.name for one in made])
        try:
            while followed() and signal.sigtimedwait(_SIGNALS, _LOOK_SECONDS) is None:
                pass
        finally:
            stop.set()

    serve(made, stop, until_told)
    log.service("stopped", house.clock.now(), [])


@dataclass(frozen=True, slots=True)
class _Log:
    """Tells on standard error what the jobs did, in ids, counts and class names."""

    session: Session
    as_json: bool

    def service(self, event: str, at: Instant, jobs: Sequence[str]) -> None:
        """Tell that the service started or stopped."""
        if self.as_json:
            told = {"jobs": jobs, "process": os.getpid()} if jobs else {}
            self._write({"at": iso_of(at), "event": event, **told})
        else:
            self.session.out.note(self.session.words.text("run", event, jobs=", ".join(jobs)))

    def ended(self, run: Ended) -> None:
        """Tell of a run that did something or failed; the others would drown it."""
        if run.outcome is Outcome.OK and not run.processed:
            return
        if self.as_json:
            self._write(_line(run))
        else:
            words = self.session.words
            key = "did" if run.outcome is Outcome.OK else "failed"
            job, what = words.text("job", run.job), f"{run.failure} {run.where}"
            told = words.text("run", key, job=job, count=run.processed, failure=what)
            self.session.out.note(f"{minute(run.ended)}  {told}")

    def _write(self, document: Document) -> None:
        sys.stderr.write(json.dumps(document) + "\n")
        sys.stderr.flush()


def _line(run: Ended) -> Document:
    return {
        "at": iso_of(run.ended),
        "event": "job",
        "job": run.job,
        "outcome": run.outcome.value,
        "processed": run.processed,
        "seconds": (run.ended - run.began) / SECOND,
        "failure": run.failure,
        "where": run.where or None,
        "failures": run.failures,
        "next_due": iso_of(run.next_due),
    }


@dataclass(frozen=True, slots=True)
class _Standing:
    """How a job stands; ``run`` is None when it never ran."""

    job: str
    state: str
    run: JobRun | None


def _standings(house: House, wanted: Sequence[str]) -> list[_Standing]:
    runs = JobRuns(house.store.database)
    known, now = runs.all(), house.clock.now()
    return [
        _Standing(name, _state(known.get(name), now, running=runs.is_held(name)), known.get(name))
        for name in wanted
    ]


def _tell(session: Session, told: Sequence[_Standing]) -> None:
    if session.out.as_json:
        session.out.result({"jobs": [_document(one) for one in told]})
        return
    words = session.words
    names = ("job", "state", "began", "processed", "next", "failure")
    session.out.table(
        [words.text("column", name) for name in names], [_row(words, one) for one in told]
    )


def _row(words: Wording, one: _Standing) -> tuple[object, ...]:
    job, state = words.text("job", one.job), words.text("job_state", one.state)
    if one.run is None:
        return job, state, None, None, None, None
    began, following = minute(one.run.started_at), minute(one.run.next_due)
    return job, state, began, one.run.processed, following, one.run.failure


def _document(one: _Standing) -> Document:
    run = one.run
    if run is None:
        return {"job": one.job, "state": one.state}
    return {
        "job": one.job,
        "state": one.state,
        "started_at": iso_of(run.started_at),
        "ended_at": None if run.ended_at is None else iso_of(run.ended_at),
        "outcome": None if run.outcome is None else run.outcome.value,
        "processed": run.processed,
        "failure": run.failure,
        "failures": run.failures,
        "next_due": iso_of(run.next_due),
        "process": run.process,
    }


def _state(run: JobRun | None, now: Instant, *, running: bool) -> str:
    if running:
        return "running"
    if run is None:
        return "never"
    if run.ended_at is None:
        return "cut_short"
    if run.failures:
        return "failing"
    return "overdue" if is_overdue(run, now) else "waiting"


def _worst(runs: Sequence[JobRun]) -> Exit:
    outcomes = {run.outcome for run in runs}
    if Outcome.FAILED in outcomes:
        return Exit.DEFECT
    return Exit.UNAVAILABLE if Outcome.AWAY in outcomes else Exit.DONE
