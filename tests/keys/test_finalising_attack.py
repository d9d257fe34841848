"""With every copy ever made and every root that survives, nothing of the erased opens.

Each attack is seen to succeed first, with the old root: an attack that cannot win shows nothing.
"""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from domain.values import ControllerId, SubjectId
from infra.keys import rekeying
from infra.keys.finalisation_run import Step
from infra.random_ids import random_id
from tests.contracts.whole_keyring import PROFILE, erase
from tests.keys.attacker import Attacker, Copy, copy_of, roots_of
from tests.keys.finalising_houses import SECOND, Person, finalise_now, loose_keys, person
from tests.keys.houses import KeyHouse

ERASED, CATEGORY_ERASED, ACKNOWLEDGED, UNTOUCHED = range(4)


@dataclass
class Scene:
    """A house before and after four people's days: one erased, one in part, one told, one not."""

    house: KeyHouse
    controller: ControllerId
    people: list[Person]
    handled: UUID
    waiting: UUID
    copies: list[Copy]
    root: Path

    def attack(self, roots: list[bytes]) -> Attacker:
        return Attacker([*self.copies, copy_of(self.house)], roots).attack()

    def opened(self, attacker: Attacker) -> list[list[bool]]:
        return [
            [attacker.opens(self.controller, request) for request in each.requests]
            for each in self.people
        ]


@pytest.fixture
def scene(house: KeyHouse, tmp_path: Path) -> Scene:
    """Keep a copy before anything died, and one of each moment after."""
    controller = house.keyring.add_controller("miles")
    people = [person(house.keyring, controller) for _ in range(4)]
    until = house.clock.now() + 3_600 * SECOND
    handled, waiting = random_id(), random_id()
    with loose_keys(house) as loose:
        loose.seal(controller, "parked", [(handled, b"x"), (waiting, b"x")], until)
        copies = [copy_of(house)]
        loose.destroy([handled])
    erase(house.keyring, controller, people[ERASED].subject)
    erase(house.keyring, controller, people[CATEGORY_ERASED].subject, PROFILE)
    house.keyring.destroy_category_key(controller, people[ACKNOWLEDGED].subject, "notice/1")
    copies.append(copy_of(house))
    return Scene(house, controller, people, handled, waiting, copies, tmp_path / "root.json")


ALIVE = [
    [False, False, True],  # the notice of the erased outlives her
    [False, True, True],
    [True, True, False],
    [True, True, True],
]
EVERYTHING = [[True] * 3] * 4


def test_before_finalisation_an_old_copy_opens_the_erased(scene: Scene) -> None:
    attacker = scene.attack(roots_of(scene.root))
    assert scene.opened(attacker) == EVERYTHING
    assert scene.people[ERASED].subject in attacker.looked_up
    assert {scene.handled, scene.waiting} <= attacker.loose.keys()


@pytest.mark.requirement("A117")
def test_after_it_nothing_of_the_erased_opens_and_everything_else_does(scene: Scene) -> None:
    scene.copies += _copies_while_finalising(scene)
    attacker = scene.attack(roots_of(scene.root))
    assert scene.opened(attacker) == ALIVE
    erased = scene.people[ERASED].subject
    assert attacker.looked_up == {each.subject for each in scene.people} - {erased}
    assert scene.waiting in attacker.loose
    assert scene.handled not in attacker.loose


def test_with_the_old_root_kept_the_same_attack_opens_her(scene: Scene) -> None:
    kept = roots_of(scene.root)
    finalise_now(scene.house)
    attacker = scene.attack(kept + roots_of(scene.root))
    assert scene.opened(attacker) == EVERYTHING


def test_had_dirty_cohorts_kept_their_keys_the_same_attack_opens_her(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rekeying, "_LOCK_CLEAN", rekeying._LOCK.format(which="true"))  # noqa: SLF001 - the guard, off
    finalise_now(scene.house)
    attacker = scene.attack(roots_of(scene.root))
    assert scene.opened(attacker) == EVERYTHING


def test_what_is_erased_while_it_runs_dies_in_the_next(scene: Scene) -> None:
    late = scene.people[UNTOUCHED].subject
    scene.copies += _copies_while_finalising(scene, erase_at=(Step.REKEYED, late))
    assert scene.opened(scene.attack(roots_of(scene.root)))[UNTOUCHED] == [True] * 3
    scene.copies.append(copy_of(scene.house))
    finalise_now(scene.house)
    attacker = scene.attack(roots_of(scene.root))
    assert scene.opened(attacker)[UNTOUCHED] == [False, False, True]


def _copies_while_finalising(
    scene: Scene, erase_at: tuple[Step, SubjectId] | None = None
) -> list[Copy]:
    """Finalise, and keep a copy of each step."""
    copies = []

    def reached(step: Step) -> None:
        copies.append(copy_of(scene.house))
        if erase_at is not None and step is erase_at[0]:
            erase(scene.house.keyring, scene.controller, erase_at[1])

    finalise_now(scene.house, reached=reached)
    return copies
