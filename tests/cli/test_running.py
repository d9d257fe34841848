"""``run``: the service looks after a house until it is told to stop, once, or tells how it is."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest

from infra.jobs import JOBS
from tests.cli.conftest import CONTROLLER, Cli, World, sql

STOP_SECONDS = 5.0
SERVE_SECONDS = 30.0
FAILED = (
    "UPDATE job_run SET failures = 1, failure = 'KeyError', outcome = 'failed' WHERE job = 'outbox'"
)
LATE = "UPDATE job_run SET next_due = 0 WHERE job = 'anchor'"


def states(cli: Cli) -> dict[str, str]:
    return {one["job"]: one["state"] for one in cli("run", "--status", "--json").document["jobs"]}


def verdict(cli: Cli) -> tuple[str, list[str]]:
    (jobs,) = [one for one in cli("doctor", "--json").document["checks"] if one["name"] == "jobs"]
    return jobs["verdict"], jobs["names"]


def test_once_does_what_is_due_and_ends(production: Cli, world: World) -> None:
    production("ingest", str(world.feeds / f"{CONTROLLER}.cv-scanner.avro"))
    done = production("run", "--once", "--json")
    processed = {one["job"]: one["processed"] for one in done.document["jobs"]}
    assert done.code == 0
    assert processed["project"] > 0
    assert "attention" not in verdict(production)


def test_once_again_leaves_what_is_not_due(production: Cli) -> None:
    first = production("run", "--once", "--json").document["jobs"]
    again = production("run", "--once", "--json").document["jobs"]
    sweeps = [next(one for one in jobs if one["job"] == "sweep") for jobs in (first, again)]
    assert sweeps[0]["started_at"] == sweeps[1]["started_at"]


def test_only_the_jobs_asked_for_run(production: Cli) -> None:
    production("run", "--once", "--jobs", "anchor")
    assert states(production)["anchor"] == "waiting"
    assert {state for job, state in states(production).items() if job != "anchor"} == {"never"}


def test_a_job_nobody_knows_is_a_mistake(anywhere: Cli) -> None:
    assert anywhere("run", "--jobs", "anchor,lunch").code == 2


def test_a_terminal_is_told_in_words(
    production: Cli, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    production("ingest", str(world.feeds / f"{CONTROLLER}.cv-scanner.avro"))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    told = production("run", "--once").err
    assert "views: " in told
    assert "{" not in told


def test_doctor_names_jobs_that_never_ran_and_is_well(production: Cli) -> None:
    assert verdict(production) == ("well", list(JOBS))


def test_doctor_points_at_jobs_that_failed_or_are_late(production: Cli, events_dsn: str) -> None:
    production("run", "--once", "--jobs", "outbox,anchor,upkeep")
    sql(events_dsn, FAILED)
    sql(events_dsn, LATE)
    assert verdict(production) == ("attention", ["anchor", "outbox"])
    assert "anchor, outbox" in production("doctor").out
    told = states(production)
    assert (told["outbox"], told["anchor"], told["upkeep"]) == ("failing", "overdue", "waiting")


@pytest.fixture
def serving(production: Cli) -> Iterator[subprocess.Popen[str]]:
    """Serve the house of ``production`` until the test ends."""
    assert production("doctor").code == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "infra.cli", "run"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert json.loads(process.stderr.readline())["event"] == "started"
    yield process
    process.kill()
    process.communicate()


def _until(events_dsn: str, statement: str) -> None:
    """Wait until a question is answered with yes: the service's own turns set the pace."""
    deadline = time.monotonic() + SERVE_SECONDS
    with psycopg.connect(events_dsn, autocommit=True) as connection:
        while time.monotonic() < deadline:
            row = connection.execute(statement.encode()).fetchone()
            if row is not None and row[0]:
                return
            connection.execute("SELECT pg_sleep(0.05)")
    pytest.fail("the service did not get there")


SWEPT = "SELECT count(*) = 1 FROM job_run WHERE job = 'sweep' AND ended_at IS NOT NULL"
FOLDED = "SELECT min(position) > 0 FROM views.position"


def ended(serving: subprocess.Popen[str], number: signal.Signals) -> tuple[int, str, list[str]]:
    serving.send_signal(number)
    out, err = serving.communicate(timeout=STOP_SECONDS)
    return serving.returncode, out, err.splitlines()


def test_it_serves_beside_other_commands_and_stops_when_told(
    serving: subprocess.Popen[str], production: Cli, world: World, events_dsn: str
) -> None:
    assert production("ingest", str(world.feeds / f"{CONTROLLER}.cv-scanner.avro")).code == 0
    _until(events_dsn, FOLDED)
    _until(events_dsn, SWEPT)
    assert states(production)["project"] == "running"
    code, out, lines = ended(serving, signal.SIGTERM)
    told = [json.loads(line) for line in lines]
    assert (code, out, told[-1]["event"]) == (0, "", "stopped")
    assert {one.get("outcome", "ok") for one in told} == {"ok"}


def test_what_it_tells_names_nobody(
    serving: subprocess.Popen[str], production: Cli, world: World, events_dsn: str
) -> None:
    production("ingest", str(world.feeds / f"{CONTROLLER}.cv-scanner.avro"))
    _until(events_dsn, FOLDED)
    code, _, lines = ended(serving, signal.SIGINT)
    values = {p[key] for p in world.manifest["people"] for key in ("name", "email") if p[key]}
    assert code == 0
    assert any('"job": "project"' in line for line in lines)
    assert [value for value in values for line in lines if value in line] == []
