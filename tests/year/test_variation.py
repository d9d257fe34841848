"""Other people, other habits, other orders: the same promises hold every night."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.controllers import controllers
from tests.year.living import Plan, live

EXAMPLES = 12
"""A third of a second each."""


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw some months of a small population's life."""
    first = date(2025, 3, 1) + timedelta(days=draw(st.integers(0, 480)))
    return Plan(
        seed=draw(st.integers(0, 2**31)),
        candidates=draw(st.integers(6, 30)),
        first=first,
        last=first + timedelta(days=draw(st.integers(20, 120))),
        nights=draw(st.sampled_from([1, 1, 2, 5])),
        late=draw(st.sampled_from([0.0, 0.1, 0.6])),
        late_days=draw(st.sampled_from([3, 20, 90])),
        acts=draw(st.sampled_from([0.0, 0.5, 3.0])),
        changed=draw(st.sampled_from(["", *[one.slug for one in controllers()]])),
        changed_on=first + timedelta(days=draw(st.integers(1, 60))),
        factor=draw(st.sampled_from([0.0, 0.25, 0.5, 2.0])),
    )


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
@given(plans())
def test_every_promise_holds_whoever_lives_however(plan: Plan) -> None:
    live(plan)
