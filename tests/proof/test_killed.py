"""An ingest killed half way, again and again: in the end the log holds what the feeds hold, once.

Guard: a page's facts, its inbox rows and its position are one transaction.
"""

import os
import subprocess
import sys
from pathlib import Path
from threading import Event

import psycopg
import pytest

from infra.clock import FixedClock
from infra.feeds.manifest import Manifest
from infra.feeds.write import write_feeds
from infra.settings import Settings
from tests.proof.commands import use
from tests.proof.houses import open_proof, run_sql

CANDIDATES = 250
_PROGRAM = "from infra.cli import main; main()"
_GIVE_UP = 1_500


@pytest.fixture
def feeds(tmp_path: Path) -> tuple[Manifest, list[str]]:
    folder = tmp_path / "feeds"
    manifest = write_feeds(CANDIDATES, 11, folder)
    return manifest, [str(folder / file.file) for file in manifest.files]


def start(files: list[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-c", _PROGRAM, "ingest", *files, "--json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=dict(os.environ),  # noqa: TID251 - what the test put there
    )


def kill_once_it_has_recorded(running: "subprocess.Popen[bytes]", dsn: str, facts: int) -> None:
    """Kill as soon as the log holds this many facts, or let it end if it never does."""
    waiting = Event()
    with psycopg.connect(dsn, autocommit=True) as connection:
        for _ in range(_GIVE_UP):
            row = connection.execute("SELECT count(*) FROM fact_log").fetchone()
            if running.poll() is not None or (row is not None and row[0] >= facts):
                break
            waiting.wait(0.01)
    running.kill()
    running.communicate()


def files_half_read(dsn: str) -> int:
    ((begun, ended),) = run_sql(
        dsn,
        "SELECT count(*) FILTER (WHERE NOT name LIKE '%/passes'),"
        " count(*) FILTER (WHERE name LIKE '%/passes') FROM position",
    )
    return int(begun) - int(ended)


@pytest.mark.requirement("A50")
def test_an_ingest_killed_half_way_loses_and_doubles_nothing(
    settings: Settings,
    clock: FixedClock,
    feeds: tuple[Manifest, list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    manifest, files = feeds
    use(monkeypatch, settings)
    assert settings.databases is not None
    dsn = settings.databases.events
    half_read = 0
    for share in (0.1, 0.4, 0.7):
        kill_once_it_has_recorded(start(files), dsn, int(manifest.total.recorded * share))
        half_read += files_half_read(dsn)
    assert half_read, "no kill came in the middle of a file"
    finishing = start(files)
    _, errors = finishing.communicate(timeout=60)
    assert finishing.returncode == 0, errors.decode()
    ((facts,),) = run_sql(
        dsn, "SELECT count(*) FROM fact_log WHERE topic <> 'candidate.source-linked'"
    )
    ((inbox,),) = run_sql(dsn, "SELECT count(*) FROM inbox")
    ((people,),) = run_sql(dsn, "SELECT count(*) FROM subject_head")
    ((parked,),) = run_sql(dsn, "SELECT count(*) FROM parked")
    truth = manifest.total
    assert (facts, inbox, people) == (truth.recorded, truth.recorded, truth.people)
    assert parked == truth.parked.total()
    with open_proof(settings, clock) as proof:
        proof.house.store.verify_chain()
