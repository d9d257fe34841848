"""A process that is killed while it runs a job gives the job up."""

import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest

from infra.store.database import Database
from tests.running.conftest import NEVER, Bench

FREED_SECONDS = 10.0
_HOLDER = """
import sys
from infra.store.database import Database
from infra.store.job_runs import JobRuns
with JobRuns(Database(sys.argv[1])).lock("count") as held:
    print(held, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(database: Database) -> Iterator[subprocess.Popen[str]]:
    """Hold the job's lock in another process."""
    process = subprocess.Popen(  # noqa: S603 - our own program, no shell
        [sys.executable, "-c", _HOLDER, database.dsn],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    yield process
    process.kill()
    process.communicate()


def _until_free(bench: Bench, dsn: str) -> None:
    """Wait until the server has seen that the holder's connection is gone."""
    deadline = time.monotonic() + FREED_SECONDS
    with psycopg.connect(dsn, autocommit=True) as connection:
        while bench.runs.is_held("count") and time.monotonic() < deadline:
            connection.execute("SELECT pg_sleep(0.01)")


def test_a_killed_holder_frees_the_job(
    bench: Bench, database: Database, holder: subprocess.Popen[str]
) -> None:
    job = bench.supervised()
    job.turn(NEVER)
    assert bench.done == []
    holder.kill()
    holder.wait()
    _until_free(bench, database.dsn)
    job.turn(NEVER)
    assert bench.done == ["done"]
