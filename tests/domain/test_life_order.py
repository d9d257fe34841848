"""Each decider of a life ends alike whatever order its facts come in.

Left out: the days of retention and the merges, which the house alone decides, one after another.
"""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import life
from domain.fact import Fact, Stamp
from domain.life import Life
from tests.domain import claims
from tests.examples import stamp
from tests.life_examples import example

PLACES = [name for name in Life._fields if name not in {"expiries", "ties"}]


def facts_of(place: str) -> tuple[type[Fact], ...]:
    """Find a decider's kinds of facts by what they change."""
    return tuple(
        [kind for kind in life.FACTS if getattr(folded([(stamp(), example(kind))]), place)]
    )


def folded(pairs: Sequence[tuple[Stamp, Fact]]) -> Life:
    """Fold facts as they came."""
    known: Life | None = None
    for stamped, fact in pairs:
        known = life.evolve(known, stamped, fact)
    return Life() if known is None else known


@pytest.mark.parametrize("place", PLACES)
@settings(max_examples=60)
@given(data=st.data())
def test_any_order_of_arrival_ends_alike(place: str, data: st.DataObject) -> None:
    told = st.builds(example, st.sampled_from(facts_of(place)), claims.few)
    drawn = data.draw(st.lists(st.tuples(told, claims.moments), max_size=8))
    first = [(stamp(n, occurred_at=at), fact) for n, (fact, at) in enumerate(drawn)]
    assert folded(first) == folded(data.draw(st.permutations(first)))


def test_every_kind_of_fact_has_one_place() -> None:
    places = [name for name in Life._fields for _ in facts_of(name)]
    assert len(places) == len(life.FACTS)
