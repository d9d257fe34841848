"""Rotation keeps no erased person's key alive: the attack on every copy, with rotations between.

The attacker has a copy of each moment, and every root that survives.
"""

from pathlib import Path

import pytest

from infra.keys.rotating import rotate
from infra.keys.rotating_roots import RootDoors
from infra.keys.rotation_run import Rotating
from tests.contracts.whole_keyring import PROFILE, erase
from tests.keys.attacker import Attacker, Copy, copy_of, roots_of
from tests.keys.finalising_houses import finalise_now, person
from tests.keys.houses import KeyHouse

_HERS = (PROFILE, "communications")


def rotated(house: KeyHouse, what: Rotating) -> Copy:
    rotate(house.keyring.vault, what, RootDoors(house.provider))
    return copy_of(house)


@pytest.mark.parametrize("what", Rotating)
def test_with_rotations_before_and_after_nothing_of_the_erased_opens_once_it_is_final(
    house: KeyHouse, tmp_path: Path, what: Rotating
) -> None:
    controller = house.keyring.add_controller("miles")
    her, other = (person(house.keyring, controller, _HERS) for _ in range(2))
    copies = [copy_of(house), rotated(house, what)]
    erase(house.keyring, controller, her.subject)
    copies += [copy_of(house), rotated(house, what)]
    kept = roots_of(tmp_path / "root.json")
    finalise_now(house)
    copies.append(copy_of(house))

    def opened(roots: list[bytes]) -> list[set[bool]]:
        attacker = Attacker(copies, roots).attack()
        return [
            {attacker.opens(controller, request) for request in each.requests}
            for each in (her, other)
        ]

    assert opened(kept) == [{True}, {True}]
    assert opened(roots_of(tmp_path / "root.json")) == [{False}, {True}]


def test_a_renewed_pepper_dies_with_its_root(house: KeyHouse, tmp_path: Path) -> None:
    """Until then an old copy of the look-ups answers who was there, to whoever can guess."""
    house.keyring.add_controller("miles")
    copies = [copy_of(house)]
    kept = roots_of(tmp_path / "root.json")
    (old,) = Attacker(copies, kept).attack().peppers
    copies.append(rotated(house, Rotating.PEPPERS))
    assert old in Attacker(copies, kept).attack().peppers
    finalise_now(house)
    copies.append(copy_of(house))
    survivors = Attacker(copies, roots_of(tmp_path / "root.json")).attack().peppers
    assert survivors
    assert old not in survivors
