"""A member that stands still past its session and then goes on: it is fenced, and loses nothing."""

import pytest

from tests.kafka.crashes.ground import Ground
from tests.kafka.crashes.judging import CHECKS, Case, findings
from tests.kafka.crashes.places import POINTS, Point, Side
from tests.kafka.crashes.plans import Plan
from tests.kafka.crashes.working import THROUGH

NOTHING_IN_HAND = ("find", "commit", "tell")
"""Places at whose end no page is in hand that was not committed."""


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_a_zombie_goes_on_behind_its_successor(ground: Ground, point: Point) -> None:
    case = Plan(seed=1_000 + POINTS.index(point), partitions=3, page=5, people=6, kills=(), after=0)
    overtaken = ground.overtaken(case, point)
    (told,) = overtaken.history
    assert told.startswith(THROUGH)
    assert "fenced" in told or nothing_in_hand(point)
    assert findings(CHECKS, Case(ground.house, overtaken)) == []


def nothing_in_hand(point: Point) -> bool:
    return point.side is Side.AFTER and point.place in (*NOTHING_IN_HAND, "append")
