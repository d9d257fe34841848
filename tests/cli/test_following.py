"""``project`` follows the log until it is told to stop, and then stops."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest

from tests.cli.conftest import CONTROLLER, Cli, World

STOP_SECONDS = 2.0
FOLLOW_SECONDS = 30.0


@pytest.fixture
def following(production: Cli) -> Iterator[subprocess.Popen[str]]:
    """Run ``project`` over the house of ``production`` until the test ends."""
    assert production("doctor").code == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "infra.cli", "project", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("Following the log")
    yield process
    process.kill()
    process.communicate()


def _until_followed(events_dsn: str) -> None:
    """Wait until the timeline has a fact: the follower's own turns set the pace."""
    deadline = time.monotonic() + FOLLOW_SECONDS
    with psycopg.connect(events_dsn, autocommit=True) as connection:
        while time.monotonic() < deadline:
            row = connection.execute("SELECT position FROM views.position WHERE view = 'timeline'")
            if any(position for (position,) in row):
                return
            connection.execute("SELECT pg_sleep(0.05)")
    pytest.fail("the views did not follow")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_follows_new_facts_and_stops_when_told(
    following: subprocess.Popen[str],
    production: Cli,
    world: World,
    events_dsn: str,
    number: signal.Signals,
) -> None:
    assert production("ingest", str(world.feeds / f"{CONTROLLER}.cv-scanner.avro")).code == 0
    _until_followed(events_dsn)
    following.send_signal(number)
    out, err = following.communicate(timeout=STOP_SECONDS)
    assert (following.returncode, err) == (0, "")
    assert '"lag": 0' in out
