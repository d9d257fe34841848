"""A stream is what its first fact makes it, and a fact of another kind is refused."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import streams
from domain.assignment import AssignmentClosed, AssignmentOpened, AssignmentReopened
from domain.catalogue import OTHER_FACTS
from domain.client import ClientRegistered, ClientRelationEnded
from domain.decisions import RefusalReason
from domain.fact import Fact, Stamp
from domain.mentions import MentionedIn
from domain.streams import STATES, StreamKind, StreamState, kind_of
from tests.domain import claims
from tests.domain.deciding import refused
from tests.examples import SOURCE, abandoned, registered, stamp
from tests.life_examples import every_other_fact, example


def folded(*pairs: tuple[Stamp, Fact]) -> StreamState:
    state = streams.EMPTY
    for stamped, fact in pairs:
        state = streams.evolve(state, stamped, fact)
    return state


def begun(fact: Fact) -> StreamState:
    return folded((stamp(), fact))


@pytest.mark.parametrize("fact", every_other_fact(), ids=lambda fact: fact.TOPIC)
def test_the_first_fact_makes_a_stream_what_it_is(fact: Fact) -> None:
    kind = StreamKind(fact.TOPIC.partition(".")[0])
    assert streams.decide(streams.EMPTY, stamp(), fact) == (fact,)
    assert kind_of(begun(fact)) is kind


@pytest.mark.parametrize("fact", every_other_fact(), ids=lambda fact: fact.TOPIC)
def test_a_stream_of_another_kind_refuses_it(fact: Fact) -> None:
    kinds = {kind_of(begun(other)): begun(other) for other in (registered(), *every_other_fact())}
    del kinds[kind_of(begun(fact))]
    decisions = [streams.decide(state, stamp(2), fact) for state in kinds.values()]
    assert decisions == [refused(RefusalReason.OTHER_KIND)] * 3
    assert streams.decide(begun(fact), stamp(2), registered()) == decisions[0]


def test_a_fact_of_another_kind_is_never_folded() -> None:
    with pytest.raises(TypeError):
        streams.evolve(begun(example(AssignmentOpened)), stamp(2), registered())


def test_the_end_of_a_person_comes_before_the_kind_of_her_stream() -> None:
    decision = streams.decide(begun(abandoned()), stamp(2), example(AssignmentOpened))
    assert decision == refused(RefusalReason.ABANDONED)


@pytest.mark.parametrize("kind", OTHER_FACTS, ids=lambda kind: kind.TOPIC)
def test_sources_are_linked_to_people_alone(kind: type[Fact]) -> None:
    assert not streams.needs_link(streams.EMPTY, SOURCE, example(kind))
    assert streams.needs_link(streams.EMPTY, SOURCE, registered())


@pytest.mark.parametrize("fact", every_other_fact(), ids=lambda fact: fact.TOPIC)
def test_a_stored_state_is_read_as_it_was(fact: Fact) -> None:
    state = begun(fact)
    stored = msgspec.msgpack.encode(state)
    assert msgspec.msgpack.decode(stored, type=STATES[kind_of(state)]) == state


THINGS = [AssignmentOpened, AssignmentClosed, AssignmentReopened]
CLIENTS = [ClientRegistered, ClientRelationEnded]


@pytest.mark.parametrize("kinds", [THINGS, CLIENTS, [MentionedIn]])
@given(data=st.data())
def test_any_order_of_arrival_ends_alike(kinds: list[type[Fact]], data: st.DataObject) -> None:
    told = st.tuples(st.builds(example, st.sampled_from(kinds), claims.few), claims.moments)
    drawn = data.draw(st.lists(told, min_size=1, max_size=6))
    first = [(stamp(n, occurred_at=at), fact) for n, (fact, at) in enumerate(drawn)]
    one, other = folded(*first), folded(*data.draw(st.permutations(first)))
    assert getattr(one, "life", one) == getattr(other, "life", other)
