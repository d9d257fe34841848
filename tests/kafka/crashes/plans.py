"""What a seed decides: the feed, its partitions and pages, and the deaths on the way to its end.

A plan is made from the seed alone, so a failure is repeated by its seed. In every plan a process is
killed at every point, in an order and at passings that are drawn, and a few times more; between the
deaths more of the feed is told, so that each of them is reached.
"""

from dataclasses import dataclass
from random import Random

from tests.kafka.crashes.outages import DOORS
from tests.kafka.crashes.places import POINTS, Point, Side

SEEDS = 50
_AGAIN_MAX = 1
"""Deaths beyond one a point."""

_PAGES = (1, 2, 3, 7, 500)
_PARTITIONS = (1, 2, 3, 5)
_FEW = 8
"""Messages told between two deaths where a page would hold all of them."""

_ONCE = ("find", "back-off")
"""Places that are passed as often as something is away, or once a life."""


@dataclass(frozen=True, slots=True)
class Kill:
    """A point, and which passing of it is the last; how many facts are told before.

    ``door`` is away so many times as ``back-off`` is passed. ``loses`` is the append whose answer
    is lost. ``elsewhere``: the next member is of another group; else it takes the dead one's place.
    """

    point: Point
    passing: int
    told: int
    door: str | None
    loses: int | None
    elsewhere: bool

    @property
    def strangers(self) -> bool:
        """Whether those facts are of people never told of: keys are made for no others."""
        return self.point.place == "keys-written"

    def __str__(self) -> str:
        return f"{self.point}, passing {self.passing}"


@dataclass(frozen=True, slots=True)
class Plan:
    """One seed's case; ``people`` are told of in turn, ``after`` more facts at the end."""

    seed: int
    partitions: int
    page: int
    people: int
    kills: tuple[Kill, ...]
    after: int


def plan(seed: int) -> Plan:
    """Draw the plan of a seed."""
    draw = Random(f"consume/{seed}")
    page = _PAGES[seed % len(_PAGES)]
    points = [
        *draw.sample(POINTS, len(POINTS)),
        *draw.choices(POINTS, k=draw.randint(0, _AGAIN_MAX)),
    ]
    return Plan(
        seed=seed,
        partitions=draw.choice(_PARTITIONS),
        page=page,
        people=draw.randint(2, 12),
        kills=tuple([_kill(draw, point, page) for point in points]),
        after=draw.choice((0, _FEW)),
    )


def _kill(draw: Random, point: Point, page: int) -> Kill:
    unit = min(page, _FEW)
    pages = 1 if page > _FEW or point.place == "find" else draw.choice((1, 1, 1, 2, 3))
    loses = draw.randint(1, pages) if draw.random() < 0.1 and point.side is Side.AFTER else None
    return Kill(
        point=point,
        passing=draw.randint(1, unit * pages) if point.place == "decode" else pages,
        told=unit * pages,
        door=draw.choice(list(DOORS)) if point.place == "back-off" else None,
        loses=loses if point.place not in _ONCE else None,
        elsewhere=draw.random() < 0.5,
    )
