"""Names and streets from Faker's Norwegian lists, drawn once: Faker is slow to ask per person."""

from dataclasses import dataclass
from functools import cache

from faker import Faker

POOL_SIZE = 2_000
"""Draws per pool: combined, they give every person of a large feed a plausible name."""

_LOCALE = "no_NO"
_TO_ASCII = str.maketrans({"æ": "ae", "ø": "o", "å": "a", " ": "-", "'": ""})


@dataclass(frozen=True, slots=True)
class Pools:
    """Given names, family names and streets. A name stands beside its ASCII form."""

    given: tuple[tuple[str, str], ...]
    family: tuple[tuple[str, str], ...]
    streets: tuple[str, ...]


@cache
def pools(seed: int) -> Pools:
    """Draw the pools of a seed."""
    faker = Faker(_LOCALE)
    faker.seed_instance(seed)
    return Pools(
        given=tuple([_with_ascii(faker.first_name()) for _ in range(POOL_SIZE)]),
        family=tuple([_with_ascii(faker.last_name()) for _ in range(POOL_SIZE)]),
        streets=tuple([faker.street_name() for _ in range(POOL_SIZE)]),
    )


def _with_ascii(name: str) -> tuple[str, str]:
    return name, name.lower().translate(_TO_ASCII).encode("ascii", "ignore").decode("ascii")
