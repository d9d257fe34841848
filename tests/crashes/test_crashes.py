"""Killed at any place and started again: nothing lost, doubled, or readable that should not be.

A failure names its seed, and ``pytest tests/crashes -k "ingest and seed-17"`` repeats it.
"""

from collections.abc import Iterable

import pytest

from tests.crashes.evidence import evidence_of
from tests.crashes.ground import Ground
from tests.crashes.judging import CHECKS, GIVEN_UP, Case, findings
from tests.crashes.places import Work, points
from tests.crashes.plans import SEEDS, Plan, plan


def _seeds(seeds: Iterable[int]) -> list[object]:
    return [pytest.param(seed, id=f"seed-{seed:02}") for seed in seeds]


@pytest.mark.requirement("A50")
@pytest.mark.parametrize("seed", _seeds(range(SEEDS)))
@pytest.mark.parametrize("work", list(Work))
def test_killed_anywhere_it_comes_to_the_same(ground: Ground, work: Work, seed: int) -> None:
    case = plan(work, seed)
    with ground.recovered(case) as recovered:
        story = _story(case, recovered.history)
        assert recovered.history[0].startswith(f"{case.first.point},"), f"was not killed: {story}"
        unkilled = ground.after(work, case.population).evidence
        judged = Case(recovered.house, evidence_of(recovered.house), unkilled)
        assert findings(CHECKS[work], judged) == [], story


@pytest.mark.parametrize("seed", _seeds(range(2, 16)))
def test_a_file_that_is_given_up_leaves_nobody_a_key_without_a_stream(
    ground: Ground, seed: int
) -> None:
    case = plan(Work.INGEST, seed)
    with ground.given_up(case) as left:
        evidence = evidence_of(left.house)
        judged = Case(left.house, evidence, evidence)
        assert findings(GIVEN_UP, judged) == [], _story(case, left.history)


def _story(case: Plan, history: tuple[str, ...]) -> str:
    again = f'.venv/bin/pytest tests/crashes -k "{case.work.value} and seed-{case.seed:02}"'
    return f"{case}\n{' -> '.join(history)}\nagain: {again}"


@pytest.mark.parametrize("work", list(Work))
def test_the_seeds_kill_on_both_sides_of_every_place(work: Work) -> None:
    assert {plan(work, seed).first.point for seed in range(SEEDS)} == set(points(work))
