"""A rotation of a house of the tests, by every kind."""

from infra.keys.rotating import Rotated, rotate
from infra.keys.rotating_roots import RootDoors
from infra.keys.rotation_run import Rotating
from tests.keys.houses import KeyHouse

EVERYTHING = tuple(Rotating)


def rotated(house: KeyHouse, what: Rotating) -> Rotated:
    """Rotate one kind of key."""
    return rotate(house.keyring.vault, what, RootDoors(house.provider))
