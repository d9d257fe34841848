"""The last run of each job, and the lock that lets one process at a time do it.

The lock is a session's advisory lock on a connection of its own: PostgreSQL frees it when that
connection ends, however its process ended. It belongs to the event database, so two houses never
wait for each other. A pooler between us and PostgreSQL must keep a session on one connection.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import LiteralString

import psycopg

from consumers.ports import LogUnavailable
from domain.values import Instant
from infra.store.database import CONNECT_SECONDS, Database

_LOCK_SPACE = 0x676C6A
"""The first half of the advisory lock's key, "glj"; the second is the job's name."""

_ALL: LiteralString = """
SELECT job, started_at, ended_at, outcome, processed, failure, failures, period, next_due, process
FROM job_run ORDER BY job
"""
_BEGIN: LiteralString = """
INSERT INTO job_run (job, started_at, processed, failures, period, next_due, process)
VALUES (%b, %b, 0, 0, %b, %b, %b)
ON CONFLICT (job) DO UPDATE SET started_at = excluded.started_at, ended_at = NULL, outcome = NULL,
    processed = 0, period = excluded.period, next_due = excluded.next_due,
    process = excluded.process
RETURNING job
"""
_END: LiteralString = """
UPDATE job_run SET ended_at = %b, outcome = %b::text, processed = %b, failure = %b::text,
    failures = %b, next_due = %b
WHERE job = %b::text AND started_at = %b RETURNING job
"""
_HELD: LiteralString = """
SELECT count(*) > 0 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
WHERE locktype = 'advisory' AND datname = current_database() AND objsubid = 2 AND granted
    AND classid::bigint = %b AND objid::bigint = hashtext(%b::text)::bigint & 4294967295
"""


class Outcome(StrEnum):
    """How a run ended."""

    OK = "ok"
    FAILED = "failed"
    """A defect, tampering or a closed gate: somebody must look."""
    AWAY = "away"
    """A database or the key provider was away, or others kept moving what was worked on."""


@dataclass(frozen=True, slots=True)
class JobRun:
    """A job's last run. ``ended_at`` and ``outcome`` are None while it runs, or if it was killed.

    ``failure`` is a class's name, ``failures`` counts those in a row. ``period`` is the longest
    time between two runs, in microseconds. ``process`` is the number of the process.
    """

    job: str
    started_at: Instant
    ended_at: Instant | None
    outcome: Outcome | None
    processed: int
    failure: str | None
    failures: int
    period: Instant
    next_due: Instant
    process: int


class JobRuns:
    """Reads and writes the last runs. Every method raises ``LogUnavailable`` when away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, JobRun]:
        """Return the last run of each job that ever ran, by its name."""
        rows = self._database.rows(_ALL)
        return {
            job: JobRun(job, started, ended, None if how is None else Outcome(how), *rest)
            for job, started, ended, how, *rest in rows
        }

    def begin(self, job: str, at: Instant, period: Instant, next_due: Instant) -> None:
        """Note that a run begins here and now; called under the job's lock."""
        self._database.rows(_BEGIN, (job, at, period, next_due, os.getpid()))

    def end(self, run: JobRun) -> None:
        """Note how a run ended; one that another process has followed up is left alone."""
        assert run.outcome is not None, "a run ends with an outcome"
        told = (run.ended_at, run.outcome.value, run.processed, run.failure, run.failures)
        self._database.rows(_END, (*told, run.next_due, run.job, run.started_at))

    def is_held(self, job: str) -> bool:
        """Say whether some process holds the job's lock at this moment."""
        return bool(self._database.rows(_HELD, (_LOCK_SPACE, job))[0][0])

    @contextmanager
    def lock(self, job: str) -> Iterator[bool]:
        """Take the job's lock for the length of the block if it is free; say whether it was."""
        with _session(self._database.dsn) as connection:
            held = _asked(connection, job)
            try:
                yield held
            finally:
                if held:
                    _give_up(connection, job)


def _asked(connection: psycopg.Connection, job: str) -> bool:
    try:
        row = connection.execute(
            "SELECT pg_try_advisory_lock(%s, hashtext(%s))", (_LOCK_SPACE, job)
        ).fetchone()
    except (psycopg.OperationalError, psycopg.InterfaceError):
        raise _away() from None
    return row is not None and bool(row[0])


def _give_up(connection: psycopg.Connection, job: str) -> None:
    """Free the lock at once: the server may see the connection's end a moment later."""
    with suppress(psycopg.OperationalError, psycopg.InterfaceError):
        connection.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", (_LOCK_SPACE, job))


@contextmanager
def _session(dsn: str) -> Iterator[psycopg.Connection]:
    """Connect outside the pool; closing the connection frees what it holds."""
    try:
        connection = psycopg.connect(dsn, autocommit=True, connect_timeout=CONNECT_SECONDS)
    except (psycopg.OperationalError, psycopg.InterfaceError):
        raise _away() from None
    try:
        yield connection
    finally:
        connection.close()


def _away() -> LogUnavailable:
    message = "the event database is away"
    return LogUnavailable(message)
