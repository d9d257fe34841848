"""An event database with nothing in it but the last runs of jobs, and a job that counts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event

import pytest

from infra.clock import FixedClock
from infra.running import Ended, Job, Supervised
from infra.store.database import Database
from infra.store.job_runs import JobRun, JobRuns
from infra.store.schema import create_schema
from infra.timetable import Every, Timetable
from infra.views.runner import Stop

HOURLY = Every(3600)
NEVER = Event()
"""Never set: nobody stops the service."""


@pytest.fixture
def database(events_dsn: str) -> Iterator[Database]:
    create_schema(events_dsn)
    opened = Database(events_dsn)
    yield opened
    opened.close()


@dataclass
class Bench:
    """Jobs under supervision, what they told, and how often their work was done."""

    runs: JobRuns
    clock: FixedClock
    told: list[Ended] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    failure: BaseException | None = None

    def supervised(self, timetable: Timetable = HOURLY, name: str = "count") -> Supervised:
        """Make what another process would make of the same job."""
        job = Job(name, timetable, self.work)
        return Supervised(job, self.runs, self.clock, self.told.append, share=lambda: 1.0)

    def work(self, _stop: Stop) -> int:
        self.done.append("done")
        if self.failure is not None:
            raise self.failure
        return 7

    @property
    def run(self) -> JobRun:
        return self.runs.all()["count"]


@pytest.fixture
def bench(database: Database, clock: FixedClock) -> Bench:
    return Bench(JobRuns(database), clock)
