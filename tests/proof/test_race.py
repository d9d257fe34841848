"""An ingest and an erasure of the same person, from two processes, over and over.

Guards: the fence and the pages meet on the version of her stream; keys are created and destroyed
under the same locks; a page that conflicts starts again at the opening of its keys.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.answers import Present, Shredded
from domain.erasure import ErasureOrdered, SubjectErased
from domain.values import SubjectId
from infra.clock import SystemClock
from infra.foundation import found_house
from infra.settings import Settings
from tests.consumers.feed import Feed
from tests.proof.houses import SOURCE, Proof, open_proof, settings_of
from tests.proof.racer import FACTS, PEOPLE

ROUNDS = 30


@pytest.fixture
def settings(events_dsn: str, keys_dsn: str, tmp_path: Path) -> Settings:
    made = settings_of(events_dsn, keys_dsn, tmp_path)
    found_house(made, SystemClock())
    return made


@pytest.fixture
def racers(settings: Settings) -> Iterator[list["subprocess.Popen[str]"]]:
    """Start one process that ingests and one that erases."""
    started = [_start(role, settings) for role in ("ingest", "erase")]
    yield started
    for racer in started:
        assert racer.stdin is not None
        assert racer.stdout is not None
        racer.stdin.close()
        racer.wait(30)
        racer.stdout.close()


def _start(role: str, settings: Settings) -> "subprocess.Popen[str]":
    racer = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "tests.proof.racer", role],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert settings.databases is not None
    told = {
        "events": settings.databases.events,
        "keys": settings.databases.keys,
        "folder": str(settings.home.parent),
    }
    _say(racer, json.dumps(told))
    return racer


def _say(racer: "subprocess.Popen[str]", line: str) -> None:
    assert racer.stdin is not None
    racer.stdin.write(line + "\n")
    racer.stdin.flush()


def _hear(racer: "subprocess.Popen[str]") -> str:
    assert racer.stdout is not None
    return racer.stdout.readline().strip()


def begin(proof: Proof) -> dict[tuple[int, int], SubjectId]:
    """Make the people of every round known."""
    feed = Feed(SOURCE)
    at = proof.house.clock.now() - 1_000_000
    for turn in range(ROUNDS):
        for person in range(PEOPLE):
            feed.tell(f"{turn}-{person}", event=f"first-{turn}-{person}", at=at)
    proof.take(feed.items)
    return {
        (turn, person): proof.person(f"{turn}-{person}")
        for turn in range(ROUNDS)
        for person in range(PEOPLE)
    }


def test_an_erasure_wins_every_race_and_others_lose_nothing(
    settings: Settings, racers: list["subprocess.Popen[str]"]
) -> None:
    with open_proof(settings, SystemClock()) as proof:
        people = begin(proof)
    assert [_hear(racer) for racer in racers] == ["ready", "ready"]
    for turn in range(ROUNDS):
        for racer in racers[:: 1 if turn % 2 else -1]:
            _say(racer, str(turn))
        assert [_hear(racer) for racer in racers] == [str(turn)] * 2
    with open_proof(settings, SystemClock()) as proof:
        assert proof.house.store.pending_erasures() == []
        for turn in range(ROUNDS):
            _check_erased(proof, people[turn, 0])
            for person in range(1, PEOPLE):
                _check_whole(proof, people[turn, person])
        _check_what_came_after(proof, set(people.values()))
        proof.house.store.verify_chain()
        assert proof.house.keyring.verify_journal(proof.controller).sequence == ROUNDS


def _check_erased(proof: Proof, person: SubjectId) -> None:
    entries = proof.house.store.stream(person)
    kinds = [type(entry.fact) for entry in entries]
    assert kinds.count(ErasureOrdered) == kinds.count(SubjectErased) == 1
    assert kinds[-2:] == [ErasureOrdered, SubjectErased]
    assert proof.answers(proof.tokens(person)) == {Shredded()}
    held = proof.house.keyring.footprint(proof.controller, person)
    assert [name for name in held.keys if not name.startswith("notice/")] == []
    assert held.lookups == {}


def _check_whole(proof: Proof, person: SubjectId) -> None:
    tokens = proof.tokens(person)
    assert all(isinstance(answer, Present) for answer in proof.answers(tokens))
    assert len(proof.house.store.stream(person)) == 2 + FACTS


def _check_what_came_after(proof: Proof, known: set[SubjectId]) -> None:
    """Someone who applied after her erasure is new, and hers opens."""
    rows = proof.keys("SELECT subject FROM subject WHERE NOT erased")
    for (subject,) in rows:
        if subject not in known:
            answers = proof.answers(proof.tokens(subject))
            assert all(isinstance(answer, Present) for answer in answers)
