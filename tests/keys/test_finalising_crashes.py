"""A finalisation that dies at any step is taken up and ends the same."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from domain.answers import Present, Shredded
from domain.values import ControllerId
from infra.keys.finalisation_run import Step
from infra.keys.finalised import verify_finalised
from infra.keys.sampling import open_sample
from tests.contracts.whole_keyring import erase
from tests.house.tree import ROOT
from tests.keys.finalising_houses import Person, finalise_now, person
from tests.keys.houses import KeyHouse

_RAN_OUT_SECONDS = 60.0


class Died(BaseException):
    """Stands for the end of the process."""


def _scene(house: KeyHouse) -> tuple[ControllerId, list[Person]]:
    controller = house.keyring.add_controller("miles")
    people = [person(house.keyring, controller) for _ in range(3)]
    erase(house.keyring, controller, people[0].subject)
    return controller, people


def _require_ended(house: KeyHouse, controller: ControllerId, people: list[Person]) -> None:
    (version,) = house.provider.versions()
    assert version == 2
    open_sample(house.dsn, house.provider, version, every=True)
    answers = [house.keyring.open(controller, each.requests) for each in people]
    assert answers[0] == [Shredded(), Shredded(), Present(b"Kari")]
    assert answers[1:] == [[Present(b"Kari")] * 3] * 2
    assert verify_finalised(house.keyring.vault, controller) == 1
    assert house.sql("SELECT covers FROM finalised") == [(1,)]
    assert house.sql("SELECT count(*), count(ended_at) FROM finalisation") == [(1, 1)]


@pytest.mark.parametrize("last", [step for step in Step if step is not Step.RECORDED])
def test_one_that_died_at_a_step_is_taken_up_and_ends_the_same(house: KeyHouse, last: Step) -> None:
    controller, people = _scene(house)

    def reached(step: Step) -> None:
        if step is last:
            raise Died

    with pytest.raises(Died):
        finalise_now(house, reached=reached)
    assert finalise_now(house).resumed
    _require_ended(house, controller, people)


def test_one_that_died_at_its_end_leaves_nothing_to_take_up(house: KeyHouse) -> None:
    controller, people = _scene(house)

    def reached(step: Step) -> None:
        if step is Step.RECORDED:
            raise Died

    with pytest.raises(Died):
        finalise_now(house, reached=reached)
    _require_ended(house, controller, people)


def test_one_killed_at_every_step_in_turn_ends_the_same(house: KeyHouse, tmp_path: Path) -> None:
    """Each process takes up what the one before left, and is killed one step further on."""
    controller, people = _scene(house)
    for step in Step:
        assert _killed_at(house, tmp_path / "root.json", step) == -signal.SIGKILL
    _require_ended(house, controller, people)


def _killed_at(house: KeyHouse, root: Path, step: Step) -> int:
    arguments = [house.dsn, str(root), step.value, str(house.clock.now())]
    ended = subprocess.run(  # noqa: S603 - our own module, no shell
        [sys.executable, "-m", "tests.keys.killed_finaliser", *arguments],
        cwd=ROOT,
        timeout=_RAN_OUT_SECONDS,
        check=False,
    )
    return ended.returncode
