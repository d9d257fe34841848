"""A rotation that dies whenever something is durable is taken up and ends the same."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from domain.answers import Present, Shredded
from domain.values import ControllerId
from infra.keys import arriving, rotating
from infra.keys.rotating import rotate
from infra.keys.rotating_roots import RootDoors
from infra.keys.rotation_run import Rotating
from infra.keys.sampling import open_sample
from tests.contracts.whole_keyring import erase, sealed
from tests.house.tree import ROOT
from tests.keys.finalising_houses import Person, person
from tests.keys.houses import KeyHouse

_RAN_OUT_SECONDS = 60.0
_TIMES_MAX = 50
_PLACES = {Rotating.ROOT: 2}
_WALKED = 4
"""The least number of places where a rotation is taken up: a walk's beginning and three pages; of
the root, its one scope and its one page."""

EVERYTHING = tuple(Rotating)


class Died(BaseException):
    """Stands for the end of the process."""


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a cohort of two people, and a page of one cohort."""
    monkeypatch.setattr(arriving, "COHORT_SIZE", 2)
    for what in rotating.PAGES:
        monkeypatch.setitem(rotating.PAGES, what, 1)


def _scene(house: KeyHouse) -> tuple[ControllerId, list[Person]]:
    """Five people in three cohorts; one of them was erased."""
    controller = house.keyring.add_controller("miles")
    people = [person(house.keyring, controller) for _ in range(5)]
    erase(house.keyring, controller, people.pop(1).subject)
    return controller, people


def _require_ended(
    house: KeyHouse, what: Rotating, controller: ControllerId, people: list[Person]
) -> None:
    newest = max(house.provider.versions())
    open_sample(house.dsn, house.provider, newest, every=True)
    for each in people:
        assert house.keyring.open(controller, each.requests) == [Present(b"Kari")] * 3
        assert house.keyring.find_source(controller, each.ref) == each.subject
        assert house.keyring.find_contact(controller, each.email) == [each.subject]
    assert house.sql("SELECT count(*) FROM lookup") == [(8,)]
    assert house.sql("SELECT count(*) FROM dek") == [(13,)]
    times = house.sql("SELECT count(*) FROM rotation")[0][0]
    assert house.sql("SELECT count(*) FROM rotation WHERE ended_at IS NULL") == [(0,)]
    if what is Rotating.ROOT:
        assert house.sql("SELECT DISTINCT root_version FROM cohort") == [(newest,)]
    else:
        generation = 1 + times if what is Rotating.COHORTS else 1
        assert house.sql("SELECT DISTINCT generation FROM cohort") == [(generation,)]
    epoch = 1 + times if what is Rotating.PEPPERS else 1
    assert house.sql("SELECT epoch FROM pepper") == [(epoch,)]
    assert house.sql("SELECT DISTINCT epoch FROM lookup") == [(epoch,)]
    present = house.sql("SELECT count(*) FROM dek WHERE retired = 0 AND NOT survives")
    assert present == [(0 if what is Rotating.KEYS else 8,)]
    again = sealed(house.keyring, controller, people[0].subject)
    erase(house.keyring, controller, people[0].subject)
    hers = [*people[0].requests[:2], again]
    assert house.keyring.open(controller, hers) == [Shredded()] * 3


def _die_at(house: KeyHouse, what: Rotating, last: int) -> bool:
    """Rotate and die at the so manyth durable thing; say whether there were so many."""
    left = last

    def reached() -> None:
        nonlocal left
        left -= 1
        if not left:
            raise Died

    try:
        rotate(house.keyring.vault, what, RootDoors(house.provider), reached=reached)
    except Died:
        return True
    return False


@pytest.mark.parametrize("what", EVERYTHING)
def test_one_that_dies_when_something_is_durable_is_taken_up_and_ends_the_same(
    house: KeyHouse, what: Rotating
) -> None:
    """One rotation after the other, each cut short one step later than the one before."""
    controller, people = _scene(house)
    last, resumed = 1, 0
    while _die_at(house, what, last):
        resumed += rotate(house.keyring.vault, what, RootDoors(house.provider)).resumed
        last += 1
        assert last < _TIMES_MAX
    assert resumed >= _PLACES.get(what, _WALKED)
    _require_ended(house, what, controller, people)


@pytest.mark.parametrize("what", EVERYTHING)
def test_one_killed_in_the_middle_is_taken_up(
    house: KeyHouse, tmp_path: Path, what: Rotating
) -> None:
    controller, people = _scene(house)
    root = tmp_path / "root.json"
    arguments = [house.dsn, str(root), what.value, str(house.clock.now()), "3"]
    ended = subprocess.run(  # noqa: S603 - our own module, no shell
        [sys.executable, "-m", "tests.keys.killed_rotator", *arguments],
        cwd=ROOT,
        timeout=_RAN_OUT_SECONDS,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    assert rotate(house.keyring.vault, what, RootDoors(house.provider)).resumed
    rotate(house.keyring.vault, what, RootDoors(house.provider))
    _require_ended(house, what, controller, people)
