"""Two thousand generated people live a year under the five policies; every promise is held."""

from collections import Counter

import pytest

from domain.erasure import ErasureReason, ErasureRequested
from tests.year.invariants import Watch
from tests.year.living import Plan, live

PLAN = Plan(candidates=2_000, nights=21, acts=6)
"""Between the nights three weeks pass: what comes due in between is due the next night."""


@pytest.fixture(scope="module")
def watch() -> Watch:
    """Live the year; a promise that breaks ends it here."""
    return live(PLAN)


def erased(watch: Watch, reason: ErasureReason) -> Counter[str]:
    """Count the erasures of a reason by controller."""
    return Counter(
        watch.house.slugs[entry.stamp.controller]
        for entry in watch.house.log.log
        if isinstance(entry.fact, ErasureRequested) and entry.fact.reason is reason
    )


@pytest.mark.requirement("A29", "A141", "A152", "A210", "T8", "A209")
def test_under_every_policy_somebody_is_erased_in_time_and_nobody_before_it(watch: Watch) -> None:
    assert erased(watch, ErasureReason.RETENTION).keys() == watch.house.controllers.keys()


@pytest.mark.requirement("A34")
def test_nobody_is_approached_who_may_not_be_and_some_attempts_were_refused(watch: Watch) -> None:
    assert watch.counts["suppressed"] > 0
    assert watch.counts["outreach-sent"] > 0
    assert watch.counts["message-sent"] > 0


def test_erased_people_read_as_erased_and_everybody_else_as_before(watch: Watch) -> None:
    assert watch.counts["Shredded"] > 1_000
    assert watch.counts["Withheld"] > 0
    assert watch.counts["Present"] > 20_000


def test_what_is_told_of_erased_people_later_is_refused(watch: Watch) -> None:
    assert watch.counts["late_fact"] > 0


def test_some_erasures_met_a_hold(watch: Watch) -> None:
    assert watch.counts["erasure refused"] > 0
