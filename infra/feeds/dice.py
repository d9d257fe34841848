"""Seeded draws. Each person, life and chunk has dice of its own, so any can be drawn alone."""

from enum import IntEnum
from random import Random

SEED_MAX = 2**32 - 1
"""A seed fits the thirty-two bits it is given beside the lane and the number."""

_LANE_BITS = 8
_NUMBER_BITS = 40


class Lane(IntEnum):
    """What a number counts, so that the same number in two lanes gives unrelated draws."""

    POOLS = 0
    HOMES = 1
    PERSON = 2
    LIFE = 3
    TROUBLE = 4


class SeedOutOfRangeError(ValueError):
    """A seed is not between 0 and :data:`SEED_MAX`."""


def dice(seed: int, lane: Lane, number: int) -> Random:
    """Return a generator that depends on the three arguments alone.

    Raises:
        SeedOutOfRangeError: the seed is not between 0 and :data:`SEED_MAX`.
    """
    if not 0 <= seed <= SEED_MAX:
        message = f"a seed is between 0 and {SEED_MAX}"
        raise SeedOutOfRangeError(message)
    state = (((seed << _LANE_BITS) | lane) << _NUMBER_BITS) | number
    return Random(state)  # noqa: S311 - synthetic data, drawn again from the same seed
