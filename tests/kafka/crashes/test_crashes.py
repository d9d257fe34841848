"""A member killed at every point of consuming: nothing is lost, doubled or out of order.

A failure names its seed, and ``pytest tests/kafka/crashes -k seed-17`` repeats it.
"""

import pytest

from tests.kafka.crashes.ground import Ground
from tests.kafka.crashes.judging import CHECKS, Case, findings
from tests.kafka.crashes.places import PLACES, POINTS
from tests.kafka.crashes.plans import SEEDS, Plan, plan
from tests.kafka.crashes.working import THROUGH


@pytest.mark.requirement("A50")
@pytest.mark.parametrize("seed", [pytest.param(n, id=f"seed-{n:02}") for n in range(SEEDS)])
def test_killed_at_every_point_everything_is_taken_once(ground: Ground, seed: int) -> None:
    case = plan(seed)
    recovered = ground.recovered(case)
    story = _story(case, recovered.history)
    assert recovered.history == (*map(str, case.kills), THROUGH), story
    assert findings(CHECKS, Case(ground.house, recovered)) == [], story


def _story(case: Plan, history: tuple[str, ...]) -> str:
    again = f"pytest tests/kafka/crashes -k seed-{case.seed:02}"
    return f"{case}\n{' -> '.join(history)}\nagain: {again}"


def test_every_seed_kills_at_every_point() -> None:
    killed = [{kill.point for kill in plan(seed).kills} for seed in range(SEEDS)]
    assert killed == [set(POINTS)] * SEEDS


def test_every_place_has_a_point() -> None:
    assert {point.place for point in POINTS} == {place.name for place in PLACES}
