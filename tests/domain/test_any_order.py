"""Facts that arrive in any order end in the same state."""

from hypothesis import given, settings
from hypothesis import strategies as st

from domain import subject
from domain.fact import Fact, Stamp
from domain.subject import SubjectState
from domain.values import Instant
from tests.domain import claims
from tests.examples import stamp

Arrived = list[tuple[Stamp, Fact]]


@st.composite
def orders(draw: st.DrawFn, facts: st.SearchStrategy[Fact]) -> tuple[Arrived, Arrived]:
    """Draw up to eight facts, each with an id of its own, and a second order of arrival."""
    drawn = draw(st.lists(st.tuples(facts, claims.moments), max_size=8))
    first = [_stamped(n, fact, moment) for n, (fact, moment) in enumerate(drawn)]
    return first, draw(st.permutations(first))


def _stamped(n: int, fact: Fact, moment: Instant) -> tuple[Stamp, Fact]:
    return stamp(n, occurred_at=moment), fact


def arrive(pairs: Arrived) -> SubjectState:
    """Decide each fact as it arrives and fold what it became."""
    state = subject.EMPTY
    for stamped, fact in pairs:
        decision = subject.decide(state, stamped, fact)
        assert isinstance(decision, tuple)
        for decided in decision:
            state = subject.evolve(state, stamped, decided)
    return state


@settings(max_examples=200)
@given(orders(claims.application))
def test_applications_end_alike_in_any_order(pair: tuple[Arrived, Arrived]) -> None:
    first, second = pair
    assert arrive(first).applications == arrive(second).applications


@settings(max_examples=200)
@given(orders(claims.profile))
def test_the_profile_ends_alike_in_any_order(pair: tuple[Arrived, Arrived]) -> None:
    one, other = arrive(pair[0]).profile, arrive(pair[1]).profile
    assert (one.sections, one.arrivals) == (other.sections, other.arrivals)


@settings(max_examples=200)
@given(orders(claims.profile))
def test_activity_ends_alike_in_any_order(pair: tuple[Arrived, Arrived]) -> None:
    one, other = arrive(pair[0]).profile, arrive(pair[1]).profile
    assert (one.active, one.activity) == (other.active, other.activity)


@settings(max_examples=200)
@given(orders(claims.documents))
def test_documents_end_alike_in_any_order(pair: tuple[Arrived, Arrived]) -> None:
    first, second = pair
    assert arrive(first).documents == arrive(second).documents
