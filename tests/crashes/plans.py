"""What a seed decides: whom the work is about, where its process is killed, and how often again.

A plan is made from the kind of work and the seed alone, so a failure is repeated by its seed. The
first kill takes the points in turn, so 50 seeds reach every one of them; the rest is drawn.
"""

from dataclasses import dataclass
from random import Random

from tests.crashes.places import Point, Work, points

SEEDS = 50
A_DAY_AND_AN_HOUR = 25 * 3_600_000_000
"""Microseconds after which keys of people who never began are destroyed."""

_AGAIN = (0, 0, 1, 2)
"""Kills while it is put right."""

_MINUTE = 60_000_000


@dataclass(frozen=True, slots=True)
class Population:
    """Invented candidates, and the sizes of the pages in which everything is done to them."""

    label: str
    candidates: int
    feed_seed: int
    items: int
    entries: int
    erased: int
    swept: int


POPULATIONS = (
    Population("small pages", 14, 3, items=10, entries=30, erased=1, swept=2),
    Population("pages", 14, 4, items=20, entries=70, erased=2, swept=3),
    Population("one page", 14, 18, items=500, entries=5_000, erased=250, swept=500),
)
"""Of each some nine people and 150 facts are read: whoever is warned, postponed or erased, whole or
for a category, is among them."""


@dataclass(frozen=True, slots=True)
class Kill:
    """A point, and which passing of it is the last: a share of all its passings."""

    point: Point
    share: float

    def passing(self, of: int) -> int:
        """Return the passing at which to end, when there are so many."""
        return 1 + int(self.share * of)


@dataclass(frozen=True, slots=True)
class Plan:
    """One seed's case; ``pause`` is the time, in microseconds, before each next attempt."""

    work: Work
    seed: int
    population: Population
    first: Kill
    again: tuple[Kill, ...]
    pause: int


def plan(work: Work, seed: int) -> Plan:
    """Draw the plan of a seed."""
    draw = Random(f"{work.value}/{seed}")
    every = points(work)
    again = [Kill(draw.choice(every), draw.random()) for _ in range(draw.choice(_AGAIN))]
    return Plan(
        work=work,
        seed=seed,
        population=draw.choice(POPULATIONS),
        first=Kill(every[seed % len(every)], draw.random()),
        again=tuple(again),
        pause=_MINUTE if work is Work.SWEEP else draw.choice((_MINUTE, A_DAY_AND_AN_HOUR)),
    )
