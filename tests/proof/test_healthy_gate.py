"""A healthy house never looks ill: the gate passes however often it is asked while others work."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra.auditing import verify_all
from infra.clock import SystemClock
from infra.foundation import found_house
from infra.gate import restore_gate
from infra.settings import Settings
from tests.consumers.feed import Feed
from tests.proof.houses import SOURCE, Proof, open_proof, settings_of

ASKED = 500
PEOPLE = 25
NAMES = ("left", "right")


@pytest.fixture
def settings(events_dsn: str, keys_dsn: str, tmp_path: Path) -> Settings:
    """Give a house that knows whom the two other processes will erase."""
    made = settings_of(events_dsn, keys_dsn, tmp_path)
    found_house(made, SystemClock())
    feed = Feed(SOURCE)
    for name in NAMES:
        for n in range(PEOPLE):
            feed.tell(f"{name}-{n}", event=f"{name}-{n}")
    with open_proof(made, SystemClock()) as proof:
        assert proof.take(feed.items, "feed/1").people == 2 * PEOPLE
    return made


def begin(settings: Settings, name: str) -> "subprocess.Popen[str]":
    assert settings.databases is not None
    told = {
        "events": settings.databases.events,
        "keys": settings.databases.keys,
        "folder": str(settings.home.parent),
        "name": name,
        "people": PEOPLE,
    }
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.proof.busybody"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdin is not None
    started.stdin.write(json.dumps(told) + "\n")
    started.stdin.flush()
    return started


def test_two_processes_erasing_and_opening_never_close_the_gate(settings: Settings) -> None:
    others = [begin(settings, name) for name in NAMES]
    with open_proof(settings, SystemClock()) as proof:
        gate = restore_gate(proof.house)
        for _ in range(ASKED):
            gate()
        assert [_end(other) for other in others] == ["done"] * len(NAMES)
        gate()
        _require_whole(proof)


def _end(other: "subprocess.Popen[str]") -> str:
    assert other.stdin is not None
    assert other.stdout is not None
    with other.stdin, other.stdout:
        said = other.stdout.readline().strip()
        other.wait(60)
    return said


def _require_whole(proof: Proof) -> None:
    head = proof.house.keyring.verify_journal(proof.controller)
    assert head.sequence == len(NAMES) * PEOPLE
    kept = list(proof.house.anchor.records(proof.controller))
    assert [record.sequence for record in kept] == list(range(1, head.sequence + 1))
    assert [one.fault for one in verify_all(proof.house) if one.fault] == []
